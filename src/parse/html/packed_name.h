#ifndef CRAWL_PARSE_HTML_PACKED_NAME_H_
#define CRAWL_PARSE_HTML_PACKED_NAME_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crawl {

inline constexpr std::size_t kPackedNameSize = 8;

// The first eight bytes of a name in lower case as one number, for a switch.
// Shorter names begin at 1, so that a NUL in front is not lost.
constexpr std::uint64_t pack_name(std::string_view name) {
  std::uint64_t packed = 1;
  const std::size_t size =
      name.size() < kPackedNameSize ? name.size() : kPackedNameSize;
  for (std::size_t i = 0; i < size; ++i) {
    auto byte = static_cast<unsigned char>(name[i]);
    if (byte >= 'A' && byte <= 'Z') {
      byte = static_cast<unsigned char>(byte - 'A' + 'a');
    }
    packed = (packed << 8U) | byte;
  }
  return packed;
}

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_PACKED_NAME_H_
