#include "crawl/engine/crawler.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "crawl/base/fingerprint.h"
#include "crawl/frontier/frontier.h"
#include "engine/record_builder.h"
#include "engine/redirect.h"
#include "engine/seed_url.h"

namespace crawl {
namespace {

// Jobs read ahead of the transfers, so that a host that may not be contacted
// yet does not hold up the lines behind it.
constexpr std::size_t kReadAhead = 10'000;

// With --ordered, lines are admitted so far past the first unwritten record.
std::size_t ordered_window(std::size_t jobs) {
  return std::max<std::size_t>(1'000, 4 * jobs);
}

// Lines admitted in one turn of the loop, so that a million unparsable ones
// hold up neither Ctrl-C nor the transfers.
constexpr std::size_t kAdmitAtOnce = 10'000;

// Records reach a pipe's reader within this time.
constexpr std::chrono::milliseconds kFlushInterval{50};

}  // namespace

class Crawler::Impl {
 public:
  Impl(CrawlOptions options, Fetcher& fetcher, ResultWriter& writer,
       const Clock& clock, CrawlObserver* observer)
      : options_(std::move(options)),
        fetcher_(fetcher),
        writer_(writer),
        clock_(clock),
        observer_(observer),
        frontier_(frontier_options(), clock) {}

  Result<CrawlStats> run(SeedSource& seeds);

  void request_stop() {
    stop_requests_.fetch_add(1);
    fetcher_.wake();
  }

 private:
  FrontierOptions frontier_options() const {
    FrontierOptions frontier;
    frontier.per_host =
        options_.per_host > 0 ? options_.per_host : options_.jobs;
    frontier.delay = options_.delay;
    frontier.rate = options_.rate;
    return frontier;
  }

  bool stopping() const { return stopped_; }
  bool finished() const { return seeds_ended_ && frontier_.finished(); }
  std::size_t in_flight() const { return flights_.size() - free_.size(); }

  void heed_stop_requests();
  void admit(SeedSource& seeds);
  void admit_line(std::string line);
  void start_ready();
  void wait();
  void handle(FetchResult result);
  void follow(std::unique_ptr<Job> job, const FetchResult& result, Url next);
  bool retry(std::unique_ptr<Job>& job, const FetchResult& result);
  void finish(CrawlRecord record, const FetchResult* result);
  void report_progress(Clock::time_point now);
  void flush_if_due(Clock::time_point now);

  const CrawlOptions options_;
  Fetcher& fetcher_;
  ResultWriter& writer_;
  const Clock& clock_;
  CrawlObserver* const observer_;

  Frontier frontier_;
  CrawlStats stats_;
  std::atomic<int> stop_requests_{0};
  int stops_heeded_ = 0;
  bool stopped_ = false;

  bool seeds_ended_ = false;
  bool more_lines_ =
      false;  // admit() left off before the input kept it waiting
  std::uint64_t next_index_ = 0;
  std::unordered_set<Fingerprint> seen_;  // with --unique

  // Jobs in flight by request id, and the ids free for the next ones.
  std::vector<std::unique_ptr<Job>> flights_;
  std::vector<std::uint64_t> free_;
  std::vector<FetchResult> results_;

  std::optional<Error> write_error_;
  bool unflushed_ = false;
  Clock::time_point started_{};
  Clock::time_point flush_due_{};
  Clock::time_point progress_due_{};
  std::minstd_rand random_{std::random_device{}()};
};

Result<CrawlStats> Crawler::Impl::run(SeedSource& seeds) {
  started_ = clock_.now();
  while (true) {
    heed_stop_requests();
    if (!stopping()) admit(seeds);
    if (!stopping()) start_ready();
    if (in_flight() == 0 && (stopping() || finished())) break;
    wait();
    for (FetchResult& result : results_) handle(std::move(result));
    results_.clear();
  }
  stats_.left = frontier_.clear();
  if (!write_error_) {
    if (Result<void> closed = writer_.close(); !closed) {
      write_error_ = closed.error();
    }
  }
  report_progress(clock_.now());
  if (write_error_) return tl::unexpected(*write_error_);
  return stats_;
}

void Crawler::Impl::heed_stop_requests() {
  const int requests = stop_requests_.load();
  if (requests > 0 || write_error_ || writer_.closed_by_reader()) {
    stopped_ = stats_.stopped = true;
  }
  // With nobody left to read the records, what is in flight has no use either.
  const int wanted = write_error_ || writer_.closed_by_reader() ? 2 : requests;
  if (wanted >= 2 && stops_heeded_ < 2) {
    stops_heeded_ = 2;
    fetcher_.abort();
  }
}

void Crawler::Impl::admit(SeedSource& seeds) {
  std::string line;
  std::size_t admitted = 0;
  more_lines_ = false;
  while (!seeds_ended_ && frontier_.queued() < kReadAhead) {
    if (options_.ordered &&
        next_index_ >= writer_.next_index() + ordered_window(options_.jobs)) {
      return;
    }
    switch (seeds.next(line)) {
      case SeedSource::Status::kLine:
        admit_line(std::move(line));
        if (++admitted == kAdmitAtOnce) {
          more_lines_ = true;
          return;
        }
        break;
      case SeedSource::Status::kPending:
        return;
      case SeedSource::Status::kEnd:
        seeds_ended_ = true;
        break;
    }
    if (write_error_ || writer_.closed_by_reader()) return;
  }
}

void Crawler::Impl::admit_line(std::string line) {
  const std::uint64_t index = next_index_++;
  ++stats_.admitted;
  tl::expected<Url, UrlProblem> url = parse_seed(line);
  if (!url) {
    finish(make_unfetched_record(index, std::move(line), "", url.error().kind,
                                 std::move(url.error().message)),
           nullptr);
    return;
  }
  if (options_.unique &&
      !seen_.insert(fingerprint(url->without_fragment().href())).second) {
    finish(make_unfetched_record(
               index, std::move(line), std::string(url->href()),
               ErrorKind::kDuplicate, "the same URL came before (--unique)"),
           nullptr);
    return;
  }
  auto job = std::make_unique<Job>(index, std::move(line), *std::move(url));
  job->admitted = clock_.now();
  frontier_.add(std::move(job));
}

void Crawler::Impl::start_ready() {
  while (in_flight() < options_.jobs) {
    std::unique_ptr<Job> job = frontier_.next();
    if (!job) return;
    const Clock::time_point now = clock_.now();
    if (job->first_started == Clock::time_point{}) job->first_started = now;
    job->started = clock_.wall_time();

    std::uint64_t id = flights_.size();
    if (free_.empty()) {
      flights_.emplace_back();
    } else {
      id = free_.back();
      free_.pop_back();
    }
    // Credentials stay with the origin they were given for.
    const bool same_origin =
        job->redirects.empty() ||
        Url::parse(job->redirects.front().url)->host_key() ==
            job->url.host_key();
    FetchRequest request{id, job->url, same_origin};
    flights_[id] = std::move(job);
    ++stats_.requests;
    fetcher_.start(std::move(request));
  }
}

void Crawler::Impl::wait() {
  const Clock::time_point now = clock_.now();
  flush_if_due(now);
  std::optional<Clock::time_point> until;
  const auto wake_at = [&until](Clock::time_point time) {
    until = until ? std::min(*until, time) : time;
  };
  if (!stopping() && in_flight() < options_.jobs) {
    if (const auto ready_at = frontier_.ready_at()) wake_at(*ready_at);
  }
  if (more_lines_ && !stopping()) wake_at(now);
  if (unflushed_) wake_at(flush_due_);
  if (observer_ != nullptr && observer_->progress_interval().count() > 0) {
    if (progress_due_ <= now) {
      report_progress(now);
      progress_due_ = now + observer_->progress_interval();
    }
    wake_at(progress_due_);
  }
  fetcher_.wait(until, results_);
}

void Crawler::Impl::handle(FetchResult result) {
  std::unique_ptr<Job> job = std::move(flights_[result.id]);
  free_.push_back(result.id);
  frontier_.done(*job);

  stats_.bytes_downloaded += result.size_download;
  stats_.bytes_decoded += result.size_body;
  if (result.status_code != 0 && !result.reused_connection) {
    ++stats_.connections;
  }

  if (result.error != ErrorKind::kInterrupted) {
    RedirectVerdict redirect = judge_redirect(
        result, job->url, job->redirects.size(), options_.max_redirs);
    if (redirect.next && !stopping()) {
      follow(std::move(job), result, *std::move(redirect.next));
      return;
    }
    if (redirect.next) {
      redirect.error = ErrorKind::kInterrupted;
      redirect.error_message = "stopped before the redirect was followed";
    }
    if (redirect.error != ErrorKind::kNone) {
      finish(make_record(*job, result, redirect.error,
                         std::move(redirect.error_message)),
             &result);
      return;
    }
    if (!stopping() && retry(job, result)) return;
  }
  finish(make_record(*job, result, ErrorKind::kNone, ""), &result);
}

void Crawler::Impl::follow(std::unique_ptr<Job> job, const FetchResult& result,
                           Url next) {
  ++stats_.redirects;
  job->transfer_seconds += result.times.total;
  job->redirects.push_back({std::string(job->url.href()), result.status_code,
                            std::string(next.href())});
  job->url = std::move(next);
  frontier_.add_again(std::move(job), clock_.now());
}

bool Crawler::Impl::retry(std::unique_ptr<Job>& job,
                          const FetchResult& result) {
  const std::optional<std::chrono::milliseconds> wait = retry_wait(
      options_.retry,
      {.error = result.error,
       .status_code = result.status_code,
       .attempt = job->attempts,
       .retry_after = result.retry_after,
       .now = clock_.wall_time(),
       .random = std::uniform_real_distribution<double>(0, 1)(random_)});
  if (!wait) return false;
  ++stats_.retries;
  ++job->attempts;
  job->transfer_seconds += result.times.total;
  if (observer_ != nullptr) {
    observer_->retrying(job->url.href(), result, job->attempts, *wait);
  }
  frontier_.add_again(std::move(job), clock_.now() + *wait);
  return true;
}

void Crawler::Impl::finish(CrawlRecord record, const FetchResult* result) {
  if (result == nullptr) record.timestamp = clock_.wall_time();
  if (record.ok) {
    ++stats_.fetched;
  } else {
    ++(is_skip(record.error) ? stats_.skipped : stats_.failed);
    ++stats_.by_kind[static_cast<std::size_t>(record.error)];
  }
  if (observer_ != nullptr) observer_->finished(record, result);
  if (write_error_) return;
  if (Result<void> written = writer_.write(record); !written) {
    write_error_ = written.error();
  }
  if (!unflushed_) flush_due_ = clock_.now() + kFlushInterval;
  unflushed_ = true;
}

void Crawler::Impl::report_progress(Clock::time_point now) {
  stats_.in_flight = in_flight();
  stats_.queued = frontier_.queued();
  stats_.elapsed = now - started_;
  if (observer_ != nullptr) observer_->progress(stats_);
}

void Crawler::Impl::flush_if_due(Clock::time_point now) {
  if (!unflushed_ || now < flush_due_ || write_error_) return;
  if (Result<void> flushed = writer_.flush(); !flushed) {
    write_error_ = flushed.error();
  }
  unflushed_ = false;
}

Crawler::Crawler(CrawlOptions options, Fetcher& fetcher, ResultWriter& writer,
                 const Clock& clock, CrawlObserver* observer)
    : impl_(std::make_unique<Impl>(std::move(options), fetcher, writer, clock,
                                   observer)) {}

Crawler::~Crawler() = default;

Result<CrawlStats> Crawler::run(SeedSource& seeds) { return impl_->run(seeds); }

void Crawler::request_stop() { impl_->request_stop(); }

}  // namespace crawl
