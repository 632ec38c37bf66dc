#ifndef CRAWL_CLI_SHARED_ERRAND_H_
#define CRAWL_CLI_SHARED_ERRAND_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "cli/typed_args.h"
#include "crawl/base/error.h"
#include "crawl/frontier/shared_status.h"

namespace crawl::cli {

// How long Redis is waited for by who has no part in the crawl yet.
inline constexpr std::chrono::milliseconds kRedisPatience{10'000};

// What a command with --shared does instead of crawling.
struct SharedErrand {
  enum class What : std::uint8_t { kStatus, kPause, kResume, kStop, kFinish };
  What what = What::kStatus;
  std::string address;
  bool watch =
      false;  // --status once a second, until Ctrl-C or the crawl's end
  bool json = false;
};

// Nothing if it crawls.
Result<std::optional<SharedErrand>> read_shared_errand(const TypedArgs& args);

// The exit status.
int run_shared_errand(const SharedErrand& errand);

// A crawl as people read it, and as programs do: a line of JSON.
std::string format_status(const SharedStatus& status);
std::string status_json(const SharedStatus& status);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_SHARED_ERRAND_H_
