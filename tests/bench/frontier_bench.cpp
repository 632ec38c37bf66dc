// Picking the next job of a crawl that has work at so many hosts: it must not
// depend on their number.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "crawl/frontier/frontier.h"

namespace crawl {
namespace {

// Stands still: what counts is the work, not the waiting.
class StillClock final : public Clock {
 public:
  time_point now() const override { return now_; }
  std::chrono::system_clock::time_point wall_time() const override {
    return {};
  }
  void advance(std::chrono::nanoseconds time) { now_ += time; }

 private:
  time_point now_{std::chrono::hours(1)};
};

// next(), done() and add() of one job, with two jobs queued at each host and a
// delay that moves the host to the end of the order each time.
void BM_NextAmongHosts(benchmark::State& state) {
  const auto hosts = static_cast<std::size_t>(state.range(0));
  StillClock clock;
  FrontierOptions options;
  options.pace.delay = std::chrono::milliseconds(250);
  Frontier frontier(options, clock);
  for (std::size_t i = 0; i < 2 * hosts; ++i) {
    frontier.add(std::make_unique<Job>(
        i, "", *Url::parse(fmt::format("http://h{}.test/{}", i % hosts, i))));
  }
  for (auto _ : state) {
    std::unique_ptr<Job> job = frontier.next();
    if (!job) {
      clock.advance(std::chrono::milliseconds(250));
      job = frontier.next();
    }
    frontier.done(*job);
    frontier.add(std::move(job));
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(BM_NextAmongHosts)->Arg(100)->Arg(10'000)->Arg(1'000'000);

}  // namespace
}  // namespace crawl
