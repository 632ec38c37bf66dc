#include "check/check_sink.h"

#include <string>
#include <utility>
#include <vector>

#include "check/check_judge.h"
#include "check/link_kind.h"
#include "check/page_text.h"
#include "crawl/base/ip_address.h"
#include "crawl/base/url.h"

namespace crawl {
namespace {

// Gathered before it is written.
constexpr std::size_t kPiece = 64 * 1024;

}  // namespace

CheckSink::CheckSink(CheckSinkOptions options,
                     std::unique_ptr<OutputStream> output,
                     std::unique_ptr<CheckStore> store, CheckCache* cache)
    : options_(std::move(options)),
      cleaner_(options_.cleaner),
      output_(std::move(output)),
      store_(std::move(store)),
      cache_(cache) {}

Result<std::unique_ptr<CheckSink>> CheckSink::open(
    CheckSinkOptions options, std::unique_ptr<OutputStream> output,
    CheckCache* cache) {
  Result<std::unique_ptr<CheckStore>> store = CheckStore::open();
  if (!store) return tl::unexpected(store.error());
  return std::unique_ptr<CheckSink>(new CheckSink(
      std::move(options), std::move(output), *std::move(store), cache));
}

// As the crawl asks for it, without fragment; as it is, if it is no URL.
std::string CheckSink::clean(std::string_view url) const {
  const std::optional<Url> parsed = Url::parse(url);
  return std::string(parsed ? cleaner_.clean(*parsed).href()
                            : url.substr(0, url.find('#')));
}

Result<void> CheckSink::take(const Outcome& outcome) {
  const CrawlRecord& record = outcome.record;
  const std::string url = record.url.empty() ? record.input : record.url;
  CheckAnswer answer;
  answer.url = url;
  answer.error = record.error;
  answer.message = record.error_message;
  answer.status_code = record.status_code;
  answer.final_url = record.final_url;
  answer.redirects = &record.redirects;
  answer.leads_on =
      record.error == ErrorKind::kDuplicate && !record.redirects.empty();
  const std::string target =
      answer.leads_on ? clean(record.final_url) : std::string();
  if (answer.leads_on) answer.final_url = target;
  // A repeated seed says nothing of its URL.
  const bool says_something = record.error != ErrorKind::kDuplicate ||
                              answer.leads_on || record.input.empty();
  Result<void> done;
  if (says_something) done = store_->add_answer(answer);
  if (done && says_something && options_.seeds_are_links &&
      !record.input.empty()) {
    done = store_->add_given(url);
  }
  if (done && cache_ != nullptr && record.ok && record.redirects.empty()) {
    done = cache_->note_good(url);
  }
  if (done) done = note_seen(record);
  if (done && record.error == ErrorKind::kNone) done = add_links(record);
  return done;
}

// What is seen of a part of a page is not all of it.
Result<void> CheckSink::note_seen(const CrawlRecord& record) {
  if (!record.link_count || record.error != ErrorKind::kNone ||
      record.truncated) {
    return {};
  }
  return store_->add_targets(record.final_url, record.targets);
}

Result<void> CheckSink::look_again(const CrawlRecord& record) {
  Result<void> done = note_seen(record);
  if (done && record.link_count && record.ok && !record.body.empty()) {
    done = store_->add_text(record.final_url, page_text(record.body));
  }
  return done;
}

Result<void> CheckSink::add_links(const CrawlRecord& record) {
  if (record.links.empty() && record.malformed.empty()) {
    return record.link_count ? store_->add_page(record.final_url)
                             : Result<void>();
  }
  const std::optional<Url> page = Url::parse(record.final_url);
  if (!page) return {};
  const bool page_is_private = is_private_host(page->hostname());
  if (Result<void> added = store_->add_page(page->href()); !added) {
    return added;
  }
  for (std::size_t i = 0; i < record.links.size(); ++i) {
    const PageLink link = record.links[i];
    if (options_.only_anchors ? link.element != LinkElement::kA &&
                                    link.element != LinkElement::kArea
                              : is_no_destination(link)) {
      continue;
    }
    const std::optional<Url> url = Url::parse(link.url);
    if (!url) continue;
    unsigned advice = 0;
    if (page->scheme() == "https" && url->scheme() == "http" &&
        is_part_of_page(link)) {
      advice |= kMixedContent;
    }
    if (!page_is_private && is_private_host(url->hostname())) {
      advice |= kPrivateAddress;
    }
    Result<void> added =
        store_->add_link(link, cleaner_.clean(*url).href(), advice);
    if (!added) return added;
  }
  for (std::size_t i = 0; i < record.malformed.size(); ++i) {
    const PageLink link = record.malformed[i];
    if (options_.only_anchors && link.element != LinkElement::kA &&
        link.element != LinkElement::kArea) {
      continue;
    }
    if (is_no_destination(link)) continue;
    if (Result<void> added = store_->add_malformed(link); !added) return added;
  }
  return {};
}

Result<void> CheckSink::close() {
  CheckJudge judge(*store_);
  if (Result<void> judged = judge.judge(options_.is_known); !judged) {
    return judged;
  }
  const CheckTotals& totals = judge.totals();
  const std::unique_ptr<CheckFormatter> formatter =
      make_check_formatter(options_.format, options_.style);
  std::string out;
  const auto write = [&](bool all) {
    if (out.empty() || (!all && out.size() < kPiece)) return Result<void>();
    Result<void> written = output_->write(out);
    out.clear();
    return written;
  };
  const auto source = [&](const CheckEntry& entry, const CheckSource& from) {
    formatter->source(entry, from, out);
    return write(false);
  };
  formatter->begin(totals, out);
  Result<void> done = formatter->by_page()
                          ? judge.each_source(source)
                          : judge.each_entry(
                                [&](const CheckEntry& entry) {
                                  formatter->entry(entry, out);
                                  return write(false);
                                },
                                source,
                                [&](const CheckEntry& entry) {
                                  formatter->entry_end(entry, out);
                                  return write(false);
                                });
  if (!done) return done;
  formatter->end(totals, out);
  done = write(true);
  if (done) done = output_->close();
  if (done && cache_ != nullptr) done = cache_->close();
  totals_ = totals;
  return done;
}

}  // namespace crawl
