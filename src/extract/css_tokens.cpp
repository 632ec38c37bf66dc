#include "extract/css_tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/ascii.h"

namespace crawl {

void CssTokens::fail(std::string message, std::size_t offset) {
  throw CssFault{{std::move(message), offset}};
}

std::string CssTokens::name(std::string_view what) {
  if (!starts_name()) fail(fmt::format("{} is expected here", what));
  return name_chars();
}

std::string CssTokens::string_token() {
  const std::size_t begin = at_;
  std::string out;
  if (!string(out)) fail("the string that begins here is not closed", begin);
  return out;
}

int CssTokens::number_of(std::string_view digits) {
  constexpr std::int64_t kMost = 1'000'000'000;
  std::int64_t value = 0;
  for (const char digit : digits) {
    value = std::min<std::int64_t>(value * 10 + (digit - '0'), kMost);
  }
  return static_cast<int>(value);
}

int CssTokens::count() {
  const std::size_t begin = at_;
  while (is_ascii_digit(peek())) ++at_;
  return number_of(text_.substr(begin, at_ - begin));
}

}  // namespace crawl
