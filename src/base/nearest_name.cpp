#include "crawl/base/nearest_name.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/ascii.h"

namespace crawl {
namespace {

// Nobody means a name by something this long, and the table is quadratic.
constexpr std::size_t kLongest = 64;
constexpr std::size_t kShortestPart = 3;

// Optimal string alignment: edits, with a swap of neighbours as one.
std::size_t typing_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t wrong =
          to_lower(a[i - 1]) == to_lower(b[j - 1]) ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + wrong});
      if (i > 1 && j > 1 && to_lower(a[i - 1]) == to_lower(b[j - 2]) &&
          to_lower(a[i - 2]) == to_lower(b[j - 1])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::optional<std::string_view> nearest_name(
    std::string_view given, std::span<const std::string_view> names) {
  if (given.empty() || given.size() > kLongest) return std::nullopt;
  std::optional<std::string_view> nearest;
  // A third of the letters may be wrong, but one always.
  std::size_t limit = std::max<std::size_t>(1, given.size() / 3) + 1;
  for (const std::string_view name : names) {
    const std::size_t distance = typing_distance(given, name);
    if (distance < limit && distance < std::max(given.size(), name.size())) {
      limit = distance;
      nearest = name;
    }
  }
  if (nearest || given.size() < kShortestPart) return nearest;
  const auto part =
      std::find_if(names.begin(), names.end(), [&](std::string_view name) {
        return find_ignoring_case(name, given) != name.npos;
      });
  if (part != names.end()) return *part;
  return std::nullopt;
}

}  // namespace crawl
