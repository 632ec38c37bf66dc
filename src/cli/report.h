#ifndef CRAWL_CLI_REPORT_H_
#define CRAWL_CLI_REPORT_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include "cli/options.h"
#include "cli/progress.h"
#include "crawl/base/error.h"
#include "crawl/engine/crawl_observer.h"

namespace spdlog {
class logger;
}

namespace crawl::cli {

// The one way of a run's words to stderr, so that log lines, the progress line
// and the summary never run into one another. Any thread may call warn() and
// info(); the rest belongs to the crawl loop.
class Report final : public CrawlObserver {
 public:
  // Fails if --log-file cannot be opened.
  static Result<std::unique_ptr<Report>> open(const Options& options);
  ~Report() override;

  void info(std::string_view message);
  void warn(std::string_view message);
  // For text of several lines that is printed as it is: the summary.
  void print(std::string_view text);

  std::chrono::nanoseconds progress_interval() const override;
  void progress(const CrawlStats& stats) override;
  void notice(std::string_view message) override { warn(message); }
  void finished(const CrawlRecord& record, const FetchResult* result) override;
  void retrying(std::string_view url, const FetchResult& result,
                unsigned attempt, std::chrono::nanoseconds wait) override;

 private:
  class StderrSink;
  explicit Report(const Options& options);

  bool quiet_;
  int verbosity_;
  std::shared_ptr<StderrSink> stderr_;
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace crawl::cli

#endif  // CRAWL_CLI_REPORT_H_
