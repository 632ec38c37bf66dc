#ifndef CRAWL_EXTRACT_STYLE_VISIBILITY_H_
#define CRAWL_EXTRACT_STYLE_VISIBILITY_H_

#include <cstdint>
#include <string_view>

namespace crawl {

// What a style attribute says of whether its element is seen.
struct StyleVisibility {
  enum class Display : std::uint8_t { kUnsaid, kNone, kShown };
  enum class Visibility : std::uint8_t { kUnsaid, kHidden, kVisible };

  Display display = Display::kUnsaid;
  Visibility visibility = Visibility::kUnsaid;  // unsaid: as what it is in
};

// Reads `style` as CSS Syntax Level 3 has a list of declarations: comments,
// escapes, what is in brackets and strings; of a property the last valid
// declaration counts, one that is important more. Valid UTF-8.
StyleVisibility read_visibility(std::string_view style);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_STYLE_VISIBILITY_H_
