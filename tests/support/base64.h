#ifndef CRAWL_TESTS_SUPPORT_BASE64_H_
#define CRAWL_TESTS_SUPPORT_BASE64_H_

#include <string>
#include <string_view>

namespace crawl::testing {

// RFC 4648 section 4; for test data, so bad input is not looked for.
inline std::string base64_decode(std::string_view text) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) break;
    bits = (bits << 6 | static_cast<unsigned>(value)) & 0xffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xff);
    }
  }
  return out;
}

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_BASE64_H_
