#include <cstdio>
#include <exception>
#include <system_error>

#include "cli/app.h"
#include "cli/exit_status.h"
#include "cli/signals.h"
#include "cli/standard_streams.h"

int main(int argc, char** argv) {
  crawl::cli::hold_standard_streams();
  crawl::cli::prepare_signals();
  try {
    return crawl::cli::run_app(argc, argv);
  } catch (const std::system_error& error) {
    if (error.code() != std::errc::resource_unavailable_try_again) {
      std::fprintf(stderr, "crawl: internal error: %s\n", error.what());
      return crawl::cli::kExitUsage;
    }
    std::fprintf(stderr,
                 "crawl: the system starts no more threads or processes for "
                 "this user (ulimit -u, or a limit of its cgroup)\n");
    return crawl::cli::kExitUsage;
  } catch (const std::exception& bug) {
    std::fprintf(stderr, "crawl: internal error: %s\n", bug.what());
    return crawl::cli::kExitUsage;
  }
}
