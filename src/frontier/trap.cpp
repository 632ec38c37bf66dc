#include "frontier/trap.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace crawl {
namespace {

constexpr std::size_t kMaxSegments = 1024;
constexpr std::size_t kMaxParameters = 4096;

// "/a/b" has two; the empty one after a last slash is none.
std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (!path.empty()) {
    const std::size_t end = path.find('/');
    segments.push_back(path.substr(0, end));
    if (end == std::string_view::npos) break;
    path.remove_prefix(end + 1);
  }
  return segments;
}

// How often a run of segments stands there in a row, at most: a segment that
// equals the one `period` before it, `period` times over, is one repetition.
std::size_t most_repeats(const std::vector<std::string_view>& segments,
                         std::size_t limit) {
  const std::size_t size = std::min(segments.size(), kMaxSegments);
  std::size_t most = 1;
  for (std::size_t period = 1; period * (limit + 1) <= size; ++period) {
    std::size_t same = 0;
    for (std::size_t i = period; i < size; ++i) {
      same = segments[i] == segments[i - period] ? same + 1 : 0;
      most = std::max(most, same / period + 1);
    }
  }
  return most;
}

struct QueryCounts {
  std::size_t parameters = 0;
  std::size_t repeats = 0;  // of the commonest name
};

QueryCounts count_query(std::string_view query) {
  QueryCounts counts;
  std::vector<std::string_view> names;
  // A query inside a parameter's value counts as if it were spread out.
  while (!query.empty() && names.size() < kMaxParameters) {
    const std::size_t end = query.find_first_of("?&;");
    const std::string_view parameter = query.substr(0, end);
    if (!parameter.empty()) {
      names.push_back(parameter.substr(0, parameter.find('=')));
    }
    if (end == std::string_view::npos) break;
    query.remove_prefix(end + 1);
  }
  counts.parameters = names.size();
  std::sort(names.begin(), names.end());
  for (std::size_t i = 0, run = 0; i < names.size(); ++i) {
    run = i > 0 && names[i] == names[i - 1] ? run + 1 : 1;
    counts.repeats = std::max(counts.repeats, run);
  }
  return counts;
}

}  // namespace

ScopeDecision judge_traps(const Url& url, const TrapLimits& limits) {
  const auto over = [](std::size_t value, std::size_t limit) {
    return limit != 0 && value > limit;
  };
  if (over(url.href().size(), limits.url_bytes)) {
    return {ScopeRule::kUrlBytes, url.href().size()};
  }

  const auto segments = segments_of(url.pathname());
  if (over(segments.size(), limits.path_depth)) {
    return {ScopeRule::kPathDepth, segments.size()};
  }
  if (limits.path_repeats != 0) {
    const std::size_t repeats = most_repeats(segments, limits.path_repeats);
    if (over(repeats, limits.path_repeats)) {
      return {ScopeRule::kPathRepeats, repeats};
    }
  }

  const std::string_view search = url.search();
  if (search.empty()) return {};
  const QueryCounts counts = count_query(search.substr(1));
  if (over(counts.parameters, limits.parameters)) {
    return {ScopeRule::kParameters, counts.parameters};
  }
  if (over(counts.repeats, limits.parameter_repeats)) {
    return {ScopeRule::kParameterRepeats, counts.repeats};
  }
  // A page that hands its own address on adds one "25" each time.
  if (limits.parameter_repeats != 0 &&
      search.find("%252525") != std::string_view::npos) {
    return {ScopeRule::kNestedEncoding, 0};
  }
  return {};
}

}  // namespace crawl
