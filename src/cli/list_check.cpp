#include "cli/list_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>
#include <utility>

#include "base/ascii.h"
#include "base/zstd_frame.h"
#include "cli/shown_value.h"
#include "crawl/engine/seed_source.h"

namespace crawl::cli {
namespace {

constexpr std::size_t kLookedAt = 4'096;

constexpr std::string_view kArchiveEndings[] = {".warc", ".warc.gz",
                                                ".warc.zst", ".arc", ".arc.gz"};

constexpr std::string_view kSpace = " \t\r\n\f\v";

// The first line that a list would take for a URL.
std::string_view first_line(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = trim(text.substr(0, end), kSpace);
    if (!line.empty() && line[0] != '#') return line;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_ascii_letter(c) || is_ascii_digit(c) || c == '_' || c == ' ' ||
           c == '-';
  });
}

// A header of words, or a URL among other cells. URLs may have commas
// themselves, but no tabs.
bool is_delimited(std::string_view line, char delimiter) {
  if (line.find(delimiter) == std::string_view::npos) return false;
  bool words = true;
  std::size_t urls_behind = 0;
  for (std::size_t begin = 0; begin <= line.size();) {
    const std::size_t end = std::min(line.find(delimiter, begin), line.size());
    std::string_view cell = trim(line.substr(begin, end - begin), kSpace);
    if (cell.starts_with('"') && cell.ends_with('"') && cell.size() > 1) {
      cell = cell.substr(1, cell.size() - 2);
    }
    words = words && is_word(cell);
    if (begin > 0 &&
        (cell.starts_with("http://") || cell.starts_with("https://"))) {
      ++urls_behind;
    }
    begin = end + 1;
  }
  const bool quoted = line[0] == '"' && line.ends_with('"') &&
                      line.find("\",\"") != std::string_view::npos;
  const bool text_behind = line.find(", ") != std::string_view::npos ||
                           line.find(",\"") != std::string_view::npos;
  return words || urls_behind > 0 || quoted || delimiter == '\t' ||
         (delimiter == ',' && text_behind);
}

// What stands above a column of URLs.
bool is_url_header(std::string_view cell) {
  for (const char* word : {"url", "urls", "uri", "link", "links", "loc", "href",
                           "address", "website", "page_url"}) {
    if (equals_ignoring_case(cell, word)) return true;
  }
  return false;
}

// The cells of the table's first lines that hold a URL, or its name; from one.
std::size_t url_column(std::string_view begin, char delimiter) {
  for (int lines = 0; lines < 3 && !begin.empty(); ++lines) {
    const std::string_view line = first_line(begin);
    if (line.empty()) break;
    begin.remove_prefix(
        static_cast<std::size_t>(line.data() + line.size() - begin.data()));
    std::size_t column = 1;
    for (std::size_t at = 0; at <= line.size(); ++column) {
      const std::size_t end = std::min(line.find(delimiter, at), line.size());
      const std::string_view cell =
          trim(trim(line.substr(at, end - at), kSpace), "\"'");
      if (is_url_header(cell) || cell.starts_with("http://") ||
          cell.starts_with("https://")) {
        return column;
      }
      at = end + 1;
    }
  }
  return 1;
}

// How to put `command` between the list and us.
std::string through(std::string_view command, const std::string& name) {
  return name == "-" ? fmt::format("... | {} | crawl -", command)
                     : fmt::format("{} {} | crawl -", command, name);
}

// What takes the URLs out of JSON that begins with this object: "url" of it,
// or the items of its first member, if that is an array.
std::string json_reader(std::string_view object) {
  const std::size_t begin = std::min(object.find('"'), object.size() - 1) + 1;
  const std::size_t end = std::min(object.find('"', begin), object.size());
  const std::string_view name = object.substr(begin, end - begin);
  std::string_view value = object.substr(std::min(end + 1, object.size()));
  value = trim(value, ": ");
  const bool is_word =
      !name.empty() && std::all_of(name.begin(), name.end(), is_ascii_letter);
  return is_word && value.starts_with('[') ? fmt::format("jq -r '.{}[]'", name)
                                           : "jq -r .url";
}

bool is_named_as_archive(std::string_view name) {
  const std::string lower = lower_case(std::string(name));
  return std::any_of(
      std::begin(kArchiveEndings), std::end(kArchiveEndings),
      [&](std::string_view ending) { return lower.ends_with(ending); });
}

struct Magic {
  std::string_view bytes;
  std::string_view what;
  std::string_view reader;
};
constexpr std::array<Magic, 5> kCompressed = {{
    {"\x1f\x8b", "gzip", "zcat"},
    {kZstdFrame, "zstd", "zstdcat"},
    {"\xfd\x37zXZ", "xz", "xzcat"},
    {"BZh", "bzip2", "bzcat"},
    {"PK\x03\x04", "a ZIP archive", "unzip -p"},
}};

struct NoText {
  std::string_view bytes;
  std::string_view what;
};
constexpr std::array<NoText, 8> kNoText = {{
    {"WARC/", "an archive, which is to be named before any list"},
    {"%PDF-", "a PDF"},
    {"\x7f"
     "ELF",
     "a program"},
    {"\x89PNG", "an image"},
    {"\xff\xd8\xff", "an image"},
    {"GIF87a", "an image"},
    {"GIF89a", "an image"},
    {"SQLite format 3", "a database"},
}};

}  // namespace

std::optional<std::string> wrong_list(std::string_view begin,
                                      const std::string& name) {
  for (const Magic& magic : kCompressed) {
    if (begin.starts_with(magic.bytes)) {
      return fmt::format("is compressed ({}): unpack it first, {}", magic.what,
                         through(magic.reader, name));
    }
  }
  for (const NoText& kind : kNoText) {
    if (begin.starts_with(kind.bytes)) {
      return fmt::format("is {}, not a list of one URL a line", kind.what);
    }
  }
  if (begin.starts_with("\xEF\xBB\xBF")) begin.remove_prefix(3);
  const std::string_view line = first_line(begin);
  // What is no text at all looks like nothing in particular.
  if (std::any_of(line.begin(), line.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\t';
      })) {
    return std::nullopt;
  }
  const std::string start = lower_case(std::string(line.substr(0, 64)));
  if (start.starts_with("<!doctype html") || start.starts_with("<html")) {
    return "looks like an HTML page: to crawl a page's links, give its URL "
           "with "
           "-r --depth 1";
  }
  if (start.starts_with('<') && !start.starts_with("<http://") &&
      !start.starts_with("<https://")) {
    return "looks like XML: to crawl what a sitemap lists, give its URL: crawl "
           "-r https://SITE/ --sitemap URL";
  }
  if (start.starts_with("{\"") || start.starts_with("{ \"") || start == "{") {
    return fmt::format("looks like JSON: take the URLs out of it first, {}",
                       through(json_reader(line), name));
  }
  if (start == "[" || start.starts_with("[\"") || start.starts_with("[{")) {
    const std::size_t item =
        begin.find_first_not_of(" \t\r\n", begin.find('[') + 1);
    const bool objects = item != begin.npos && begin[item] == '{';
    return fmt::format(
        "looks like a JSON array: take the URLs out of it first, {}",
        through(objects ? "jq -r '.[].url'" : "jq -r '.[]'", name));
  }
  for (const char delimiter : {'\t', ',', ';'}) {
    if (is_delimited(line, delimiter)) {
      const bool tabs = delimiter == '\t';
      return fmt::format(
          "looks like a table ({}): take the column with the "
          "URLs out of it first, {}",
          tabs ? "TSV" : "CSV",
          through(fmt::format("cut {}-f{}",
                              tabs ? "" : fmt::format("-d'{}' ", delimiter),
                              url_column(begin, delimiter)),
                  name));
    }
  }
  if (is_url_header(line)) {
    return fmt::format(
        "looks like a table of one column, '{}': leave its name out, {}", line,
        through("tail -n +2", name));
  }
  return std::nullopt;
}

Result<void> check_lists(const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    std::error_code ignored;
    if (input == "-" || is_url_input(input) ||
        !std::filesystem::is_regular_file(input, ignored)) {
      continue;
    }
    std::ifstream in(input, std::ios::binary);
    std::string begin(kLookedAt, '\0');
    in.read(begin.data(), static_cast<std::streamsize>(begin.size()));
    begin.resize(static_cast<std::size_t>(in.gcount()));
    if (!begin.empty() && is_named_as_archive(input)) {
      return make_error(fmt::format(
          "{} is named as an archive and does not begin as one", input));
    }
    if (const auto wrong = wrong_list(begin, input)) {
      return make_error(fmt::format("{} {}", input, *wrong));
    }
  }
  return {};
}

namespace {

class CheckedLines final : public SeedSource {
 public:
  CheckedLines(const std::vector<std::string>& inputs,
               std::unique_ptr<SeedSource> lines)
      : lines_(std::move(lines)) {
    for (const std::string& input : inputs) {
      if (is_url_input(input)) continue;
      names_ += names_.empty() ? "" : ", ";
      names_ += input == "-" ? "standard input" : input;
    }
    left_ = names_.empty() ? 0 : inputs.size();
  }

  Status next(std::string& line) override {
    if (!error_.empty()) return Status::kEnd;
    const Status status = lines_->next(line);
    if (left_ == 0 || status != Status::kLine) return status;
    if (first_line(line).empty()) return status;
    --left_;
    const auto wrong = wrong_list(line, "-");
    if (!wrong) return status;
    error_ = fmt::format("{} {}", names_, *wrong);
    return Status::kEnd;
  }
  std::string error() const override {
    return error_.empty() ? lines_->error() : error_;
  }

 private:
  const std::unique_ptr<SeedSource> lines_;
  std::string names_;
  std::size_t left_ = 0;  // lines to look at: each input has a first one
  std::string error_;
};

}  // namespace

std::unique_ptr<SeedSource> checked_lines(
    const std::vector<std::string>& inputs, std::unique_ptr<SeedSource> lines) {
  return std::make_unique<CheckedLines>(inputs, std::move(lines));
}

}  // namespace crawl::cli
