#include "cli/warc_checking.h"

#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "cli/exit_status.h"
#include "cli/summary.h"
#include "cli/terminal.h"
#include "crawl/archive/warc_check.h"
#include "writer/clean_text.h"

namespace crawl::cli {

int run_warc_check(const Options& options, Report& report) {
  std::uint64_t faults = 0;
  bool all_read = true;
  for (const std::string& input : options.inputs) {
    const Result<WarcCheck> checked =
        check_warc(input, [&](std::uint64_t offset, std::string_view fault) {
          std::string line;
          append_shown(fmt::format("{}: {}: {}", input, offset, fault), line);
          line += '\n';
          std::fwrite(line.data(), 1, line.size(), stdout);
        });
    if (!checked) {
      report.warn(checked.error().message);
      all_read = false;
      continue;
    }
    faults += checked->faults;
    report.print(fmt::format("{}: {}, {} compared, {}\n", input,
                             counted(checked->records, "record"),
                             counted(checked->digests, "digest"),
                             counted(checked->faults, "fault")));
  }
  if (std::fflush(stdout) != 0 || !all_read) return kExitUsage;
  return faults > 0 ? kExitFailures : kExitOk;
}

}  // namespace crawl::cli
