#ifndef CRAWL_TESTS_SUPPORT_DROPS_H_
#define CRAWL_TESTS_SUPPORT_DROPS_H_

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "archive/byte_source.h"

namespace crawl::testing {

// Bytes that come a few at a time, as a pipe may give them. They must outlive
// this.
class Drops final : public ByteSource {
 public:
  explicit Drops(std::string_view bytes) : left_(bytes) {}
  Result<std::size_t> read(char* to, std::size_t room) override {
    const std::size_t size = left_.copy(to, std::min<std::size_t>(room, 7));
    left_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view left_;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_DROPS_H_
