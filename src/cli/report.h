#ifndef CRAWL_CLI_REPORT_H_
#define CRAWL_CLI_REPORT_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cli/options.h"
#include "cli/progress.h"
#include "cli/screen.h"
#include "crawl/base/error.h"
#include "crawl/engine/crawl_observer.h"

namespace spdlog {
class logger;
}

namespace crawl::cli {

// The one way of a run's words to stderr, so that log lines, the progress line
// and the summary never run into one another, nor into records on the same
// terminal. Any thread may call warn() and stopped(); the rest belongs to the
// crawl loop.
class Report final : public CrawlObserver {
 public:
  // Fails if --log-file cannot be opened.
  static Result<std::unique_ptr<Report>> open(const Options& options);
  ~Report() override;

  void warn(std::string_view message);
  // For text of several lines that is printed as it is: the summary. It goes to
  // the log too, a line each.
  void print(std::string_view text);

  // The terminal that records have to share, if they go to it.
  const std::shared_ptr<Screen>& screen() const { return screen_; }
  bool has_progress() const { return progress_.has_value(); }
  // How long the list is, once that is known.
  void set_total(std::function<std::optional<std::uint64_t>()> total) {
    total_ = std::move(total);
  }
  // No progress line any more.
  void end_progress() { screen_->show(""); }
  // The process is about to be stopped (Ctrl-Z), or goes on.
  void stopped(bool now) { now ? screen_->pause() : screen_->go_on(); }

  std::chrono::nanoseconds progress_interval() const override;
  void progress(const CrawlStats& stats) override;
  void notice(std::string_view message) override { warn(message); }
  void finished(const CrawlRecord& record, const FetchResult* result) override;
  void errand(std::string_view url, const FetchResult& result) override;
  void retrying(std::string_view url, const FetchResult& result,
                unsigned attempt, std::chrono::nanoseconds wait) override;

 private:
  class StderrSink;
  explicit Report(const Options& options);

  std::string waiting_for(const CrawlStats& stats);

  const bool quiet_;
  const int verbosity_;
  const bool logs_failures_;  // --log-file, wherever it goes
  const bool logs_to_file_;
  const std::string pace_;  // what keeps hosts waiting by the user's wish
  const bool reads_pipe_;
  std::shared_ptr<Screen> screen_;
  std::shared_ptr<spdlog::logger> logger_;

  std::optional<ProgressLine> progress_;
  std::function<std::optional<std::uint64_t>()> total_;
  // Until when retries have to wait, and why.
  std::multimap<std::chrono::steady_clock::time_point, std::string> holds_;
  std::chrono::steady_clock::time_point asked_{};  // whether it may be shown
  bool may_show_ = false;
};

}  // namespace crawl::cli

#endif  // CRAWL_CLI_REPORT_H_
