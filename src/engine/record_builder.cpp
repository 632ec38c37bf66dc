#include "engine/record_builder.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/userinfo.h"
#include "crawl/parse/charset.h"
#include "crawl/parse/content_type.h"

namespace crawl {
namespace {

// Turns a body into UTF-8 if it is known what else it is in: a page by the
// rules for pages, anything else by its header's charset. What it was before,
// if it was something else.
std::optional<std::string> make_utf8(std::string& body,
                                     std::string_view content_type) {
  const std::optional<ContentType> type = parse_content_type(content_type);
  if (body.empty() || !type) return std::nullopt;
  std::optional<std::string_view> encoding;
  if (type->is_html()) {
    encoding = detect_encoding(body, content_type);
  } else if (const auto label = type->parameter("charset")) {
    encoding = encoding_for_label(*label);
  }
  if (!encoding || *encoding == "utf-8") return std::nullopt;
  return std::exchange(body, to_utf8(body, *encoding));
}

}  // namespace

CrawlRecord make_record(Job& job, FetchResult& result, ErrorKind error,
                        std::string error_message) {
  CrawlRecord record;
  record.index = job.index;
  record.url = job.first_url();
  record.input = std::move(job.input);
  record.final_url = job.url.href();
  record.status_code = result.status_code;

  if (error == ErrorKind::kNone) {
    error = result.error;
    error_message = std::move(result.error_message);
  }
  if (error == ErrorKind::kNone && result.status_code >= 400) {
    error = ErrorKind::kHttp;
    error_message = fmt::format("HTTP status {}", result.status_code);
  }
  record.ok = error == ErrorKind::kNone;
  record.error = error;
  record.error_message = std::move(error_message);

  record.content_type = std::move(result.content_type);
  record.content_length = result.content_length;
  record.head = result.head;
  if (result.page) {
    Page& page = *result.page;
    record.charset = std::move(page.charset);
    record.title = std::move(page.title);
    record.description = std::move(page.description);
    record.canonical = std::move(page.canonical);
    record.lang = std::move(page.lang);
    record.link_count = page.link_count;
    record.links = std::move(page.links);
    record.malformed = std::move(page.malformed);
    record.other_schemes = std::move(page.other_schemes);
    record.targets = std::move(page.targets);
    record.parser = page.parser == PageParser::kScanner ? "scanner" : "tree";
  }
  if (result.sheet) {
    record.links = std::move(result.sheet->links);
    record.malformed = std::move(result.sheet->malformed);
    record.other_schemes = std::move(result.sheet->other_schemes);
  }
  record.extraction = std::move(result.extraction);
  record.size_download = result.size_download;
  record.size_body = result.size_body;
  record.truncated = result.truncated;
  record.redirects = std::move(job.redirects);
  record.http_version = std::move(result.http_version);
  record.remote_ip = std::move(result.remote_ip);
  record.attempts = job.begun() ? static_cast<int>(job.attempts) : 0;
  record.timestamp = job.started;

  record.time_queue =
      std::chrono::duration<double>(job.first_started - job.admitted).count();
  record.time_namelookup = result.times.namelookup;
  record.time_connect = result.times.connect;
  record.time_appconnect = result.times.appconnect;
  record.time_starttransfer = result.times.starttransfer;
  record.time_total = job.transfer_seconds + result.times.total;

  record.depth = job.depth;
  record.parent = std::move(job.parent);
  record.worker = static_cast<int>(result.worker);
  record.headers = std::move(result.headers);
  for (auto& [name, value] : record.headers) {
    value = hide_passwords(std::move(value));
    // One that is no URL may have it elsewhere.
    if (equals_ignoring_case(name, "location")) {
      value = hide_password(std::move(value));
    }
  }
  record.body = std::move(result.body);
  record.body_as_it_came = make_utf8(record.body, record.content_type);
  record.body_digest = result.body_digest;
  return record;
}

CrawlRecord make_unfetched_record(std::uint64_t index, std::string input,
                                  std::string url, ErrorKind error,
                                  std::string error_message) {
  CrawlRecord record;
  record.index = index;
  record.input = std::move(input);
  record.url = std::move(url);
  record.error = error;
  record.error_message = std::move(error_message);
  return record;
}

}  // namespace crawl
