#include "cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "cli/terminal.h"
#include "crawl/base/human.h"
#include "writer/clean_text.h"

namespace crawl::cli {
namespace {

constexpr std::chrono::milliseconds kBetweenRedraws{100};
constexpr std::string_view kClearLine = "\r\x1b[K";

// Of the new rate against the old one, per second gone by: follows a change
// within a few seconds and does not flicker.
constexpr double kFreshness = 0.5;

// A terminal that does not take it now goes without.
void put(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

double seconds_of(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::string short_rate(double rate) {
  if (rate < 9.95) return fmt::format("{:.1f}/s", rate);
  return human_count(static_cast<std::uint64_t>(rate + 0.5)) + "/s";
}

}  // namespace

std::string format_progress(const CrawlStats& stats, double rate,
                            std::size_t columns) {
  const auto whole = static_cast<std::uint64_t>(seconds_of(stats.elapsed));
  const std::uint64_t errors = stats.failed;
  std::string line = fmt::format(
      "{} done  {} in flight  {} queued  {}  {} error{}  {}:{:02}",
      human_count(stats.done()), human_count(stats.in_flight),
      human_count(stats.queued), short_rate(rate), human_count(errors),
      errors == 1 ? "" : "s", whole / 60, whole % 60);
  return cut_to_width(line, columns);
}

ProgressLine::ProgressLine(int fd) : fd_(fd) {}

ProgressLine::~ProgressLine() { erase(); }

void ProgressLine::draw(const CrawlStats& stats) {
  const std::chrono::nanoseconds since = stats.elapsed - last_elapsed_;
  const bool first = last_elapsed_ == std::chrono::nanoseconds{0};
  if (!first && since < kBetweenRedraws) return;
  if (since > std::chrono::nanoseconds{0}) {
    last_done_ = std::max(last_done_, stats.done_before);
    const double seconds = seconds_of(since);
    const double now = static_cast<double>(stats.done() - last_done_) / seconds;
    const double share = first ? 1 : std::min(1.0, kFreshness * seconds);
    rate_ += share * (now - rate_);
    last_elapsed_ = stats.elapsed;
    last_done_ = stats.done();
  }
  // One column less than there are: a full line would wrap.
  const std::size_t columns = terminal_columns(fd_);
  std::string text(kClearLine);
  text += format_progress(stats, rate_,
                          columns - std::min<std::size_t>(columns, 1));
  put(fd_, text);
  drawn_ = true;
}

void ProgressLine::erase() {
  if (!drawn_) return;
  put(fd_, kClearLine);
  drawn_ = false;
}

}  // namespace crawl::cli
