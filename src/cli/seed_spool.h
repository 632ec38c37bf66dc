#ifndef CRAWL_CLI_SEED_SPOOL_H_
#define CRAWL_CLI_SEED_SPOOL_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "crawl/base/error.h"
#include "crawl/engine/seed_source.h"

namespace crawl::cli {

// Inputs that can be read only once, for a crawl that may have to begin anew:
// what was read of them is kept in a temporary file without a name.
//
// One thread, but for what calls `ready`.
class SeedSpool {
 public:
  // As open_seeds().
  static Result<std::unique_ptr<SeedSpool>> open(
      const std::vector<std::string>& inputs);
  ~SeedSpool();

  // All lines from the first on; the spool must outlive it, and one that was
  // given before is not used any more. `ready` as of open_seeds(), and not
  // called after forget().
  std::unique_ptr<SeedSource> begin(std::function<void()> ready);
  void forget();

 private:
  class Lines;
  SeedSpool();

  struct File;
  std::unique_ptr<File> file_;
  std::size_t kept_ = 0;  // lines
  std::string error_;
  std::mutex mutex_;
  std::function<void()> ready_;
  std::unique_ptr<SeedSource> source_;  // last: its thread calls ready_
};

// Whether some of the inputs can be read only once.
bool has_input_to_spool(const std::vector<std::string>& inputs);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_SEED_SPOOL_H_
