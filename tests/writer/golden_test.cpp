#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "crawl/writer/fields.h"
#include "crawl/writer/result_writer.h"
#include "writer/sample_records.h"

namespace crawl {
namespace {

// The sample records as each format writes them stand in data/golden/. After a
// wanted change, run with CRAWL_UPDATE_GOLDEN=1 and look at the difference.
void expect_golden(OutputFormat format, const std::string& file,
                   std::string_view fields, const TextStyle& style = {}) {
  const auto list = parse_field_list(fields);
  ASSERT_TRUE(list);
  const auto formatter = make_formatter(format, *list, style);
  std::string written = formatter->header();
  for (const CrawlRecord& record : sample_records()) {
    formatter->append(record, written);
  }
  const std::string path = std::string(CRAWL_DATA_DIR) + "/golden/" + file;
  if (std::getenv("CRAWL_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << written;
  }
  std::ifstream in(path, std::ios::binary);
  ASSERT_TRUE(in) << path;
  const std::string golden{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(written, golden);
}

constexpr std::string_view kAll =
    "+links,+headers,+body,+body_digest,+parser,+duplicate_of";

TEST(Golden, Jsonl) {
  expect_golden(OutputFormat::kJsonl, "records.jsonl", kAll);
}
TEST(Golden, Tsv) { expect_golden(OutputFormat::kTsv, "records.tsv", kAll); }
TEST(Golden, Csv) { expect_golden(OutputFormat::kCsv, "records.csv", kAll); }
TEST(Golden, Text) {
  expect_golden(OutputFormat::kText, "records.txt", "+url");
}
TEST(Golden, TextCutTo100Columns) {
  expect_golden(OutputFormat::kText, "records-100.txt", "+url", {100, false});
}

}  // namespace
}  // namespace crawl
