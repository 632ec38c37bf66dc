#ifndef CRAWL_BASE_ZSTD_FRAME_H_
#define CRAWL_BASE_ZSTD_FRAME_H_

#include <string_view>

namespace crawl {

// What a zstd frame begins with (RFC 8878 section 3.1.1).
inline constexpr std::string_view kZstdFrame = "\x28\xb5\x2f\xfd";

// A frame to be passed over: 0x184D2A50 to 5F (section 3.1.2).
inline bool is_skippable_zstd(std::string_view bytes) {
  return bytes.size() >= 4 &&
         (static_cast<unsigned char>(bytes[0]) & 0xF0U) == 0x50U &&
         bytes.substr(1, 3) == "\x2a\x4d\x18";
}

// Whether bytes begin with either.
inline bool is_zstd(std::string_view bytes) {
  return bytes.starts_with(kZstdFrame) || is_skippable_zstd(bytes);
}

}  // namespace crawl

#endif  // CRAWL_BASE_ZSTD_FRAME_H_
