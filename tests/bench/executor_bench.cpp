// What one task costs, from submit to result and by the million, beside
// boost::asio::thread_pool and oneTBB's task_group, each with two workers.
// Compare medians of interleaved repetitions:
//   executor_bench --benchmark_repetitions=25
//     --benchmark_enable_random_interleaving=true
#include <benchmark/benchmark.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "crawl/concurrent/thread_pool_executor.h"
#include "crawl/concurrent/wait.h"

namespace {

constexpr int kWorkers = 2;
constexpr int kMillion = 1'000'000;

crawl::ThreadPoolOptions two_workers() {
  return crawl::ThreadPoolOptions{.max_workers = kWorkers};
}

// oneTBB with two workers beside the calling thread, which only submits: its
// own slot in the arena is reserved, as the pools leave it out too.
class TbbPool {
 public:
  TbbPool()
      : limit_(tbb::global_control::max_allowed_parallelism, kWorkers + 1),
        arena_(kWorkers + 1, /*reserved_for_masters=*/1) {}
  tbb::task_arena& arena() { return arena_; }

 private:
  tbb::global_control limit_;
  tbb::task_arena arena_;
};

void RoundTrip_Crawl(benchmark::State& state) {
  crawl::ThreadPoolExecutor pool(two_workers());
  for (auto _ : state) {
    benchmark::DoNotOptimize(pool.submit([] { return 1; }).result());
  }
}

void RoundTrip_Asio(benchmark::State& state) {
  boost::asio::thread_pool pool(kWorkers);
  for (auto _ : state) {
    std::packaged_task<int()> task([] { return 1; });
    std::future<int> result = task.get_future();
    boost::asio::post(pool, std::move(task));
    benchmark::DoNotOptimize(result.get());
  }
  pool.join();
}

// The caller may run the task itself, as oneTBB means it to.
void RoundTrip_Tbb(benchmark::State& state) {
  TbbPool pool;
  pool.arena().execute([&state] {
    tbb::task_group group;
    for (auto _ : state) {
      int result = 0;
      group.run([&result] { result = 1; });
      group.wait();
      benchmark::DoNotOptimize(result);
    }
  });
}

// The futures dropped at once, and the pool's end waited for.
void MillionTasks_Crawl(benchmark::State& state) {
  for (auto _ : state) {
    crawl::ThreadPoolExecutor pool(two_workers());
    for (int i = 0; i < kMillion; ++i) pool.submit([] {});
    pool.shutdown();
  }
  state.SetItemsProcessed(state.iterations() * kMillion);
}

// The futures kept, and each waited for.
void MillionResults_Crawl(benchmark::State& state) {
  for (auto _ : state) {
    crawl::ThreadPoolExecutor pool(two_workers());
    std::vector<crawl::Future<void>> futures;
    futures.reserve(kMillion);
    for (int i = 0; i < kMillion; ++i) futures.push_back(pool.submit([] {}));
    for (const crawl::Future<void>& future : futures) future.result();
  }
  state.SetItemsProcessed(state.iterations() * kMillion);
}

void MillionTasks_Asio(benchmark::State& state) {
  for (auto _ : state) {
    boost::asio::thread_pool pool(kWorkers);
    for (int i = 0; i < kMillion; ++i) boost::asio::post(pool, [] {});
    pool.join();
  }
  state.SetItemsProcessed(state.iterations() * kMillion);
}

void MillionResults_Asio(benchmark::State& state) {
  for (auto _ : state) {
    boost::asio::thread_pool pool(kWorkers);
    std::vector<std::future<void>> futures;
    futures.reserve(kMillion);
    for (int i = 0; i < kMillion; ++i) {
      std::packaged_task<void()> task([] {});
      futures.push_back(task.get_future());
      boost::asio::post(pool, std::move(task));
    }
    for (std::future<void>& future : futures) future.get();
    pool.join();
  }
  state.SetItemsProcessed(state.iterations() * kMillion);
}

void MillionTasks_Tbb(benchmark::State& state) {
  TbbPool pool;
  for (auto _ : state) {
    pool.arena().execute([] {
      tbb::task_group group;
      for (int i = 0; i < kMillion; ++i) group.run([] {});
      group.wait();
    });
  }
  state.SetItemsProcessed(state.iterations() * kMillion);
}

// As many rounds of each, so that a pause of the machine weighs the same.
void round_trips(benchmark::internal::Benchmark* bench) {
  bench->UseRealTime()->Iterations(20'000);
}
void millions(benchmark::internal::Benchmark* bench) {
  bench->UseRealTime()->Iterations(1)->Unit(benchmark::kMillisecond);
}

BENCHMARK(RoundTrip_Crawl)->Apply(round_trips);
BENCHMARK(RoundTrip_Asio)->Apply(round_trips);
BENCHMARK(RoundTrip_Tbb)->Apply(round_trips);
BENCHMARK(MillionTasks_Crawl)->Apply(millions);
BENCHMARK(MillionTasks_Asio)->Apply(millions);
BENCHMARK(MillionTasks_Tbb)->Apply(millions);
BENCHMARK(MillionResults_Crawl)->Apply(millions);
BENCHMARK(MillionResults_Asio)->Apply(millions);

}  // namespace
