#include "cli/compare_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "crawl/base/human.h"
#include "writer/clean_text.h"
#include "writer/json_encoder.h"

namespace crawl::cli {
namespace {

constexpr std::size_t kBarWidth = 20;

// What the runs say against the first of them.
struct Figures {
  double rate = 0;
  double speed_up = 0;
  double efficiency = 0;
};

Figures figures_of(const CompareRun& run, const CompareRun& first) {
  Figures figures;
  if (run.seconds > 0) {
    figures.rate = static_cast<double>(run.pages) / run.seconds;
  }
  // By pages in a second, so that a run that was cut short is not called fast.
  if (first.seconds > 0 && first.pages > 0) {
    figures.speed_up =
        figures.rate / (static_cast<double>(first.pages) / first.seconds);
  }
  figures.efficiency = figures.speed_up /
                       static_cast<double>(std::max<std::size_t>(run.jobs, 1));
  return figures;
}

std::string json_lines(std::span<const CompareRun> runs) {
  std::string out;
  JsonEncoder json;
  for (const CompareRun& run : runs) {
    const Figures figures = figures_of(run, runs.front());
    json.reset();
    json.begin_object();
    json.key("mode");
    json.text(run.sync ? "sequential" : "pooled");
    json.key("jobs");
    json.number(std::uint64_t{run.jobs});
    json.key("pages");
    json.number(run.pages);
    json.key("failed");
    json.number(run.failed);
    json.key("wall_time");
    json.seconds(run.seconds);
    json.key("pages_per_second");
    json.seconds(figures.rate);
    json.key("speed_up");
    json.seconds(figures.speed_up);
    json.key("efficiency");
    json.seconds(figures.efficiency);
    json.key("time_total_p50");
    json.seconds(run.p50);
    json.key("time_total_p95");
    json.seconds(run.p95);
    json.end_object();
    out += json.str();
    out.push_back('\n');
  }
  return out;
}

std::string bar(double length, double longest) {
  // Eighths of a column, as block characters have them.
  static constexpr std::array<std::string_view, 8> kEighths = {
      "", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (!(longest > 0) || !(length > 0)) return "";
  const auto eighths = static_cast<std::size_t>(std::lround(
      length / longest * static_cast<double>(kBarWidth * kEighths.size())));
  std::string out;
  for (std::size_t i = 0; i < eighths / kEighths.size(); ++i) out += "█";
  out += kEighths.at(eighths % kEighths.size());
  return out;
}

using Cells = std::vector<std::string>;

std::string table(std::span<const CompareRun> runs) {
  double longest = 0;
  bool any_failed = false;
  for (const CompareRun& run : runs) {
    longest = std::max(longest, figures_of(run, runs.front()).speed_up);
    any_failed = any_failed || run.failed > 0;
  }
  std::vector<Cells> rows = {{"jobs", "wall time", "pages/s", "speed-up",
                              "efficiency", "p50", "p95", "failed"}};
  for (const CompareRun& run : runs) {
    const Figures figures = figures_of(run, runs.front());
    rows.push_back(
        {run.sync ? "one at a time" : std::to_string(run.jobs),
         human_seconds(run.seconds),
         figures.rate < 99.95
             ? fmt::format("{:.1f}", figures.rate)
             : human_count(static_cast<std::uint64_t>(figures.rate + 0.5)),
         fmt::format("{:.2f}", figures.speed_up),
         fmt::format("{:.0f} %", figures.efficiency * 100),
         human_seconds(run.p50), human_seconds(run.p95),
         human_count(run.failed)});
  }
  if (!any_failed) {
    for (Cells& row : rows) row.pop_back();
  }
  std::vector<std::size_t> widths(rows[0].size());
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string out;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      out += fmt::format("{:>{}}  ", rows[r][i], widths[i]);
    }
    if (r > 0) {
      out += bar(figures_of(runs[r - 1], runs.front()).speed_up, longest);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    out.push_back('\n');
  }
  return out;
}

}  // namespace

std::string format_comparison(std::span<const CompareRun> runs,
                              OutputFormat format) {
  if (runs.empty()) return "";
  return format == OutputFormat::kJsonl ? json_lines(runs) : table(runs);
}

}  // namespace crawl::cli
