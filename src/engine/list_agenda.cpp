#include "engine/list_agenda.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/record_builder.h"

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

constexpr std::string_view kLines = "lines";  // a note's name

// After 429 and 503 a host waits so long, if Retry-After asks for no more.
constexpr std::chrono::seconds kMaxHold{10};

// A list waits for its slowest host: one that has had enough is left in peace
// for a while, but does not slow down for good.
Visits::Pacing list_pacing(const CrawlOptions& options) {
  Visits::Pacing pacing{false, options.pace, options.private_pace};
  for (PaceOptions* pace : {&pacing.pace, &pacing.private_pace}) {
    pace->max_hold = kMaxHold;
    pace->max_retry_after = options.retry.max_wait;
    pace->least_slow_delay = {};
  }
  return pacing;
}

}  // namespace

ListAgenda::ListAgenda(const CrawlOptions& options, StateStore* store,
                       SeedSource& seeds, UniqueUrls& unique, Ledger& ledger,
                       const Clock& clock, std::uint64_t first)
    : options_(options),
      store_(store),
      ledger_(ledger),
      clock_(clock),
      visits_(options, list_pacing(options), ledger, clock),
      intake_(seeds, first),
      unique_(unique) {}

Result<void> ListAgenda::open() {
  if (options_.filter) {
    Result<Scope> filter = Scope::make(*options_.filter);
    if (!filter) return tl::unexpected(filter.error());
    filter_ = *std::move(filter);
  }
  if (store_ == nullptr) return {};
  commits_.start(clock_.now(), options_.commit_interval);
  const Result<std::optional<std::string>> lines = store_->note(kLines);
  if (!lines) return tl::unexpected(lines.error());
  if (!*lines) return {};
  ledger_.restore(*store_);
  return lines_done_.restore(**lines);
}

void ListAgenda::take_in() { pause_ = read_lines(); }

ListAgenda::Pause ListAgenda::read_lines() {
  const std::size_t ahead =
      starved_ ? kMostReadAhead : usual_read_ahead(options_.jobs);
  for (std::size_t read = 0; read < Intake::kAtOnce; ++read) {
    if (intake_.ended() || ledger_.error() || ledger_.closed_by_reader() ||
        ledger_.budget().pages_used_up()) {
      return Pause::kNothing;
    }
    if (visits_.queued() >= ahead) return Pause::kQueue;
    if (options_.ordered &&
        intake_.next_index() >=
            ledger_.next_index() + ordered_window(options_.jobs)) {
      return Pause::kOrder;
    }
    std::optional<Intake::Line> line = intake_.next();
    if (!line) return intake_.ended() ? Pause::kNothing : Pause::kInput;
    add(*std::move(line));
  }
  return Pause::kTurn;
}

void ListAgenda::add(Intake::Line line) {
  if (store_ != nullptr) {
    lines_done_.read(line.index, line.text);
    if (lines_done_.differs()) {
      return ledger_.fail(
          Error{"the list is not the one that the state is of: its first lines "
                "have changed; give another --state, or remove that file and "
                "begin anew"});
    }
  }
  const bool known = lines_done_.known(line.index);
  if (!known) ++fresh_;
  if (!line.seed) {
    if (known) return;
    UrlProblem& problem = line.seed.error();
    return refuse(line, "", problem.kind, std::move(problem.message));
  }
  Url& url = line.seed->url;
  if (options_.unique && !unique_.is_new(url, line.seed->user_password) &&
      !known) {
    return refuse(line, url.href(), ErrorKind::kDuplicate,
                  "the same URL came before (--unique)");
  }
  if (known) return;
  if (filter_) {
    if (const ScopeDecision decision = filter_->judge(url);
        !decision.allowed()) {
      return refuse(line, url.href(), decision.error(),
                    filter_->explain(decision));
    }
  }
  auto job =
      std::make_unique<Job>(line.index, std::move(line.text), std::move(url));
  job->owner = this;
  job->secret = {job->url.host_key(), std::move(line.seed->user_password),
                 true};
  job->admitted = clock_.now();
  visits_.add(std::move(job));
}

// The line's record says why it is not asked for.
void ListAgenda::refuse(Intake::Line& line, std::string_view url,
                        ErrorKind error, std::string reason) {
  done(line.index);
  ledger_.finish(
      make_unfetched_record(line.index, std::move(line.text), std::string(url),
                            error, std::move(reason)),
      nullptr);
}

void ListAgenda::done(std::uint64_t index) {
  if (store_ == nullptr) return;
  lines_done_.done(index);
  commits_.note();
}

std::unique_ptr<Job> ListAgenda::next() {
  std::unique_ptr<Job> job = visits_.next();
  starved_ = !job && pause_ == Pause::kQueue;
  return job;
}

std::optional<Clock::time_point> ListAgenda::wake_at(bool slots_free) const {
  if (pause_ == Pause::kTurn ||
      (starved_ && visits_.queued() < kMostReadAhead)) {
    return clock_.now();
  }
  return slots_free ? visits_.ready_at() : std::nullopt;
}

bool ListAgenda::finished() const {
  return (intake_.ended() && visits_.finished()) ||
         ledger_.budget().pages_used_up();
}

SlotUse ListAgenda::idle_use() const {
  if (visits_.queued() > 0) return SlotUse::kPoliteness;
  if (pause_ == Pause::kOrder) return SlotUse::kOrdering;
  return intake_.ended() ? SlotUse::kNothing : SlotUse::kInput;
}

void ListAgenda::count(CrawlStats& stats) const {
  stats.queued = visits_.queued();
  stats.left = stats.queued + left_;
  stats.admitted = lines_done_.known_lines() + fresh_;
  // The limit ended it only if there was more.
  if (ledger_.budget().pages_used_up() &&
      (stats.left > 0 || !intake_.ended())) {
    stats.end_by("--max-pages");
  }
}

bool ListAgenda::asks_robots(const Job& /*job*/) const {
  return options_.robots == RobotsMode::kAlways;
}

void ListAgenda::ended(std::unique_ptr<Job> job, FetchResult result,
                       Ending ending) {
  const bool asked = job->begun();
  if (asked) ledger_.budget().page_ends();
  // Another run may fetch it.
  if (ending.cut_short && store_ != nullptr) {
    ++left_;
    return;
  }
  done(job->index);
  ledger_.keep(job->kept);
  CrawlRecord record =
      make_record(*job, result, ending.error, std::move(ending.message));
  ledger_.finish(std::move(record), asked ? &result : nullptr);
}

Result<void> ListAgenda::commit(const SinkPositions& positions) {
  commits_.start(clock_.now(), options_.commit_interval);
  ledger_.save(*store_);
  if (Result<void> noted = store_->set_note(kLines, lines_done_.save());
      !noted) {
    return noted;
  }
  return store_->commit(positions);
}

}  // namespace crawl
