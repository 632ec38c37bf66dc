#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "crawl/base/human.h"
#include "report/page_frame.h"
#include "report/request_times.h"
#include "report/sections.h"

namespace crawl {
namespace {

// What the crawl's transfer slots did, as --stats has it: columns of
// `slot_times`, in order.
struct UseStyle {
  Markup name;
  Markup bar;
};
constexpr std::array<UseStyle, 6> kUses = {{
    {"network", "<rect class=\"f1\" "},
    {"parsing", "<rect class=\"f3\" "},
    {"politeness", "<rect class=\"f2\" "},
    {"ordering", "<rect class=\"f4\" "},
    {"input", "<rect class=\"f5\" "},
    {"nothing", "<rect class=\"f-grey\" "},
}};

// A line over the bins, `most` at the top.
void line(Html& html, Markup begin, const Bins& values, double most, double top,
          double height) {
  html << begin << "points=\"";
  for (std::size_t i = 0; i < kBins; ++i) {
    html.decimal(kLeft + kWidth * (static_cast<double>(i) + 0.5) / kBins);
    html << ",";
    html.decimal(top + height * (1 - values[i] / most));
    html << " ";
  }
  html << "\"/>";
}

double greatest(const Bins& values) {
  return std::max(1e-9, *std::max_element(values.begin(), values.end()));
}

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

// What held the crawl back over time: of the slots' time, and of its one
// thread.
void write_limits(sqlite3* db, Html& html, const CrawlTime& time) {
  std::array<Bins, kUses.size()> uses{};
  std::array<double, kUses.size()> sums{};
  Bins writing{};
  double written = 0, took = 0, all = 0;
  const double size = time.total() / kBins;
  Rows rows(db,
            "SELECT begun, took, writing, network, parsing, politeness, "
            "ordering, input, idle FROM slot_times");
  while (rows.next()) {
    const double from = time.at(rows.real(0));
    const double to = time.at(rows.real(0) + rows.real(1));
    written += rows.real(2);
    took += rows.real(1);
    for (std::size_t use = 0; use < kUses.size(); ++use) {
      sums[use] += rows.real(static_cast<int>(use) + 3);
    }
    if (to <= from) continue;
    // Of each bin, so much as lies in the span.
    spread(from, to, size, [&](std::size_t bin, double part) {
      const double share = part * size / (to - from);
      writing[bin] += share * rows.real(2) / size;
      for (std::size_t use = 0; use < kUses.size(); ++use) {
        uses[use][bin] +=
            share * std::max(0.0, rows.real(static_cast<int>(use) + 3));
      }
    });
  }
  for (double& sum : sums) all += sum = std::max(0.0, sum);
  if (all <= 0) return;
  html << "<h3>What limited the rate</h3>\n<p class=\"soft\">What the transfer "
          "slots did, and (dots) how busy the crawl's one thread was "
          "writing.</p>\n";
  begin_picture(html, "What limited the rate",
                "what the transfer slots did over time, of all their time: "
                "network, parsing, politeness, ordering, input, nothing; the "
                "dots are how busy the crawl's one thread was writing",
                900, 190);
  legend(html, kUses);
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    double sum = 0;
    for (const Bins& use : uses) sum += use[bin];
    if (sum <= 0) continue;
    double y = 162;
    for (std::size_t use = 0; use < kUses.size(); ++use) {
      const double height = 140 * uses[use][bin] / sum;
      y -= height;
      bar(html, kUses[use].bar,
          kLeft + kWidth * static_cast<double>(bin) / kBins, y,
          kWidth / static_cast<double>(kBins), height);
    }
    writing[bin] = std::min(1.0, writing[bin]);
  }
  line(html, "<polyline class=\"s3\" ", writing, 1, 22, 140);
  label(html, 0, 30, "100 %");
  label(html, 0, 162, "0");
  time_axis(html, 164, time.total());
  end_picture(html);
  begin_table(html, "What the transfer slots did");
  table_head(html, "<th>what<th class=\"n\">of their time");
  const auto row = [&](Markup name, double of, double whole) {
    html << "<tr><td>" << name << "</td><td class=\"n\" data-v=\"";
    html.decimal(whole > 0 ? of / whole : 0);
    html << "\">";
    html.percent(of, whole);
    html << "</td></tr>\n";
  };
  static constexpr std::array<Markup, kUses.size()> kMeanings = {
      {"network: a request is under way", "parsing: its page is being read",
       "politeness: URLs are queued, but their hosts have to wait",
       "ordering: records in order wait for an earlier URL",
       "input: it has given no further line yet",
       "nothing: there are fewer URLs than slots"}};
  for (std::size_t use = 0; use < kUses.size(); ++use) {
    if (sums[use] > 0) row(kMeanings[use], sums[use], all);
  }
  row("writing: of the time of the crawl's one thread", written, took);
  end_table(html);
}

}  // namespace

void write_timeline(sqlite3* db, Html& html) {
  const CrawlTime time(db);
  if (time.requests() == 0) return;
  const double size = time.total() / kBins;
  Bins begun{}, in_flight{};
  std::array<Phases, kBins> doing{};
  Rows rows(db, "SELECT " + std::string(kRequestColumns) +
                    " FROM requests WHERE started IS NOT NULL");
  while (rows.next()) {
    double at = time.at(rows.real(0));
    const double end = time.at(rows.real(0) + rows.real(1));
    const Phases phases = phases_of(rows);
    begun[std::min(kBins - 1, static_cast<std::size_t>(at / size))] += 1 / size;
    spread(at, end, size,
           [&](std::size_t i, double part) { in_flight[i] += part; });
    for (std::size_t p = 0; p < phases.size(); ++p) {
      const double until = std::min(end, at + phases[p]);
      spread(at, until, size,
             [&](std::size_t i, double part) { doing[i][p] += part; });
      at = until;
    }
  }
  const double rate = greatest(begun);
  const double busy = greatest(in_flight);
  begin_section(html, "over-time", "Over time");
  html << "<p class=\"soft\">";
  html.count(time.requests(), "request");
  html << " in ";
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
  line(html, "<polyline class=\"s1\" ", begun, rate, 22, 140);
  line(html, "<polyline class=\"s2\" ", in_flight, busy, 22, 140);
  time_axis(html, 164, time.total());
  end_picture(html);
  html << "<h3>What the requests in flight were doing</h3>\n";
  begin_picture(html, "What the requests in flight were doing",
                "their number over time, by blocked, dns, connect, ssl, send, "
                "wait and receive",
                900, 200);
  legend(html, kPhases);
  for (std::size_t i = 0; i < kBins; ++i) {
    double y = 172;
    for (std::size_t p = 0; p < kPhases.size(); ++p) {
      const double height = 150 * doing[i][p] / busy;
      y -= height;
      bar(html, kPhases[p].bar, kLeft + kWidth * static_cast<double>(i) / kBins,
          y, kWidth / kBins, height);
    }
  }
  time_axis(html, 174, time.total());
  end_picture(html);
  write_limits(db, html, time);
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
    const double height = 110 * bins[i] / most;
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
    mark_y += 14;
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
    bytes_cell(html, hosts.count(5));
    html << "</tr>\n";
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
    bytes_cell(html, pages.count(3));
    html << "</tr>\n";
  }
  end_table(html);
  end_section(html);
}

}  // namespace crawl
