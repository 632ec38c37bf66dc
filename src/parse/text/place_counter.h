#ifndef CRAWL_PARSE_TEXT_PLACE_COUNTER_H_
#define CRAWL_PARSE_TEXT_PLACE_COUNTER_H_

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
    if (to == nullptr || before(end_, to)) return;
    for (; before(at_, to); ++at_) {
      if (*at_ == '\n' ||
          (*at_ == '\r' && !(at_ + 1 != end_ && at_[1] == '\n'))) {
        ++line;
        column = 1;
      } else if (*at_ != '\r' && !(utf8_ && (static_cast<unsigned char>(*at_) &
                                             0xc0U) == 0x80)) {
        ++column;
      }
    }
  }

  std::uint32_t line = 1;
  std::uint32_t column = 1;

 private:
  const char* at_;
  const char* const end_;
  const bool utf8_;
};

}  // namespace crawl

#endif  // CRAWL_PARSE_TEXT_PLACE_COUNTER_H_
