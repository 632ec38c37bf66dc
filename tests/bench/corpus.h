#ifndef CRAWL_TESTS_BENCH_CORPUS_H_
#define CRAWL_TESTS_BENCH_CORPUS_H_

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "crawl/base/url.h"

// Real pages for benchmarks, and budgets for the ratios of their times.
namespace crawl::bench {

// Few enough to stay in the cache that a page just fetched is in.
inline constexpr std::size_t kPagesOfEach = 60;

struct Pages {
  std::vector<std::string> pages;
  std::int64_t bytes = 0;
};

inline std::vector<std::string> directories() {
  const char* chosen = std::getenv("CRAWL_BENCH_PAGES");
  std::string list = chosen != nullptr ? chosen : CRAWL_CORPUS_LIST;
  std::vector<std::string> out(1);
  for (const char c : list) {
    if (c == ':') {
      out.emplace_back();
    } else {
      out.back().push_back(c);
    }
  }
  return out;
}

// Every so many-th page of each directory, in order of name.
inline Pages load() {
  Pages all;
  for (const std::string& directory : directories()) {
    if (!std::filesystem::is_directory(directory)) continue;
    std::vector<std::filesystem::path> paths;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(directory)) {
      if (entry.is_regular_file() && entry.path().extension() == ".html") {
        paths.push_back(entry.path());
      }
    }
    std::sort(paths.begin(), paths.end());
    const std::size_t step = std::max<std::size_t>(
        1, (paths.size() + kPagesOfEach - 1) / kPagesOfEach);
    for (std::size_t i = 0; i < paths.size(); i += step) {
      std::ifstream file(paths[i], std::ios::binary);
      all.pages.emplace_back(std::istreambuf_iterator<char>(file),
                             std::istreambuf_iterator<char>());
      all.bytes += static_cast<std::int64_t>(all.pages.back().size());
    }
  }
  return all;
}

inline const Pages& pages() {
  static const Pages loaded = load();
  return loaded;
}

// Where they are, to whoever reads them.
inline const Url& page_url() {
  static const Url url =
      *Url::parse("https://docs.example.org/reference/manual/page.html");
  return url;
}

// What a benchmark that reads all of them in each round has to say; `found`: of
// `what` in all rounds.
inline void finish(benchmark::State& state, const char* what,
                   std::uint64_t found) {
  const auto rounds = static_cast<std::int64_t>(state.iterations());
  const auto count = static_cast<std::int64_t>(pages().pages.size());
  state.SetBytesProcessed(rounds * pages().bytes);
  state.SetItemsProcessed(rounds * count);
  state.counters[what] =
      static_cast<double>(found) / static_cast<double>(rounds * count);
}

// The time of the benchmark `of`, divided by that of `to`.
struct Ratio {
  const char* what;
  const char* of;
  const char* to;
  double budget;
  bool at_least;  // else at most
};

class Reporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      if (run.error_occurred || run.run_type != Run::RT_Iteration) continue;
      double& least = times_[run.run_name.function_name];
      const double time = run.GetAdjustedCPUTime();
      least = least == 0 ? time : std::min(least, time);
    }
  }

  // False if a budget is exceeded; ratios that were not measured are left out.
  bool print(const std::vector<Ratio>& ratios) const {
    bool met = true;
    for (const Ratio& ratio : ratios) {
      const auto a = times_.find(ratio.of);
      const auto b = times_.find(ratio.to);
      if (a == times_.end() || b == times_.end()) continue;
      const double value = a->second / b->second;
      const bool good =
          ratio.at_least ? value >= ratio.budget : value <= ratio.budget;
      met = met && good;
      fmt::print("{}: {:.2f} (at {} {}){}\n", ratio.what, value,
                 ratio.at_least ? "least" : "most", ratio.budget,
                 good ? "" : " NOT MET");
    }
    return met;
  }

 private:
  std::map<std::string, double> times_;
};

// The whole of such a benchmark's main().
inline int run(int argc, char** argv, const std::vector<Ratio>& ratios) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  if (pages().pages.empty()) {
    fmt::print(stderr,
               "no pages: install the documentation in data/packages.txt, or "
               "set CRAWL_BENCH_PAGES to directories of .html files\n");
    return 1;
  }
  fmt::print("{} pages, {:.1f} KB on average\n", pages().pages.size(),
             static_cast<double>(pages().bytes) / 1e3 /
                 static_cast<double>(pages().pages.size()));
  Reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  return reporter.print(ratios) ? 0 : 1;
}

}  // namespace crawl::bench

#endif  // CRAWL_TESTS_BENCH_CORPUS_H_
