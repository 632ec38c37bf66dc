#include "cli/resume_hint.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/ascii.h"
#include "base/userinfo.h"
#include "cli/filled_text.h"
#include "crawl/base/utf8.h"
#include "crawl/writer/fields.h"
#include "crawl/writer/packed_output.h"
#include "writer/clean_text.h"

namespace crawl::cli {
namespace {

// A file's name as a word for the shell, good as an operand of any tool: what
// begins with '-' would be an option, and awk takes a=b for an assignment.
std::string shell_word(const std::string& name) {
  const bool operand =
      name[0] == '/' || (name[0] != '-' && name.find('=') == std::string::npos);
  const std::string path = operand ? name : "./" + name;
  const auto is_plain = [](char c) {
    return is_ascii_letter(c) || is_ascii_digit(c) ||
           std::string_view("_-./,:+@%=").find(c) != std::string_view::npos;
  };
  if (std::all_of(path.begin(), path.end(), is_plain)) return path;
  std::string word = "'";
  for (const char c : path) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

// A name that a command on the screen may hold.
bool is_printable(const std::string& name) {
  std::string shown;
  append_shown(name, shown);
  return shown == name;
}

bool is_regular_file(const std::string& name) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(name, ignored);
}

// Whether a shell's tools see the lines that the crawl sees: it is no UTF-16,
// and every CR stands at a line's end.
bool has_plain_lines(const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  std::string block(std::size_t{64} << 10U, '\0');
  bool first = true;
  bool ends_in_cr = false;
  while (in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    const std::string_view text(block.data(),
                                static_cast<std::size_t>(in.gcount()));
    if (std::exchange(first, false) &&
        (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))) {
      return false;
    }
    if (ends_in_cr && !text.starts_with('\n')) return text.empty();
    ends_in_cr = text.ends_with('\r');
    for (std::size_t cr = text.find('\r'); cr != std::string_view::npos;
         cr = text.find('\r', cr + 1)) {
      if (cr + 1 < text.size() && text[cr + 1] != '\n') return false;
    }
  }
  return true;
}

// So that the command takes nothing away: the list may be an earlier rest.txt.
std::string free_name() {
  std::string name = "rest.txt";
  std::error_code ignored;
  for (int i = 2; exists(std::filesystem::symlink_status(name, ignored)); ++i) {
    name = fmt::format("rest{}.txt", i);
  }
  return name;
}

// Takes from the lines of the list what the crawl does, since records hold them
// without it.
constexpr std::string_view kPickLines =
    R"(LC_ALL=C awk '!list { done[$0]; next }
    { sub(/^\357\273\277/, "") }
    { sub(/^[ \t\r\f\v]+/, ""); sub(/[ \t\r\f\v]+$/, "") }
    !($0 in done)' - list=1)";

}  // namespace

SeedSource::Status WatchedLines::next(std::string& line) {
  const Status status = lines_->next(line);
  if (status == Status::kLine) {
    exact_ = exact_ && line.size() < kMaxLineBytes &&
             line.find('\0') == std::string::npos && is_valid_utf8(line) &&
             hide_password(line) == line;
  }
  return status;
}

namespace {

std::string filled(std::string_view text, std::size_t columns) {
  if (columns == 0) return fmt::format("{}\n", text);
  std::string out;
  append_filled(text, 0, std::max<std::size_t>(columns, 20), out);
  return out;
}

}  // namespace

std::string format_resume_hint(const Options& options, bool exact,
                               std::size_t columns) {
  if (!options.crawl.archives.empty()) {
    return filled(
        options.lists.empty()
            ? "the archives were not read to their end"
            : "the archives and lists were not read to their end; read the "
              "archives by themselves, and give --state to the lists",
        columns);
  }
  if (options.check && options.check->cache.empty()) {
    return filled(
        "a check begins anew with the same command; with --state FILE it goes "
        "on",
        columns);
  }
  if (options.check) {
    return filled("to go on, run the same command again", columns);
  }
  if (!options.state.empty() || !options.shared.empty()) {
    return filled("to go on, run the same command again", columns);
  }
  if (options.crawl.site) {
    return filled(
        "where this crawl was is not kept; with --state FILE and -o FILE the "
        "same command goes on",
        columns);
  }
  const bool named =
      exact && options.inputs.size() == 1 && options.inputs[0] != "-" &&
      options.output != "-" && !is_url_input(options.inputs[0]) &&
      options.format == OutputFormat::kJsonl &&
      packing_of_name(options.output) == Packing::kNone &&
      has_field(options.fields, "input") && has_field(options.fields, "error");
  if (!named || !is_regular_file(options.inputs[0]) ||
      !is_regular_file(options.output) || !is_printable(options.inputs[0]) ||
      !is_printable(options.output) || !has_plain_lines(options.inputs[0])) {
    return filled(
        "to go on, run again with the lines that have no record yet, or were "
        "interrupted; with --state FILE and -o FILE the same command goes on "
        "by itself",
        columns);
  }
  return fmt::format(
      "to go on, crawl the lines that have no record yet, or were interrupted:"
      "\n"
      "  jq -r 'select(.error != \"{}\").input' {} | {} {} > {}\n",
      to_string(ErrorKind::kInterrupted), shell_word(options.output),
      kPickLines, shell_word(options.inputs[0]), free_name());
}

}  // namespace crawl::cli
