// Whatever bytes a record holds: its JSON line reads back to the same strings,
// cleaned; TSV always has the same number of columns, which read back too; CSV
// is RFC 4180; and no format lets an obeyed character or a broken byte out.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "crawl/base/utf8.h"
#include "crawl/writer/fields.h"
#include "crawl/writer/result_writer.h"
#include "writer/clean_text.h"
#include "writer/read_back.h"
#include "writer/sample_records.h"

namespace crawl {
namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "record_fuzz: %s\n", what);
  std::abort();
}

std::string line_of(OutputFormat format, const std::vector<std::size_t>& fields,
                    const CrawlRecord& record) {
  std::string out;
  make_formatter(format, fields)->append(record, out);
  return out;
}

void require_clean(std::string_view line, bool tabs, const char* what) {
  require(line.ends_with('\n'), what);
  line.remove_suffix(1);
  while (!line.empty()) {
    const Utf8Sequence c = first_utf8_sequence(line);
    require(c.valid, what);
    require(!is_obeyed(c.code_point) || (tabs && c.code_point == '\t'), what);
    line.remove_prefix(c.size);
  }
}

}  // namespace
}  // namespace crawl

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace crawl;
  // Strings are cut at the byte FF, which is no part of UTF-8 anyway.
  const Row parts = split({reinterpret_cast<const char*>(data), size}, '\xFF');
  const auto part = [&](std::size_t i) { return parts[i % parts.size()]; };

  CrawlRecord record = page_record();
  record.input = part(0);
  record.title = part(1);
  record.error_message = part(2);
  record.body = part(3);
  record.redirects = {{part(4), 301, part(5)}};
  record.links.add(
      {part(6), LinkElement::kA, LinkAttribute::kHref, part(7), part(8)});
  record.headers = {{part(9), part(10)}, {part(11), part(12)}};

  static const auto kFieldList = parse_field_list("+links,+headers,+body");
  const auto& fields = *kFieldList;

  const std::string json_line = line_of(OutputFormat::kJsonl, fields, record);
  require_clean(json_line, false, "a JSON line is not clean");
  const auto object = nlohmann::json::parse(json_line);
  const std::string input = replace_invalid_utf8(record.input);
  require(object.at("input") ==
              (input.empty() ? nlohmann::json() : nlohmann::json(input)),
          "input");
  require(object.at("title") == replace_invalid_utf8(*record.title), "title");
  require(object.at("body") == replace_invalid_utf8(record.body), "body");
  require(object.at("redirects").at(0).at("location") ==
              replace_invalid_utf8(part(5)),
          "location");
  require(object.at("links").at(0).at("text") == replace_invalid_utf8(part(8)),
          "link text");
  std::size_t values = 0;
  for (const auto& header : object.at("headers")) values += header.size();
  require(values == 2, "headers");

  std::string tsv = line_of(OutputFormat::kTsv, fields, record);
  require_clean(tsv, true, "a TSV line is not clean");
  tsv.pop_back();
  const Row cells = split(tsv, '\t');
  require(cells.size() == fields.size(), "TSV columns");
  require(unescape_tsv(cells[1]) == replace_invalid_utf8(record.input),
          "TSV input");
  const auto links = unescape_tsv(cells[31]);
  require(links && nlohmann::json::parse(*links) == object.at("links"),
          "TSV links");

  const auto rows = read_csv(line_of(OutputFormat::kCsv, fields, record));
  require(rows && rows->size() == 1 && rows->front().size() == fields.size(),
          "CSV columns");

  const TextStyle narrow{60, false};
  for (const auto& list : {default_fields(), fields}) {
    std::string text;
    make_formatter(OutputFormat::kText, list, narrow)->append(record, text);
    require_clean(text, false, "a text line is not clean");
    text.pop_back();
    require(display_width(text) <= 60, "a text line is too long");
  }
  return 0;
}
