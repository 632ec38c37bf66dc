#ifndef CRAWL_EXTRACT_BOUNDS_H_
#define CRAWL_EXTRACT_BOUNDS_H_

#include <cstddef>
#include <string_view>

namespace crawl {

// What one page may give, all that is asked of it together: this many bytes,
// and so many times its own size. Every string counts more than it is long.
inline constexpr std::size_t kLeastGiven = std::size_t{1} << 20;
inline constexpr std::size_t kTimesGiven = 8;
inline constexpr std::size_t kStringCost = 32;

inline constexpr std::string_view kTooMuchFound =
    "more was found than one page may give";

}  // namespace crawl

#endif  // CRAWL_EXTRACT_BOUNDS_H_
