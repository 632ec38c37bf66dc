#ifndef CRAWL_ENGINE_CRAWL_LOOP_H_
#define CRAWL_ENGINE_CRAWL_LOOP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_set>
#include <vector>

#include "crawl/base/clock.h"
#include "crawl/base/fingerprint.h"
#include "crawl/concurrent/future.h"
#include "crawl/concurrent/thread_pool_executor.h"
#include "crawl/engine/crawler.h"
#include "crawl/frontier/frontier.h"
#include "crawl/parse/sitemap.h"
#include "engine/robots_gate.h"
#include "engine/secrets.h"
#include "engine/site_crawl.h"
#include "engine/sitemap_list.h"
#include "engine/time_book.h"

namespace crawl {

// What stands behind Crawler: one crawl from its first line to its last record.
//
// crawl_loop.cpp has the loop itself (admit, start, wait), crawl_results.cpp
// what becomes of each exchange (redirect, retry, robots.txt, sitemap, record).
class CrawlLoop {
 public:
  CrawlLoop(CrawlOptions options, Fetcher& fetcher, ResultWriter& writer,
            const Clock& clock, CrawlObserver* observer, SiteParts site);
  ~CrawlLoop();

  Result<CrawlStats> run(SeedSource& seeds);
  void request_stop();  // any thread

 private:
  // --- crawl_loop.cpp
  bool stopping() const { return stopped_; }
  bool finished() const;
  std::size_t in_flight() const { return flights_.size() - free_.size(); }
  Result<void> open_site();
  void heed_stop_requests();
  void heed_budgets(Clock::time_point now);
  void admit(SeedSource& seeds);
  void admit_line(std::string line);
  void start_ready();
  static bool begun(const Job& job);
  bool asks_robots(const Job& job) const;
  bool let_through(std::unique_ptr<Job>& job);
  void launch(std::unique_ptr<Job> job);
  void wait();
  SlotUse why_slots_are_empty() const;
  void report_progress(Clock::time_point now);
  void flush_if_due(Clock::time_point now);
  void commit_if_due(Clock::time_point now);
  Result<void> commit();
  Result<void> restore_totals();
  void fail(const Error& error);
  void check(const Result<void>& done);
  void check_output(const Result<void>& done);

  // Writing counts as such where an account of time is kept.
  template <class Write>
  void write(Write write) {
    if (!time_book_) return check_output(write());
    const Clock::time_point begin = clock_.now();
    check_output(write());
    time_book_->wrote(clock_.now() - begin);
  }

  // --- crawl_results.cpp
  void handle(FetchResult result);
  void handle_page(std::unique_ptr<Job> job, FetchResult result);
  void handle_robots(std::unique_ptr<Job> job, FetchResult result);
  void handle_sitemap(std::unique_ptr<Job> job, FetchResult result);
  void take_sitemaps_read();
  // `user_password`: for its own requests, as the command line has it.
  void add_sitemap(SitemapList::Entry sitemap, std::string user_password = {});
  void add_sitemaps_of(const Job& robots, std::vector<std::string> named,
                       bool allow_private);
  void add_first_sitemaps();
  bool is_private(const FetchResult& result, const Url& url) const;
  bool follow_redirect(std::unique_ptr<Job>& job, FetchResult& result);
  bool retry(std::unique_ptr<Job>& job, const FetchResult& result);
  void note_answer(const Job& job, const FetchResult& result);
  void finish_job(Job& job, FetchResult& result, ErrorKind error,
                  std::string message);
  void finish(CrawlRecord record, const FetchResult* result);
  void skip(const SiteCrawl::Skip& skip);
  bool says_no_to_links(const FetchResult& result) const;

  const CrawlOptions options_;
  Fetcher& fetcher_;
  ResultWriter& writer_;
  const Clock& clock_;
  CrawlObserver* const observer_;
  StateStore* const store_;             // null but for recursive crawls
  ResultWriter* const skipped_writer_;  // may be null

  Frontier frontier_;
  RobotsGate robots_;
  Secrets secrets_;
  std::unique_ptr<SiteCrawl> site_;  // null but for recursive crawls
  CrawlStats stats_;
  std::optional<TimeBook> time_book_;
  std::uint64_t admitted_elsewhere_ = 0;  // URLs that were never in the store

  std::atomic<int> stop_requests_{0};
  bool aborted_ = false;
  bool stopped_ = false;
  bool closing_ = false;        // nothing new is begun
  std::optional<Error> error_;  // of the output or the state: the end

  bool seeds_ended_ = false;
  // Why admit() left off, if not because the input kept it waiting.
  bool more_lines_ = false;
  bool window_full_ = false;
  bool queue_full_ = false;
  bool starved_ = false;  // slots are empty, and what is queued has to wait
  std::uint64_t next_index_ = 0;
  std::unordered_set<Fingerprint> seen_;  // with --unique

  // Jobs in flight by request id, and the ids free for the next ones.
  std::vector<std::unique_ptr<Job>> flights_;
  std::vector<std::uint64_t> free_;
  std::vector<FetchResult> results_;
  std::uint64_t pages_started_ = 0;
  std::unordered_set<std::string> long_waits_;  // hosts it was said of

  // Sitemaps are read beside the loop: one may have 50 MB.
  struct ReadSitemap {
    Sitemap sitemap;
    std::string first_url;  // in sitemaps_
    Url url;
    int level;
    bool allow_private;
  };
  SitemapList sitemaps_;
  std::deque<Future<ReadSitemap>> sitemaps_reading_;
  std::unique_ptr<ThreadPoolExecutor> sitemap_reader_;

  // Records reach a pipe's reader within this time.
  static constexpr std::chrono::milliseconds kFlushInterval{50};
  bool unflushed_ = false;
  Clock::time_point started_{};
  Clock::time_point flush_due_{};
  Clock::time_point commit_due_{};
  Clock::time_point progress_due_{};
  std::uint64_t finished_since_commit_ = 0;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_CRAWL_LOOP_H_
