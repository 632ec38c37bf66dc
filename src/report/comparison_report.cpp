#include "crawl/report/comparison_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "report/html.h"
#include "report/page_frame.h"

namespace crawl {
namespace {

struct Point {
  double jobs, value;
};

// Where a value is in a picture of 900 by 400.
class Scale {
 public:
  Scale(double most_jobs, double most) : most_jobs_(most_jobs), most_(most) {}
  double x(double jobs) const { return 60 + 760 * jobs / most_jobs_; }
  double y(double value) const { return 350 - 290 * value / most_; }

 private:
  const double most_jobs_;
  const double most_;
};

void curve(Html& html, Markup begin, const std::vector<Point>& points,
           const Scale& scale) {
  html << begin << "points=\"";
  for (const Point& point : points) {
    html.decimal(scale.x(point.jobs));
    html << ",";
    html.decimal(scale.y(point.value));
    html << " ";
  }
  html << "\"/>";
}

void picture(Html& html, std::string_view title, std::string_view description,
             const std::vector<Point>& measured,
             const std::vector<Point>& ideal) {
  double most_jobs = 1;
  double most = 1;
  for (const std::vector<Point>* points : {&measured, &ideal}) {
    for (const Point& point : *points) {
      most_jobs = std::max(most_jobs, point.jobs);
      most = std::max(most, point.value);
    }
  }
  const Scale scale(most_jobs, most);
  begin_picture(html, title, description, 900, 400);
  label(html, 60, 20, fmt::format("{} (line: measured, dashes: ideal)", title));
  html << "<path class=\"axis\" d=\"M60 50V350H840\"/>";
  label(html, 10, 64, fmt::format("{:.2f}", most));
  label(html, 10, 354, "0");
  label(html, 800, 390, "jobs");
  curve(html, "<polyline class=\"s2\" ", ideal, scale);
  curve(html, "<polyline class=\"s1\" ", measured, scale);
  for (std::size_t i = 0; i < measured.size(); ++i) {
    const Point& point = measured[i];
    // On the side that the line does not go to.
    const bool falls =
        i + 1 < measured.size() && measured[i + 1].value < point.value;
    html << "<circle class=\"f1\" r=\"4\" cx=\"";
    html.decimal(scale.x(point.jobs));
    html << "\" cy=\"";
    html.decimal(scale.y(point.value));
    html << "\"/>";
    label(html, scale.x(point.jobs) + 6,
          scale.y(point.value) + (falls ? -4 : 16),
          fmt::format("{:.2f}", point.value));
    label(html, scale.x(point.jobs) - 4, 368,
          fmt::format("{:.0f}", point.jobs));
  }
  end_picture(html);
}

}  // namespace

Result<void> write_comparison_report(std::span<const ComparedRun> runs,
                                     std::string_view version,
                                     OutputStream& page) {
  Html html;
  begin_page(html, "What concurrency brought");
  html << "<main>\n";
  begin_section(html, "runs", "Runs of the same list");
  begin_table(html, "The runs");
  table_head(html,
             "<th class=\"n\">jobs<th class=\"n\">URLs<th "
             "class=\"n\">time<th class=\"n\">URLs a second<th "
             "class=\"n\">speed-up<th class=\"n\">efficiency<th "
             "class=\"n\">p50<th class=\"n\">p95");
  std::vector<Point> speed_up, ideal_speed_up, efficiency, ideal_efficiency;
  const auto rate = [](const ComparedRun& run) {
    return run.seconds > 0 ? static_cast<double>(run.pages) / run.seconds : 0;
  };
  const double first = runs.empty() ? 0 : rate(runs.front());
  for (const ComparedRun& run : runs) {
    const auto jobs = static_cast<double>(run.jobs);
    const double speed = first > 0 ? rate(run) / first : 0;
    html << "<tr>";
    figure_cell(html, run.sync ? 0 : jobs,
                run.sync ? "1 (--sync)" : fmt::format("{}", run.jobs));
    html << "<td class=\"n\">";
    html.count(run.pages);
    html << "</td>";
    html << "<td class=\"n\">";
    html.seconds(run.seconds);
    html << "</td>";
    figure_cell(html, rate(run), fmt::format("{:.1f}", rate(run)));
    figure_cell(html, speed, fmt::format("{:.2f}", speed));
    figure_cell(html, speed / jobs, fmt::format("{:.2f}", speed / jobs));
    html << "<td class=\"n\">";
    html.seconds(run.p50);
    html << "</td><td class=\"n\">";
    html.seconds(run.p95);
    html << "</td></tr>\n";
    if (run.sync) continue;
    speed_up.push_back({jobs, speed});
    ideal_speed_up.push_back({jobs, jobs});
    efficiency.push_back({jobs, speed / jobs});
    ideal_efficiency.push_back({jobs, 1});
  }
  end_table(html);
  end_section(html);
  begin_section(html, "curves", "Speed-up and efficiency");
  picture(html, "Speed-up", "against one at a time, by jobs; see the table",
          speed_up, ideal_speed_up);
  picture(html, "Efficiency", "the speed-up a job, by jobs; see the table",
          efficiency, ideal_efficiency);
  end_section(html);
  html << "</main>\n";
  end_page(html, version);
  return page.write(html.take());
}

}  // namespace crawl
