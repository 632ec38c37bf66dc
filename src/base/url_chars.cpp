#include "base/url_chars.h"

#include "crawl/base/utf8.h"

namespace crawl::url {

std::uint8_t roles_of_all(std::string_view text) {
  unsigned roles = 0;
  for (const char c : text) roles |= roles_of(c);
  return static_cast<std::uint8_t>(roles);
}

void append_encoded(std::string& out, std::string_view text, Set set) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::size_t done = 0;
  for (std::size_t at = 0; at < text.size();) {
    if ((sets_of(text[at]) & set) == 0) {
      ++at;
      continue;
    }
    out.append(text, done, at - done);
    const Utf8Sequence sequence = first_utf8_sequence(text.substr(at));
    if (!sequence.valid) {
      out.append("%EF%BF%BD");
      at += sequence.size;
    } else {
      for (const std::size_t end = at + sequence.size; at < end; ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        const char escaped[3] = {'%', kDigits[byte >> 4], kDigits[byte & 15]};
        out.append(escaped, 3);
      }
    }
    done = at;
  }
  out.append(text, done, text.size() - done);
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && text.size() - at > 2 && is_hex_digit(text[at + 1]) &&
        is_hex_digit(text[at + 2])) {
      decoded.push_back(static_cast<char>(hex_value(text[at + 1]) * 16 +
                                          hex_value(text[at + 2])));
      at += 2;
    } else {
      decoded.push_back(text[at]);
    }
  }
  return decoded;
}

}  // namespace crawl::url
