#ifndef CRAWL_CHECK_CHECK_BASELINE_H_
#define CRAWL_CHECK_CHECK_BASELINE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>

#include "crawl/base/error.h"

namespace crawl {

// What was broken in an earlier result of a check, of the form jsonl. Keeps 16
// bytes for each.
class CheckBaseline {
 public:
  // Fails if the file cannot be read, or a line of it is no such object.
  static Result<CheckBaseline> read(const std::string& path);

  bool has(std::string_view url) const;

 private:
  std::unordered_set<std::uint64_t> broken_;
};

}  // namespace crawl

#endif  // CRAWL_CHECK_CHECK_BASELINE_H_
