#ifndef CRAWL_TESTS_WRITER_READ_BACK_H_
#define CRAWL_TESTS_WRITER_READ_BACK_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/utf8.h"

namespace crawl {

using Row = std::vector<std::string>;

// TSV as documented: lines end with \n, cells are split at tabs, then \t \n \r
// \\ and \uXXXX are read.
inline std::optional<std::string> unescape_tsv(std::string_view cell) {
  std::string out;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    if (cell[i] != '\\') {
      out.push_back(cell[i]);
      continue;
    }
    if (++i >= cell.size()) return std::nullopt;
    switch (cell[i]) {
      case 't':
        out.push_back('\t');
        break;
      case 'n':
        out.push_back('\n');
        break;
      case 'r':
        out.push_back('\r');
        break;
      case '\\':
        out.push_back('\\');
        break;
      case 'u':
        if (cell.size() - i < 5) return std::nullopt;
        append_utf8(static_cast<char32_t>(std::stoul(
                        std::string(cell.substr(i + 1, 4)), nullptr, 16)),
                    out);
        i += 4;
        break;
      default:
        return std::nullopt;
    }
  }
  return out;
}

inline Row split(std::string_view text, char at) {
  Row parts;
  for (;;) {
    const std::size_t end = text.find(at);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// RFC 4180, strictly; nothing if `text` is not so.
inline std::optional<std::vector<Row>> read_csv(std::string_view text) {
  std::vector<Row> rows;
  while (!text.empty()) {
    Row row;
    for (;;) {
      std::string cell;
      if (text.starts_with('"')) {
        text.remove_prefix(1);
        for (;;) {
          const std::size_t quote = text.find('"');
          if (quote == std::string_view::npos) return std::nullopt;
          cell += text.substr(0, quote);
          text.remove_prefix(quote + 1);
          if (!text.starts_with('"')) break;
          cell += '"';
          text.remove_prefix(1);
        }
      } else {
        const std::size_t end = text.find_first_of(",\r\n\"");
        if (end == std::string_view::npos) return std::nullopt;
        cell = text.substr(0, end);
        text.remove_prefix(end);
      }
      row.push_back(cell);
      if (text.starts_with(',')) {
        text.remove_prefix(1);
        continue;
      }
      if (!text.starts_with("\r\n")) return std::nullopt;
      text.remove_prefix(2);
      break;
    }
    rows.push_back(row);
  }
  return rows;
}

}  // namespace crawl

#endif  // CRAWL_TESTS_WRITER_READ_BACK_H_
