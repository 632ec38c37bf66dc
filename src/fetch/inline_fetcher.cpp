#include <atomic>
#include <chrono>
#include <exception>
#include <utility>

#include "crawl/fetch/fetcher.h"
#include "fetch/fetch_setup.h"
#include "fetch/transfer_loop.h"

namespace crawl {
namespace {

// A transfer loop that turns only inside wait().
class InlineFetcher final : public Fetcher {
 public:
  explicit InlineFetcher(std::unique_ptr<const FetchSetup> setup)
      : setup_(std::move(setup)),
        loop_(
            *setup_, 0, setup_->options().max_connections,
            {[this](FinishedBatch& batch) { take(batch); }, nullptr, nullptr}) {
  }

  void start(FetchRequest request) override {
    started_.push_back(std::move(request));
    loop_.post(started_);
  }

  void wait(std::optional<Clock::time_point> until,
            std::vector<FetchResult>& results) override {
    results_ = &results;
    const std::size_t before = results.size();
    while (results.size() == before && !woken_.exchange(false)) {
      loop_.round(until);
      if (until && std::chrono::steady_clock::now() >= *until) break;
    }
    results_ = nullptr;
  }

  void wake() override {
    woken_ = true;
    loop_.wake();
  }

  void abort() override { loop_.abort(); }

 private:
  void take(FinishedBatch& batch) {
    results_->insert(results_->end(),
                     std::make_move_iterator(batch.results.begin()),
                     std::make_move_iterator(batch.results.end()));
    batch.results.clear();
    batch.tls_http1_origins.clear();
  }

  std::unique_ptr<const FetchSetup> setup_;
  std::atomic<bool> woken_ = false;
  std::vector<FetchRequest> started_;
  std::vector<FetchResult>* results_ = nullptr;  // wait()'s, while it runs
  TransferLoop loop_;
};

}  // namespace

Result<std::unique_ptr<Fetcher>> make_inline_fetcher(FetchOptions options) {
  try {
    auto setup = FetchSetup::create(std::move(options));
    if (!setup) return tl::unexpected(std::move(setup.error()));
    return std::make_unique<InlineFetcher>(std::move(*setup));
  } catch (const std::exception& error) {
    return make_error(error.what());
  }
}

}  // namespace crawl
