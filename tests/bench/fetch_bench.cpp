// Exchanges per second and processor time per exchange, by transfers in flight
// and transfer loops. Without CRAWL_BENCH_URLS (a file of URLs, one a line) it
// fetches a small page from a server of its own, whose processor time is then
// part of the figure; with it, for example, nginx serving real pages.
//
//   CRAWL_BENCH_URLS=urls.txt fetch_bench --benchmark_filter=Pooled
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "crawl/fetch/fetcher.h"
#include "support/loopback_site.h"

namespace crawl {
namespace {

Url own_page() {
  testing::LoopbackSiteOptions options;
  options.keep_log = false;
  static testing::LoopbackSite site(options);
  site.serve("/small", "<!DOCTYPE html><title>small</title><p>hello");
  return *Url::parse(site.url("/small"));
}

const std::vector<Url>& urls() {
  static const std::vector<Url> list = [] {
    std::vector<Url> urls;
    if (const char* path = std::getenv("CRAWL_BENCH_URLS")) {
      std::ifstream file(path);
      for (std::string line; std::getline(file, line);) {
        if (auto url = Url::parse(line)) urls.push_back(std::move(*url));
      }
    }
    if (urls.empty()) urls.push_back(own_page());
    return urls;
  }();
  return list;
}

double processor_seconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

FetchOptions bench_options() {
  FetchOptions options;
  options.user_agent = "fetch_bench";
  options.body_digest = true;
  options.parse_pages = std::getenv("CRAWL_BENCH_PARSE") != nullptr;
  return options;
}

// Keeps `jobs` exchanges in flight; an iteration is one finished exchange.
void run(benchmark::State& state, Fetcher& fetcher, std::size_t jobs) {
  std::vector<FetchResult> results;
  std::size_t next = 0;
  std::size_t in_flight = 0;
  std::uint64_t failed = 0;
  std::uint64_t bytes = 0;
  const double before = processor_seconds();
  std::size_t taken = 0;
  for (auto _ : state) {
    if (taken == results.size()) {
      results.clear();
      taken = 0;
      for (; in_flight < jobs; ++in_flight) {
        FetchRequest request{.id = next, .url = urls()[next % urls().size()]};
        ++next;
        fetcher.start(std::move(request));
      }
      while (results.empty()) fetcher.wait(std::nullopt, results);
      in_flight -= results.size();
    }
    const FetchResult& result = results[taken++];
    if (result.error != ErrorKind::kNone || result.status_code != 200) {
      ++failed;
    }
    bytes += result.size_body;
  }
  const double used = processor_seconds() - before;
  while (in_flight > 0) {
    results.clear();
    fetcher.wait(std::nullopt, results);
    in_flight -= results.size();
  }
  const auto count = static_cast<double>(state.iterations());
  state.counters["pages/s"] =
      benchmark::Counter(count, benchmark::Counter::kIsRate);
  state.counters["cpu_us"] = used * 1e6 / count;
  state.counters["KB"] = static_cast<double>(bytes) / 1024 / count;
  if (failed > 0) state.SkipWithError("some exchanges failed");
}

void BM_Inline(benchmark::State& state) {
  auto fetcher = make_inline_fetcher(bench_options());
  run(state, **fetcher, static_cast<std::size_t>(state.range(0)));
}
BENCHMARK(BM_Inline)->Arg(1)->Arg(8)->Arg(64)->Arg(512)->UseRealTime();

void BM_Pooled(benchmark::State& state) {
  auto fetcher = make_pooled_fetcher(bench_options(),
                                     static_cast<std::size_t>(state.range(1)));
  run(state, **fetcher, static_cast<std::size_t>(state.range(0)));
}
BENCHMARK(BM_Pooled)->ArgsProduct({{1, 8, 64, 512}, {1, 2}})->UseRealTime();

}  // namespace
}  // namespace crawl
