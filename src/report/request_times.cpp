#include "report/request_times.h"

#include <algorithm>

#include "crawl/base/human.h"
#include "report/page_frame.h"

namespace crawl {
namespace {

constexpr std::size_t kMostRuns = 100;

}  // namespace

Phases phases_of(const Rows& rows) {
  Phases phases{};
  for (std::size_t i = 0; i < phases.size(); ++i) {
    phases[i] = std::max(0.0, rows.real(static_cast<int>(i) + 2));
  }
  return phases;
}

CrawlTime::CrawlTime(sqlite3* db) {
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

double CrawlTime::at(double moment) const {
  double cut = 0;
  for (const auto& [next, sum] : pauses_) {
    if (moment >= next) cut = sum;
  }
  return std::clamp(moment - begin_ - cut, 0.0, total_);
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

}  // namespace crawl
