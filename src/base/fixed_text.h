#ifndef CRAWL_BASE_FIXED_TEXT_H_
#define CRAWL_BASE_FIXED_TEXT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crawl {

// Text whose length is always the same: it needs no memory of its own.
template <std::size_t kLength>
class FixedText {
 public:
  FixedText() = default;
  // Of a pattern whose digits are put in later.
  explicit FixedText(const char (&pattern)[kLength + 1]) {
    std::string_view(pattern, kLength).copy(text_.data(), kLength);
  }

  std::string_view text() const { return {text_.data(), kLength}; }
  char* data() { return text_.data(); }

  // Writes the last `width` digits of a number, from `at` on.
  void put_decimal(std::size_t at, std::size_t width, std::uint64_t number) {
    for (std::size_t i = width; i-- > 0; number /= 10) {
      text_[at + i] = static_cast<char>('0' + number % 10);
    }
  }
  void put_hex(std::size_t at, std::size_t width, std::uint64_t number) {
    for (std::size_t i = width; i-- > 0; number >>= 4U) {
      text_[at + i] = "0123456789abcdef"[number & 15U];
    }
  }

 private:
  std::array<char, kLength> text_{};
};

}  // namespace crawl

#endif  // CRAWL_BASE_FIXED_TEXT_H_
