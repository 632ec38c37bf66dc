#include "engine/crawl_loop.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace crawl {
namespace {

// For what is in flight when a limit ends the crawl.
constexpr std::chrono::seconds kGrace{5};

}  // namespace

CrawlLoop::CrawlLoop(std::size_t jobs, Fetcher& fetcher, Ledger& ledger,
                     const Clock& clock)
    : jobs_(jobs), fetcher_(fetcher), ledger_(ledger), clock_(clock) {}

void CrawlLoop::request_stop() {
  stop_requests_.fetch_add(1);
  fetcher_.wake();
}

Result<void> CrawlLoop::run(Agenda& agenda) {
  agenda_ = &agenda;
  started_ = clock_.now();
  if (Result<void> opened = agenda_->open(); !opened) return opened;
  while (true) {
    heed_stop_requests();
    if (!stopped_) agenda_->take_in();
    start_ready();
    // What is in flight may be of no use any more: an errand that nobody waits
    // for.
    if (agenda_->finished() && in_flight() > 0) abort();
    if (in_flight() == 0 && (stopped_ || agenda_->finished())) break;
    wait();
    for (FetchResult& result : results_) handle(std::move(result));
    results_.clear();
  }
  if (ledger_.times()) {
    ledger_.times()->slots_are(0, SlotUse::kNothing, clock_.now());
    ledger_.tell_slot_times(true);
  }
  if (agenda_->commits()) settle();
  ledger_.close();
  report_progress(clock_.now());
  CrawlStats& stats = ledger_.stats();
  if (ledger_.times()) {
    stats.times = ledger_.times()->close(started_ + stats.elapsed);
  }
  if (ledger_.error()) return tl::unexpected(*ledger_.error());
  return {};
}

void CrawlLoop::settle() {
  for (bool more = true; more && !ledger_.error();) {
    commit();
    if (ledger_.error()) return;
    const Result<bool> settled = agenda_->settle();
    if (!settled) return ledger_.fail(settled.error());
    more = *settled;
  }
}

void CrawlLoop::stop() {
  if (!std::exchange(stopped_, true)) agenda_->stop();
}

void CrawlLoop::abort() {
  if (!std::exchange(aborted_, true)) fetcher_.abort();
}

void CrawlLoop::heed_stop_requests() {
  const int requests = stop_requests_.load();
  // With nobody left to take the records, what is in flight has no use either.
  const bool useless =
      ledger_.error().has_value() || ledger_.closed_by_reader();
  if (requests > 0 || useless) {
    ledger_.stats().stopped = true;
    stop();
  }
  if (requests > 1 || useless) abort();
}

// A budget that is used up ends a crawl as the first Ctrl-C does, in good
// order; and after a while as the second does.
void CrawlLoop::heed_budget(Clock::time_point now) {
  if (give_up_at_ && now >= *give_up_at_) abort();
  if (stopped_) return;
  const std::string_view limit = ledger_.budget().used_up(now);
  if (limit.empty()) return;
  ledger_.stats().end_by(limit);
  give_up_at_ = now + kGrace;
  stop();
}

void CrawlLoop::start_ready() {
  heed_budget(clock_.now());
  while (!stopped_ && !ledger_.error() && in_flight() < jobs_) {
    std::unique_ptr<Job> job = agenda_->next();
    if (!job) return;
    launch(std::move(job));
    heed_budget(clock_.now());
  }
}

void CrawlLoop::launch(std::unique_ptr<Job> job) {
  job->latest_started = clock_.now();
  if (!job->begun()) job->first_started = job->latest_started;
  if (job->admitted == Clock::time_point{}) job->admitted = job->first_started;
  job->started = clock_.wall_time();

  FetchRequest request = agenda_->request(*job);
  request.id = flights_.size();
  if (free_.empty()) {
    flights_.emplace_back();
  } else {
    request.id = free_.back();
    free_.pop_back();
  }
  job->fresh_connection = false;
  flights_[request.id] = std::move(job);
  fetcher_.start(std::move(request));
}

void CrawlLoop::handle(FetchResult result) {
  std::unique_ptr<Job> job = std::move(flights_[result.id]);
  free_.push_back(result.id);
  CrawlStats& stats = ledger_.stats();
  const bool again = std::exchange(job->attempt_begins, false);
  if (result.sent) {
    ++stats.requests;
    if (again) ++stats.retries;
  }
  stats.bytes_downloaded += result.size_download;
  stats.bytes_decoded += result.size_body;
  ledger_.budget().received(result.size_body);
  if (result.status_code != 0 && !result.reused_connection) {
    ++stats.connections;
  }
  if (ledger_.times()) ledger_.times()->exchange(job->url.host_key(), result);
  agenda_->answered(std::move(job), std::move(result));
}

void CrawlLoop::wait() {
  const Clock::time_point now = clock_.now();
  std::optional<Clock::time_point> until;
  const auto wake_at = [&until](std::optional<Clock::time_point> time) {
    if (time) until = until ? std::min(*until, *time) : *time;
  };
  ledger_.flush_if_due(now);
  wake_at(ledger_.flush_due());
  if (const auto due = agenda_->commit_due(); due && !ledger_.error()) {
    if (*due <= now) {
      commit();
    } else {
      wake_at(due);
    }
  }
  const bool slots_free = in_flight() < jobs_;
  if (!aborted_) wake_at(give_up_at_);
  if (!stopped_) {
    wake_at(agenda_->wake_at(slots_free));
    wake_at(ledger_.budget().deadline());
  }
  CrawlObserver* const observer = ledger_.observer();
  if (observer != nullptr && observer->progress_interval().count() > 0) {
    if (progress_due_ <= now) {
      report_progress(now);
      progress_due_ = now + observer->progress_interval();
    }
    wake_at(progress_due_);
  }
  if (ledger_.error()) wake_at(now);
  if (ledger_.times()) {
    ledger_.times()->slots_are(
        in_flight(), stopped_ ? SlotUse::kNothing : agenda_->idle_use(), now);
    ledger_.tell_slot_times();
  }
  fetcher_.wait(until, results_);
}

void CrawlLoop::report_progress(Clock::time_point now) {
  CrawlStats& stats = ledger_.stats();
  stats.in_flight = in_flight();
  stats.elapsed = now - started_;
  agenda_->count(stats);
  if (CrawlObserver* const observer = ledger_.observer()) {
    observer->progress(stats);
  }
}

// The order is the guarantee: what the sinks took lasts first, then the agenda
// that counts it.
void CrawlLoop::commit() {
  if (const auto positions = ledger_.sync()) {
    ledger_.check(agenda_->commit(*positions));
  }
}

}  // namespace crawl
