#ifndef CRAWL_EXTRACT_FILTER_H_
#define CRAWL_EXTRACT_FILTER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crawl {

class LinkResolver;

// What is done with the values of a selector, one after the other.
enum class Filter : std::uint8_t {
  kString,     // of an element its text, not its HTML
  kStrip,      // white space at the ends goes
  kNormalize,  // and a run of it within becomes a space
  kNonempty,   // values without a character go
  kFirst,      // all values but the first go
  kUrl,        // links are resolved; what is no URL goes
};

inline constexpr std::string_view kFilterNames =
    "string, strip, normalize, nonempty, first, url";

// Cuts the filters off the end of what --extract was given: "a | strip | url".
// What follows another '|' is left to the selector, which has a use for it.
std::vector<Filter> take_filters(std::string_view& selector);

// `text` without white space at its ends, and with a space for a run of it in
// between; valid UTF-8.
std::string normalized(std::string_view text);

// How many of a selector's values can matter: one, if only the first is kept
// whatever it is.
std::size_t values_needed(const std::vector<Filter>& filters);

// kString is done before there are strings, and nothing here.
void apply_filter(Filter filter, LinkResolver& resolver,
                  std::vector<std::string>& values);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_FILTER_H_
