#include "cli/filled_text.h"

#include <algorithm>

#include "writer/clean_text.h"

namespace crawl::cli {

void append_filled(std::string_view text, std::size_t column, std::size_t width,
                   std::string& out, std::size_t indent) {
  std::size_t begin = column;
  std::size_t used = column;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    const std::size_t columns = display_width(word);
    if (used > begin && used + 1 + columns > width) {
      out.push_back('\n');
      begin = used = column + indent;
      out.append(begin, ' ');
    }
    if (used > begin) {
      out.push_back(' ');
      ++used;
    }
    out += word;
    used += columns;
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  out.push_back('\n');
}

}  // namespace crawl::cli
