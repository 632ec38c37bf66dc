#ifndef CRAWL_BASE_NEAREST_NAME_H_
#define CRAWL_BASE_NEAREST_NAME_H_

#include <optional>
#include <span>
#include <string_view>

namespace crawl {

// The one of `names` that someone who wrote `given` most likely meant: the
// fewest letters typed wrong, left out, added or swapped; else the first that
// contains it. Nothing if none is near. Case does not count, ASCII only.
std::optional<std::string_view> nearest_name(
    std::string_view given, std::span<const std::string_view> names);

}  // namespace crawl

#endif  // CRAWL_BASE_NEAREST_NAME_H_
