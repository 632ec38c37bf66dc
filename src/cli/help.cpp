#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "cli/typed_args.h"
#include "crawl/fetch/library_version.h"
#include "crawl/writer/fields.h"

#if !defined(CRAWL_VERSION) || !defined(CRAWL_HOME_PAGE)
#error "the build defines CRAWL_VERSION and CRAWL_HOME_PAGE"
#endif

namespace crawl::cli {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kHelpColumn = 32;

constexpr std::string_view kIntroduction =
    R"(Usage: crawl [OPTIONS] INPUT...

Fetches many URLs at a time and writes one record for each, failures included:
JSON Lines into a file or pipe, aligned text on a terminal.

INPUT is a file with a URL on each line, '-' for standard input, or a URL.
Blank lines and lines that begin with '#' are left out; a line without a scheme
means https.

  crawl urls.txt -j 8 | jq -r .title
  crawl https://example.org/ --fields url,status_code,time_total
  crawl urls.txt --compare=8,64
)";

constexpr std::string_view kEnd = R"(
TIME is 250ms, 1.5s, 2m, 1h or plain seconds. SIZE is bytes, or 500K, 16M, 1G in
powers of 1,024. In a --config file each line is an option without its dashes:
jobs = 16, ordered, header = "X-Note: yes".

Exit status: 0 if every URL was fetched with a status under 400, 1 if some was
not, 2 if crawl could not begin, or not go on because its output or state could
not be written, 130 if it was interrupted. Ctrl-C once finishes what is in
flight, twice stops at once.
)";

// Appends `text`, its lines filled up to kWidth and all but the first begun at
// `column`.
void append_filled(std::string_view text, std::size_t column,
                   std::string& out) {
  std::size_t used = column;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (used > column && used + 1 + end > kWidth) {
      out.push_back('\n');
      out.append(column, ' ');
      used = column;
    }
    if (used > column) {
      out.push_back(' ');
      ++used;
    }
    out += text.substr(0, end);
    used += end;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  out.push_back('\n');
}

std::string left_side(const OptionSpec& spec) {
  std::string text = spec.short_name != '\0'
                         ? fmt::format("  -{}, ", spec.short_name)
                         : std::string(6, ' ');
  text += fmt::format("--{}", spec.long_name);
  if (spec.takes_value()) {
    if (spec.optional_value.empty()) text += ' ';
    text += spec.value_name;
  }
  return text;
}

}  // namespace

std::string help_text() {
  std::string out(kIntroduction);
  std::optional<OptionSpec::Group> group;
  for (const OptionSpec& spec : all_options()) {
    if (group != spec.group) {
      group = spec.group;
      out += fmt::format("\n{}:\n", title_of(spec.group));
    }
    std::string left = left_side(spec);
    if (left.size() + 2 > kHelpColumn) {
      left.push_back('\n');
      left.append(kHelpColumn, ' ');
    } else {
      left.append(kHelpColumn - left.size(), ' ');
    }
    out += left;
    append_filled(spec.help, kHelpColumn, out);
  }
  out += kEnd;
  return out;
}

std::string version_text() {
  return fmt::format("crawl {} ({})\n", CRAWL_VERSION, fetch_library_version());
}

std::string field_list_text() {
  std::size_t column = 0;
  for (const FieldInfo& field : all_fields()) {
    column = std::max(column, field.name.size() + 4);
  }
  std::string out;
  bool by_default = false;
  for (const FieldInfo& field : all_fields()) {
    if (field.by_default != by_default) {
      out += field.by_default
                 ? "Written by default:\n"
                 : "\nOn demand (--fields +links adds to the others):\n";
      by_default = field.by_default;
    }
    std::string left = fmt::format("  {}", field.name);
    left.append(column - left.size(), ' ');
    out += left;
    append_filled(field.meaning, column, out);
  }
  return out;
}

std::string default_user_agent() {
  return "crawl/" CRAWL_VERSION " (+" CRAWL_HOME_PAGE ")";
}

}  // namespace crawl::cli
