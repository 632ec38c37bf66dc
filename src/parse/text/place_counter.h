#ifndef CRAWL_PARSE_TEXT_PLACE_COUNTER_H_
#define CRAWL_PARSE_TEXT_PLACE_COUNTER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace crawl {

// Lines and columns, from 1, of places that come in the order of the text; the
// column in characters, which are bytes if it is not UTF-8. The text must
// outlive it.
class PlaceCounter {
 public:
  PlaceCounter(std::string_view text, bool utf8)
      : at_(text.data()), end_(text.data() + text.size()), utf8_(utf8) {}

  // A place before the last one counts as that.
  void advance(const char* to) {
    const std::less<const char*> before;
    if (to == nullptr || before(end_, to) || !before(at_, to)) return;
    const std::string_view passed(at_, static_cast<std::size_t>(to - at_));
    if (passed.find('\r') != passed.npos) return step(to);
    at_ = to;
    const std::size_t newline = passed.rfind('\n');
    if (newline != passed.npos) {
      line += counted(std::count(passed.begin(), passed.end(), '\n'));
      column = 1;
    }
    const std::string_view behind = passed.substr(newline + 1);
    column += utf8_
                  ? counted(std::count_if(behind.begin(), behind.end(),
                                          [](char c) { return !continues(c); }))
                  : static_cast<std::uint32_t>(behind.size());
  }

  std::uint32_t line = 1;
  std::uint32_t column = 1;

 private:
  static std::uint32_t counted(std::ptrdiff_t count) {
    return static_cast<std::uint32_t>(count);
  }
  static bool continues(char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80;
  }

  // CR and CRLF end lines too.
  void step(const char* to) {
    for (; at_ != to; ++at_) {
      if (*at_ == '\n' ||
          (*at_ == '\r' && !(at_ + 1 != end_ && at_[1] == '\n'))) {
        ++line;
        column = 1;
      } else if (*at_ != '\r' && !(utf8_ && continues(*at_))) {
        ++column;
      }
    }
  }

  const char* at_;
  const char* const end_;
  const bool utf8_;
};

}  // namespace crawl

#endif  // CRAWL_PARSE_TEXT_PLACE_COUNTER_H_
