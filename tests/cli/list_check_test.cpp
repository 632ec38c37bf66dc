#include "cli/list_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace crawl::cli {
namespace {

TEST(ListCheck, WhatIsNoListIsSaidWithWhatToDo) {
  struct Case {
    std::string begin, what, advice;
  };
  const Case cases[] = {
      {"\x1f\x8b\x08rest", "is compressed (gzip)", "zcat f | crawl -"},
      {"\x28\xb5\x2f\xfdrest", "is compressed (zstd)", "zstdcat f | crawl -"},
      {"PK\x03\x04rest", "ZIP archive", "unzip -p f | crawl -"},
      {"%PDF-1.7\n%\xe2\xe3", "is a PDF", "not a list of one URL a line"},
      {"\x7f"
       "ELF\x02\x01",
       "is a program", "not a list of one URL a line"},
      {"\x89PNG\r\n", "is an image", "not a list of one URL a line"},
      {"GIF89a\x01", "is an image", "not a list of one URL a line"},
      {"SQLite format 3", "is a database", "not a list of one URL a line"},
      {"<?xml version='1.0'?>\n<urlset>", "looks like XML", "--sitemap"},
      {"\n <urlset xmlns='x'>", "looks like XML", "--sitemap"},
      {"<!DOCTYPE html>\n<p>", "looks like an HTML page", "-r --depth 1"},
      {"\xEF\xBB\xBF<html>", "looks like an HTML page", "-r --depth 1"},
      {"{\"url\":\"http://a/\"}\n", "looks like JSON", "jq -r .url f"},
      {"{\"urls\":[\"http://a/\"]}", "looks like JSON", "jq -r '.urls[]' f"},
      {"{\"urls\": [\"http://a/\"]}", "looks like JSON", "jq -r '.urls[]' f"},
      {"[{\"url\":\"http://a/\"}]", "JSON array", "jq -r '.[].url' f"},
      {"id\turl\n1\thttp://a/\n", "table (TSV)", "cut -f2 f | crawl -"},
      {"name;\"url\"\nA;\"http://a/\"\n", "table (CSV)", "cut -d';' -f2 f"},
      {"url\nhttp://a/\n", "table of one column", "tail -n +2 f | crawl -"},
      {"[\"http://a/\"]", "looks like a JSON array", "jq -r '.[]' f"},
      {"[\n  {", "looks like a JSON array", "jq"},
      {"url,title\nhttp://a/,A\n", "looks like a table (CSV)", "cut -d','"},
      {"\"url\",\"title\"\r\n", "looks like a table (CSV)", "cut"},
      {"# mine\nid;url\n", "looks like a table (CSV)", "cut -d';'"},
      {"http://a/,The title, long", "looks like a table (CSV)", "cut"},
      {"http://a/,\"A\"", "looks like a table (CSV)", "cut"},
      {"1,http://a/", "looks like a table (CSV)", "cut -d',' -f2 f"},
      {"http://a/\tA", "looks like a table (TSV)", "cut"},
  };
  for (const Case& one : cases) {
    const auto wrong = wrong_list(one.begin, "f");
    ASSERT_TRUE(wrong) << one.begin;
    EXPECT_THAT(*wrong, ::testing::HasSubstr(one.what)) << one.begin;
    EXPECT_THAT(*wrong, ::testing::HasSubstr(one.advice)) << one.begin;
  }
}

TEST(ListCheck, ListsAreListsWhateverTheirUrlsLookLike) {
  for (const std::string& list :
       std::vector<std::string>{"",
                                "\n\n",
                                "# a comment, with commas\n",
                                "http://a/\n",
                                "example.org\nb.test",
                                "http://a/1,2,3",
                                "http://a/?q=a;b",
                                "http://a/?x={\"y\":1}",
                                "http://[::1]/",
                                "[::1]:80",
                                "not a url",
                                "http://a/ ",
                                "//a/b",
                                "\"http://a/\"\n\"http://b/\"",
                                "'http://a/'",
                                "<http://a/>\n<http://b/>",
                                "a,b.test/x",
                                std::string("\xFF\xFEh\0,\0 \0", 8),
                                "http://a/'x'",
                                std::string("\0,\"a\", b\tc", 10)}) {
    EXPECT_FALSE(wrong_list(list, "f")) << list;
  }
}

// Whatever comes through a pipe, and in whatever encoding it was.
TEST(ListCheck, LinesThatAreNoListEndTheInputWithAnError) {
  const auto lines = checked_lines(
      {"http://seed/", "-"},
      make_seeds({"http://seed/", "# note", "url,title", "http://a/,A"}));
  std::string line;
  EXPECT_EQ(lines->next(line), SeedSource::Status::kLine);
  EXPECT_EQ(lines->next(line), SeedSource::Status::kLine);
  EXPECT_EQ(line, "# note");
  EXPECT_EQ(lines->next(line), SeedSource::Status::kEnd);
  EXPECT_EQ(lines->error(),
            "standard input looks like a table (CSV): take the column with the "
            "URLs out of it first, ... | cut -d',' -f1 | crawl -");
}

TEST(ListCheck, OnlyTheBeginningOfAnInputIsLookedAt) {
  const auto lines =
      checked_lines({"-"}, make_seeds({"http://a/", "url,title"}));
  std::string line;
  EXPECT_EQ(lines->next(line), SeedSource::Status::kLine);
  EXPECT_EQ(lines->next(line), SeedSource::Status::kLine);
  EXPECT_EQ(lines->next(line), SeedSource::Status::kEnd);
  EXPECT_EQ(lines->error(), "");
}

}  // namespace
}  // namespace crawl::cli
