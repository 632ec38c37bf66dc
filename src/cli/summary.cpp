#include "cli/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "crawl/base/error_kind.h"
#include "crawl/base/human.h"

namespace crawl::cli {
namespace {

// "3 timeout, 1 dns", the most frequent first; "" if there are none.
std::string kinds(const CrawlStats& stats, bool skipped) {
  std::vector<std::pair<std::uint64_t, ErrorKind>> found;
  for (std::size_t i = 0; i < stats.by_kind.size(); ++i) {
    const auto kind = static_cast<ErrorKind>(i);
    if (stats.by_kind[i] > 0 && is_skip(kind) == skipped) {
      found.emplace_back(stats.by_kind[i], kind);
    }
  }
  std::stable_sort(
      found.begin(), found.end(),
      [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text;
  for (const auto& [count, kind] : found) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", human_count(count),
                        to_string(kind));
  }
  return text;
}

std::string counted(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", human_count(count), what,
                     count == 1 ? "" : "s");
}

}  // namespace

std::string format_summary(const CrawlStats& stats) {
  std::string out =
      fmt::format("{} = {} fetched + {} failed + {} skipped",
                  counted(stats.admitted, "URL"), human_count(stats.fetched),
                  human_count(stats.failed), human_count(stats.skipped));
  if (stats.left > 0 || stats.stopped) {
    out += fmt::format(" + {} left", human_count(stats.left));
  }
  const double seconds = std::chrono::duration<double>(stats.elapsed).count();
  out += fmt::format(", in {}", human_seconds(seconds));
  if (seconds > 0 && stats.done() > 0) {
    const double rate = static_cast<double>(stats.done()) / seconds;
    out +=
        rate < 9.95
            ? fmt::format(" ({:.1f}/s)", rate)
            : fmt::format(" ({}/s)",
                          human_count(static_cast<std::uint64_t>(rate + 0.5)));
  }
  out.push_back('\n');
  if (!stats.adds_up()) {
    out += "These totals do not add up: please report this as a bug.\n";
  }
  if (const std::string failed = kinds(stats, false); !failed.empty()) {
    out += fmt::format("Failed: {}\n", failed);
  }
  if (const std::string skipped = kinds(stats, true); !skipped.empty()) {
    out += fmt::format("Skipped: {}\n", skipped);
  }
  if (stats.requests > 0) {
    out += counted(stats.requests, "request");
    std::string of_them;
    if (stats.redirects > 0) {
      of_them = counted(stats.redirects, "redirect");
    }
    if (stats.retries > 0) {
      if (!of_them.empty()) of_them += ", ";
      of_them += stats.retries == 1
                     ? std::string("1 retry")
                     : fmt::format("{} retries", human_count(stats.retries));
    }
    if (!of_them.empty()) out += fmt::format(" ({})", of_them);
    if (stats.connections > 0) {
      out += fmt::format(" over {}", counted(stats.connections, "connection"));
    }
    out += fmt::format(", {} received, {} decoded\n",
                       human_bytes(stats.bytes_downloaded),
                       human_bytes(stats.bytes_decoded));
  }
  return out;
}

}  // namespace crawl::cli
