#include "cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "crawl/base/human.h"
#include "writer/clean_text.h"

namespace crawl::cli {
namespace {

constexpr std::chrono::milliseconds kBetweenRedraws{100};

// Of the new rate against the old one, per second gone by: follows a change
// within a few seconds and does not flicker.
constexpr double kFreshness = 0.5;

// A reason to wait stands so long, so that it can be read.
constexpr std::chrono::seconds kWaitingIsSaid{1};

constexpr std::size_t kBarWidth = 20;
constexpr std::size_t kShortBarWidth = 10;
constexpr std::size_t kWide = 100;  // columns that have room for the long one

double seconds_of(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::string short_rate(double rate) {
  if (rate < 9.95) return fmt::format("{:.1f}/s", rate);
  return human_count(static_cast<std::uint64_t>(rate + 0.5)) + "/s";
}

// "1:12", "2:03:04"
std::string clock_time(double seconds) {
  const auto whole = static_cast<std::uint64_t>(seconds);
  return whole < 3'600 ? fmt::format("{}:{:02}", whole / 60, whole % 60)
                       : fmt::format("{}:{:02}:{:02}", whole / 3'600,
                                     whole / 60 % 60, whole % 60);
}

std::string bar(std::uint64_t part, std::uint64_t whole, std::size_t columns) {
  const std::size_t width = columns < kWide ? kShortBarWidth : kBarWidth;
  const auto full = static_cast<std::size_t>(width * part / whole);
  std::string text = "[";
  for (std::size_t i = 0; i < width; ++i) text += i < full ? '#' : '.';
  return text + "]";
}

// A piece of the line; those with the highest rank go first if it is too long.
struct Piece {
  int rank;
  std::string text;
};

// What it waits for stays, if need be without its end.
constexpr int kWaiting = 1;

}  // namespace

std::string format_progress(const CrawlStats& stats, const ProgressView& view,
                            std::size_t columns) {
  const std::uint64_t done = stats.done();
  std::vector<Piece> pieces;
  const bool counted = view.total && *view.total > 0;
  if (counted) {
    const std::uint64_t total = std::max(*view.total, done);
    pieces.push_back({7, bar(done, total, columns)});
    pieces.push_back({0, fmt::format("{} %", 100 * done / total)});
    pieces.push_back({2, fmt::format("{} of {} done", human_count(done),
                                     human_count(total))});
  } else if (view.site) {
    pieces.push_back({0, fmt::format("{} of {} known done", human_count(done),
                                     human_count(stats.admitted))});
  } else {
    pieces.push_back({0, fmt::format("{} done", human_count(done))});
  }
  if (!view.waiting.empty()) pieces.push_back({kWaiting, view.waiting});
  pieces.push_back({4, short_rate(view.rate)});
  // How long it takes is not told by the rate while it waits.
  if (counted && view.waiting.empty() && view.rate > 0 && done < *view.total) {
    const auto left = static_cast<double>(*view.total - done);
    pieces.push_back(
        {3, fmt::format("{} left", clock_time(left / view.rate + 0.5))});
  }
  if (view.waiting.empty()) {
    pieces.push_back(
        {5, fmt::format("{} in flight", human_count(stats.in_flight))});
  }
  if (!counted && !view.site) {
    pieces.push_back({6, fmt::format("{} queued", human_count(stats.queued))});
  }
  if (stats.failed > 0) {
    pieces.push_back({3, fmt::format("{} error{}", human_count(stats.failed),
                                     stats.failed == 1 ? "" : "s")});
  }
  pieces.push_back({8, clock_time(seconds_of(stats.elapsed))});

  const auto line = [&pieces] {
    std::string text;
    for (const Piece& piece : pieces) {
      if (!text.empty()) text += "  ";
      text += piece.text;
    }
    return text;
  };
  const auto by_rank = [](const Piece& a, const Piece& b) {
    return a.rank < b.rank;
  };
  while (display_width(line()) > columns) {
    const auto last = std::max_element(pieces.begin(), pieces.end(), by_rank);
    if (last->rank <= kWaiting) break;
    pieces.erase(last);
  }
  return cut_to_width(line(), columns);
}

void ProgressLine::draw(const CrawlStats& stats,
                        std::optional<std::uint64_t> total,
                        std::string waiting) {
  const std::chrono::nanoseconds since = stats.elapsed - last_elapsed_;
  const bool first = last_elapsed_ == std::chrono::nanoseconds{0};
  if (!first && since < kBetweenRedraws) return;
  if (since > std::chrono::nanoseconds{0}) {
    last_done_ = std::max(last_done_, stats.done_before);
    const double seconds = seconds_of(since);
    const double now = static_cast<double>(stats.done() - last_done_) / seconds;
    const double share = first ? 1 : std::min(1.0, kFreshness * seconds);
    view_.rate += share * (now - view_.rate);
    last_elapsed_ = stats.elapsed;
    last_done_ = stats.done();
  }
  view_.total = total;
  if (!waiting.empty()) {
    view_.waiting = std::move(waiting);
    waiting_until_ = stats.elapsed + kWaitingIsSaid;
  } else if (stats.elapsed >= waiting_until_) {
    view_.waiting.clear();
  }
  screen_->show(format_progress(stats, view_, screen_->columns()));
}

}  // namespace crawl::cli
