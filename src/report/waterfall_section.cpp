#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <string>

#include "crawl/base/human.h"
#include "report/page_frame.h"
#include "report/request_times.h"
#include "report/sections.h"

namespace crawl {
namespace {

constexpr std::int64_t kMostRequests = 300;
constexpr double kRowHeight = 12;

// A waterfall from far away: each row is many requests, one behind the other,
// and the darker a place, the more of them were under way.
constexpr std::size_t kDensityRows = 48;
constexpr std::size_t kShades = 5;
constexpr std::array<Markup, kShades> kShadeBars = {
    {"<rect class=\"f1 d1\" ", "<rect class=\"f1 d2\" ",
     "<rect class=\"f1 d3\" ", "<rect class=\"f1 d4\" ",
     "<rect class=\"f1\" "}};

class Density {
 public:
  explicit Density(const CrawlTime& time)
      : time_(time), rows_(std::make_unique<Grid>()) {}

  void add(double begun, double took) {
    const auto row =
        static_cast<std::size_t>(static_cast<double>(count_++) * kDensityRows /
                                 static_cast<double>(time_.requests()));
    Bins& bins = (*rows_)[std::min(row, kDensityRows - 1)];
    spread(time_.at(begun), time_.at(begun + took),
           time_.total() / static_cast<double>(kBins),
           [&](std::size_t i, double part) { bins[i] += part; });
  }

  void draw(Html& html) const {
    double most = 0;
    for (const Bins& bins : *rows_) {
      most = std::max(most, *std::max_element(bins.begin(), bins.end()));
    }
    if (most <= 0) return;
    html << "<h3>All requests from far away</h3>\n<p class=\"soft\">In the "
            "order they were begun, from top to bottom; the darker, the more "
            "were under way.</p>\n";
    begin_picture(html, "All requests from far away",
                  "a row for each 48th of them, in the order they were begun; "
                  "the darker, the more were under way at that time, at most " +
                      human_count(static_cast<std::uint64_t>(std::ceil(most))),
                  900, kDensityRows * 5 + 40);
    label(html, 0, 30, "first");
    label(html, 0, 16 + kDensityRows * 5, "last");
    constexpr double kColumn = kWidth / static_cast<double>(kBins);
    double y = 20;
    for (const Bins& bins : *rows_) {
      // Equal neighbours are one bar: pages are to be small.
      for (std::size_t from = 0; from < kBins;) {
        const std::size_t shade = shade_of(bins[from], most);
        std::size_t to = from + 1;
        while (to < kBins && shade_of(bins[to], most) == shade) ++to;
        if (shade > 0) {
          bar(html, kShadeBars[shade - 1],
              kLeft + kColumn * static_cast<double>(from), y,
              kColumn * static_cast<double>(to - from), 5);
        }
        from = to;
      }
      y += 5;
    }
    time_axis(html, y + 2, time_.total());
    end_picture(html);
  }

 private:
  using Grid = std::array<Bins, kDensityRows>;

  // What is there at all can be seen.
  static std::size_t shade_of(double value, double most) {
    if (value <= 0) return 0;
    return std::clamp<std::size_t>(
        static_cast<std::size_t>(std::ceil(value / most * kShades)), 1,
        kShades);
  }

  const CrawlTime& time_;
  std::unique_ptr<Grid> rows_;
  std::uint64_t count_ = 0;
};

void write_rows(Html& html, Rows& rows, const CrawlTime& time,
                std::uint64_t shown, double last) {
  constexpr double kUrls = 260;
  constexpr double kBars = 900 - kUrls - 10;
  begin_picture(html, "Waterfall of the requests",
                "a row for each, the table below has the numbers", 900,
                static_cast<double>(shown) * kRowHeight + 44);
  legend(html, kPhases);
  double y = 22;
  while (rows.next()) {
    html << "<text x=\"0\" y=\"";
    html.decimal(y + 9);
    html << "\">";
    html.brief(rows.text(9), 40);
    html << "</text>";
    double x = kUrls + kBars * time.at(rows.real(0)) / last;
    const Phases phases = phases_of(rows);
    for (std::size_t p = 0; p < phases.size(); ++p) {
      const double width = kBars * phases[p] / last;
      bar(html, kPhases[p].bar, x, y, width, 9);
      x += width;
    }
    // What is too short to be seen is there too.
    if (kBars * rows.real(1) / last < 1) bar(html, kPhases[5].bar, x, y, 1, 9);
    y += kRowHeight;
  }
  label(html, kUrls, y + 14, "0");
  label(html, 850, y + 14, human_seconds(last));
  end_picture(html);
}

void write_table(Html& html, Rows& rows, const CrawlTime& time) {
  html << "<details class=\"alike\"><summary>The same as a table</summary>\n";
  begin_table(html, "Requests, as they were begun");
  table_head(html,
             "<th>URL<th class=\"n\">status<th class=\"n\">begun"
             "<th class=\"n\">blocked<th class=\"n\">dns"
             "<th class=\"n\">connect<th class=\"n\">ssl<th class=\"n\">send"
             "<th class=\"n\">wait<th class=\"n\">receive<th class=\"n\">all");
  while (rows.next()) {
    html << "<tr><td>";
    html.link(rows.text(9), 60);
    html << "</td><td class=\"n\">";
    html.text(rows.is_null(10) ? rows.text(11) : rows.text(10));
    html << "</td>";
    seconds_cell(html, time.at(rows.real(0)));
    for (const double phase : phases_of(rows)) seconds_cell(html, phase);
    seconds_cell(html, rows.real(1));
    html << "</tr>\n";
  }
  end_table(html);
  html << "</details>\n";
}

}  // namespace

void write_waterfall(sqlite3* db, Html& html) {
  const CrawlTime time(db);
  if (time.requests() == 0) return;
  const std::string from = "SELECT " + std::string(kRequestColumns) +
                           ", url, status_code, error FROM requests WHERE "
                           "started IS NOT NULL ORDER BY started";
  const auto shown = std::min<std::uint64_t>(
      time.requests(), static_cast<std::uint64_t>(kMostRequests));
  begin_section(html, "waterfall", "Waterfall");
  if (shown < time.requests()) {
    Density density(time);
    Rows all(db, from);
    while (all.next()) density.add(all.real(0), all.real(1));
    density.draw(html);
    html << "<p class=\"soft\">Below are the first ";
    html.count(shown);
    html << " of ";
    html.count(time.requests());
    html << " requests; the table <code>requests</code> of the database has "
            "all.</p>\n";
  }
  double last = 1e-3;
  Rows rows(db, from + " LIMIT ?");
  rows.bind(1, kMostRequests);
  while (rows.next()) {
    last = std::max(last, time.at(rows.real(0) + rows.real(1)));
  }
  rows.reset();
  write_rows(html, rows, time, shown, last);
  rows.reset();
  write_table(html, rows, time);
  end_section(html);
}

}  // namespace crawl
