#ifndef CRAWL_REPORT_COMPARISON_REPORT_H_
#define CRAWL_REPORT_COMPARISON_REPORT_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "crawl/base/error.h"
#include "crawl/writer/result_writer.h"

namespace crawl {

// One run of a list with so many jobs; the first is what others are against.
struct ComparedRun {
  std::size_t jobs = 1;
  bool sync = false;
  std::uint64_t pages = 0;
  double seconds = 0;
  double p50 = 0, p95 = 0;  // seconds a URL took
};

// A page that shows what the jobs brought: speed-up and efficiency, beside what
// they would be if every job did as much as the only one.
Result<void> write_comparison_report(std::span<const ComparedRun> runs,
                                     std::string_view version,
                                     OutputStream& page);

}  // namespace crawl

#endif  // CRAWL_REPORT_COMPARISON_REPORT_H_
