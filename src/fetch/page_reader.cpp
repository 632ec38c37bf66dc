#include "fetch/page_reader.h"

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include "crawl/parse/content_type.h"
#include "crawl/parse/style_urls.h"
#include "fetch/http/header_links.h"
#include "fetch/http/page_sniff.h"
#include "parse/html/xhtml_as_html.h"

namespace crawl {
namespace {

void fail(FetchResult& result, ErrorKind kind, std::string message) {
  if (result.error != ErrorKind::kNone) return;
  result.error = kind;
  result.error_message = std::move(message);
}

bool is_xhtml(const std::string& content_type) {
  const std::optional<ContentType> type = parse_content_type(content_type);
  return type && type->essence() == "application/xhtml+xml";
}

}  // namespace

bool sniff(std::string_view body, BodyPlan& plan, FetchResult& result) {
  if (!std::exchange(plan.sniff, false) || begins_like_html(body)) return true;
  plan.page = false;
  if (!plan.only_html) return true;
  fail(result, ErrorKind::kContentType,
       "the response does not say its type and does not begin like HTML");
  return false;
}

bool PageReader::read(FetchResult& result, std::string_view& body,
                      BodyPlan& plan, const Url& url, const Effort& effort) {
  // A page that cannot be read for lack of memory ends like any other failure.
  try {
    if (!plan.codings.empty()) {
      // Of what breaks off, what could be read is read on.
      if (!decode(result, body, plan) && body.empty()) plan.page = false;
      plan.codings.clear();
    }
    sniff(body, plan, result);
    if (plan.styles && style_urls_) {
      result.style_urls = sheet_urls(body, url, result.content_type);
    }
    if (plan.styles && style_links_) {
      result.sheet =
          std::make_shared<Page>(sheet_links(body, url, result.content_type));
    }
    if (plan.page && !read_page(result, body, url, effort)) return false;
    if (plan.digest && result.error == ErrorKind::kNone) {
      result.body_digest = fingerprint(body);
    }
    if (plan.keep) result.body = body;
  } catch (const std::exception& error) {
    fail(result, ErrorKind::kInternal, error.what());
  }
  return true;
}

void PageReader::keep(FetchResult& result, WireExchange& exchange) const {
  try {
    exchange.size_body = result.size_body;
    exchange.error = result.error;
    exchange.error_message = result.error_message;
    for (const auto& keeper : keepers_) {
      auto kept = keeper->keep(exchange);
      if (kept) result.kept.push_back(std::move(kept));
    }
  } catch (const std::exception& error) {
    fail(result, ErrorKind::kInternal, error.what());
  }
}

FetchResult PageReader::finish(UnreadBody unread) {
  std::string_view body = unread.body;
  read(unread.result, body, unread.plan, unread.url, kAnyEffort);
  if (unread.wire) keep(unread.result, *unread.wire);
  return std::move(unread.result);
}

bool PageReader::decode(FetchResult& result, std::string_view& body,
                        BodyPlan& plan) {
  const WholeBodyDecoder::Decoded decoded =
      decoder_.decode(plan.codings, body, plan.max_body);
  body = decoded.body;
  result.size_body = body.size();
  result.truncated = decoded.cut;
  if (decoded.outcome != ContentDecoder::Outcome::kBroken) return true;
  // What could be read counts, as what it is: a part.
  result.truncated = true;
  fail(result, ErrorKind::kDecode, decoded.fault);
  return false;
}

bool PageReader::read_page(FetchResult& result, std::string_view body,
                           const Url& url, const Effort& effort) {
  const auto begin = std::chrono::steady_clock::now();
  std::string html;
  if (is_xhtml(result.content_type)) {
    html = xhtml_as_html(body);
    body = html;
  }
  if (body.size() <= effort.built) {
    result.page = crawl::read_page(body, url, result.content_type, options_);
  } else if (body.size() <= effort.scanned && !extractor_) {
    result.page = read_page_by_tags(body, url, result.content_type, options_);
  }
  if (result.page && extractor_) {
    result.extraction = extractor_->extract(body, result.page->charset, url);
  }
  if (result.page && style_urls_) {
    result.style_urls = page_style_urls(body, url, *result.page);
  }
  if (result.page && style_links_) add_style_links(body, url, *result.page);
  if (result.page) apply_header_links(*result.page, result, url, options_);
  result.parse_time += std::chrono::steady_clock::now() - begin;
  return result.page.has_value();
}

}  // namespace crawl
