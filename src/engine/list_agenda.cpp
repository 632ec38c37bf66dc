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

// Lines admitted in one turn of the loop, so that a million unparsable ones
// hold up neither Ctrl-C nor the transfers.
constexpr std::size_t kAdmitAtOnce = 10'000;

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

ListAgenda::ListAgenda(const CrawlOptions& options, SeedSource& seeds,
                       Ledger& ledger, const Clock& clock)
    : options_(options),
      ledger_(ledger),
      clock_(clock),
      visits_(options, list_pacing(options), ledger, clock),
      intake_(seeds, ledger) {}

void ListAgenda::take_in() { pause_ = read_lines(); }

ListAgenda::Pause ListAgenda::read_lines() {
  const std::size_t ahead =
      starved_ ? kMostReadAhead : usual_read_ahead(options_.jobs);
  std::optional<Intake::Line> line;
  for (std::size_t read = 0; read < kAdmitAtOnce; ++read) {
    if (intake_.ended() || ledger_.error() || ledger_.closed_by_reader() ||
        ledger_.budget().pages_used_up()) {
      return Pause::kNothing;
    }
    if (visits_.queued() >= ahead) return Pause::kQueue;
    if (options_.ordered &&
        intake_.lines() >=
            ledger_.next_index() + ordered_window(options_.jobs)) {
      return Pause::kOrder;
    }
    switch (intake_.next(line)) {
      case Intake::Status::kPending:
        return Pause::kInput;
      case Intake::Status::kEnd:
        return Pause::kNothing;
      case Intake::Status::kNothing:
        break;
      case Intake::Status::kSeed:
        add(*std::move(line));
        break;
    }
  }
  return Pause::kTurn;
}

void ListAgenda::add(Intake::Line line) {
  if (options_.unique &&
      !seen_
           .insert(fingerprint(
               fmt::format("{} {}", line.seed.url.without_fragment().href(),
                           line.seed.user_password)))
           .second) {
    ledger_.finish(make_unfetched_record(line.index, std::move(line.text),
                                         std::string(line.seed.url.href()),
                                         ErrorKind::kDuplicate,
                                         "the same URL came before (--unique)"),
                   nullptr);
    return;
  }
  auto job = std::make_unique<Job>(line.index, std::move(line.text),
                                   std::move(line.seed.url));
  job->owner = this;
  job->secret = {job->url.host_key(), std::move(line.seed.user_password), true};
  job->admitted = clock_.now();
  visits_.add(std::move(job));
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
  stats.admitted = intake_.lines();
  stats.queued = stats.left = visits_.queued();
}

bool ListAgenda::asks_robots(const Job& /*job*/) const {
  return options_.robots == RobotsMode::kAlways;
}

void ListAgenda::ended(std::unique_ptr<Job> job, FetchResult result,
                       Ending ending) {
  const bool asked = job->begun();
  if (asked) ledger_.budget().page_ends();
  CrawlRecord record =
      make_record(*job, result, ending.error, std::move(ending.message));
  ledger_.finish(std::move(record), asked ? &result : nullptr);
}

}  // namespace crawl
