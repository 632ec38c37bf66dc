#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawl/base/human.h"
#include "report/page_frame.h"
#include "report/sections.h"

namespace crawl {
namespace {

constexpr std::size_t kBins = 120;
constexpr std::int64_t kMostRequests = 300;
constexpr std::size_t kMostRuns = 100;
constexpr double kLeft = 60;
constexpr double kWidth = 830;

// The phases of a request, in order, as the columns behind url, started,
// status_code and total. `ssl` is part of `connect`, and drawn as its end.
struct PhaseStyle {
  Markup name;
  Markup bar;
};
constexpr std::array<PhaseStyle, 7> kPhases = {{
    {"blocked", "<rect class=\"f-grey\" "},
    {"dns", "<rect class=\"f5\" "},
    {"connect", "<rect class=\"f2\" "},
    {"ssl", "<rect class=\"f4\" "},
    {"send", "<rect class=\"f6\" "},
    {"wait", "<rect class=\"f1\" "},
    {"receive", "<rect class=\"f3\" "},
}};
using Phases = std::array<double, kPhases.size()>;

constexpr std::string_view kColumns =
    "started, coalesce(total, 0), coalesce(blocked, 0), coalesce(dns, 0), "
    "max(0, coalesce(connect, 0) - coalesce(ssl, 0)), coalesce(ssl, 0), "
    "coalesce(send, 0), coalesce(wait, 0), coalesce(receive, 0)";

Phases phases_of(const Rows& rows) {
  Phases phases{};
  for (std::size_t i = 0; i < phases.size(); ++i) {
    phases[i] = std::max(0.0, rows.real(static_cast<int>(i) + 2));
  }
  return phases;
}

// The crawl's own time: what lies between its runs is taken out.
class CrawlTime {
 public:
  explicit CrawlTime(sqlite3* db) {
    Rows span(db,
              "SELECT min(started), max(started + total), count(*) FROM "
              "requests WHERE started IS NOT NULL");
    if (!span.next() || span.integer(2) == 0) return;
    requests_ = span.count(2);
    begin_ = span.real(0);
    double cut = 0;
    Rows runs(db,
              "SELECT (julianday(started) - 2440587.5) * 86400.0 FROM runs "
              "ORDER BY id LIMIT -1 OFFSET 1");
    Rows before(db,
                "SELECT max(started + total) FROM requests WHERE started < ?");
    while (pauses_.size() < kMostRuns && runs.next()) {
      const double next = runs.real(0);
      before.bind(1, next);
      if (before.next() && !before.is_null(0) && before.real(0) < next) {
        cut += next - before.real(0);
        pauses_.emplace_back(next, cut);
      }
      before.reset();
    }
    total_ = std::max(span.real(1) - begin_ - cut, 1e-3);
  }

  std::uint64_t requests() const { return requests_; }
  double total() const { return total_; }
  bool has_pauses() const { return !pauses_.empty(); }
  // Seconds of crawling until a moment in which there was some.
  double at(double moment) const {
    double cut = 0;
    for (const auto& [next, sum] : pauses_) {
      if (moment >= next) cut = sum;
    }
    return std::clamp(moment - begin_ - cut, 0.0, total_);
  }

 private:
  std::uint64_t requests_ = 0;
  double begin_ = 0;
  double total_ = 0;
  std::vector<std::pair<double, double>> pauses_;  // their ends, sum until then
};

void label(Html& html, double x, double y, std::string_view text) {
  html << "<text x=\"";
  html.decimal(x);
  html << "\" y=\"";
  html.decimal(y);
  html << "\">";
  html.text(text);
  html << "</text>";
}

void bar(Html& html, Markup begin, double x, double y, double width,
         double height) {
  if (width <= 0 || height <= 0) return;
  html << begin << "x=\"";
  html.decimal(x);
  html << "\" y=\"";
  html.decimal(y);
  html << "\" width=\"";
  html.decimal(width);
  html << "\" height=\"";
  html.decimal(height);
  html << "\"/>";
}

void legend(Html& html) {
  double x = kLeft;
  for (const PhaseStyle& phase : kPhases) {
    bar(html, phase.bar, x, 2, 12, 12);
    html << "<text x=\"";
    html.decimal(x + 16);
    html << "\" y=\"12\">" << phase.name << "</text>";
    x += 90;
  }
}

// A line over the bins, `most` at the top.
void line(Html& html, Markup begin, const std::array<double, kBins>& values,
          double most, double top, double height) {
  html << begin << "points=\"";
  for (std::size_t i = 0; i < kBins; ++i) {
    html.decimal(kLeft + kWidth * (static_cast<double>(i) + 0.5) / kBins);
    html << ",";
    html.decimal(top + height * (1 - values[i] / most));
    html << " ";
  }
  html << "\"/>";
}

double greatest(const std::array<double, kBins>& values) {
  return std::max(1e-9, *std::max_element(values.begin(), values.end()));
}

void time_axis(Html& html, double y, double total) {
  html << "<path class=\"axis\" d=\"M";
  html.decimal(kLeft);
  html << " ";
  html.decimal(y);
  html << "h";
  html.decimal(kWidth);
  html << "\"/>";
  for (int i = 0; i <= 4; ++i) {
    label(html, kLeft + (kWidth - 40) * i / 4, y + 14,
          human_seconds(total * i / 4));
  }
}

struct Bins {
  std::array<double, kBins> begun{}, busy{};
  std::array<Phases, kBins> doing{};

  // Adds the part of [from, to) that lies in each bin.
  template <class Add>
  static void spread(double from, double to, double size, Add add) {
    const auto bin_of = [size](double t) {
      return std::min(kBins - 1, static_cast<std::size_t>(t / size));
    };
    for (std::size_t i = bin_of(from); i <= bin_of(to); ++i) {
      const double begin = static_cast<double>(i) * size;
      const double part = std::min(to, begin + size) - std::max(from, begin);
      if (part > 0) add(i, part / size);
    }
  }
};

struct Mark {
  Markup name;
  double seconds;
};

double rank(sqlite3* db, std::uint64_t count, double share) {
  const auto at =
      static_cast<std::int64_t>(std::ceil(share * static_cast<double>(count)));
  Rows rows(db,
            "SELECT total FROM requests WHERE status_code IS NOT NULL "
            "ORDER BY total LIMIT 1 OFFSET ?");
  rows.bind(1, std::max<std::int64_t>(at - 1, 0));
  return rows.next() ? rows.real(0) : 0;
}

void seconds_cell(Html& html, double seconds) {
  html << "<td class=\"n\" data-v=\"";
  html.decimal(seconds);
  html << "\">";
  html.seconds(seconds);
  html << "</td>";
}

void count_cell(Html& html, std::uint64_t count) {
  html << "<td class=\"n\" data-v=\"";
  html.decimal(static_cast<double>(count));
  html << "\">";
  html.count(count);
  html << "</td>";
}

}  // namespace

void write_timeline(sqlite3* db, Html& html) {
  const CrawlTime time(db);
  if (time.requests() == 0) return;
  const double size = time.total() / kBins;
  Bins bins;
  Rows rows(db, "SELECT " + std::string(kColumns) +
                    " FROM requests WHERE started IS NOT NULL");
  while (rows.next()) {
    double at = time.at(rows.real(0));
    const double end = time.at(rows.real(0) + rows.real(1));
    const Phases phases = phases_of(rows);
    bins.begun[std::min(kBins - 1, static_cast<std::size_t>(at / size))] +=
        1 / size;
    Bins::spread(at, end, size,
                 [&](std::size_t i, double part) { bins.busy[i] += part; });
    for (std::size_t p = 0; p < phases.size(); ++p) {
      const double until = std::min(end, at + phases[p]);
      Bins::spread(at, until, size, [&](std::size_t i, double part) {
        bins.doing[i][p] += part;
      });
      at = until;
    }
  }
  const double rate = greatest(bins.begun);
  const double busy = greatest(bins.busy);
  begin_section(html, "over-time", "Over time");
  html << "<p class=\"soft\">";
  html.count(time.requests());
  html << " requests in ";
  html.seconds(time.total());
  html << ", redirects, repeats and robots.txt included";
  if (time.has_pauses()) html << "; the time between the runs is left out";
  html << ".</p>\n";
  begin_picture(html, "Rate and requests in flight",
                "at most " + human_count(static_cast<std::uint64_t>(rate)) +
                    " requests a second were begun, and " +
                    human_count(static_cast<std::uint64_t>(std::ceil(busy))) +
                    " were under way on average, in a 120th of the time",
                900, 190);
  label(html, kLeft, 12,
        "begun a second (line, most " +
            human_count(static_cast<std::uint64_t>(rate)) +
            "), in flight (dashes, most " +
            human_count(static_cast<std::uint64_t>(std::ceil(busy))) + ")");
  line(html, "<polyline class=\"s1\" ", bins.begun, rate, 22, 140);
  line(html, "<polyline class=\"s2\" ", bins.busy, busy, 22, 140);
  time_axis(html, 164, time.total());
  end_picture(html);
  begin_picture(html, "What the requests in flight were doing",
                "their number over time, by blocked, dns, connect, ssl, send, "
                "wait and receive",
                900, 200);
  legend(html);
  for (std::size_t i = 0; i < kBins; ++i) {
    double y = 172;
    for (std::size_t p = 0; p < kPhases.size(); ++p) {
      const double height = 150 * bins.doing[i][p] / busy;
      y -= height;
      bar(html, kPhases[p].bar, kLeft + kWidth * static_cast<double>(i) / kBins,
          y, kWidth / kBins, height);
    }
  }
  time_axis(html, 174, time.total());
  end_picture(html);
  end_section(html);
}

void write_waterfall(sqlite3* db, Html& html) {
  const CrawlTime time(db);
  if (time.requests() == 0) return;
  const std::string from = "SELECT " + std::string(kColumns) +
                           ", url, status_code, error FROM requests WHERE "
                           "started IS NOT NULL ORDER BY started LIMIT ?";
  const auto shown = std::min<std::uint64_t>(
      time.requests(), static_cast<std::uint64_t>(kMostRequests));
  double last = 1e-3;
  {
    Rows rows(db, from);
    rows.bind(1, kMostRequests);
    while (rows.next()) {
      last = std::max(last, time.at(rows.real(0) + rows.real(1)));
    }
  }
  begin_section(html, "waterfall", "Waterfall");
  if (shown < time.requests()) {
    html << "<p class=\"soft\">Shown are the first ";
    html.count(shown);
    html << " of ";
    html.count(time.requests());
    html << " requests; the picture above has all.</p>\n";
  }
  constexpr double kUrls = 260;
  constexpr double kBars = 900 - kUrls - 10;
  begin_picture(html, "Waterfall of the requests",
                "a row for each, the table below has the numbers", 900,
                static_cast<double>(shown) * 12 + 44);
  legend(html);
  Rows rows(db, from);
  rows.bind(1, kMostRequests);
  double y = 22;
  while (rows.next()) {
    html << "<text x=\"0\" y=\"";
    html.decimal(y + 9);
    html << "\">";
    html.brief(rows.text(9), 42);
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
    y += 12;
  }
  label(html, kUrls, y + 14, "0");
  label(html, 850, y + 14, human_seconds(last));
  end_picture(html);
  html << "<details><summary>The same as a table</summary>\n";
  begin_table(html, "Requests, as they were begun");
  table_head(html,
             "<th>URL<th class=\"n\">status<th class=\"n\">begun"
             "<th class=\"n\">blocked<th class=\"n\">dns"
             "<th class=\"n\">connect<th class=\"n\">ssl<th "
             "class=\"n\">send<th class=\"n\">wait"
             "<th class=\"n\">receive<th class=\"n\">all");
  rows.reset();
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
  end_section(html);
}

void write_latencies(sqlite3* db, Html& html) {
  // Five bins to a power of ten, from 0.1 ms on.
  constexpr int kPerDecade = 5;
  constexpr std::size_t kLatencyBins = 7 * kPerDecade;
  std::array<double, kLatencyBins> bins{};
  std::uint64_t count = 0;
  const auto place = [](double seconds) {
    return std::clamp((std::log10(std::max(seconds, 1e-9)) + 4) * kPerDecade,
                      0.0, static_cast<double>(kLatencyBins) - 1e-3);
  };
  Rows rows(db, "SELECT total FROM requests WHERE status_code IS NOT NULL");
  while (rows.next()) {
    ++count;
    bins[static_cast<std::size_t>(place(rows.real(0)))] += 1;
  }
  if (count == 0) return;
  const std::array<Mark, 3> marks = {{{"p50", rank(db, count, 0.5)},
                                      {"p95", rank(db, count, 0.95)},
                                      {"p99", rank(db, count, 0.99)}}};
  const double most = *std::max_element(bins.begin(), bins.end());
  begin_section(html, "latency", "How long answers took");
  html << "<dl class=\"cards\">";
  for (const auto& [name, seconds] : marks) {
    html << "<div><dt>" << name << "</dt><dd>";
    html.seconds(seconds);
    html << "</dd></div>";
  }
  html << "</dl>\n";
  begin_picture(html, "Histogram of the times of answers",
                "half took up to " + human_seconds(marks[0].seconds) +
                    ", 95 % up to " + human_seconds(marks[1].seconds) +
                    ", 99 % up to " + human_seconds(marks[2].seconds),
                900, 190);
  const double width = kWidth / static_cast<double>(kLatencyBins);
  for (std::size_t i = 0; i < bins.size(); ++i) {
    const double height = 130 * bins[i] / most;
    bar(html, "<rect class=\"f1\" ", kLeft + width * static_cast<double>(i),
        160 - height, width - 2, height);
  }
  double mark_y = 10;
  for (const auto& [name, seconds] : marks) {
    const double x = kLeft + width * place(seconds);
    html << "<path class=\"mark\" d=\"M";
    html.decimal(x);
    html << " ";
    html.decimal(mark_y);
    html << "V160\"/><text x=\"";
    html.decimal(x + 3);
    html << "\" y=\"";
    html.decimal(mark_y);
    html << "\">" << name << "</text>";
    mark_y += 10;
  }
  html << "<path class=\"axis\" d=\"M60 161H890\"/>";
  for (int power = 0; power < 7; ++power) {
    label(html, kLeft + width * power * kPerDecade, 176,
          human_seconds(std::pow(10.0, power - 4)));
  }
  end_picture(html);
  end_section(html);
}

void write_slowest(sqlite3* db, Html& html) {
  Rows hosts(db,
             "SELECT substr(url, 1, 7 + instr(substr(url, 9) || '/', '/')), "
             "count(*), "
             "avg(total) AS mean, max(total), sum(status_code IS NULL), "
             "sum(size_download) FROM requests GROUP BY 1 ORDER BY mean DESC "
             "LIMIT 50");
  bool any = false;
  while (hosts.next()) {
    if (!std::exchange(any, true)) {
      begin_section(html, "slowest", "Slowest hosts and pages");
      begin_table(html, "Hosts, by the mean time of their requests");
      table_head(html,
                 "<th>host<th class=\"n\">requests<th class=\"n\">mean"
                 "<th class=\"n\">longest<th class=\"n\">without answer"
                 "<th class=\"n\">received");
    }
    html << "<tr><td>";
    html.brief(hosts.text(0));
    html << "</td>";
    count_cell(html, hosts.count(1));
    seconds_cell(html, hosts.real(2));
    seconds_cell(html, hosts.real(3));
    count_cell(html, hosts.count(4));
    html << "<td class=\"n\" data-v=\"";
    html.decimal(hosts.real(5));
    html << "\">";
    html.bytes(hosts.count(5));
    html << "</td></tr>\n";
  }
  if (!any) return;
  end_table(html);
  begin_table(html, "Pages, the slowest first");
  table_head(html,
             "<th>URL<th class=\"n\">time<th class=\"n\">first byte"
             "<th class=\"n\">size");
  Rows pages(db,
             "SELECT url, time_total, time_starttransfer, size_body FROM pages "
             "WHERE time_total IS NOT NULL ORDER BY time_total DESC LIMIT 50");
  while (pages.next()) {
    html << "<tr><td>";
    html.link(pages.text(0));
    html << "</td>";
    seconds_cell(html, pages.real(1));
    seconds_cell(html, pages.real(2));
    html << "<td class=\"n\" data-v=\"";
    html.decimal(pages.real(3));
    html << "\">";
    html.bytes(pages.count(3));
    html << "</td></tr>\n";
  }
  end_table(html);
  end_section(html);
}

}  // namespace crawl
