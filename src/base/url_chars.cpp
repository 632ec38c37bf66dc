#include "base/url_chars.h"

#include "crawl/base/utf8.h"

namespace crawl::url {

std::uint8_t roles_of_all(std::string_view text) {
  unsigned roles = 0;
  for (const char c : text) roles |= roles_of(c);
  return static_cast<std::uint8_t>(roles);
}

void append_encoded(std::string& out, std::string_view text, Set set) {
  const char* run = text.data();
  const char* const end = run + text.size();
  for (const char* p = run;;) {
    p = find_in_set(p, end, set);
    out.append(run, p);
    if (p == end) return;
    p += append_escaped(out, {p, static_cast<std::size_t>(end - p)});
    run = p;
  }
}

std::size_t append_escaped(std::string& out, std::string_view text) {
  const Utf8Sequence sequence = first_utf8_sequence(text);
  if (!sequence.valid) text = kReplacementCharacter;
  for (const char c : text.substr(0, sequence.valid ? sequence.size : 3)) {
    append_percent(out, c);
  }
  return sequence.size;
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && text.size() - at > 2) {
      const int high = hex_digit_value(text[at + 1]);
      const int low = hex_digit_value(text[at + 2]);
      if (high >= 0 && low >= 0) {
        decoded.push_back(static_cast<char>(high * 16 + low));
        at += 2;
        continue;
      }
    }
    decoded.push_back(text[at]);
  }
  return decoded;
}

}  // namespace crawl::url
