#include "cli/report.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

#include "crawl/base/human.h"
#include "crawl/base/url.h"
#include "crawl/engine/seed_source.h"
#include "writer/clean_text.h"
#include "writer/file_lock.h"

namespace crawl::cli {
namespace {

using std::chrono::steady_clock;

// Reasons to wait that are remembered, at most.
constexpr std::size_t kMostHolds = 1'000;

// Whether there may be a progress line is asked so often.
constexpr std::chrono::seconds kAskAgain{1};
// A shell starts the other end of our pipe only after us.
constexpr std::chrono::milliseconds kAskFirst{250};

// Server text for a terminal or a log: one line, no control characters.
std::string printable(std::string_view text) {
  std::string clean;
  append_shown(text.substr(0, 500), clean);
  return clean;
}

std::string address_of(const CrawlRecord& record) {
  return printable(record.url.empty() ? record.input : record.url);
}

std::string pace_of(const CrawlOptions& crawl) {
  if (crawl.rate > 0) return "waiting for --rate";
  return "waiting between requests to a host";
}

bool reads_pipe(const std::vector<std::string>& inputs) {
  return std::any_of(inputs.begin(), inputs.end(), [](const auto& input) {
    std::error_code ignored;
    return input == "-" || (!is_url_input(input) &&
                            !std::filesystem::is_regular_file(input, ignored));
  });
}

// The system's part of spdlog's "Failed flush to file x: No space left".
std::string_view reason_of(std::string_view failure) {
  const std::size_t colon = failure.rfind(": ");
  return failure.substr(colon == failure.npos ? 0 : colon + 2);
}

Result<std::shared_ptr<spdlog::sinks::sink>> open_log(const std::string& path) {
  // spdlog would make the folder.
  std::error_code error;
  const std::filesystem::path folder =
      std::filesystem::path(path).parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder, error)) {
    return make_error(fmt::format("--log-file {}: there is no folder {}", path,
                                  folder.string()));
  }
  if (const std::string writer = writer_of(path); !writer.empty()) {
    return make_error(fmt::format(
        "--log-file {}: {} is writing it; name another file", path, writer));
  }
  try {
    return std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
  } catch (const spdlog::spdlog_ex& failure) {
    return make_error(fmt::format("--log-file {}: cannot be written: {}", path,
                                  reason_of(failure.what())));
  }
}

}  // namespace

// Log lines on stderr, above the progress line.
class Report::StderrSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit StderrSink(std::shared_ptr<Screen> screen)
      : screen_(std::move(screen)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    screen_->above([&line] {
      std::fwrite(line.data(), 1, line.size(), stderr);
      std::fflush(stderr);
    });
  }
  void flush_() override { std::fflush(stderr); }

 private:
  const std::shared_ptr<Screen> screen_;
};

Result<std::unique_ptr<Report>> Report::open(const Options& options) {
  std::unique_ptr<Report> report(new Report(options));
  std::shared_ptr<spdlog::sinks::sink> log;
  if (report->logs_to_file_) {
    auto opened = open_log(options.log_file);
    if (!opened) return tl::unexpected(opened.error());
    log = *std::move(opened);
    log->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  } else {
    log = std::make_shared<StderrSink>(report->screen_);
    log->set_pattern("crawl: %v");
  }
  report->logger_ = std::make_shared<spdlog::logger>("crawl", std::move(log));
  report->logger_->set_level(options.quiet && !report->logs_to_file_
                                 ? spdlog::level::err
                                 : spdlog::level::info);
  report->logger_->flush_on(spdlog::level::info);
  report->logger_->set_error_handler(
      [screen = report->screen_, path = options.log_file,
       said = std::make_shared<std::once_flag>()](const std::string& failure) {
        std::call_once(*said, [&] {
          const std::string line = fmt::format(
              "crawl: --log-file {}: lines are missing from it: "
              "{}\n",
              path, reason_of(failure));
          screen->above([&line] { std::fputs(line.c_str(), stderr); });
        });
      });
  // What the executor reports comes here too.
  spdlog::drop(report->logger_->name());
  spdlog::register_logger(report->logger_);
  return report;
}

Report::Report(const Options& options)
    : quiet_(options.quiet),
      verbosity_(options.verbosity),
      logs_failures_(!options.log_file.empty()),
      logs_to_file_(logs_failures_ && options.log_file != "-"),
      pace_(pace_of(options.crawl)),
      reads_pipe_(reads_pipe(options.inputs)) {
  const bool typed = std::find(options.inputs.begin(), options.inputs.end(),
                               "-") != options.inputs.end();
  const bool shown = !options.quiet && can_show_status(STDERR_FILENO, typed);
  screen_ = std::make_shared<Screen>(shown ? STDERR_FILENO : -1);
  if (shown) progress_.emplace(screen_, options.crawl.site.has_value());
}

Report::~Report() {
  if (logger_) spdlog::drop(logger_->name());
}

void Report::warn(std::string_view message) { logger_->warn("{}", message); }

void Report::print(std::string_view text) {
  if (logs_to_file_) {
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      logger_->info("{}", rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  if (quiet_) return;
  screen_->above([text] {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  });
}

std::chrono::nanoseconds Report::progress_interval() const {
  return std::chrono::milliseconds(progress_ ? 100 : 0);
}

void Report::progress(const CrawlStats& stats) {
  if (!progress_ ||
      (asked_ == steady_clock::time_point{} && stats.elapsed < kAskFirst)) {
    return;
  }
  const auto now = steady_clock::now();
  if (now - asked_ >= kAskAgain) {
    asked_ = now;
    may_show_ = may_show_status_now(STDERR_FILENO);
    if (!may_show_) screen_->show("");
  }
  if (!may_show_) return;
  progress_->draw(stats, total_ ? total_() : std::nullopt, waiting_for(stats));
}

std::string Report::waiting_for(const CrawlStats& stats) {
  if (stats.in_flight > 0) return "";
  if (stats.queued == 0) return reads_pipe_ ? "waiting for the input" : "";
  const auto now = steady_clock::now();
  holds_.erase(holds_.begin(), holds_.upper_bound(now));
  if (holds_.empty()) return pace_;
  const auto& [until, why] = *holds_.begin();
  const double left = std::chrono::duration<double>(until - now).count();
  return fmt::format("waiting {:.0f} s for {}", left + 0.5, why);
}

void Report::finished(const CrawlRecord& record,
                      const FetchResult* /*result*/) {
  if (verbosity_ >= 2) {
    for (const RedirectHop& hop : record.redirects) {
      logger_->info("fetched {}: status {}, to {}", printable(hop.url),
                    hop.status_code, printable(hop.location));
    }
  }
  if (record.ok) {
    if (verbosity_ < 2) return;
    logger_->info("fetched {}: status {}, {} in {}",
                  record.redirects.empty() ? address_of(record)
                                           : printable(record.final_url),
                  record.status_code, human_bytes(record.size_body),
                  human_seconds(record.time_total));
    return;
  }
  if (verbosity_ == 0 && !logs_failures_) return;
  const std::string why =
      record.error_message.empty()
          ? std::string(to_string(record.error))
          : fmt::format("{} ({})", printable(record.error_message),
                        to_string(record.error));
  if (is_skip(record.error)) {
    logger_->info("skipped {}: {}", address_of(record), why);
  } else {
    logger_->warn("could not fetch {}: {}", address_of(record), why);
  }
}

void Report::errand(std::string_view url, const FetchResult& result) {
  if (verbosity_ < 2) return;
  if (result.error != ErrorKind::kNone) {
    logger_->info("could not fetch {}: {} ({})", printable(url),
                  printable(result.error_message), to_string(result.error));
    return;
  }
  logger_->info("fetched {}: status {}, {} in {}", printable(url),
                result.status_code, human_bytes(result.size_body),
                human_seconds(result.times.total));
}

void Report::retrying(std::string_view url, const FetchResult& result,
                      unsigned attempt, std::chrono::nanoseconds wait) {
  const double seconds = std::chrono::duration<double>(wait).count();
  const std::string why =
      result.error == ErrorKind::kNone
          ? fmt::format("HTTP status {}", result.status_code)
          : printable(result.error_message);
  if (progress_ && holds_.size() < kMostHolds) {
    const auto parsed = Url::parse(url);
    holds_.emplace(
        steady_clock::now() + wait,
        fmt::format("{} ({})", parsed ? printable(parsed->hostname()) : "",
                    why));
  }
  if (verbosity_ == 0) return;
  logger_->info("will try {} again in {:.1f} s (attempt {}): {}",
                printable(url), seconds, attempt, why);
}

}  // namespace crawl::cli
