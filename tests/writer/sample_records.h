#ifndef CRAWL_TESTS_WRITER_SAMPLE_RECORDS_H_
#define CRAWL_TESTS_WRITER_SAMPLE_RECORDS_H_

#include <chrono>
#include <string>
#include <vector>

#include "crawl/writer/record.h"

namespace crawl {

// A page as most are.
inline CrawlRecord page_record() {
  CrawlRecord record;
  record.url = "https://example.org/docs/containers/vector";
  record.input = "example.org/docs/containers/vector";
  record.final_url = record.url;
  record.status_code = 200;
  record.ok = true;
  record.content_type = "text/html; charset=UTF-8";
  record.charset = "utf-8";
  record.title = "std::vector - cppreference.com";
  record.description = "A sequence container of \"dynamic\" arrays";
  record.canonical = record.url;
  record.lang = "en";
  record.link_count = 214;
  record.size_download = 9'512;
  record.size_body = 36'966;
  record.http_version = "1.1";
  record.remote_ip = "93.184.216.34";
  record.attempts = 1;
  record.timestamp = std::chrono::sys_days{std::chrono::year{2024} / 2 / 29} +
                     std::chrono::hours{12} + std::chrono::minutes{34} +
                     std::chrono::seconds{56} +
                     std::chrono::microseconds{789'999};
  record.time_queue = 0.000'012;
  record.time_namelookup = 0.001'5;
  record.time_connect = 0.020'25;
  record.time_appconnect = 0.041;
  record.time_starttransfer = 0.050'123;
  record.time_total = 0.052'123'4;
  record.worker = 1;
  return record;
}

// One of each kind of outcome, strings that need care among them.
inline std::vector<CrawlRecord> sample_records() {
  std::vector<CrawlRecord> records;
  records.push_back(page_record());

  CrawlRecord missing = page_record();
  missing.url = missing.final_url = "https://example.org/missing?a=1,2";
  missing.input = missing.url;
  missing.status_code = 404;
  missing.ok = false;
  missing.error = ErrorKind::kHttp;
  missing.error_message = "404 Not Found";
  missing.title =
      "Not found,\tsorry\r\n\"really\" \x1b[31m\xC2\x9B"
      "31m \xE2\x80\xAE"
      "dne";
  missing.description.reset();
  missing.canonical.reset();
  missing.lang.reset();
  missing.link_count = 0;
  records.push_back(missing);

  CrawlRecord nowhere;
  nowhere.url = "http://nowhere.invalid/";
  nowhere.input = "http://nowhere.invalid";
  nowhere.final_url = nowhere.url;
  nowhere.error = ErrorKind::kDns;
  nowhere.error_message = "Could not resolve host: nowhere.invalid";
  nowhere.attempts = 3;
  nowhere.timestamp = records[0].timestamp;
  nowhere.time_total = 3.012'5;
  records.push_back(nowhere);

  CrawlRecord no_url;
  no_url.input = "http://[::1\x7F/\xFF";
  no_url.error = ErrorKind::kInvalidUrl;
  no_url.error_message = "not a URL";
  records.push_back(no_url);

  CrawlRecord moved = page_record();
  moved.url = moved.input = "http://example.org/old";
  moved.final_url = "https://example.org/neu/%C3%BC";
  moved.redirects = {
      {"http://example.org/old", 301, "https://example.org/older"},
      {"https://example.org/older", 302, "https://example.org/neu/%C3%BC"}};
  moved.title = "Überblick – 日本語";
  moved.truncated = true;
  moved.size_body = 16U << 20U;
  moved.http_version = "2";
  moved.depth = 2;
  moved.parent = "https://example.org/";
  moved.links.add({"https://example.org/a?b=1&c=\"2\"", LinkElement::kA,
                   LinkAttribute::kHref, "nofollow", "Text\twith \\ tab"});
  moved.links.add({"https://example.org/i.png", LinkElement::kImg,
                   LinkAttribute::kSrc, "", ""});
  moved.headers = {{"Content-Type", "text/html"},
                   {"Set-Cookie", "a=1"},
                   {"X-Note", "\x1b]0;owned\x07"},
                   {"set-cookie", "b=\"2\", c"}};
  moved.body = "<title>\xDC</title>\n";
  moved.body_digest = Fingerprint{0x0123456789ABCDEFU, 0xFEDCBA9876543210U};
  moved.parser = "scanner";
  moved.duplicate_of = "https://example.org/docs/containers/vector";
  records.push_back(moved);

  for (std::size_t i = 0; i < records.size(); ++i) records[i].index = i;
  return records;
}

// Strings that break writers.
inline std::vector<std::string> hostile_strings() {
  using namespace std::string_literals;
  std::vector<std::string> strings = {
      "",
      "\0"s,
      "a\0b"s,
      "\t",
      "\r\n",
      "\\t",
      "\\",
      "\"",
      "\"\"",
      ",",
      "=1+1",
      " padded ",
      "NULL",
      "\x1b]0;title\x07\x1b[2J\x1b[31m",
      "\x7F",
      "\xC2\x85next line",
      "\xC2\x9B"
      "31mC1",
      "\xE2\x80\xA8line\xE2\x80\xA9paragraph",
      "\xE2\x80\xAE"
      "bidi\xE2\x81\xA6isolate\xD8\x9C\xE2\x80\x8F",
      "\xEF\xBB\xBF"
      "bom",
      "\xFF\xFE",
      "\x80",
      "trailing lead \xE2",
      "trailing lead \xF0\x9F\x98",
      "\xC0\xAF overlong",
      "\xED\xA0\xBD\xED\xB8\x80 surrogates",
      "\xF4\x90\x80\x80 too large",
      "\xC3\"quote after lead",
      "\xE2\\backslash after lead",
      "ünï¢ödé 日本語 😀 e\xCC\x81",
      "{\"json\": [1, \"\\u0000\"]}",
      std::string(100'000, 'x'),
      std::string(70'000, '\n'),
  };
  std::string every_byte;
  for (int c = 0; c < 256; ++c) every_byte.push_back(static_cast<char>(c));
  strings.push_back(every_byte);
  for (int c = 0; c < 0x21; ++c) {
    strings.push_back("x"s + static_cast<char>(c) + "y");
  }
  // Every alignment of a character that a word-wise scan must not miss.
  for (std::size_t at = 0; at < 18; ++at) {
    for (const char c : {'"', '\\', '\x1f', '\x7f', '\t', '\xff'}) {
      std::string text(18, 'a');
      text[at] = c;
      strings.push_back(text);
    }
  }
  return strings;
}

}  // namespace crawl

#endif  // CRAWL_TESTS_WRITER_SAMPLE_RECORDS_H_
