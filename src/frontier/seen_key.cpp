#include "frontier/seen_key.h"

#include <cstddef>

#include "base/ascii.h"

namespace crawl {

std::string_view seen_key(std::string_view href, std::string& buffer) {
  std::size_t at = href.find('%');
  if (at == std::string_view::npos) return href;
  std::size_t copied = 0;
  buffer.clear();
  for (; at != std::string_view::npos; at = href.find('%', at)) {
    buffer += href.substr(copied, at - copied);
    copied = at;
    const int high = at + 2 < href.size() ? hex_digit_value(href[at + 1]) : -1;
    const int low = at + 2 < href.size() ? hex_digit_value(href[at + 2]) : -1;
    ++at;
    if (high < 0 || low < 0) continue;
    if (const char c = static_cast<char>(high * 16 + low); is_unreserved(c)) {
      buffer += c;
    } else {
      append_percent(buffer, c);
    }
    copied = at += 2;
  }
  buffer += href.substr(copied);
  return buffer;
}

}  // namespace crawl
