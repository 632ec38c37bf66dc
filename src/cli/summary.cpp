#include "cli/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/filled_text.h"
#include "crawl/base/error_kind.h"
#include "crawl/base/human.h"

namespace crawl::cli {
namespace {

using Counted = std::vector<std::pair<std::string, std::uint64_t>>;

// "3 timeout, 1 dns", the most frequent first; "" if there are none.
std::string by_count(Counted found) {
  std::stable_sort(
      found.begin(), found.end(),
      [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [what, count] : found) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", human_count(count),
                        what);
  }
  return text;
}

std::string kinds(const CrawlStats& stats, bool skipped) {
  Counted found;
  for (std::size_t i = 0; i < stats.by_kind.size(); ++i) {
    const auto kind = static_cast<ErrorKind>(i);
    if (stats.by_kind[i] > 0 && is_skip(kind) == skipped) {
      found.emplace_back(to_string(kind), stats.by_kind[i]);
    }
  }
  return by_count(std::move(found));
}

struct SlotLine {
  SlotUse use;
  std::string_view name;
  std::string_view meaning;
  bool always;
};
constexpr std::array<SlotLine, kSlotUseCount> kSlotLines = {{
    {SlotUse::kNetwork, "network", "a request was under way", true},
    {SlotUse::kPoliteness, "politeness",
     "URLs were queued, but their hosts had to wait: --per-host, --delay, "
     "--rate, retries",
     true},
    {SlotUse::kParsing, "parsing", "a page was being read", true},
    {SlotUse::kOrdering, "ordering", "--ordered waited for an earlier URL",
     false},
    {SlotUse::kInput, "input", "the input gave no line", false},
    {SlotUse::kNothing, "nothing to do", "fewer URLs were left than slots",
     false},
}};

std::string percent(double part, double whole) {
  return fmt::format("{:.1f} %", whole > 0 ? 100 * part / whole : 0.0);
}

// Lines that are too long go on in the next one, two columns in; where that is
// possible, behind a comma.
std::string filled_lines(std::string_view text, std::size_t width) {
  constexpr std::string_view kGlue = "\u00a0";
  std::string out;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() + 1);
    std::string glued;
    while (!line.empty()) {
      const std::string_view piece = line.substr(0, line.find(", "));
      const std::string_view between = line.substr(piece.size(), 2);
      const bool fits = piece.size() + 3 <= width;
      for (const char c : piece) {
        c == ' ' && fits ? glued += kGlue : glued += c;
      }
      glued += between;
      line.remove_prefix(piece.size() + between.size());
    }
    append_filled(glued, 0, width, out, 2);
  }
  for (std::size_t at = out.find(kGlue); at != std::string::npos;
       at = out.find(kGlue, at)) {
    out.replace(at, kGlue.size(), " ");
  }
  return out;
}

}  // namespace

std::string counted(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", human_count(count), what,
                     count == 1 ? "" : "s");
}

std::string format_summary(const CrawlStats& stats, std::size_t width) {
  std::string out =
      fmt::format("{} = {} fetched + {} failed + {} skipped",
                  counted(stats.admitted, "URL"), human_count(stats.fetched),
                  human_count(stats.failed), human_count(stats.skipped));
  if (stats.left > 0 || stats.stopped) {
    out += fmt::format(" + {} left", human_count(stats.left));
  }
  const double seconds = std::chrono::duration<double>(stats.elapsed).count();
  out += fmt::format(", in {}", human_seconds(seconds));
  const std::uint64_t done_now = stats.done() - stats.done_before;
  if (seconds > 0 && done_now > 0) {
    const double rate = static_cast<double>(done_now) / seconds;
    out +=
        rate < 9.95
            ? fmt::format(" ({:.1f}/s)", rate)
            : fmt::format(" ({}/s)",
                          human_count(static_cast<std::uint64_t>(rate + 0.5)));
  }
  out.push_back('\n');
  if (stats.done_before > 0) {
    out += fmt::format("{} of them were done before this run\n",
                       human_count(stats.done_before));
  }
  if (!stats.adds_up()) {
    out += "These totals do not add up: please report this as a bug.\n";
  }
  if (const std::string failed = kinds(stats, false); !failed.empty()) {
    out += fmt::format("Failed: {}\n", failed);
  }
  if (const std::string skipped = kinds(stats, true); !skipped.empty()) {
    out += fmt::format("Skipped: {}\n", skipped);
  }
  if (stats.out_of_budget) {
    out += fmt::format("{} ended it\n", stats.limit);
  }
  if (stats.seeds_skipped > 0) {
    out += fmt::format("{} of the input skipped\n",
                       counted(stats.seeds_skipped, "URL"));
  }
  if (stats.sitemaps_failed > 0) {
    out += fmt::format("{} of the command line could not be read\n",
                       counted(stats.sitemaps_failed, "sitemap"));
  }
  if (stats.bad_locations > 0) {
    out += fmt::format("{} in sitemaps {}\n",
                       counted(stats.bad_locations, "location"),
                       stats.bad_locations == 1 ? "is no URL" : "are no URLs");
  }
  if (!stats.passed_over.empty()) {
    out += fmt::format(
        "Passed over in archives: {}\n",
        by_count({stats.passed_over.begin(), stats.passed_over.end()}));
  }
  if (stats.nothing_included) {
    out += "--include fits none of the URLs that were found\n";
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
  if (stats.truncated > 0) {
    out += fmt::format("{} cut at --max-filesize{}\n",
                       stats.truncated == 1
                           ? std::string("1 body was")
                           : human_count(stats.truncated) + " bodies were",
                       stats.of_archives ? ", or before it was archived" : "");
  }
  if (stats.extracts_cut > 0) {
    out += fmt::format("{} not read whole: see the field extract_error\n",
                       stats.extracts_cut == 1
                           ? std::string("1 page was")
                           : human_count(stats.extracts_cut) + " pages were");
  }
  return width > 0 ? filled_lines(out, width) : out;
}

std::string format_times(const CrawlStats& stats, const TimeBreakdown& times,
                         std::size_t width) {
  const double elapsed = std::chrono::duration<double>(stats.elapsed).count();
  const double all = elapsed * static_cast<double>(times.slots);
  std::string out = fmt::format("Where the time of {} went, {} each:\n",
                                counted(times.slots, "transfer slot"),
                                human_seconds(elapsed));
  for (const SlotLine& line : kSlotLines) {
    const double time = times.slot_time[static_cast<std::size_t>(line.use)];
    if (!line.always && time < all / 1000) continue;
    const std::string left =
        fmt::format("  {:<13} {:>7}  ", line.name, percent(time, all));
    out += left;
    append_filled(line.meaning, left.size(),
                  width > 0 ? width : std::string::npos, out);
  }
  out += fmt::format("Writing records: {} ({} of the crawl's own thread)\n",
                     human_seconds(times.writing),
                     percent(times.writing, elapsed));
  out += fmt::format("Connections: {} opened, {} reused; DNS: {}",
                     human_count(stats.connections), human_count(times.reused),
                     counted(times.lookups, "look-up"));
  if (times.lookups > 0) {
    out += fmt::format(
        ", {} on average",
        human_seconds(times.lookup_time / static_cast<double>(times.lookups)));
  }
  out += "\n";
  if (times.slowest.empty()) return out;
  out += "Slowest hosts:\n     mean    worst  requests\n";
  for (const TimeBreakdown::HostTime& host : times.slowest) {
    out += fmt::format("  {:>7}  {:>7}  {:>8}  {}\n",
                       human_seconds(host.mean()), human_seconds(host.worst),
                       human_count(host.requests), host.host);
  }
  if (times.requests_elsewhere > 0) {
    out += fmt::format("  (and {} at hosts too many to keep apart)\n",
                       counted(times.requests_elsewhere, "request"));
  }
  return out;
}

}  // namespace crawl::cli
