#include "cli/resume_hint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "crawl/writer/fields.h"
#include "support/process.h"
#include "support/temp_dir.h"

namespace crawl::cli {
namespace {

using ::testing::HasSubstr;

class ResumeHintTest : public ::testing::Test {
 protected:
  ResumeHintTest() {
    options_.inputs = {files_.write("urls.txt", "")};
    options_.output = files_.write("o.jsonl", "");
    options_.fields = default_fields();
  }
  std::string hint(bool exact = true) const {
    return format_resume_hint(options_, exact);
  }

  crawl::testing::TempDir files_;
  Options options_;
  const std::string in_words_ =
      "to go on, run again with the lines that have no record yet, or were "
      "interrupted; with --state FILE and -o FILE the same command goes on by "
      "itself\n";
};

TEST_F(ResumeHintTest, ListGetsACommandThatPicksWhatIsLeft) {
  const std::string command = hint();
  EXPECT_THAT(command,
              HasSubstr("jq -r 'select(.error != \"interrupted\").input' " +
                        files_.file("o.jsonl")));
  EXPECT_THAT(command, HasSubstr(files_.file("urls.txt") + " > rest"));
}

TEST_F(ResumeHintTest, WhatWasInterruptedIsLeft) {
  options_.inputs = {
      files_.write("urls.txt", "http://a/1\nhttp://a/2\nhttp://a/3\n")};
  options_.output =
      files_.write("o.jsonl",
                   "{\"input\":\"http://a/1\",\"error\":null}\n"
                   "{\"input\":\"http://a/2\",\"error\":\"interrupted\"}\n");
  const std::string said = hint();
  const crawl::testing::ProcessResult pasted =
      crawl::testing::run_process({"sh", "-c", said.substr(said.find('\n'))},
                                  {.directory = files_.path().string()});
  EXPECT_EQ(pasted.err, "");
  EXPECT_EQ(files_.read("rest.txt"), "http://a/2\nhttp://a/3\n");
}

TEST_F(ResumeHintTest, NoCommandWithoutTheFieldItReads) {
  options_.fields = *parse_field_list("url,title");
  EXPECT_EQ(hint(), in_words_);
  options_.fields = *parse_field_list("input");
  EXPECT_EQ(hint(), in_words_);
  options_.fields = *parse_field_list("input,error");
  EXPECT_THAT(hint(), HasSubstr("jq"));
}

TEST_F(ResumeHintTest, NoCommandForLinesThatRecordsDoNotRepeat) {
  EXPECT_EQ(hint(false), in_words_);
}

TEST_F(ResumeHintTest, NoCommandForWhatCannotBeReadAgain) {
  const std::string list = options_.inputs[0];
  for (const char* input : {"-", "http://a.test/", "/dev/null"}) {
    options_.inputs = {input};
    EXPECT_EQ(hint(), in_words_) << input;
  }
  options_.inputs = {list, list};
  EXPECT_EQ(hint(), in_words_);
  options_.inputs = {list};
  for (const char* output : {"-", "/dev/null"}) {
    options_.output = output;
    EXPECT_EQ(hint(), in_words_) << output;
  }
}

TEST_F(ResumeHintTest, NoCommandForLinesThatAShellSeesOtherwise) {
  for (const auto& [list, plain] :
       {std::pair{std::string("\xFF\xFEh\0\n\0", 6), false},
        {std::string("\xFE\xFF\0h", 4), false},
        {std::string("http://a/\rhttp://b/\r"), false},
        {std::string("http://a/\r\nhttp://b/\r\n"), true},
        {std::string("http://a/\r"), true},
        {std::string(65'535, 'a') + "\r\nb\n", true},
        {std::string(65'535, 'a') + "\rb\n", false}}) {
    options_.inputs = {files_.write("list.txt", list)};
    EXPECT_EQ(hint() != in_words_, plain) << list.substr(0, 30);
  }
}

TEST_F(ResumeHintTest, NoCommandForOtherFormats) {
  options_.format = OutputFormat::kCsv;
  EXPECT_EQ(hint(), in_words_);
}

TEST_F(ResumeHintTest, NoCommandWithANameThatATerminalWouldObey) {
  options_.inputs = {files_.write("a\x1b[2J", "")};
  EXPECT_EQ(hint(), in_words_);
}

TEST_F(ResumeHintTest, NamesAreQuotedOnlyWhereAShellNeedsIt) {
  options_.inputs = {files_.write("it's a list", "")};
  EXPECT_THAT(hint(), HasSubstr("/it'\\''s a list' > rest"));
  options_.inputs = {files_.write("a-b_c.1,2+3", "")};
  EXPECT_THAT(hint(), HasSubstr("/a-b_c.1,2+3 > rest"));
}

TEST(WatchedLines, ARecordHidesAPasswordSoItsLineIsNotGivenBack) {
  for (const auto& [line, exact] :
       {std::pair{"http://me:pw@host/", false}, {"http://me@host/a:b", true}}) {
    WatchedLines lines(make_seeds({line}));
    std::string got;
    EXPECT_EQ(lines.next(got), SeedSource::Status::kLine);
    EXPECT_EQ(got, line);
    EXPECT_EQ(lines.exact(), exact) << line;
  }
}

}  // namespace
}  // namespace crawl::cli
