#ifndef CRAWL_REPORT_REQUEST_TIMES_H_
#define CRAWL_REPORT_REQUEST_TIMES_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "report/html.h"
#include "report/sections.h"

namespace crawl {

// What parts of a report that show requests over time have in common.

// The phases of a request, in order. `ssl` is part of `connect`, and drawn as
// its end.
struct PhaseStyle {
  Markup name;
  Markup bar;
};
inline constexpr std::array<PhaseStyle, 7> kPhases = {{
    {"blocked", "<rect class=\"f-grey\" "},
    {"dns", "<rect class=\"f5\" "},
    {"connect", "<rect class=\"f2\" "},
    {"ssl", "<rect class=\"f4\" "},
    {"send", "<rect class=\"f6\" "},
    {"wait", "<rect class=\"f1\" "},
    {"receive", "<rect class=\"f3\" "},
}};
using Phases = std::array<double, kPhases.size()>;

// Columns of `requests` for phases_of(): when it began and all of its time come
// first.
inline constexpr std::string_view kRequestColumns =
    "started, coalesce(total, 0), coalesce(blocked, 0), coalesce(dns, 0), "
    "max(0, coalesce(connect, 0) - coalesce(ssl, 0)), coalesce(ssl, 0), "
    "coalesce(send, 0), coalesce(wait, 0), coalesce(receive, 0)";
Phases phases_of(const Rows& rows);

// The crawl's own time: what lies between its runs is taken out.
class CrawlTime {
 public:
  explicit CrawlTime(sqlite3* db);

  std::uint64_t requests() const { return requests_; }
  double total() const { return total_; }
  bool has_pauses() const { return !pauses_.empty(); }
  // Seconds of crawling until a moment in which there was some.
  double at(double moment) const;

 private:
  std::uint64_t requests_ = 0;
  double begin_ = 0;
  double total_ = 0;
  std::vector<std::pair<double, double>> pauses_;  // their ends, sum until then
};

// The crawl's time in equal parts.
inline constexpr std::size_t kBins = 120;
using Bins = std::array<double, kBins>;

// Tells `add` which share of each part lies in [from, to), parts being `size`
// long.
template <class Add>
void spread(double from, double to, double size, Add add) {
  const auto bin_of = [size](double t) {
    return std::min(kBins - 1, static_cast<std::size_t>(t / size));
  };
  for (std::size_t i = bin_of(from); i <= bin_of(to); ++i) {
    const double begin = static_cast<double>(i) * size;
    const double part = std::min(to, begin + size) - std::max(from, begin);
    if (part > 0) add(i, part / size);
  }
}

// --- Drawing, in pictures 900 wide.

inline constexpr double kLeft = 60;
inline constexpr double kWidth = 830;

void bar(Html& html, Markup begin, double x, double y, double width,
         double height);
void time_axis(Html& html, double y, double total);

// What the colours of bars mean, in one line at the top.
template <class Styles>
void legend(Html& html, const Styles& styles) {
  double x = kLeft;
  for (const auto& style : styles) {
    bar(html, style.bar, x, 2, 12, 12);
    html << "<text x=\"";
    html.decimal(x + 16);
    html << "\" y=\"12\">" << style.name << "</text>";
    x += 90;
  }
}

}  // namespace crawl

#endif  // CRAWL_REPORT_REQUEST_TIMES_H_
