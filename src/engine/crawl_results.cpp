// What becomes of each exchange: the second half of CrawlLoop.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/crawl_loop.h"
#include "engine/private_answer.h"
#include "engine/record_builder.h"
#include "engine/redirect.h"

namespace crawl {
namespace {

// Waits that a user should hear of, for so many hosts.
constexpr std::chrono::seconds kLongWait{30};
constexpr std::size_t kMaxLongWaits = 1'000;

bool asks_to_slow_down(const FetchResult& result) {
  return result.answered() &&
         (result.status_code == 429 || result.status_code == 503);
}

}  // namespace

void CrawlLoop::handle(FetchResult result) {
  std::unique_ptr<Job> job = std::move(flights_[result.id]);
  free_.push_back(result.id);
  stats_.bytes_downloaded += result.size_download;
  stats_.bytes_decoded += result.size_body;
  if (result.status_code != 0 && !result.reused_connection) {
    ++stats_.connections;
  }
  if (time_book_) time_book_->exchange(job->url.host_key(), result);
  // Of a list only the pauses matter: its hosts have no other pace.
  if (site_ || asks_to_slow_down(result)) note_answer(*job, result);
  if (job->kind == JobKind::kRobots) {
    handle_robots(std::move(job), std::move(result));
    return;
  }
  frontier_.done(*job);
  if (job->kind == JobKind::kSitemap) {
    handle_sitemap(std::move(job), std::move(result));
  } else {
    handle_page(std::move(job), std::move(result));
  }
}

// The host's pace goes by how it answers; what it may lead to, by where it is.
void CrawlLoop::note_answer(const Job& job, const FetchResult& result) {
  if (result.error == ErrorKind::kInterrupted) return;
  PaceAnswer answer;
  answer.started = job.latest_started;
  answer.error = result.error;
  answer.status_code = result.status_code;
  answer.latency = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(result.times.starttransfer));
  answer.retry_after =
      parse_retry_after(result.retry_after, clock_.wall_time());
  answer.random = std::uniform_real_distribution<double>(0, 1)(random_);
  const bool from_private = is_private(result, job.url);
  if (job.kind != JobKind::kRobots || job.redirects.empty()) {
    frontier_.answered(job, answer, from_private);
  }
  if (site_ && job.kind == JobKind::kPage && from_private &&
      job.redirects.empty()) {
    check(site_->trust(job));
  }
}

bool CrawlLoop::is_private(const FetchResult& result, const Url& url) const {
  return is_private_answer(result, url, options_.fetch);
}

void CrawlLoop::handle_page(std::unique_ptr<Job> job, FetchResult result) {
  if (result.error != ErrorKind::kInterrupted) {
    if (follow_redirect(job, result)) return;
    if (!stopping() && retry(job, result)) return;
    // Stopped before it was tried again: in a recursive crawl, for the next
    // run.
    if (stopping() && site_ && is_transient(result.error, result.status_code)) {
      return;
    }
  }
  finish_job(*job, result, ErrorKind::kNone, "");
}

// True if the response was a redirect and has been dealt with.
bool CrawlLoop::follow_redirect(std::unique_ptr<Job>& job,
                                FetchResult& result) {
  RedirectVerdict redirect = judge_redirect(
      result, job->url, job->redirects.size(), options_.max_redirs);
  if (!redirect.next) {
    if (redirect.error == ErrorKind::kNone) return false;
    finish_job(*job, result, redirect.error, std::move(redirect.error_message));
    return true;
  }
  if (stopping()) {
    finish_job(*job, result, ErrorKind::kInterrupted,
               "stopped before the redirect was followed");
    return true;
  }
  const bool allow_private = job->allow_private && is_private(result, job->url);
  if (site_ && job->kind == JobKind::kPage) {
    if (auto refused = site_->claim_redirect(*job, *redirect.next)) {
      finish_job(*job, result, refused->error, std::move(refused->reason));
      return true;
    }
  }
  ++stats_.redirects;
  job->transfer_seconds += result.times.total;
  job->redirects.push_back({std::string(job->url.href()), result.status_code,
                            std::string(redirect.next->href())});
  job->url = *std::move(redirect.next);
  job->allow_private = allow_private;
  frontier_.add_again(std::move(job), clock_.now());
  return true;
}

bool CrawlLoop::retry(std::unique_ptr<Job>& job, const FetchResult& result) {
  const std::optional<std::chrono::milliseconds> wait = retry_wait(
      options_.retry,
      {.error = result.error,
       .status_code = result.status_code,
       .attempt = job->attempts,
       .retry_after = result.retry_after,
       .now = clock_.wall_time(),
       .random = std::uniform_real_distribution<double>(0, 1)(random_)});
  if (!wait) return false;
  ++job->attempts;
  job->attempt_begins = true;
  job->fresh_connection =
      result.error != ErrorKind::kNone || result.status_code == 408;
  job->transfer_seconds += result.times.total;
  if (observer_ != nullptr) {
    observer_->retrying(job->url.href(), result, job->attempts, *wait);
    if (*wait >= kLongWait && !result.retry_after.empty() &&
        long_waits_.size() < kMaxLongWaits &&
        long_waits_.insert(job->url.host_key()).second) {
      observer_->notice(fmt::format(
          "{} asks to be left alone (Retry-After); its URLs wait for {} s",
          job->url.host_key(),
          std::chrono::duration_cast<std::chrono::seconds>(*wait).count()));
    }
  }
  frontier_.add_again(std::move(job), clock_.now() + *wait);
  return true;
}

void CrawlLoop::handle_robots(std::unique_ptr<Job> job, FetchResult result) {
  const std::string& host = job->parent;
  if (result.error == ErrorKind::kInterrupted) {
    frontier_.done(*job);
    return;
  }
  const Clock::time_point now = clock_.now();
  RobotsGate::Outcome outcome = robots_.answered(
      host, job->url, static_cast<int>(job->redirects.size()), result, now);
  if (outcome.follow && !stopping()) {
    // Asked from the first host's slot: waiting for one at the target could be
    // waiting for a host that waits for this one.
    job->redirects.push_back({std::string(job->url.href()), result.status_code,
                              std::string(outcome.follow->href())});
    job->allow_private = job->allow_private && is_private(result, job->url);
    job->url = *std::move(outcome.follow);
    launch(std::move(job));
    return;
  }
  if (outcome.hold_until) {
    if (observer_ != nullptr) {
      observer_->notice(fmt::format(
          "{}: robots.txt cannot be had ({}); the host waits for it", host,
          result.error == ErrorKind::kNone
              ? fmt::format("HTTP status {}", result.status_code)
              : std::string(to_string(result.error))));
    }
    frontier_.hold_until(*job, *outcome.hold_until);
  }
  if (!frontier_.set_crawl_delay(*job, outcome.crawl_delay) &&
      observer_ != nullptr) {
    observer_->notice(fmt::format(
        "{}: Crawl-delay of {} s is cut to {} s", host,
        std::chrono::duration<double>(*outcome.crawl_delay).count(),
        std::chrono::duration<double>(options_.pace.max_crawl_delay).count()));
  }
  frontier_.done(*job);
  frontier_.release_host(host);
  add_sitemaps_of(*job, std::move(outcome.sitemaps),
                  job->allow_private && is_private(result, job->url));
}

void CrawlLoop::add_sitemaps_of(const Job& robots,
                                std::vector<std::string> named,
                                bool allow_private) {
  if (!site_ || !options_.site->read_sitemaps) return;
  const std::optional<Url> base = Url::parse(robots.parent + "/");
  for (const std::string& name : named) {
    std::optional<Url> url = base ? base->resolve(name) : std::nullopt;
    if (url && url->is_http()) {
      add_sitemap({url->without_credentials(), 0, allow_private});
    }
  }
}

void CrawlLoop::add_sitemap(SitemapList::Entry sitemap,
                            std::string user_password) {
  if (!sitemaps_.add(sitemap) || closing_) return;
  auto job = std::make_unique<Job>(0, "", std::move(sitemap.url));
  job->kind = JobKind::kSitemap;
  job->depth = sitemap.level;
  if (!user_password.empty()) {
    job->secret = {job->url.host_key(), std::move(user_password)};
  }
  job->allow_private = sitemap.allow_private;
  job->admitted = clock_.now();
  frontier_.add(std::move(job));
}

void CrawlLoop::handle_sitemap(std::unique_ptr<Job> job, FetchResult result) {
  RedirectVerdict redirect = judge_redirect(
      result, job->url, job->redirects.size(), options_.max_redirs);
  if (redirect.next && !stopping()) {
    job->allow_private = job->allow_private && is_private(result, job->url);
    job->redirects.push_back({std::string(job->url.href()), result.status_code,
                              std::string(redirect.next->href())});
    job->url = *std::move(redirect.next);
    frontier_.add_again(std::move(job), clock_.now());
    return;
  }
  // Stopped: it is among those that are left.
  if (result.error == ErrorKind::kInterrupted || stopping()) return;
  if (retry(job, result)) return;
  const bool failed = result.error != ErrorKind::kNone;
  const bool readable = result.answered() && result.status_code == 200 &&
                        (!failed || !result.body.empty());
  if ((failed || !readable) && observer_ != nullptr) {
    observer_->notice(fmt::format(
        "sitemap {}: {}", job->url.href(),
        failed ? result.error_message
               : fmt::format("HTTP status {}", result.status_code)));
  }
  if (!readable) {
    sitemaps_.finished(job->first_url());
    return;
  }
  if (!sitemap_reader_) {
    sitemap_reader_ = std::make_unique<ThreadPoolExecutor>(ThreadPoolOptions{
        .max_workers = 1, .thread_name_prefix = "sitemap", .initializer = {}});
  }
  sitemaps_reading_.push_back(sitemap_reader_->submit(
      [body = std::move(result.body), first_url = std::string(job->first_url()),
       url = job->url, level = job->depth,
       allow_private = job->allow_private && is_private(result, job->url)] {
        return ReadSitemap{read_sitemap(body, url), first_url, url, level,
                           allow_private};
      }));
  sitemaps_reading_.back().add_done_callback(
      [this](const Future<ReadSitemap>&) { fetcher_.wake(); });
}

void CrawlLoop::take_sitemaps_read() {
  while (!sitemaps_reading_.empty() && sitemaps_reading_.front().done()) {
    const ReadSitemap read = sitemaps_reading_.front().take();
    sitemaps_reading_.pop_front();
    if (!read.sitemap.problem.empty() && observer_ != nullptr) {
      observer_->notice(
          fmt::format("sitemap {}: {}", read.url.href(), read.sitemap.problem));
    }
    for (const SitemapEntry& entry : read.sitemap.sitemaps) {
      add_sitemap({entry.url, read.level + 1, read.allow_private});
    }
    for (const SitemapEntry& entry : read.sitemap.pages) {
      if (error_) return;
      check(site_->add_from_sitemap(entry.url, read.url, read.allow_private));
    }
    sitemaps_.finished(read.first_url);
  }
}

bool CrawlLoop::says_no_to_links(const FetchResult& result) const {
  if (!options_.site->obey_nofollow) return false;
  const std::string_view us = options_.product_token;
  if (says_nofollow(result.x_robots_tag, us)) return true;
  const Page& page = *result.page;
  return (page.robots && says_nofollow(*page.robots, us)) ||
         (page.robots_crawl && says_nofollow(*page.robots_crawl, us));
}

void CrawlLoop::finish_job(Job& job, FetchResult& result, ErrorKind error,
                           std::string message) {
  std::optional<std::string> duplicate_of;
  if (site_) {
    if (error == ErrorKind::kNone)
      error = result.error, message = result.error_message;
    if (error == ErrorKind::kInterrupted) {
      // Not finished: it waits for the next run, and has no record yet.
      return;
    }
    if (error == ErrorKind::kNone && result.body_digest &&
        result.status_code == 200 && result.size_body > 0) {
      Result<std::optional<std::string>> first =
          site_->duplicate_of(job, *result.body_digest);
      if (!first) return fail(first.error());
      duplicate_of = *std::move(first);
    }
    if (error == ErrorKind::kNone && result.page && !says_no_to_links(result)) {
      check(site_->add_links(job, result));
    }
    check(site_->done(job));
    ++finished_since_commit_;
    // A seed's record is in the output whatever becomes of it.
    if (is_skip(error) && job.input.empty()) {
      skip({std::string(job.first_url()), error, std::move(message), job.parent,
            job.depth, true});
      return;
    }
  }
  const bool asked =
      result.status_code != 0 || result.error != ErrorKind::kNone;
  CrawlRecord record = make_record(job, result, error, std::move(message));
  record.duplicate_of = std::move(duplicate_of);
  finish(std::move(record), asked ? &result : nullptr);
}

void CrawlLoop::skip(const SiteCrawl::Skip& skip) {
  if (!skip.admitted) ++admitted_elsewhere_;
  ++stats_.skipped;
  ++stats_.by_kind[static_cast<std::size_t>(skip.error)];
  CrawlRecord record =
      make_unfetched_record(0, "", skip.url, skip.error, skip.reason);
  record.parent = skip.parent;
  record.depth = skip.depth;
  record.timestamp = clock_.wall_time();
  if (observer_ != nullptr) observer_->finished(record, nullptr);
  if (skipped_writer_ != nullptr && !error_) {
    check_output(skipped_writer_->write(record));
  }
}

void CrawlLoop::finish(CrawlRecord record, const FetchResult* result) {
  if (result == nullptr) record.timestamp = clock_.wall_time();
  if (record.ok) {
    ++stats_.fetched;
  } else {
    ++(is_skip(record.error) ? stats_.skipped : stats_.failed);
    ++stats_.by_kind[static_cast<std::size_t>(record.error)];
  }
  if (observer_ != nullptr) observer_->finished(record, result);
  if (error_) return;
  write([&] { return writer_.write(record); });
  if (skipped_writer_ != nullptr && is_skip(record.error)) {
    check_output(skipped_writer_->write(record));
  }
  if (!unflushed_) flush_due_ = clock_.now() + kFlushInterval;
  unflushed_ = true;
}

}  // namespace crawl
