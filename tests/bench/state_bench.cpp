// The state of a large crawl: how fast it learns new URLs and meets known ones,
// how much memory that takes, and how long it takes to open again.
//
// The arguments are the number of hosts that ten million URLs are spread over,
// and how many of one host come together, as the links of a page do (1: never,
// the worst case for a file that keeps each host's pages together).
// CRAWL_BENCH_URLS sets another number of URLs, TMPDIR where the file lies.

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "crawl/frontier/state_store.h"

namespace crawl {
namespace {

std::size_t url_count() {
  const char* const text = std::getenv("CRAWL_BENCH_URLS");
  return text == nullptr ? 10'000'000 : std::strtoull(text, nullptr, 10);
}

std::string bench_path() {
  return (std::filesystem::temp_directory_path() /
          fmt::format("crawl-state-bench-{}.db", getpid()))
      .string();
}

double resident_megabytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  file >> total >> resident;
  return static_cast<double>(resident) *
         static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

// About 70 bytes, as URLs of real sites are on average.
Url make_url(std::size_t number, std::size_t hosts, std::size_t together = 1) {
  return *Url::parse(fmt::format(
      "https://www.site{}.example/archive/section-{}/article-{:08}.html?p={}",
      number / together % hosts, number % 97, number, number % 7));
}

void remove_state(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-journal"}) {
    std::remove((path + suffix).c_str());
  }
}

// Adds only: making the URLs is not counted. A commit each 50,000, which is
// four a second at the rate asked for.
void add_urls(benchmark::State& state, const std::string& path) {
  const auto hosts = static_cast<std::size_t>(state.range(0));
  const auto together = static_cast<std::size_t>(state.range(1));
  const std::size_t count = url_count();
  for (auto _ : state) {
    state.PauseTiming();
    remove_state(path);
    const double before = resident_megabytes();
    auto store = FileState::open({path, {}});
    if (!store) return state.SkipWithError(store.error().message.c_str());
    std::vector<Url> batch;
    std::uint64_t admitted = 0;
    for (std::size_t i = 0; i < count;) {
      batch.clear();
      while (batch.size() < 50'000 && i < count) {
        batch.push_back(make_url(i++, hosts, together));
      }
      state.ResumeTiming();
      for (const Url& url : batch) {
        const auto page = (*store)->add(url, 3, admitted == 0 ? kNoPage : 0);
        if (!page) return state.SkipWithError(page.error().message.c_str());
        admitted += page->has_value();
      }
      if (auto done = (*store)->commit({{"records", 0}}); !done) {
        return state.SkipWithError(done.error().message.c_str());
      }
      state.PauseTiming();
    }
    state.counters["urls"] = static_cast<double>(admitted);
    state.counters["resident_MB"] = resident_megabytes();
    state.counters["grown_MB"] = resident_megabytes() - before;
    state.counters["tables_MB"] =
        static_cast<double>((*store)->memory_use()) / 1e6;
    store->reset();
    std::error_code none;
    const auto size = std::filesystem::file_size(path, none);
    if (!none) state.counters["file_MB"] = static_cast<double>(size) / 1e6;
    state.ResumeTiming();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(count));
}

void BM_AddToFile(benchmark::State& state) {
  add_urls(state, bench_path());
  remove_state(bench_path());
}
void BM_AddToTemporary(benchmark::State& state) { add_urls(state, ""); }

void BM_OpenAgain(benchmark::State& state) {
  const std::string path = bench_path();
  remove_state(path);
  const std::size_t count = url_count();
  {
    auto store = FileState::open({path, {}});
    if (!store) return state.SkipWithError(store.error().message.c_str());
    for (std::size_t i = 0; i < count; ++i) {
      if (!(*store)->add(make_url(i, 1000), 3, kNoPage)) return;
    }
    if (!(*store)->commit({{"records", 0}})) return;
  }
  for (auto _ : state) {
    auto store = FileState::open({path, {}});
    if (!store) return state.SkipWithError(store.error().message.c_str());
    benchmark::DoNotOptimize((*store)->counts().known);
    state.counters["resident_MB"] = resident_megabytes();
  }
  state.SetItemsProcessed(state.iterations() *
                          static_cast<std::int64_t>(count));
  remove_state(path);
}

// What most links of a page are.
void BM_MeetKnownUrl(benchmark::State& state) {
  constexpr std::size_t kCount = 1'000'000;
  auto store = FileState::open({});
  if (!store) return state.SkipWithError(store.error().message.c_str());
  std::vector<std::string> hrefs;
  for (std::size_t i = 0; i < kCount; ++i) {
    const Url url = make_url(i, 1000);
    hrefs.emplace_back(url.href());
    if (!(*store)->add(url, 0, kNoPage)) return;
  }
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize((*store)->knows(hrefs[i]));
    i = (i + 7919) % kCount;
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(BM_AddToFile)
    ->Args({1, 1})
    ->Args({1000, 1})
    ->Args({100'000, 20})
    ->Args({100'000, 1})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(BM_AddToTemporary)
    ->Args({1000, 1})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(BM_OpenAgain)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_MeetKnownUrl);

}  // namespace
}  // namespace crawl
