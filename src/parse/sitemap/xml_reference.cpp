#include "parse/sitemap/xml_reference.h"

#include <charconv>
#include <cstdint>
#include <system_error>

namespace crawl {
namespace {

// XML 1.0, section 2.2.
bool is_xml_char(std::uint32_t code) {
  return code == 0x9 || code == 0xa || code == 0xd ||
         (code >= 0x20 && code <= 0xd7ff) ||
         (code >= 0xe000 && code <= 0xfffd) ||
         (code >= 0x10000 && code <= 0x10ffff);
}

XmlReference match_number(std::string_view text) {
  text = text.substr(0, XmlReference::kMaxSize);
  const bool hex = text.starts_with("&#x");
  const char* const end = text.data() + text.size();
  std::uint32_t code = 0;
  const auto [stop, error] =
      std::from_chars(text.data() + (hex ? 3 : 2), end, code, hex ? 16 : 10);
  if (stop == end) {
    if (text.size() == XmlReference::kMaxSize) return {};
    return {XmlReference::kUnfinished, {}};
  }
  if (*stop != ';' || error != std::errc() || !is_xml_char(code)) return {};
  const auto size = static_cast<std::size_t>(stop - text.data()) + 1;
  return {size, text.substr(0, size)};
}

}  // namespace

XmlReference match_xml_reference(std::string_view text) {
  struct Name {
    std::string_view name, numeric;
  };
  static constexpr Name kNames[] = {{"&amp;", "&#38;"},
                                    {"&lt;", "&#60;"},
                                    {"&gt;", "&#62;"},
                                    {"&quot;", "&#34;"},
                                    {"&apos;", "&#39;"}};
  for (const auto& [name, numeric] : kNames) {
    if (text.starts_with(name)) return {name.size(), numeric};
    if (name.starts_with(text)) return {XmlReference::kUnfinished, {}};
  }
  return text.starts_with("&#") ? match_number(text) : XmlReference();
}

}  // namespace crawl
