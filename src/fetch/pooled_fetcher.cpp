#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <iterator>
#include <memory>
#include <semaphore>
#include <stdexcept>
#include <utility>

#include "crawl/concurrent/thread_pool_executor.h"
#include "crawl/fetch/fetcher.h"
#include "fetch/completion_queue.h"
#include "fetch/fetch_setup.h"
#include "fetch/loop_router.h"
#include "fetch/transfer_loop.h"

namespace crawl {
namespace {

// Requests gathered for a loop before it is told, unless wait() comes first.
constexpr std::size_t kFlushAt = 32;

// Pages handed to a free reader, the one that it reads included.
constexpr std::size_t kReadAhead = 2;

// What has not begun by then has no thread.
constexpr std::chrono::seconds kLoopStart{2};

// Transfer loops as tasks of an executor, each a worker's only one for as long
// as the fetcher lives. Pages too heavy for a loop are tasks of another
// executor with as many workers, started when the first such page comes: a page
// that waits there has a reader.
class PooledFetcher final : public Fetcher {
 public:
  PooledFetcher(std::unique_ptr<const FetchSetup> setup, std::size_t loops)
      : setup_(std::move(setup)),
        router_(loops),
        started_(loops),
        readers_({.max_workers = loops, .thread_name_prefix = "read"}),
        pool_({.max_workers = loops, .thread_name_prefix = "fetch"}) {
    for (std::size_t i = 0; i < loops; ++i) {
      loops_.push_back(std::make_unique<TransferLoop>(
          *setup_, static_cast<unsigned>(i),
          setup_->options().max_connections / loops,
          TransferLoop::Hooks{
              [this](FinishedBatch& batch) { finished_.push(batch); },
              [this](UnreadBody unread) { read_aside(std::move(unread)); },
              [this] { return readers_are_free(); },
          }));
    }
    try {
      run_loops();
    } catch (...) {
      end_loops();
      throw;
    }
  }

  ~PooledFetcher() override { end_loops(); }

  void start(FetchRequest request) override {
    const bool may_be_http2 =
        !setup_->options().http1_only && request.url.scheme() == "https";
    const std::size_t loop =
        router_.choose(origin_hash(request.url), may_be_http2);
    if (router_.load(loop) == 1) ++loops_in_use_;
    started_[loop].push_back(std::move(request));
    if (started_[loop].size() >= kFlushAt) loops_[loop]->post(started_[loop]);
  }

  void wait(std::optional<Clock::time_point> until,
            std::vector<FetchResult>& results) override {
    flush();
    finished_.take(until, batch_);
    for (const auto host : batch_.tls_http1_origins) router_.speaks_http1(host);
    for (const FetchResult& result : batch_.results) {
      router_.finished(result.worker);
      if (router_.load(result.worker) == 0) --loops_in_use_;
    }
    if (results.empty()) {
      results.swap(batch_.results);
    } else {
      results.insert(results.end(),
                     std::make_move_iterator(batch_.results.begin()),
                     std::make_move_iterator(batch_.results.end()));
    }
    batch_.results.clear();
    batch_.tls_http1_origins.clear();
  }

  void wake() override { finished_.wake(); }

  void abort() override {
    flush();
    for (const auto& loop : loops_) loop->abort();
  }

 private:
  // With as many loops as the system gives threads to.
  void run_loops() {
    std::vector<Future<void>> tasks;
    for (const auto& loop : loops_) {
      tasks.push_back(pool_.submit([this, loop = loop.get()] {
        running_.release();
        loop->run();
      }));
    }
    const auto limit = std::chrono::steady_clock::now() + kLoopStart;
    std::size_t begun = 0;
    while (begun < tasks.size() && running_.try_acquire_until(limit)) ++begun;
    // A task without a thread stays queued, and its requests would wait. Tasks
    // begin in order: what cannot be cancelled has begun after all.
    while (begun < tasks.size() && tasks.back().cancel()) tasks.pop_back();
    for (; begun < tasks.size(); ++begun) running_.acquire();
    if (tasks.empty()) throw std::runtime_error("no thread of the pool begins");
    if (tasks.size() == loops_.size()) return;
    loops_.resize(tasks.size());
    started_.resize(tasks.size());
    router_ = LoopRouter(tasks.size());
  }

  void end_loops() {
    for (const auto& loop : loops_) loop->stop();
    pool_.shutdown(true, true);
    readers_.shutdown(true, true);
  }

  void flush() {
    for (std::size_t i = 0; i < loops_.size(); ++i) {
      if (!started_[i].empty()) loops_[i]->post(started_[i]);
    }
  }

  // One host alone may keep a single loop at work: then others read its pages.
  // What waits for them already is enough.
  bool readers_are_free() const {
    return reading_.load(std::memory_order_relaxed) <
           kReadAhead *
               (loops_.size() - loops_in_use_.load(std::memory_order_relaxed));
  }

  // Called on a loop's thread, which goes on at once.
  void read_aside(UnreadBody unread) {
    auto body = std::make_shared<UnreadBody>(std::move(unread));
    reading_.fetch_add(1, std::memory_order_relaxed);
    const auto read = [this, body] {
      FinishedBatch batch;
      batch.results.push_back(
          PageReader(setup_->options()).finish(std::move(*body)));
      reading_.fetch_sub(1, std::memory_order_relaxed);
      finished_.push(batch);
    };
    try {
      readers_.submit(read);
    } catch (const std::exception&) {
      read();  // no thread to be had: then here
    }
  }

  std::unique_ptr<const FetchSetup> setup_;
  LoopRouter router_;
  std::vector<std::vector<FetchRequest>> started_;  // by loop, not yet posted
  FinishedBatch batch_;
  CompletionQueue finished_;
  std::vector<std::unique_ptr<TransferLoop>> loops_;
  std::atomic<std::size_t> loops_in_use_ = 0;  // with exchanges in flight
  std::atomic<std::size_t> reading_ = 0;       // pages read beside the loops
  std::counting_semaphore<> running_{0};       // counts loops as they begin
  // Last, since their tasks use all of the above.
  ThreadPoolExecutor readers_;
  ThreadPoolExecutor pool_;
};

}  // namespace

Result<std::unique_ptr<Fetcher>> make_pooled_fetcher(FetchOptions options,
                                                     std::size_t loops) {
  try {
    auto setup = FetchSetup::create(std::move(options));
    if (!setup) return tl::unexpected(std::move(setup.error()));
    return std::make_unique<PooledFetcher>(std::move(*setup),
                                           std::max<std::size_t>(loops, 1));
  } catch (const std::exception& error) {
    return make_error(error.what());
  }
}

}  // namespace crawl
