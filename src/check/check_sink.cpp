#include "check/check_sink.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "check/link_kind.h"
#include "check/link_scheme.h"
#include "check/page_text.h"
#include "crawl/base/ip_address.h"
#include "crawl/base/url.h"
#include "crawl/frontier/scope.h"

namespace crawl {
namespace {

// What of a URL is told, by what its key is changed with.
constexpr std::uint64_t kGivenMark = 0x9e3779b97f4a7c15;
constexpr std::uint64_t kEmptyMark = 0xc2b2ae3d27d4eb4f;

// Where links lead, remembered.
constexpr std::size_t kTargetsAtHand = std::size_t{1} << 14U;

// Gathered before it is written.
constexpr std::size_t kPiece = 64 * 1024;

// What is the same of all URLs that servers know a file by. `hosts`: of any
// name of the site too.
std::string name_of_file(std::string_view url, bool hosts) {
  url = url.substr(0, url.find_first_of("?#"));
  for (const std::string_view ending : {".html", ".htm"}) {
    if (url.ends_with(ending)) url.remove_suffix(ending.size());
  }
  constexpr std::string_view kIndex = "/index";
  if (url.ends_with(kIndex)) url.remove_suffix(kIndex.size() - 1);
  const std::optional<Url> parsed = hosts ? Url::parse(url) : std::nullopt;
  return parsed ? site_of(*parsed) + std::string(parsed->pathname())
                : std::string(url);
}

// A page has one name, whatever part of it a redirect led to.
std::string_view page_of(const CrawlRecord& record) {
  return std::string_view(record.final_url)
      .substr(0, record.final_url.find('#'));
}

// Where it ended; what was left out on the way has no final URL.
std::string_view end_of(const CrawlRecord& record) {
  return record.final_url.empty() && !record.redirects.empty()
             ? std::string_view(record.redirects.back().location)
             : std::string_view(record.final_url);
}

// A redirect that was not followed.
bool is_redirect(const CrawlRecord& record) {
  constexpr std::array<int, 5> kRedirects = {301, 302, 303, 307, 308};
  return record.error == ErrorKind::kNone &&
         std::find(kRedirects.begin(), kRedirects.end(), record.status_code) !=
             kRedirects.end();
}

// Where a response of an archive leads; what is there has a record of its own.
std::optional<RedirectHop> archived_redirect(const CrawlRecord& record) {
  const std::optional<Url> url = Url::parse(record.url);
  for (const auto& [name, value] : record.headers) {
    if (!url || !equals_ignoring_case(name, "location")) continue;
    const std::optional<Url> target = url->resolve(value);
    if (!target || !target->is_http()) break;
    return RedirectHop{record.url, record.status_code,
                       std::string(target->href())};
  }
  return std::nullopt;
}

}  // namespace

CheckSink::CheckSink(CheckSinkOptions options,
                     std::unique_ptr<OutputStream> output,
                     std::unique_ptr<CheckStore> own, CheckCache* cache,
                     CheckStore* store)
    : options_(std::move(options)),
      cleaner_(options_.cleaner),
      output_(std::move(output)),
      own_(std::move(own)),
      cache_(cache),
      store_(store != nullptr ? store : own_.get()),
      targets_(kTargetsAtHand) {}

Result<std::unique_ptr<CheckSink>> CheckSink::open(
    CheckSinkOptions options, std::unique_ptr<OutputStream> output,
    CheckCache* cache, CheckStore* store) {
  std::unique_ptr<CheckStore> own;
  if (store == nullptr) {
    Result<std::unique_ptr<CheckStore>> made = CheckStore::open();
    if (!made) return tl::unexpected(made.error());
    own = *std::move(made);
  }
  Result<void> named =
      (store != nullptr ? store : own.get())->name_giver(options.given_by);
  if (!named) return tl::unexpected(named.error());
  return std::unique_ptr<CheckSink>(new CheckSink(
      std::move(options), std::move(output), std::move(own), cache, store));
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
  answer.final_url = end_of(record);
  answer.redirects = &record.redirects;
  answer.leads_on =
      record.error == ErrorKind::kDuplicate && !record.redirects.empty();
  answer.is_hearsay = record.error == ErrorKind::kDuplicate && !answer.leads_on;
  if (answer.is_hearsay && cache_ != nullptr) {
    answer.status_code = cache_->good_status(url).value_or(0);
  }
  std::string target = answer.leads_on ? clean(end_of(record)) : std::string();
  std::vector<RedirectHop> hops;
  if (is_redirect(record)) {
    auto hop = options_.is_archived ? archived_redirect(record) : std::nullopt;
    if (!hop) {
      answer.error = ErrorKind::kRedirect;
      answer.message = "a redirect that does not say where to";
    } else {
      target = clean(hop->location);
      hops.push_back(*std::move(hop));
      answer.redirects = &hops;
      answer.leads_on = true;
    }
  }
  if (answer.leads_on) answer.final_url = target;
  // A repeated seed says nothing of its URL.
  const bool says_something = record.error != ErrorKind::kDuplicate ||
                              answer.leads_on || record.input.empty();
  Result<void> done;
  if (says_something) done = store_->add_answer(answer);
  if (done && says_something && options_.seeds_are_links &&
      !record.input.empty()) {
    const Result<bool> told = store_->is_told(link_key(url) ^ kGivenMark);
    if (!told) return tl::unexpected(told.error());
    if (!*told) done = store_->add_given(url);
  }
  if (done && cache_ != nullptr && record.ok && record.redirects.empty() &&
      answer.error == ErrorKind::kNone) {
    done = cache_->note_good(url, record.status_code);
  }
  if (done) done = note_seen(record);
  if (!done || record.error != ErrorKind::kNone) return done;
  const Result<bool> told = is_told_already(record);
  if (!told) return tl::unexpected(told.error());
  return *told ? Result<void>() : add_links(record);
}

// The same page by another name of its file, as index.html of a folder: its
// links lead where those of the first do, and are told of once. Archives may
// have a page several times; and a check that is gone on with.
Result<bool> CheckSink::is_told_already(const CrawlRecord& record) {
  const bool is_empty = record.links.empty() && record.malformed.empty() &&
                        record.other_schemes.empty();
  if (is_empty && !record.link_count) return false;
  const std::uint64_t page = link_key(page_of(record));
  // As a leaf it has none, and may be one of the site's own pages.
  Result<bool> told = store_->is_told(is_empty ? page ^ kEmptyMark : page);
  if (!told || *told || is_empty || options_.is_archived ||
      !record.link_count || !record.body_digest) {
    return told;
  }
  return store_->is_told(
      link_key(name_of_file(page_of(record), !options_.style.folder.empty())) ^
      record.body_digest->low);
}

Result<void> CheckSink::note_seen(const CrawlRecord& record) {
  if (!record.link_count || record.error != ErrorKind::kNone) return {};
  Result<void> done =
      store_->add_targets(page_of(record), record.targets, record.truncated);
  if (done && record.warc_offset) {
    done = store_->add_place(page_of(record), record.warc_file,
                             *record.warc_offset);
  }
  return done;
}

Result<void> CheckSink::look_again(const CrawlRecord& record) {
  Result<void> done = note_seen(record);
  if (done && record.link_count && record.ok && !record.body.empty()) {
    done = store_->add_text(page_of(record),
                            comparable_text(page_text(record.body)));
  }
  return done;
}

Result<void> CheckSink::add_links(const CrawlRecord& record) {
  if (record.links.empty() && record.malformed.empty() &&
      record.other_schemes.empty()) {
    return record.link_count && !record.links_dropped
               ? store_->add_page({page_of(record)})
               : Result<void>();
  }
  const std::optional<Url> page = Url::parse(page_of(record));
  if (!page) return {};
  const bool page_is_https = page->scheme() == "https";
  const bool page_is_private = is_private_host(page->hostname());
  const auto address = IpAddress::parse(record.remote_ip);
  const bool at_private =
      options_.is_proxied ? page_is_private : address && !address->is_public();
  if (Result<void> added = store_->add_page(
          {page->href(), !record.link_count.has_value(), at_private});
      !added) {
    return added;
  }
  for (std::size_t i = 0; i < record.links.size(); ++i) {
    const PageLink link = record.links[i];
    if (!is_checked(link, options_.only_anchors)) continue;
    const Result<const Target*> target = target_of(link.url);
    if (!target) return tl::unexpected(target.error());
    if (*target == nullptr) continue;
    unsigned advice = 0;
    if (page_is_https && link.url.starts_with("http:") &&
        is_part_of_page(link)) {
      advice |= kMixedContent;
    }
    if (!page_is_private && (*target)->is_private) advice |= kPrivateAddress;
    Result<void> added = store_->add_link(link, (*target)->key, advice);
    if (!added) return added;
  }
  for (std::size_t i = 0; i < record.malformed.size(); ++i) {
    const PageLink link = record.malformed[i];
    if (!is_checked(link, options_.only_anchors)) continue;
    Result<void> added = store_->add_unaskable(link, ErrorKind::kInvalidUrl,
                                               "no URL can be made of it", 0);
    if (!added) return added;
  }
  for (std::size_t i = 0; i < record.other_schemes.size(); ++i) {
    const PageLink link = record.other_schemes[i];
    if (!is_checked(link, options_.only_anchors)) continue;
    const std::string wrong = wrong_scheme(link.url);
    Result<void> added = store_->add_unaskable(
        link,
        wrong.empty() ? ErrorKind::kUnsupportedScheme : ErrorKind::kInvalidUrl,
        wrong.empty() ? "neither http nor https" : wrong,
        scheme_of(link.url) == "file" ? unsigned{kLocalFile} : 0);
    if (!added) return added;
  }
  return store_->end_page();
}

// Most links lead where another did a short time ago. Null: it is no URL.
Result<const CheckSink::Target*> CheckSink::target_of(std::string_view link) {
  const std::string_view href = link.substr(0, link.find('#'));
  const std::uint64_t key = XXH3_64bits(href.data(), href.size());
  Target& target = targets_[key % targets_.size()];
  if (target.of == key) return &target;
  const std::optional<Url> url = Url::parse(href);
  if (!url) return nullptr;
  const Result<std::uint64_t> added =
      store_->add_target(cleaner_.clean(*url).href());
  if (!added) return tl::unexpected(added.error());
  target = {key, *added, is_private_host(url->hostname())};
  return &target;
}

Result<std::uint64_t> CheckSink::sync() {
  if (cache_ == nullptr) return std::uint64_t{0};
  return cache_->save().map([] { return std::uint64_t{0}; });
}

Result<void> CheckSink::close() {
  if (cache_ != nullptr) {
    if (Result<void> saved = cache_->save(); !saved) return saved;
  }
  Result<void> written = write_result();
  // What judging has added is of this result alone: there may be a next.
  if (!own_ &&
      execute(store_->database(), "ROLLBACK; BEGIN IMMEDIATE") != SQLITE_OK) {
    return make_error("cannot go back to what the check found");
  }
  return written;
}

Result<void> CheckSink::write_result() {
  CheckJudge judge(*store_, options_.is_archived, options_.max_redirs,
                   options_.read_archived);
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
  totals_ = totals;
  return done;
}

}  // namespace crawl
