#include "cli/report.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <unistd.h>

#include <cstdio>
#include <mutex>
#include <string>
#include <vector>

#include "writer/clean_text.h"

namespace crawl::cli {
namespace {

// Server text for a terminal or a log: one line, no control characters.
std::string printable(std::string_view text) {
  std::string clean;
  append_shown(text.substr(0, 500), clean);
  return clean;
}

}  // namespace

// Draws the progress line and prints log lines through the same lock.
class Report::StderrSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit StderrSink(bool progress) {
    if (progress) progress_.emplace(STDERR_FILENO);
  }

  bool has_progress() const { return progress_.has_value(); }

  void draw(const CrawlStats& stats) {
    const std::lock_guard lock(mutex_);
    if (progress_) progress_->draw(stats);
  }

  void print(std::string_view text) {
    const std::lock_guard lock(mutex_);
    write(text);
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    write({line.data(), line.size()});
  }
  void flush_() override { std::fflush(stderr); }

 private:
  void write(std::string_view text) {
    if (progress_) progress_->erase();
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  }

  std::optional<ProgressLine> progress_;
};

Result<std::unique_ptr<Report>> Report::open(const Options& options) {
  std::unique_ptr<Report> report(new Report(options));
  const bool progress = !options.quiet && isatty(STDERR_FILENO) == 1;
  report->stderr_ = std::make_shared<StderrSink>(progress);

  std::shared_ptr<spdlog::sinks::sink> log = report->stderr_;
  if (options.log_file.empty()) {
    log->set_pattern("crawl: %v");
  } else {
    try {
      log =
          std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.log_file);
    } catch (const spdlog::spdlog_ex& failure) {
      return make_error(fmt::format("--log-file {}: cannot be written: {}",
                                    options.log_file, failure.what()));
    }
    log->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  }
  report->logger_ = std::make_shared<spdlog::logger>("crawl", std::move(log));
  report->logger_->set_level(options.verbosity > 0 ? spdlog::level::debug
                             : options.quiet && options.log_file.empty()
                                 ? spdlog::level::err
                                 : spdlog::level::info);
  report->logger_->flush_on(spdlog::level::info);
  return report;
}

Report::Report(const Options& options)
    : quiet_(options.quiet), verbosity_(options.verbosity) {}

Report::~Report() = default;

void Report::info(std::string_view message) { logger_->info("{}", message); }

void Report::warn(std::string_view message) { logger_->warn("{}", message); }

void Report::print(std::string_view text) {
  if (!quiet_) stderr_->print(text);
}

std::chrono::nanoseconds Report::progress_interval() const {
  return std::chrono::milliseconds(stderr_->has_progress() ? 100 : 0);
}

void Report::progress(const CrawlStats& stats) { stderr_->draw(stats); }

void Report::finished(const CrawlRecord& record,
                      const FetchResult* /*result*/) {
  if (verbosity_ == 0) return;
  const std::string_view what = record.url.empty() ? record.input : record.url;
  if (record.ok) {
    logger_->debug("{} {} in {:.3f} s", record.status_code, printable(what),
                   record.time_total);
  } else {
    logger_->debug("{} {}: {}", to_string(record.error), printable(what),
                   printable(record.error_message));
  }
}

void Report::retrying(std::string_view url, const FetchResult& result,
                      unsigned attempt, std::chrono::nanoseconds wait) {
  if (verbosity_ == 0) return;
  const std::string why =
      result.error == ErrorKind::kNone
          ? fmt::format("HTTP status {}", result.status_code)
          : printable(result.error_message);
  logger_->debug("{}: {}; attempt {} in {:.1f} s", printable(url), why, attempt,
                 std::chrono::duration<double>(wait).count());
}

}  // namespace crawl::cli
