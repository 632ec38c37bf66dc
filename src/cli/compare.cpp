#include "cli/compare.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "crawl/base/fingerprint.h"
#include "crawl/engine/seed_source.h"
#include "crawl/fetch/fetcher.h"

namespace crawl::cli {
namespace {

// What one URL brought in one run.
struct Outcome {
  Fingerprint body;
  int status = 0;
  ErrorKind error = ErrorKind::kInterrupted;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

class NullOutput final : public OutputStream {
 public:
  Result<void> write(std::string_view) override { return {}; }
  Result<void> flush() override { return {}; }
  bool closed_by_reader() const override { return false; }
};

// Formats nothing: a comparison measures the crawl with all of its parts, but
// has no records to show.
class Recorder final : public CrawlObserver {
 public:
  explicit Recorder(Report& report) : report_(report) {}

  std::chrono::nanoseconds progress_interval() const override {
    return report_.progress_interval();
  }
  void progress(const CrawlStats& stats) override { report_.progress(stats); }
  void finished(const CrawlRecord& record, const FetchResult* result) override {
    if (record.index >= outcomes.size()) outcomes.resize(record.index + 1);
    Outcome& outcome = outcomes[record.index];
    outcome.status = record.status_code;
    outcome.error = record.error;
    if (result != nullptr && result->body_digest) {
      outcome.body = *result->body_digest;
    }
    if (result != nullptr) seconds.push_back(record.time_total);
    report_.finished(record, result);
  }
  void retrying(std::string_view url, const FetchResult& result,
                unsigned attempt, std::chrono::nanoseconds wait) override {
    report_.retrying(url, result, attempt, wait);
  }

  std::vector<Outcome> outcomes;
  std::vector<double> seconds;

 private:
  Report& report_;
};

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto rank = static_cast<std::ptrdiff_t>(
      share * static_cast<double>(values.size() - 1) + 0.5);
  std::nth_element(values.begin(), values.begin() + rank, values.end());
  return values[static_cast<std::size_t>(rank)];
}

// Standard input can be read once, a comparison reads its list several times.
class SpooledStdin {
 public:
  Result<std::string> spool() {
    std::string path = "/tmp/crawl-compare-XXXXXX";
    const int fd = mkstemp(path.data());
    if (fd < 0) {
      return make_error(
          fmt::format("cannot keep standard input in {}: {}; give the list as "
                      "a file",
                      path, std::strerror(errno)));
    }
    path_ = path;
    std::vector<char> buffer(std::size_t{64} << 10);
    bool good = true;
    while (good) {
      const ssize_t got = read(STDIN_FILENO, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      good = ::write(fd, buffer.data(), static_cast<std::size_t>(got)) == got;
    }
    close(fd);
    if (!good) {
      return make_error(
          fmt::format("cannot keep standard input in {}: {}; give the list as "
                      "a file",
                      path, std::strerror(errno)));
    }
    return path_;
  }
  ~SpooledStdin() {
    if (!path_.empty()) unlink(path_.c_str());
  }

 private:
  std::string path_;
};

struct RunResult {
  CompareRun run;
  CrawlStats stats;
  std::vector<Outcome> outcomes;
};

Result<RunResult> run_once(const CrawlOptions& options,
                           const std::vector<std::string>& inputs,
                           const Options& cli, Report& report,
                           const std::function<void(Crawler*)>& watch) {
  Result<std::unique_ptr<Fetcher>> fetcher =
      options.sync ? make_inline_fetcher(options.fetch)
                   : make_pooled_fetcher(options.fetch, options.threads);
  if (!fetcher) return tl::unexpected(fetcher.error());
  Result<std::unique_ptr<SeedSource>> seeds =
      options.archives.empty()
          ? open_seeds(inputs, [&fetcher] { (*fetcher)->wake(); })
          : make_seeds({});
  if (!seeds) return tl::unexpected(seeds.error());

  ResultWriter writer(std::make_unique<NullOutput>(),
                      make_formatter(OutputFormat::kJsonl, cli.fields), false);
  Recorder recorder(report);
  const SystemClock clock;
  Crawler crawler(options, **fetcher, {&writer}, clock, &recorder);
  watch(&crawler);
  Result<CrawlStats> stats = crawler.run(**seeds);
  watch(nullptr);
  if (!stats) return tl::unexpected(stats.error());

  RunResult result;
  result.run.sync = options.sync;
  result.run.jobs = options.jobs;
  result.run.pages = stats->done();
  result.run.failed = stats->failed;
  result.run.seconds = std::chrono::duration<double>(stats->elapsed).count();
  result.run.p50 = percentile(recorder.seconds, 0.50);
  result.run.p95 = percentile(recorder.seconds, 0.95);
  result.stats = *stats;
  result.outcomes = std::move(recorder.outcomes);
  return result;
}

// Every run against the sequential one. A URL counts once, however many runs
// found something else.
class Disagreements {
 public:
  void compare(const std::vector<Outcome>& expected,
               const std::vector<Outcome>& found, std::size_t jobs,
               Comparison& comparison) {
    const std::size_t urls = std::max(expected.size(), found.size());
    if (differs_.size() < urls) differs_.resize(urls);
    comparison.urls = differs_.size();
    for (std::size_t i = 0; i < urls; ++i) {
      const Outcome a = i < expected.size() ? expected[i] : Outcome{};
      const Outcome b = i < found.size() ? found[i] : Outcome{};
      if (a == b || differs_[i]) continue;
      differs_[i] = true;
      if (comparison.disagreements++ > 0) continue;
      comparison.first_disagreement = fmt::format(
          "URL {} of the list: status {}, {}, body {} sequentially; status {}, "
          "{}, body {} at -j {}",
          i + 1, a.status, to_string(a.error), to_hex(a.body).substr(0, 12),
          b.status, to_string(b.error), to_hex(b.body).substr(0, 12), jobs);
    }
  }

 private:
  std::vector<bool> differs_;
};

}  // namespace

Result<Comparison> run_comparison(const Options& options, Report& report,
                                  const std::function<void(Crawler*)>& watch) {
  std::vector<std::string> inputs = options.inputs;
  SpooledStdin spooled;
  for (std::string& input : inputs) {
    if (input != "-") continue;
    Result<std::string> path = spooled.spool();
    if (!path) return tl::unexpected(path.error());
    input = *path;
  }

  CrawlOptions crawl = options.crawl;
  crawl.fetch.body_digest = true;
  crawl.ordered = false;

  Comparison comparison;
  std::vector<Outcome> expected;
  Disagreements disagreements;
  std::vector<std::size_t> levels = options.compare;
  levels.insert(levels.begin(), 1);
  for (std::size_t i = 0; i < levels.size() && !comparison.interrupted; ++i) {
    crawl.sync = i == 0;
    crawl.jobs = levels[i];
    Result<RunResult> result = run_once(crawl, inputs, options, report, watch);
    if (!result) return tl::unexpected(result.error());
    comparison.runs.push_back(result->run);
    comparison.interrupted = result->stats.stopped;
    comparison.failures |= result->stats.failed > 0;
    if (i == 0) {
      expected = std::move(result->outcomes);
    } else if (!comparison.interrupted) {
      disagreements.compare(expected, result->outcomes, levels[i], comparison);
    }
  }
  return comparison;
}

}  // namespace crawl::cli
