#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "cli/filled_text.h"
#include "cli/source_commit.h"
#include "crawl/fetch/library_version.h"
#include "crawl/writer/fields.h"

#if !defined(CRAWL_VERSION) || !defined(CRAWL_HOME_PAGE)
#error "the build defines CRAWL_VERSION and CRAWL_HOME_PAGE"
#endif

namespace crawl::cli {
namespace {

// At least so many columns are filled, however narrow the terminal is.
constexpr std::size_t kNarrowest = 40;
// On screens with fewer columns, explanations stand below their options.
constexpr std::size_t kNarrow = 72;
constexpr std::size_t kHelpColumn = 32;
constexpr std::size_t kNarrowColumn = 8;

constexpr std::array<std::string_view, 2> kDescription = {
    "Fetches many URLs at a time and writes one record for each, failures "
    "included: JSON Lines into a file or pipe, aligned text on a terminal.",
    "INPUT is a file with a URL on each line, '-' for standard input, or a "
    "URL. Blank lines and lines that begin with '#' are left out; a line "
    "without a scheme means https, or http if it names a port."};

constexpr std::array<std::string_view, 3> kExamples = {
    "crawl urls.txt -j 8 | jq -r .title",
    "crawl https://example.org/ --fields url,time_total",
    "crawl urls.txt --compare=8,64"};

constexpr std::string_view kValues =
    "TIME is 250ms, 1.5s, 2m, 1h or plain seconds. SIZE is bytes, or 500K, "
    "16M, 1G in powers of 1,024. In a --config file each line is an option "
    "without its dashes: jobs = 16, ordered, header = \"X-Note: yes\". The "
    "command line counts before that file, and that before "
    "~/.config/crawl/config.";

constexpr std::array<ExitStatusText, 4> kExitStatuses = {{
    {"0", "if every URL asked for was fetched with a status under 400"},
    {"1",
     "if some was not, a seed was skipped, a limit cut a list short, a "
     "--sitemap could not be read, or --include fitted nothing"},
    {"2",
     "if crawl could not begin, or not go on because its output or state could "
     "not be written"},
    {"130", "if it was interrupted"},
}};

constexpr std::string_view kInterrupts =
    "Ctrl-C once finishes what is in flight, twice stops at once.";

std::string left_side(const OptionSpec& spec) {
  std::string text = spec.short_name != '\0'
                         ? fmt::format("  -{}, ", spec.short_name)
                         : std::string(6, ' ');
  text += option_synopsis(spec);
  return text;
}

std::string exit_status_text() {
  std::string text = "Exit status: ";
  for (const ExitStatusText& status : kExitStatuses) {
    if (!text.ends_with(": ")) text += ", ";
    text += fmt::format("{} {}", status.number, status.meaning);
  }
  return text + ". " + std::string(kInterrupts);
}

}  // namespace

std::span<const std::string_view> description() { return kDescription; }
std::span<const std::string_view> examples() { return kExamples; }
std::string_view about_values() { return kValues; }
std::span<const ExitStatusText> exit_statuses() { return kExitStatuses; }
std::string_view about_interrupts() { return kInterrupts; }

std::string option_synopsis(const OptionSpec& spec) {
  std::string text = fmt::format("--{}", spec.long_name);
  if (spec.takes_value()) {
    if (spec.optional_value.empty()) text += ' ';
    text += spec.value_name;
  }
  return text;
}

std::string help_text(std::size_t width) {
  width = std::clamp<std::size_t>(width, kNarrowest, kHelpWidth);
  std::string out = "Usage: crawl [OPTIONS] INPUT...\n";
  for (const std::string_view paragraph : kDescription) {
    out.push_back('\n');
    append_filled(paragraph, 0, width, out);
  }
  out.push_back('\n');
  for (const std::string_view example : kExamples) {
    out += fmt::format("  {}\n", example);
  }
  const std::size_t column = width < kNarrow ? kNarrowColumn : kHelpColumn;
  std::optional<OptionSpec::Group> group;
  for (const OptionSpec& spec : all_options()) {
    if (spec.hidden) continue;
    if (group != spec.group) {
      group = spec.group;
      out += fmt::format("\n{}:\n", title_of(spec.group));
    }
    std::string left = left_side(spec);
    if (left.size() + 2 > column) {
      left.push_back('\n');
      left.append(column, ' ');
    } else {
      left.append(column - left.size(), ' ');
    }
    out += left;
    append_filled(spec.help, column, width, out);
  }
  out.push_back('\n');
  append_filled(kValues, 0, width, out);
  out.push_back('\n');
  append_filled(exit_status_text(), 0, width, out);
  return out;
}

std::string version_text() {
  const std::string_view commit = source_commit();
  return fmt::format("crawl {} ({}{}{})\n", CRAWL_VERSION, commit,
                     commit.empty() ? "" : ", ", fetch_library_version());
}

std::string field_list_text(std::size_t width) {
  width = std::clamp<std::size_t>(width, kNarrowest, kHelpWidth);
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
    append_filled(field.meaning, column, width, out);
  }
  return out;
}

std::string default_user_agent() {
  return "crawl/" CRAWL_VERSION " (+" CRAWL_HOME_PAGE ")";
}

}  // namespace crawl::cli
