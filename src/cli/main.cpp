#include <cstdio>
#include <exception>

#include "cli/app.h"
#include "cli/exit_status.h"
#include "cli/signals.h"
#include "cli/standard_streams.h"

int main(int argc, char** argv) {
  crawl::cli::hold_standard_streams();
  crawl::cli::prepare_signals();
  try {
    return crawl::cli::run_app(argc, argv);
  } catch (const std::exception& bug) {
    std::fprintf(stderr, "crawl: internal error: %s\n", bug.what());
    return crawl::cli::kExitUsage;
  }
}
