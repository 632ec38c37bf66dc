#ifndef CRAWL_CLI_COMPARE_TABLE_H_
#define CRAWL_CLI_COMPARE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "crawl/writer/result_writer.h"

namespace crawl::cli {

// One run of --compare. The first of a comparison is the sequential one, which
// the speed-ups are against.
struct CompareRun {
  bool sync = false;
  std::size_t jobs = 1;
  std::uint64_t pages = 0;   // records written
  std::uint64_t failed = 0;  // of them
  double seconds = 0;        // wall time
  double p50 = 0;            // seconds a URL took (time_total)
  double p95 = 0;
};

// The table for people (text, tsv and csv formats) or one JSON object a line
// (jsonl): jobs, wall time, pages/s, speed-up, efficiency, p50 and p95 latency.
std::string format_comparison(std::span<const CompareRun> runs,
                              OutputFormat format);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_COMPARE_TABLE_H_
