// Records that are held come back as they were.
#include "writer/record_codec.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "crawl/writer/fields.h"
#include "crawl/writer/result_writer.h"
#include "writer/sample_records.h"

namespace crawl {
namespace {

// Everything that a page can have.
CrawlRecord full_record() {
  CrawlRecord record = sample_records().back();
  record.extraction.emplace();
  Extraction& found = *record.extraction;
  found.values = {{"a", "b"}, {}, {std::string("\0", 1)}};
  found.error = "too much";
  PageFacts& facts = found.facts.emplace();
  facts.headings = {{1, "One", "one"}, {6, "Six", ""}};
  facts.meta = {
      {"name", "a", "b"}, {"property", "c", "d"}, {"itemprop", "", ""}};
  facts.alternates = {{"http://a.test/de", "de", "text/html", "Auf Deutsch"}};
  facts.json_ld = {"{}", "[1]"};
  facts.json_ld_broken = 3;
  facts.images_without_alt = 4;
  PageContent& content = found.content.emplace();
  content.text = "text";
  content.markdown = "# text";
  content.words = 7;
  content.digest = Fingerprint{1, 2};
  content.published = "2024";
  content.modified = "2025";
  content.author = "Ada";
  content.again = {"<p>text", "windows-1252", true, {1, 2, 3}, false};
  record.malformed.add(
      {"http://[", LinkElement::kA, LinkAttribute::kHref, "r", "t", 7, 9});
  record.other_schemes.add(
      {"mailto:a@b", LinkElement::kA, LinkAttribute::kHref, "", ""});
  record.targets = {5, 6};
  record.body_as_it_came = "\xDC";
  record.warc_file = "a.warc";
  record.warc_offset = 99;
  record.content_length = 1'000'000'000'000;
  record.head = true;
  record.file = "s/a.html";
  return record;
}

std::string packed(const CrawlRecord& record) {
  std::string bytes;
  pack_record(record, bytes);
  return bytes;
}

// All fields there are, as they are written.
std::string written(const CrawlRecord& record) {
  std::string names;
  for (const FieldInfo& field : all_fields()) {
    names += (names.empty() ? "" : ",") + std::string(field.name);
  }
  std::string line;
  make_formatter(OutputFormat::kJsonl, *parse_field_list(names))
      ->append(record, line);
  return line;
}

TEST(RecordCodec, GivesEveryFieldBack) {
  std::vector<CrawlRecord> records = sample_records();
  records.push_back(full_record());
  records.emplace_back();
  for (const std::string& text : hostile_strings()) {
    records.push_back(page_record());
    records.back().title = records.back().error_message = text;
    records.back().headers = {{text, text}};
  }
  for (CrawlRecord& record : records) {
    const std::string bytes = packed(record);
    CrawlRecord back;
    ASSERT_TRUE(unpack_record(bytes, back));
    EXPECT_EQ(packed(back), bytes);
    if (record.extraction) {
      record.extraction->names = back.extraction->names =
          std::make_shared<const std::vector<std::string>>(
              record.extraction->values.size(), "name");
    }
    EXPECT_EQ(written(back), written(record));
  }
}

TEST(RecordCodec, WhatIsNoFieldComesBackToo) {
  CrawlRecord back;
  const CrawlRecord record = full_record();
  ASSERT_TRUE(unpack_record(packed(record), back));
  EXPECT_EQ(back.index, record.index);
  EXPECT_EQ(back.body_as_it_came, record.body_as_it_came);
  EXPECT_EQ(back.targets, record.targets);
  ASSERT_EQ(back.malformed.size(), 1u);
  EXPECT_EQ(back.malformed[0], record.malformed[0]);
  EXPECT_EQ(back.other_schemes[0], record.other_schemes[0]);
  const PageAgain& again = *back.extraction->content->again;
  EXPECT_EQ(again.html, "<p>text");
  EXPECT_EQ(again.encoding, "windows-1252");
  EXPECT_EQ(again.blocks, (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_TRUE(again.by_tags);
  EXPECT_FALSE(again.all_blocks);
}

TEST(RecordCodec, PartsAndOtherBytesAreNoRecords) {
  const std::string bytes = packed(full_record());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CrawlRecord back;
    // Of exactly that size, for those who watch memory.
    const std::vector<char> part(bytes.begin(),
                                 bytes.begin() + static_cast<long>(size));
    EXPECT_FALSE(unpack_record({part.data(), part.size()}, back)) << size;
  }
  CrawlRecord back;
  EXPECT_FALSE(unpack_record(bytes + "x", back));
  std::minstd_rand random(1);
  for (int i = 0; i < 2'000; ++i) {
    std::string broken = bytes;
    broken[random() % broken.size()] = static_cast<char>(random());
    CrawlRecord any;
    unpack_record(broken, any);
  }
}

}  // namespace
}  // namespace crawl
