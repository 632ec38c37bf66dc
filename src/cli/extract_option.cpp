#include "cli/extract_option.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/ascii.h"
#include "cli/shown_value.h"
#include "crawl/base/utf8.h"
#include "writer/clean_text.h"

namespace crawl::cli {
namespace {

// Of a long selector so much is shown on either side of the mark.
constexpr std::size_t kColumns = 60;

constexpr std::size_t kMostNames = 1'000;

bool is_name(std::string_view name) {
  return !name.empty() && is_valid_utf8(name) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return is_ascii_letter(c) || is_ascii_digit(c) || c == '_' ||
                  c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
         });
}

// The selector on a line, and below it a mark at `offset`.
std::string marked(std::string_view selector, std::size_t offset) {
  std::string before;
  append_shown(selector.substr(0, offset), before);
  std::string_view tail = before;
  while (display_width(tail) > kColumns) {
    tail.remove_prefix(first_utf8_sequence(tail).size);
  }
  std::string after;
  append_shown(selector.substr(offset), after);
  return fmt::format("  {}{}\n  {}^", tail, cut_to_width(after, kColumns),
                     std::string(display_width(tail), ' '));
}

}  // namespace

Result<Extractor> read_extracts(const std::vector<std::string>& typed) {
  Extractor extractor;
  for (const std::string& text : typed) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) {
      return make_error(fmt::format(
          "--extract {}: give NAME=SELECTOR, such as heading=h1::text",
          shown_value(text)));
    }
    std::string name = text.substr(0, equals);
    if (!is_name(name)) {
      return make_error(fmt::format(
          "--extract {}: before the '=' comes a name, of letters, digits, "
          "'_', '-' and '.'",
          shown_value(text)));
    }
    const std::vector<std::string>& names = extractor.names();
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      return make_error(fmt::format(
          "--extract: '{}' is given twice; each name stands for one selector",
          name));
    }
    if (names.size() == kMostNames) {
      return make_error(
          fmt::format("--extract: there may be {} names", kMostNames));
    }
    const std::string selector = text.substr(equals + 1);
    if (auto added = extractor.add(name, selector); !added) {
      return make_error(fmt::format("--extract {}: {}\n{}", name,
                                    added.error().message,
                                    marked(selector, added.error().offset)));
    }
  }
  return extractor;
}

}  // namespace crawl::cli
