#include <algorithm>
#include <exception>
#include <thread>
#include <utility>

#include "crawl/fetch/fetcher.h"
#include "fetch/completion_queue.h"
#include "fetch/curl_setup.h"
#include "fetch/loop_router.h"
#include "fetch/transfer_loop.h"

namespace crawl {
namespace {

// Requests gathered for a loop before it is told, unless wait() comes first.
constexpr std::size_t kFlushAt = 32;

class PooledFetcher final : public Fetcher {
 public:
  PooledFetcher(std::unique_ptr<const CurlSetup> setup, std::size_t loops)
      : setup_(std::move(setup)), router_(loops), started_(loops) {
    const FetchOptions& options = setup_->options();
    for (std::size_t i = 0; i < loops; ++i) {
      TransferLoop::Hooks hooks;
      hooks.deliver = [this](FinishedBatch& batch) { finished_.push(batch); };
      loops_.push_back(std::make_unique<TransferLoop>(
          *setup_, static_cast<unsigned>(i), options.max_connections / loops,
          std::move(hooks)));
    }
    for (const auto& loop : loops_) {
      threads_.emplace_back([loop = loop.get()] { loop->run(); });
    }
  }

  ~PooledFetcher() override {
    for (const auto& loop : loops_) loop->stop();
    for (auto& thread : threads_) thread.join();
  }

  void start(FetchRequest request) override {
    const bool may_be_http2 =
        !setup_->options().http1_only && request.url.scheme() == "https";
    const std::size_t loop =
        router_.choose(host_hash(request.url), may_be_http2);
    started_[loop].push_back(std::move(request));
    if (started_[loop].size() >= kFlushAt) loops_[loop]->post(started_[loop]);
  }

  void wait(std::optional<Clock::time_point> until,
            std::vector<FetchResult>& results) override {
    flush();
    finished_.take(until, batch_);
    for (const auto host : batch_.tls_http1_hosts) router_.speaks_http1(host);
    for (const FetchResult& result : batch_.results) {
      router_.finished(result.worker);
    }
    if (results.empty()) {
      results.swap(batch_.results);
    } else {
      results.insert(results.end(),
                     std::make_move_iterator(batch_.results.begin()),
                     std::make_move_iterator(batch_.results.end()));
    }
    batch_.results.clear();
    batch_.tls_http1_hosts.clear();
  }

  void wake() override { finished_.wake(); }

  void abort() override {
    flush();
    for (const auto& loop : loops_) loop->abort();
  }

 private:
  void flush() {
    for (std::size_t i = 0; i < loops_.size(); ++i) {
      if (!started_[i].empty()) loops_[i]->post(started_[i]);
    }
  }

  std::unique_ptr<const CurlSetup> setup_;
  LoopRouter router_;
  std::vector<std::vector<FetchRequest>> started_;  // by loop, not yet posted
  FinishedBatch batch_;
  CompletionQueue finished_;
  std::vector<std::unique_ptr<TransferLoop>> loops_;
  std::vector<std::thread> threads_;
};

}  // namespace

Result<std::unique_ptr<Fetcher>> make_pooled_fetcher(FetchOptions options,
                                                     std::size_t loops) {
  try {
    auto setup = CurlSetup::create(std::move(options));
    if (!setup) return tl::unexpected(std::move(setup.error()));
    return std::make_unique<PooledFetcher>(std::move(*setup),
                                           std::max<std::size_t>(loops, 1));
  } catch (const std::exception& error) {
    return make_error(error.what());
  }
}

}  // namespace crawl
