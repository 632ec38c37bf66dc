#include "engine/site_agenda.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "crawl/base/error_kind.h"
#include "engine/record_builder.h"
#include "engine/seed_url.h"

namespace crawl {
namespace {

// Names in the state.
constexpr std::string_view kLines = "lines";
constexpr std::string_view kNeverQueued = "never queued";
constexpr std::string_view kSitemapsLeft = "sitemaps";

}  // namespace

SiteAgenda::SiteAgenda(const CrawlOptions& options, StateStore& store,
                       SeedSource& seeds, Ledger& ledger, const Clock& clock,
                       std::function<void()> wake)
    : options_(options),
      site_(*options.site),
      store_(store),
      ledger_(ledger),
      clock_(clock),
      visits_(options, {true, options.pace, options.private_pace}, ledger,
              clock),
      intake_(seeds),
      sitemaps_(
          visits_, ledger,
          [this](const SitemapErrand::Read& read) { add_pages_of(read); },
          [this](const Url& sitemap, std::string reason) {
            leave_out({std::string(sitemap.href()), ErrorKind::kLimit,
                       std::move(reason), "", 0});
          },
          std::move(wake)) {}

Result<void> SiteAgenda::open() {
  commits_.start(clock_.now(), options_.commit_interval);
  Result<std::unique_ptr<SiteQueue>> queue = SiteQueue::open(
      site_, store_, [this](const SiteQueue::Skip& skip) { leave_out(skip); });
  if (!queue) return tl::unexpected(queue.error());
  queue_ = *std::move(queue);
  if (site_.read_sitemaps) {
    visits_.robots().on_sitemaps([this](const Job& robots,
                                        const std::vector<std::string>& named,
                                        bool allow_private) {
      sitemaps_.add_named(robots, named, allow_private);
    });
  }
  ledger_.restore(store_);
  never_queued_ = store_.counter(kNeverQueued);
  known_lines_ = store_.counter(kLines);
  return {};
}

// --- What comes by itself: seeds, and sitemaps that have been read.

void SiteAgenda::take_in() {
  read_seeds();
  sitemaps_.take_in();
}

void SiteAgenda::read_seeds() {
  more_lines_ = false;
  for (std::size_t read = 0; !intake_.ended() && !ledger_.error(); ++read) {
    if (read == Intake::kAtOnce) {
      more_lines_ = true;
      return;
    }
    std::optional<Intake::Line> line = intake_.next();
    if (line) {
      add_seed(*std::move(line));
    } else if (intake_.ended()) {
      add_first_sitemaps();
    } else {
      return;
    }
  }
}

void SiteAgenda::add_seed(Intake::Line line) {
  if (!line.seed) {
    UrlProblem& problem = line.seed.error();
    return refuse(line, "", problem.kind, std::move(problem.message));
  }
  visits_.secrets().add_seed(*line.seed);
  const Url& url = line.seed->url;
  const Result<bool> added = queue_->add_seed(url);
  if (!added) return ledger_.fail(added.error());
  if (!*added) {
    refuse(line, url.href(), ErrorKind::kDuplicate,
           "the same URL is in the crawl already");
  }
}

// The line's record says why it is not asked for, once.
void SiteAgenda::refuse(Intake::Line& line, std::string_view url,
                        ErrorKind error, std::string reason) {
  if (line.index < known_lines_) return;
  ++never_queued_;
  ledger_.finish(
      make_unfetched_record(line.index, std::move(line.text), std::string(url),
                            error, std::move(reason)),
      nullptr);
}

// Those that an earlier run left unread, and those of the command line.
void SiteAgenda::add_first_sitemaps() {
  // Of one that is among both, only the command line knows the userinfo.
  for (const std::string& sitemap : site_.sitemaps) {
    if (auto named = parse_seed(sitemap)) {
      sitemaps_.add_named_by_user(std::move(named->url),
                                  std::move(named->user_password));
    }
  }
  const Result<std::optional<std::string>> left = store_.note(kSitemapsLeft);
  if (!left) return ledger_.fail(left.error());
  for (SitemapList::Entry& sitemap :
       SitemapList::read_left(left->value_or(""))) {
    sitemaps_.add(std::move(sitemap));
  }
}

void SiteAgenda::add_pages_of(const SitemapErrand::Read& read) {
  if (read.sitemap.invalid > 0) {
    ledger_.notice(
        fmt::format("sitemap {}: {} locations are no http or https URLs{}",
                    read.url.href(), read.sitemap.invalid,
                    read.sitemap.invalid > read.sitemap.invalid_locations.size()
                        ? fmt::format("; the first {} are among the skipped",
                                      read.sitemap.invalid_locations.size())
                        : std::string()));
    for (const std::string& location : read.sitemap.invalid_locations) {
      ledger_.check(queue_->leave_out_location(location, read.url));
    }
  }
  if (read.sitemap.truncated) {
    ledger_.notice(fmt::format(
        "sitemap {}: larger than a sitemap may be; what is past the "
        "first {} entries is not read",
        read.url.href(),
        read.sitemap.pages.size() + read.sitemap.sitemaps.size()));
  }
  for (const SitemapEntry& entry : read.sitemap.pages) {
    if (ledger_.error()) return;
    ledger_.check(
        queue_->add_from_sitemap(entry.url, read.url, read.allow_private));
  }
}

// --- What the loop asks.

std::unique_ptr<Job> SiteAgenda::next() {
  // Links are judged against all seeds, so all seeds come first.
  if (!intake_.ended()) return nullptr;
  while (!ledger_.error()) {
    const Result<bool> loaded = queue_->refill(visits_, *this);
    if (!loaded) {
      ledger_.fail(loaded.error());
      break;
    }
    std::unique_ptr<Job> job = visits_.next();
    if (job || !*loaded) return job;
  }
  return nullptr;
}

std::optional<Clock::time_point> SiteAgenda::wake_at(bool slots_free) const {
  if (more_lines_) return clock_.now();
  return slots_free && intake_.ended() ? visits_.ready_at() : std::nullopt;
}

bool SiteAgenda::finished() const {
  if (!intake_.ended()) return false;
  return (visits_.finished() && queue_->exhausted() && sitemaps_.idle()) ||
         ledger_.budget().pages_used_up();
}

SlotUse SiteAgenda::idle_use() const {
  if (visits_.queued() > 0) return SlotUse::kPoliteness;
  return intake_.ended() ? SlotUse::kNothing : SlotUse::kInput;
}

void SiteAgenda::count(CrawlStats& stats) const {
  const StateCounts counts = store_.counts();
  stats.admitted = never_queued_ + counts.admitted;
  stats.left = counts.admitted - counts.done;
  stats.queued =
      stats.left - std::min<std::uint64_t>(stats.left, stats.in_flight);
  stats.nothing_included = queue_ && queue_->nothing_included();
  // The limit ended it only if there was more.
  if (stats.left > 0 && ledger_.budget().pages_used_up()) {
    stats.end_by("--max-pages");
  }
}

// --- What becomes of pages.

void SiteAgenda::begins(const Job& job) {
  ledger_.budget().page_begins();
  queue_->taken(job);
}

bool SiteAgenda::asks_robots(const Job& /*job*/) const {
  return options_.robots != RobotsMode::kNever;
}

void SiteAgenda::prepare(const Job& /*job*/, FetchRequest& request) const {
  request.only_html = !site_.all_types;
}

std::optional<Ending> SiteAgenda::refuse_redirect(const Job& job,
                                                  const Url& target) {
  Result<std::optional<Ending>> refused = queue_->claim_redirect(job, target);
  if (refused) return *std::move(refused);
  ledger_.fail(refused.error());
  return Ending{.cut_short = true};
}

void SiteAgenda::is_private(const Job& job) {
  ledger_.check(queue_->trust(job));
}

// Whether a page's own word keeps its links from being followed.
bool SiteAgenda::keeps_links_to_itself(const FetchResult& result) const {
  if (!site_.obey_nofollow) return false;
  const std::string_view us = options_.product_token;
  const Page& page = *result.page;
  return says_nofollow(result.x_robots_tag, us) ||
         (page.robots && says_nofollow(*page.robots, us)) ||
         (page.robots_crawl && says_nofollow(*page.robots_crawl, us));
}

void SiteAgenda::ended(std::unique_ptr<Job> job, FetchResult result,
                       Ending ending) {
  const bool asked = job->begun();
  if (asked) {
    ledger_.budget().page_ends();
  } else {
    queue_->taken(*job);
  }
  // Not finished: it waits for the next run, and has no record yet.
  if (ending.cut_short) return;
  ledger_.keep(job->kept);
  if (ending.error == ErrorKind::kNone) {
    ending.error = result.error;
    ending.message = result.error_message;
  }

  std::optional<std::string> duplicate_of;
  if (ending.error == ErrorKind::kNone) {
    if (result.body_digest && result.status_code == 200 &&
        result.size_body > 0) {
      Result<std::optional<std::string>> first =
          queue_->duplicate_of(*job, *result.body_digest);
      if (!first) return ledger_.fail(first.error());
      duplicate_of = *std::move(first);
    }
    if (result.page) {
      ledger_.check(queue_->add_links(*job, result,
                                      keeps_links_to_itself(result),
                                      duplicate_of.has_value()));
      if (const auto notice = queue_->take_notice()) ledger_.notice(*notice);
    }
  }
  queue_->done(*job);
  commits_.note();
  // A common mistake, and what to do.
  if (ending.error == ErrorKind::kContentType && !job->input.empty() &&
      result.content_type.find("xml") != std::string::npos) {
    ending.message += "; a sitemap is given with --sitemap";
    ledger_.notice(fmt::format("{}: {}", job->url.href(), ending.message));
  }
  // A seed's record is in the output whatever becomes of it.
  if (is_skip(ending.error) && job->input.empty()) {
    return leave_out({std::string(job->first_url()), ending.error,
                      std::move(ending.message), job->parent, job->depth,
                      true});
  }
  CrawlRecord record =
      make_record(*job, result, ending.error, std::move(ending.message));
  record.duplicate_of = std::move(duplicate_of);
  ledger_.finish(std::move(record), asked ? &result : nullptr);
}

void SiteAgenda::leave_out(const SiteQueue::Skip& skip) {
  if (!skip.admitted && is_skip(skip.error)) ++never_queued_;
  CrawlRecord record =
      make_unfetched_record(0, "", skip.url, skip.error, skip.reason);
  record.parent = skip.parent;
  record.depth = skip.depth;
  ledger_.leave_out(std::move(record));
}

// --- What lasts.

Result<void> SiteAgenda::commit(const SinkPositions& positions) {
  commits_.start(clock_.now(), options_.commit_interval);
  ledger_.save(store_);
  if (Result<void> saved = queue_->save(); !saved) return saved;
  store_.set_counter(kNeverQueued, never_queued_);
  store_.set_counter(kLines, std::max(known_lines_, intake_.lines()));
  if (sitemaps_.list().take_changed()) {
    if (Result<void> noted =
            store_.set_note(kSitemapsLeft, sitemaps_.list().left());
        !noted) {
      return noted;
    }
  }
  return store_.commit(positions);
}

}  // namespace crawl
