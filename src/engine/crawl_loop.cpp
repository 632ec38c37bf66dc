#include "engine/crawl_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "base/userinfo.h"
#include "engine/record_builder.h"
#include "engine/seed_url.h"

namespace crawl {
namespace {

// Jobs read ahead of the transfers; more of them while slots are empty, so that
// hosts that may not be contacted yet do not hold up the lines behind them.
constexpr std::size_t kMostReadAhead = 10'000;
std::size_t usual_read_ahead(std::size_t jobs) {
  return std::clamp<std::size_t>(2 * jobs, 500, kMostReadAhead);
}

// With --ordered, lines are admitted so far past the first unwritten record.
std::size_t ordered_window(std::size_t jobs) {
  return std::max<std::size_t>(1'000, 4 * jobs);
}

// Lines admitted in one turn of the loop, so that a million unparsable ones
// hold up neither Ctrl-C nor the transfers.
constexpr std::size_t kAdmitAtOnce = 10'000;

// So many pages are committed before their time has come.
constexpr std::uint64_t kCommitPages = 5'000;

// robots.txt needs no more of it (RFC 9309 section 2.5), a sitemap may be 50
// MB.
constexpr std::uint64_t kRobotsBody = kRobotsMinBytes + 1;
constexpr std::uint64_t kSitemapBody = 52'428'800 + 1;

// After 429 and 503 the host of a listed URL waits so long, if Retry-After asks
// for no more.
constexpr std::chrono::seconds kListMaxHold{10};

constexpr std::string_view kSitemapsLeft = "sitemaps";  // a note's name

FrontierOptions frontier_options(const CrawlOptions& options) {
  FrontierOptions frontier;
  frontier.per_host = options.per_host > 0 ? options.per_host : options.jobs;
  frontier.rate = options.rate;
  frontier.pace = options.pace;
  frontier.private_pace = options.private_pace;
  if (!options.site) {
    // A list waits for its slowest host: one that has had enough is left in
    // peace for a while, but does not slow down for good.
    for (PaceOptions* pace : {&frontier.pace, &frontier.private_pace}) {
      pace->max_hold = kListMaxHold;
      pace->max_retry_after = options.retry.max_wait;
      pace->least_slow_delay = {};
    }
  }
  return frontier;
}

}  // namespace

CrawlLoop::CrawlLoop(CrawlOptions options, Fetcher& fetcher,
                     ResultWriter& writer, const Clock& clock,
                     CrawlObserver* observer, SiteParts site)
    : options_(std::move(options)),
      fetcher_(fetcher),
      writer_(writer),
      clock_(clock),
      observer_(observer),
      store_(site.store),
      skipped_writer_(site.skipped),
      frontier_(frontier_options(options_), clock),
      robots_(options_.product_token) {}

CrawlLoop::~CrawlLoop() = default;

void CrawlLoop::request_stop() {
  stop_requests_.fetch_add(1);
  fetcher_.wake();
}

bool CrawlLoop::finished() const {
  return seeds_ended_ && frontier_.finished() &&
         (closing_ || !site_ || site_->exhausted()) &&
         sitemaps_reading_.empty();
}

Result<CrawlStats> CrawlLoop::run(SeedSource& seeds) {
  started_ = clock_.now();
  if (options_.time_breakdown) time_book_.emplace(options_.jobs, started_);
  if (options_.site) commit_due_ = started_ + options_.site->commit_interval;
  if (Result<void> opened = open_site(); !opened) {
    return tl::unexpected(opened.error());
  }
  while (true) {
    heed_stop_requests();
    if (!stopping()) admit(seeds);
    if (!stopping()) start_ready();
    if (in_flight() == 0 && (stopping() || finished())) break;
    wait();
    for (FetchResult& result : results_) handle(std::move(result));
    results_.clear();
    if (site_) take_sitemaps_read();
  }
  const std::size_t dropped = frontier_.clear();
  stats_.left = site_ ? site_->left() : dropped;
  if (site_ && !error_) check(commit());
  if (!error_) check_output(writer_.close());
  if (!error_ && skipped_writer_ != nullptr) {
    check_output(skipped_writer_->close());
  }
  report_progress(clock_.now());
  if (time_book_) stats_.times = time_book_->close(started_ + stats_.elapsed);
  if (error_) return tl::unexpected(*error_);
  return stats_;
}

Result<void> CrawlLoop::open_site() {
  if (!options_.site) return {};
  Result<std::unique_ptr<SiteCrawl>> site = SiteCrawl::open(
      *options_.site, *store_,
      [this](const SiteCrawl::Skip& skipped) { skip(skipped); });
  if (!site) return tl::unexpected(site.error());
  site_ = *std::move(site);
  return restore_totals();
}

void CrawlLoop::fail(const Error& error) {
  if (!error_) error_ = error;
}

void CrawlLoop::check(const Result<void>& done) {
  if (!done) fail(done.error());
}

// A full disk is no reason to begin anew.
void CrawlLoop::check_output(const Result<void>& done) {
  if (done) return;
  std::string message = done.error().message;
  if (options_.site && !options_.site->state_file.empty()) {
    message +=
        "; all is kept up to the last commit, mend that and run the same "
        "command again";
  }
  fail(Error{std::move(message)});
}

void CrawlLoop::heed_stop_requests() {
  const int requests = stop_requests_.load();
  // With nobody left to read the records, what is in flight has no use either.
  const bool useless = error_.has_value() || writer_.closed_by_reader();
  if (requests > 0 || useless) stopped_ = stats_.stopped = true;
  if ((requests > 1 || useless) && !aborted_) {
    aborted_ = true;
    fetcher_.abort();
  }
}

// The budgets end a crawl as the first Ctrl-C does: in good order. Pages that
// --max-pages has counted are tried again first, as often as any other.
void CrawlLoop::heed_budgets(Clock::time_point now) {
  if (!site_) return;
  const SiteOptions& site = *options_.site;
  if (!closing_ && site.max_pages > 0 && pages_started_ >= site.max_pages) {
    closing_ = true;
    frontier_.drop_new();
    stats_.out_of_budget = true;
  }
  if ((site.max_time.count() > 0 && now - started_ >= site.max_time) ||
      (site.max_bytes > 0 && stats_.bytes_decoded >= site.max_bytes)) {
    stopped_ = true;
    stats_.out_of_budget = true;
  }
}

void CrawlLoop::admit(SeedSource& seeds) {
  std::string line;
  std::size_t admitted = 0;
  more_lines_ = false;
  window_full_ = queue_full_ = false;
  const std::size_t ahead =
      starved_ ? kMostReadAhead : usual_read_ahead(options_.jobs);
  while (!seeds_ended_ && !error_ && !writer_.closed_by_reader()) {
    if (frontier_.queued() >= ahead) {
      queue_full_ = true;
      return;
    }
    if (options_.ordered &&
        next_index_ >= writer_.next_index() + ordered_window(options_.jobs)) {
      window_full_ = true;
      return;
    }
    const SeedSource::Status status = seeds.next(line);
    if (status == SeedSource::Status::kPending) return;
    if (status == SeedSource::Status::kEnd) {
      seeds_ended_ = true;
      if (site_) add_first_sitemaps();
      return;
    }
    admit_line(std::move(line));
    if (++admitted == kAdmitAtOnce) {
      more_lines_ = true;
      return;
    }
  }
}

// Those that an earlier run left unread, and those of the command line.
void CrawlLoop::add_first_sitemaps() {
  // Of one that is among both, only the command line knows the userinfo.
  for (const std::string& sitemap : options_.site->sitemaps) {
    if (auto named = parse_seed(sitemap)) {
      add_sitemap({std::move(named->url), 0, true},
                  std::move(named->user_password));
    }
  }
  const Result<std::optional<std::string>> left = store_->note(kSitemapsLeft);
  if (!left) return fail(left.error());
  for (SitemapList::Entry& sitemap :
       SitemapList::read_left(left->value_or(""))) {
    add_sitemap(std::move(sitemap));
  }
}

void CrawlLoop::admit_line(std::string line) {
  const std::uint64_t index = next_index_++;
  tl::expected<Seed, UrlProblem> seed = parse_seed(line);
  line = hide_password(std::move(line));
  if (!seed) {
    ++admitted_elsewhere_;
    // A crawl that is continued has this record already.
    if (site_ && store_->resumed()) return;
    finish(make_unfetched_record(index, std::move(line), "", seed.error().kind,
                                 std::move(seed.error().message)),
           nullptr);
    return;
  }
  if (site_) {
    secrets_.add_seed(*seed);
    if (const Result<bool> added = site_->add_seed(seed->url); !added) {
      fail(added.error());
    }
    return;
  }
  ++admitted_elsewhere_;
  if (options_.unique && !seen_
                              .insert(fingerprint(fmt::format(
                                  "{} {}", seed->url.without_fragment().href(),
                                  seed->user_password)))
                              .second) {
    finish(make_unfetched_record(
               index, std::move(line), std::string(seed->url.href()),
               ErrorKind::kDuplicate, "the same URL came before (--unique)"),
           nullptr);
    return;
  }
  auto job =
      std::make_unique<Job>(index, std::move(line), std::move(seed->url));
  job->secret = {job->url.host_key(), std::move(seed->user_password), true};
  job->admitted = clock_.now();
  frontier_.add(std::move(job));
}

void CrawlLoop::start_ready() {
  // Links are judged against all seeds, so all seeds come first.
  if (site_ && !seeds_ended_) return;
  starved_ = false;
  while (in_flight() < options_.jobs) {
    if (site_ && !closing_) check(site_->refill(frontier_));
    heed_budgets(clock_.now());
    if (stopping() || error_) return;
    std::unique_ptr<Job> job = frontier_.next();
    if (!job) {
      starved_ = queue_full_;
      if (starved_ && frontier_.queued() < kMostReadAhead) more_lines_ = true;
      return;
    }
    if (site_) site_->taken(*job);
    if (closing_ && !begun(*job)) {
      frontier_.done(*job);  // and is left
      continue;
    }
    if (let_through(job)) launch(std::move(job));
  }
}

bool CrawlLoop::begun(const Job& job) {
  return job.first_started != Clock::time_point{};
}

bool CrawlLoop::asks_robots(const Job& job) const {
  if (job.kind != JobKind::kPage) return false;
  return options_.robots == RobotsMode::kAlways ||
         (options_.robots == RobotsMode::kLinks && site_ != nullptr);
}

// What robots.txt says of a job that was just handed out. True if it may be
// started; else it has been dealt with, or turned into the question.
bool CrawlLoop::let_through(std::unique_ptr<Job>& job) {
  if (!asks_robots(*job)) return true;
  const RobotsGate::Verdict verdict = robots_.judge(
      job->url, options_.allow_private || job->allow_private, clock_.now());
  switch (verdict.access) {
    case RobotsGate::Access::kAllowed:
      return true;
    case RobotsGate::Access::kDisallowed: {
      frontier_.done(*job);
      FetchResult nothing;
      finish_job(*job, nothing, verdict.error, verdict.reason);
      return false;
    }
    case RobotsGate::Access::kAskFirst:
      break;
  }
  // The question takes the job's slot; the job goes back to the front.
  auto question =
      std::make_unique<Job>(0, "", RobotsGate::robots_url(job->url));
  question->kind = JobKind::kRobots;
  question->host = job->host;
  question->parent = job->url.host_key();
  question->allow_private = job->allow_private;
  question->secret = job->secret;
  frontier_.hold_host(*job);
  frontier_.add_again(std::move(job), clock_.now());
  launch(std::move(question));
  return false;
}

void CrawlLoop::launch(std::unique_ptr<Job> job) {
  if (!begun(*job)) {
    job->first_started = clock_.now();
    if (job->admitted == Clock::time_point{})
      job->admitted = job->first_started;
  }
  job->latest_started = clock_.now();
  job->started = clock_.wall_time();

  std::uint64_t id = flights_.size();
  if (free_.empty()) {
    flights_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  FetchRequest request{.id = id, .url = job->url};
  secrets_.fill(job->secret, request);
  request.allow_private = options_.allow_private || job->allow_private;
  switch (job->kind) {
    case JobKind::kPage:
      request.only_html = site_ && !options_.site->all_types;
      if (job->attempts == 1 && job->redirects.empty()) ++pages_started_;
      break;
    case JobKind::kRobots:
      request.parse_page = false;
      request.keep_body = true;
      request.max_body = kRobotsBody;
      break;
    case JobKind::kSitemap:
      request.parse_page = false;
      request.keep_body = true;
      request.max_body = kSitemapBody;
      break;
  }
  if (std::exchange(job->attempt_begins, false)) ++stats_.retries;
  request.fresh_connection = std::exchange(job->fresh_connection, false);
  flights_[id] = std::move(job);
  ++stats_.requests;
  fetcher_.start(std::move(request));
}

void CrawlLoop::wait() {
  const Clock::time_point now = clock_.now();
  flush_if_due(now);
  commit_if_due(now);
  std::optional<Clock::time_point> until;
  const auto wake_at = [&until](Clock::time_point time) {
    until = until ? std::min(*until, time) : time;
  };
  if (!stopping()) {
    if (in_flight() < options_.jobs && (!site_ || seeds_ended_)) {
      if (const auto ready_at = frontier_.ready_at()) wake_at(*ready_at);
    }
    if (more_lines_) wake_at(now);
    if (site_ && options_.site->max_time.count() > 0) {
      wake_at(started_ + options_.site->max_time);
    }
  }
  if (unflushed_) wake_at(flush_due_);
  if (finished_since_commit_ > 0) wake_at(commit_due_);
  if (observer_ != nullptr && observer_->progress_interval().count() > 0) {
    if (progress_due_ <= now) {
      report_progress(now);
      progress_due_ = now + observer_->progress_interval();
    }
    wake_at(progress_due_);
  }
  if (error_) wake_at(now);
  if (time_book_)
    time_book_->slots_are(in_flight(), why_slots_are_empty(), now);
  fetcher_.wait(until, results_);
}

SlotUse CrawlLoop::why_slots_are_empty() const {
  if (stopping()) return SlotUse::kNothing;
  if (frontier_.queued() > 0) return SlotUse::kPoliteness;
  if (window_full_) return SlotUse::kOrdering;
  return seeds_ended_ ? SlotUse::kNothing : SlotUse::kInput;
}

void CrawlLoop::report_progress(Clock::time_point now) {
  stats_.admitted = admitted_elsewhere_;
  if (site_) stats_.admitted += store_->counts().admitted;
  stats_.in_flight = in_flight();
  stats_.queued = site_ ? site_->left() - std::min<std::uint64_t>(site_->left(),
                                                                  in_flight())
                        : frontier_.queued();
  stats_.elapsed = now - started_;
  if (observer_ != nullptr) observer_->progress(stats_);
}

void CrawlLoop::flush_if_due(Clock::time_point now) {
  if (!unflushed_ || now < flush_due_ || error_) return;
  write([this] { return writer_.flush(); });
  unflushed_ = false;
}

void CrawlLoop::commit_if_due(Clock::time_point now) {
  if (!site_ || error_ || finished_since_commit_ == 0) return;
  if (now < commit_due_ && finished_since_commit_ < kCommitPages) return;
  check(commit());
}

// The order is the guarantee: records first, then the state that counts them.
Result<void> CrawlLoop::commit() {
  const Result<std::uint64_t> length = writer_.sync();
  if (!length) {
    check_output(tl::unexpected(length.error()));
    return {};
  }
  std::uint64_t skipped_length = 0;
  if (skipped_writer_ != nullptr) {
    const Result<std::uint64_t> synced = skipped_writer_->sync();
    if (!synced) {
      check_output(tl::unexpected(synced.error()));
      return {};
    }
    skipped_length = *synced;
  }
  std::string totals =
      fmt::format("{} {} {} {} {}", skipped_length, admitted_elsewhere_,
                  stats_.fetched, stats_.failed, stats_.skipped);
  for (const std::uint64_t count : stats_.by_kind) {
    totals += fmt::format(" {}", count);
  }
  if (Result<void> noted = store_->set_note("totals", totals); !noted) {
    return noted;
  }
  if (sitemaps_.take_changed()) {
    if (Result<void> noted = store_->set_note(kSitemapsLeft, sitemaps_.left());
        !noted) {
      return noted;
    }
  }
  finished_since_commit_ = 0;
  unflushed_ = false;
  commit_due_ = clock_.now() + options_.site->commit_interval;
  return store_->commit(*length);
}

Result<void> CrawlLoop::restore_totals() {
  const Result<std::optional<std::string>> note = store_->note("totals");
  if (!note) return tl::unexpected(note.error());
  if (!*note) return {};
  std::vector<std::uint64_t> numbers;
  std::istringstream text(**note);
  for (std::uint64_t number = 0; text >> number;) numbers.push_back(number);
  if (numbers.size() < 5) return {};
  admitted_elsewhere_ = numbers[1];
  stats_.fetched = numbers[2];
  stats_.failed = numbers[3];
  stats_.skipped = numbers[4];
  stats_.done_before = stats_.done();
  for (std::size_t i = 0; i < stats_.by_kind.size() && i + 5 < numbers.size();
       ++i) {
    stats_.by_kind[i] = numbers[i + 5];
  }
  return {};
}

}  // namespace crawl
