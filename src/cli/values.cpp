#include "cli/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <system_error>

#include "base/ascii.h"
#include "cli/shown_value.h"
#include "crawl/base/human.h"

namespace crawl::cli {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

// "1.5s" as 1.5 and "s"; nothing unless it begins with a plain decimal number.
std::optional<std::pair<double, std::string_view>> split_unit(
    std::string_view text) {
  if (text.empty() || (!is_ascii_digit(text[0]) && text[0] != '.')) {
    return std::nullopt;
  }
  double number = 0;
  const auto [end, error] = std::from_chars(
      text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(number)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return std::pair{number, text};
}

std::optional<double> with_unit(std::string_view text,
                                std::span<const Unit> units) {
  const auto parts = split_unit(text);
  if (!parts) return std::nullopt;
  const auto unit = std::find_if(
      units.begin(), units.end(),
      [&](const Unit& candidate) { return candidate.name == parts->second; });
  if (unit == units.end()) return std::nullopt;
  return parts->first * unit->factor;
}

constexpr std::array<Unit, 8> kSeconds = {{{"", 1},
                                           {"us", 1e-6},
                                           {"ms", 1e-3},
                                           {"s", 1},
                                           {"m", 60},
                                           {"min", 60},
                                           {"h", 3600},
                                           {"d", 86'400}}};

}  // namespace

Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t least,
                                  std::uint64_t most) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool too_large = error == std::errc::result_out_of_range;
  if ((error != std::errc() && !too_large) || stop != end) {
    return make_error("give a whole number");
  }
  if (value < least && !too_large) {
    return make_error(fmt::format("give {} or more", least));
  }
  if (value > most || too_large) {
    return make_error(fmt::format("give {} or less", human_count(most)));
  }
  return value;
}

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  constexpr double kTenYears = 3650.0 * 86'400;
  const auto seconds = with_unit(text, kSeconds);
  if (!seconds) {
    return make_error("give a time such as 250ms, 1.5s, 2m or plain seconds");
  }
  if (*seconds > kTenYears) return make_error("that is longer than ten years");
  return std::chrono::nanoseconds(std::llround(*seconds * 1e9));
}

Result<std::uint64_t> parse_size(std::string_view text) {
  static constexpr std::array<Unit, 9> kBytes = {{{"", 1},
                                                  {"k", 0x1p10},
                                                  {"K", 0x1p10},
                                                  {"m", 0x1p20},
                                                  {"M", 0x1p20},
                                                  {"g", 0x1p30},
                                                  {"G", 0x1p30},
                                                  {"t", 0x1p40},
                                                  {"T", 0x1p40}}};
  const auto bytes = with_unit(text, kBytes);
  if (!bytes) return make_error("give a size such as 65536, 500K or 16M");
  if (*bytes > 0x1p60) return make_error("that is too large");
  return static_cast<std::uint64_t>(std::llround(*bytes));
}

Result<double> parse_rate(std::string_view text) {
  const auto wrong = [] {
    return make_error("give a rate with its unit, such as 10/s or 600/m");
  };
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return wrong();
  const auto times = split_unit(text.substr(0, slash));
  std::string span(text.substr(slash + 1));
  if (!times || !times->second.empty() || span.empty()) return wrong();
  // "per second" is "per 1 second", but "per 15" has no unit.
  if (is_ascii_digit(span.back())) return wrong();
  if (!is_ascii_digit(span.front()) && span.front() != '.') {
    span.insert(0, 1, '1');
  }
  const auto seconds = with_unit(span, kSeconds);
  if (!seconds || *seconds <= 0) return wrong();
  const double rate = times->first / *seconds;
  if (!(rate > 0)) return make_error("a rate must be more than nothing");
  if (rate < 1e-9) return make_error("that is less than once in ten years");
  return rate;
}

Result<std::vector<std::size_t>> parse_levels(std::string_view text) {
  std::vector<std::size_t> levels;
  for (;;) {
    const std::size_t comma = text.find(',');
    const auto level = parse_count(text.substr(0, comma), 1, 1'000'000);
    if (!level) {
      return make_error("give the numbers of jobs to compare, such as 1,2,4,8");
    }
    const auto jobs = static_cast<std::size_t>(*level);
    if (std::find(levels.begin(), levels.end(), jobs) != levels.end()) {
      return make_error(fmt::format("{} is there twice", jobs));
    }
    levels.push_back(jobs);
    if (comma == std::string_view::npos) return levels;
    text.remove_prefix(comma + 1);
  }
}

Result<std::pair<std::string, std::string>> parse_header(
    std::string_view text) {
  if (text.starts_with('@')) {
    return make_error("headers cannot be read from a file; repeat -H instead");
  }
  if (text.find_first_of(std::string_view("\r\n\0", 3)) !=
      std::string_view::npos) {
    return make_error("a header is one line");
  }
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  if (colon == std::string_view::npos || !is_token(name)) {
    return make_error(
        "give 'Name: value', or 'Name:' to leave a usual header out");
  }
  std::string_view value = text.substr(colon + 1);
  const std::size_t begin = value.find_first_not_of(" \t");
  value.remove_prefix(std::min(begin, value.size()));
  value = value.substr(0, value.find_last_not_of(" \t") + 1);
  return std::pair{std::string(name), std::string(value)};
}

Error bad_value(std::string_view option, std::string_view value,
                const Error& why) {
  return Error{
      fmt::format("{} {}: {}", option, shown_value(value), why.message)};
}

}  // namespace crawl::cli
