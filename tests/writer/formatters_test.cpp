#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "crawl/base/utf8.h"
#include "crawl/writer/fields.h"
#include "crawl/writer/result_writer.h"
#include "writer/clean_text.h"
#include "writer/read_back.h"
#include "writer/sample_records.h"

namespace crawl {
namespace {

using nlohmann::json;

std::vector<std::size_t> fields_of(std::string_view list) {
  const auto fields = parse_field_list(list);
  EXPECT_TRUE(fields) << list;
  return fields.value_or(std::vector<std::size_t>{});
}

constexpr std::string_view kEverything =
    "+content_length,+links,+headers,+body,+body_digest,+parser,+duplicate_of,"
    "+extracted,+extract_error,+headings,+meta,+alternates,+json_ld,"
    "+json_ld_broken,+warc_file,+warc_offset,+file,+text,+markdown,"
    "+word_count,+text_digest,+published,+modified,+author,"
    "+audit";

std::string line_of(OutputFormat format, std::string_view fields,
                    const CrawlRecord& record, const TextStyle& style = {}) {
  const auto formatter =
      make_formatter(format, fields_of(fields), style, {"x"});
  std::string out;
  formatter->append(record, out);
  return out;
}

json object_of(const CrawlRecord& record,
               std::string_view fields = kEverything) {
  return json::parse(line_of(OutputFormat::kJsonl, fields, record));
}

// A record with `text` in every place where the network's bytes can get.
CrawlRecord record_full_of(const std::string& text) {
  CrawlRecord record = page_record();
  record.url = record.input = record.final_url = text;
  record.warc_file = record.file = text;
  record.error = ErrorKind::kHttp;
  record.error_message = record.content_type = text;
  record.charset = record.title = record.description = text;
  record.canonical = record.lang = text;
  record.redirects = {{text, 301, text}};
  record.http_version = record.remote_ip = record.parent = text;
  record.links.add({text, LinkElement::kA, LinkAttribute::kHref, text, text});
  record.headers = {{"x-" + text, text}};
  record.body = text;
  record.parser = record.duplicate_of = text;
  record.extraction =
      Extraction{std::make_shared<const std::vector<std::string>>(1, text),
                 {{text}},
                 PageFacts{{{1, text, text}},
                           {{"name", text, text}},
                           {{text, text, text, text}},
                           {"[1]"},
                           0},
                 PageContent{text, text, 1, Fingerprint{}, text, text, text},
                 text};
  return record;
}

CrawlRecord record_with_extraction() {
  CrawlRecord record = page_record();
  record.extraction =
      Extraction{std::make_shared<const std::vector<std::string>>(
                     std::vector<std::string>{"none", "one", "two"}),
                 {{}, {"a\t\"b\", c"}, {"=x", ""}},
                 std::nullopt,
                 std::nullopt,
                 ""};
  return record;
}

TEST(Extracted, IsAnObjectOfArraysInJson) {
  EXPECT_EQ(line_of(OutputFormat::kJsonl, "extracted,extract_error",
                    record_with_extraction()),
            R"({"extracted":{"none":[],"one":["a\t\"b\", c"],"two":["=x",""]},)"
            R"("extract_error":null})"
            "\n");
  EXPECT_EQ(
      line_of(OutputFormat::kJsonl, "extracted,extract_error", page_record()),
      "{\"extracted\":null,\"extract_error\":null}\n");
}

TEST(Extracted, HasAColumnForEachNameInTables) {
  const std::vector<std::string> names = {"none", "one", "two"};
  const auto table = [&](OutputFormat format) {
    const auto formatter =
        make_formatter(format, fields_of("ok,extracted"), {}, names);
    std::string out = formatter->header();
    formatter->append(record_with_extraction(), out);
    formatter->append(page_record(), out);
    return out;
  };
  EXPECT_EQ(table(OutputFormat::kTsv),
            "ok\tnone\tone\ttwo\n"
            "true\t\ta\\t\"b\", c\t[\"=x\",\"\"]\n"
            "true\t\t\t\n");
  EXPECT_EQ(table(OutputFormat::kCsv),
            "ok,none,one,two\r\n"
            "true,,\"a\t\"\"b\"\", c\",\"[\"\"=x\"\",\"\"\"\"]\"\r\n"
            "true,,,\r\n");
}

TEST(Jsonl, HasEveryFieldInOrderWithItsType) {
  const CrawlRecord record = sample_records().back();
  const auto object = nlohmann::ordered_json::parse(
      line_of(OutputFormat::kJsonl, kEverything, record));
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items()) names.push_back(name);
  std::vector<std::string> wanted;
  for (const FieldInfo& field : all_fields()) wanted.emplace_back(field.name);
  EXPECT_EQ(names, wanted);

  EXPECT_EQ(object["url"], "http://example.org/old");
  EXPECT_EQ(object["final_url"], "https://example.org/neu/%C3%BC");
  EXPECT_EQ(object["status_code"], 200);
  EXPECT_EQ(object["ok"], true);
  EXPECT_TRUE(object["error"].is_null());
  EXPECT_TRUE(object["error_message"].is_null());
  EXPECT_EQ(object["title"], "Überblick – 日本語");
  EXPECT_EQ(object["link_count"], 214);
  EXPECT_EQ(object["size_download"], 9'512);
  EXPECT_EQ(object["size_body"], 16U << 20U);
  EXPECT_EQ(object["truncated"], true);
  EXPECT_EQ(object["http_version"], "2");
  EXPECT_EQ(object["attempts"], 1);
  EXPECT_EQ(object["timestamp"], "2024-02-29T12:34:56.789Z");
  EXPECT_DOUBLE_EQ(object["time_queue"], 0.000'012);
  EXPECT_DOUBLE_EQ(object["time_total"], 0.052'123);
  EXPECT_EQ(object["depth"], 2);
  EXPECT_EQ(object["parent"], "https://example.org/");
  EXPECT_EQ(object["worker"], 1);
  EXPECT_EQ(object["body"], "<title>\xEF\xBF\xBD</title>\n");
  EXPECT_EQ(object["body_digest"], "0123456789abcdeffedcba9876543210");
  EXPECT_EQ(object["parser"], "scanner");
  EXPECT_EQ(object["duplicate_of"],
            "https://example.org/docs/containers/vector");
}

TEST(Jsonl, RedirectsLinksAndHeadersAreStructured) {
  const json object = object_of(sample_records().back());
  EXPECT_EQ(object["redirects"], json::parse(R"([
    {"url": "http://example.org/old", "status_code": 301,
     "location": "https://example.org/older"},
    {"url": "https://example.org/older", "status_code": 302,
     "location": "https://example.org/neu/%C3%BC"}])"));
  EXPECT_EQ(object["links"], json::parse(R"([
    {"url": "https://example.org/a?b=1&c=\"2\"", "element": "a",
     "attribute": "href", "rel": "nofollow", "text": "Text\twith \\ tab"},
    {"url": "https://example.org/i.png", "element": "img",
     "attribute": "src", "rel": "", "text": ""}])"));
  EXPECT_EQ(object["headers"], json::parse(R"({
    "content-type": ["text/html"],
    "set-cookie": ["a=1", "b=\"2\", c"],
    "x-note": ["\u001b]0;owned\u0007"]})"));
}

TEST(Jsonl, HeadersKeepTheirOrderAsCurlsHeaderJson) {
  CrawlRecord record;
  record.headers = {{"Zeta", "1"}, {"Alpha", "2"}, {"zeta", "3"}};
  EXPECT_EQ(line_of(OutputFormat::kJsonl, "headers", record),
            "{\"headers\":{\"zeta\":[\"1\",\"3\"],\"alpha\":[\"2\"]}}\n");
}

TEST(Jsonl, WhatIsAbsentIsNull) {
  const json object = object_of(CrawlRecord{});
  for (const char* name :
       {"url",           "final_url",    "status_code", "error",
        "error_message", "content_type", "charset",     "title",
        "description",   "canonical",    "lang",        "link_count",
        "http_version",  "remote_ip",    "timestamp",   "time_queue",
        "time_total",    "parent",       "worker",      "body_digest",
        "parser",        "duplicate_of"}) {
    EXPECT_TRUE(object.at(name).is_null()) << name;
  }
  EXPECT_EQ(object["ok"], false);
  EXPECT_EQ(object["attempts"], 0);
  EXPECT_EQ(object["redirects"], json::array());
  EXPECT_EQ(object["links"], json::array());
  EXPECT_EQ(object["headers"], json::object());
}

TEST(Jsonl, AnEmptyTitleIsNotAMissingOne) {
  CrawlRecord record = page_record();
  record.title = "";
  EXPECT_EQ(object_of(record)["title"], "");
}

TEST(Jsonl, ATimeThatIsNoNumberIsNull) {
  CrawlRecord record = page_record();
  record.time_total = std::numeric_limits<double>::quiet_NaN();
  record.time_connect = std::numeric_limits<double>::infinity();
  const json object = object_of(record);
  EXPECT_TRUE(object["time_total"].is_null());
  EXPECT_TRUE(object["time_connect"].is_null());
}

TEST(Jsonl, HostileStringsReadBackCleaned) {
  for (const std::string& text : hostile_strings()) {
    const std::string clean = replace_invalid_utf8(text);
    const json object = object_of(record_full_of(text));
    for (const char* name : {"charset", "title", "description", "canonical",
                             "lang", "body", "parser", "duplicate_of"}) {
      EXPECT_EQ(object.at(name), clean) << name;
    }
    for (const char* name :
         {"url", "input", "final_url", "error_message", "content_type",
          "http_version", "remote_ip", "parent"}) {
      EXPECT_EQ(object.at(name), clean.empty() ? json() : json(clean)) << name;
    }
    EXPECT_EQ(object["redirects"][0]["location"], clean);
    EXPECT_EQ(object["links"][0]["text"], clean);
    ASSERT_EQ(object["headers"].size(), 1U);
    EXPECT_EQ(object["headers"].begin().value()[0], clean);
  }
}

TEST(EveryFormat, IsOneCleanLineWhateverTheStringsHold) {
  for (const OutputFormat format :
       {OutputFormat::kJsonl, OutputFormat::kTsv, OutputFormat::kText}) {
    for (const std::string& text : hostile_strings()) {
      for (const std::string_view fields :
           {kEverything, std::string_view("+input")}) {
        const std::string line = line_of(format, fields, record_full_of(text));
        EXPECT_TRUE(is_valid_utf8(line));
        EXPECT_EQ(line.find('\n'), line.size() - 1);
        std::string_view rest(line);
        rest.remove_suffix(1);
        while (!rest.empty()) {
          const Utf8Sequence c = first_utf8_sequence(rest);
          ASSERT_TRUE(c.code_point == '\t' ? format == OutputFormat::kTsv
                                           : !is_obeyed(c.code_point));
          rest.remove_prefix(c.size);
        }
      }
    }
  }
}

TEST(Tsv, HeaderNamesTheColumns) {
  const auto formatter =
      make_formatter(OutputFormat::kTsv, fields_of("url,title,ok"));
  EXPECT_EQ(formatter->header(), "url\ttitle\tok\n");
}

TEST(Tsv, HostileStringsNeverMoveAColumn) {
  const auto fields = fields_of(kEverything);
  for (const std::string& text : hostile_strings()) {
    std::string line =
        line_of(OutputFormat::kTsv, kEverything, record_full_of(text));
    line.pop_back();
    const Row row = split(line, '\t');
    ASSERT_EQ(row.size(), fields.size());
    const std::string clean = replace_invalid_utf8(text);
    EXPECT_EQ(unescape_tsv(row[0]), clean);
    EXPECT_EQ(unescape_tsv(row[9]), clean);
    // A nested value is JSON inside the cell.
    const auto at = std::find_if(
        fields.begin(), fields.end(),
        [](std::size_t field) { return all_fields()[field].name == "links"; });
    const auto links =
        unescape_tsv(row[static_cast<std::size_t>(at - fields.begin())]);
    ASSERT_TRUE(links);
    EXPECT_EQ(json::parse(*links)[0]["text"], clean);
  }
}

TEST(Tsv, AbsentIsEmpty) {
  EXPECT_EQ(line_of(OutputFormat::kTsv, "url,status_code,ok,time_total,title",
                    CrawlRecord{}),
            "\t\tfalse\t\t\n");
}

TEST(Csv, Rfc4180_HeaderAndRowsEndWithCrLf) {
  const auto formatter =
      make_formatter(OutputFormat::kCsv, fields_of("url,status_code"));
  EXPECT_EQ(formatter->header(), "url,status_code\r\n");
  EXPECT_EQ(line_of(OutputFormat::kCsv, "url,status_code,title", page_record()),
            "https://example.org/docs/containers/vector,200,std::vector - "
            "cppreference.com\r\n");
}

TEST(Csv, HostileStringsReadBackWithoutTheirControls) {
  const auto fields = fields_of(kEverything);
  for (const std::string& text : hostile_strings()) {
    const auto rows = read_csv(
        line_of(OutputFormat::kCsv, kEverything, record_full_of(text)));
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 1U);
    ASSERT_EQ(rows->front().size(), fields.size());
    std::string wanted;
    for (std::string_view rest = text; !rest.empty();) {
      const Utf8Sequence c = first_utf8_sequence(rest);
      const bool kept = c.code_point == '\t' || c.code_point == '\r' ||
                        c.code_point == '\n' || !is_obeyed(c.code_point);
      if (c.valid && kept) {
        wanted += rest.substr(0, c.size);
      } else {
        wanted += kReplacementCharacter;
      }
      rest.remove_prefix(c.size);
    }
    EXPECT_EQ(rows->front()[9], wanted);
  }
}

TEST(Csv, ARowOfOneEmptyCellIsNoEmptyLine) {
  EXPECT_EQ(line_of(OutputFormat::kCsv, "title", CrawlRecord{}), "\"\"\r\n");
}

TEST(Text, ShowsStatusTimeSizeUrlAndTitle) {
  EXPECT_EQ(line_of(OutputFormat::kText, "+url", page_record()),
            "200  52.1 ms  36.1 KiB  "
            "https://example.org/docs/containers/vector  "
            "std::vector - cppreference.com\n");
}

TEST(Text, OfHeadsItShowsTypeAndLength) {
  CrawlRecord record = page_record();
  record.title.reset();
  record.size_body = 0;
  record.head = true;
  record.content_length = 2048;
  const std::string fields = "+content_length";
  EXPECT_EQ(line_of(OutputFormat::kText, fields, record),
            "200  52.1 ms  2.00 KiB  "
            "https://example.org/docs/containers/vector  "
            "text/html\n");
  record.content_length.reset();
  EXPECT_THAT(line_of(OutputFormat::kText, fields, record),
              testing::StartsWith("200  52.1 ms         -  https:"));
}

TEST(Text, ShowsTheErrorInsteadOfATitle) {
  const auto records = sample_records();
  EXPECT_EQ(line_of(OutputFormat::kText, "+url", records[2]),
            "  -   3.01 s         -  http://nowhere.invalid/                   "
            "dns: Could not resolve host: nowhere.invalid\n");
  EXPECT_THAT(line_of(OutputFormat::kText, "+url", records[3]),
              testing::HasSubstr("invalid_url: not a URL"));
}

TEST(Text, LinesFitTheTerminal) {
  for (const std::size_t width : {44U, 60U, 80U, 81U, 120U, 400U}) {
    for (const CrawlRecord& record : sample_records()) {
      for (const std::string_view fields :
           {std::string_view("+url"), std::string_view("title,url,headers")}) {
        std::string line =
            line_of(OutputFormat::kText, fields, record, {width, false});
        line.pop_back();
        EXPECT_LE(display_width(line), width) << line;
      }
    }
  }
}

TEST(Text, AShortRestLeavesItsRoomToTheUrl) {
  CrawlRecord record = page_record();
  record.title = "T";
  const std::string line =
      line_of(OutputFormat::kText, "+url", record, {80, false});
  EXPECT_THAT(line, testing::HasSubstr(record.url + "  T\n"));
}

TEST(Text, ColourOnlyWhenAskedForAndAroundTheStatusOnly) {
  const std::string line =
      line_of(OutputFormat::kText, "+url", page_record(), {0, true});
  EXPECT_THAT(line, testing::StartsWith("\x1b[32m200\x1b[0m  "));
  EXPECT_EQ(std::count(line.begin(), line.end(), '\x1b'), 2);
}

TEST(Text, ColourGoesByTheClassOfTheStatus) {
  const auto colour = [](int status, ErrorKind error) {
    CrawlRecord record = page_record();
    record.status_code = status;
    record.error = error;
    const std::string line =
        line_of(OutputFormat::kText, "+url", record, {0, true});
    return line.substr(0, line.find('m') + 1);
  };
  EXPECT_EQ(colour(200, ErrorKind::kNone), "\x1b[32m");
  EXPECT_EQ(colour(404, ErrorKind::kHttp), "\x1b[33m");
  EXPECT_EQ(colour(503, ErrorKind::kHttp), "\x1b[31m");
  EXPECT_EQ(colour(0, ErrorKind::kDns), "\x1b[31m");
  EXPECT_EQ(colour(0, ErrorKind::kRobots), "\x1b[2m");
}

TEST(Text, BothEndsOfALongRedirectLoseTheirMiddle) {
  CrawlRecord record = page_record();
  record.url = "http://example.org/" + std::string(100, 'a') + "/from";
  record.redirects.push_back({record.url, 301, ""});
  record.final_url = "http://example.org/" + std::string(100, 'b') + "/to";
  record.title = "";
  EXPECT_EQ(line_of(OutputFormat::kText, "+url", record, {80, false}),
            "200  52.1 ms  36.1 KiB  http://exampl…aaaaaaa/from -> "
            "http://exampl…bbbbbbbbb/to\n");
}

TEST(Text, LinksAreOnlyWhatATerminalCanOpen) {
  CrawlRecord record = page_record();
  const auto link = [&record](std::string url) {
    record.url = std::move(url);
    const std::string line =
        line_of(OutputFormat::kText, "+url", record, {80, false, true});
    return line.find("\x1b]8;;" + record.url + "\x1b\\") != std::string::npos;
  };
  EXPECT_TRUE(link("http://example.org/a"));
  EXPECT_TRUE(link("https://example.org/" + std::string(200, 'a')));
  EXPECT_FALSE(link("https://example.org/" + std::string(3000, 'a')));
  EXPECT_FALSE(link("http://example.org/\x1b\\"));
  EXPECT_FALSE(link("file:///etc/passwd"));
  EXPECT_FALSE(link(""));
}

TEST(Text, ChosenFieldsStandInColumns) {
  EXPECT_EQ(
      line_of(OutputFormat::kText, "status_code,time_total,size_body,error,url",
              page_record()),
      "200   52.1 ms  36.1 KiB  -                https://example.org/docs/"
      "containers/vector\n");
}

TEST(EveryFormat, AVeryLargeRecordIsWhole) {
  CrawlRecord record = page_record();
  record.body.assign(std::size_t{16} << 20U, '"');
  for (int i = 0; i < 20'000; ++i) {
    record.links.add({"https://example.org/" + std::to_string(i),
                      LinkElement::kA, LinkAttribute::kHref, "", "text"});
    record.headers.emplace_back("h", "v");
  }
  const json object = object_of(record);
  EXPECT_EQ(object["body"].get_ref<const std::string&>(), record.body);
  EXPECT_EQ(object["links"].size(), 20'000U);
  EXPECT_EQ(object["headers"]["h"].size(), 20'000U);
  const auto rows = read_csv(line_of(OutputFormat::kCsv, "url,body", record));
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->at(0).at(1), record.body);
}

}  // namespace
}  // namespace crawl
