#include "engine/line_splitter.h"

#include <algorithm>

#include "crawl/engine/seed_source.h"

namespace crawl {

void LineSplitter::feed(std::string_view bytes, const Sink& sink) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    if (end != std::string_view::npos && partial_.empty()) {
      end_line(piece, sink);
    } else {
      partial_.append(piece.substr(
          0, kMaxLineBytes - std::min(kMaxLineBytes, partial_.size())));
      if (end != std::string_view::npos) {
        end_line(partial_, sink);
        partial_.clear();
      }
    }
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  }
}

void LineSplitter::finish(const Sink& sink) {
  end_line(partial_, sink);
  partial_.clear();
  partial_.shrink_to_fit();
}

void LineSplitter::end_line(std::string_view line, const Sink& sink) {
  // Anywhere: lists are put together with cat.
  if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  constexpr std::string_view kSpace = " \t\r\f\v";
  const std::size_t first = line.find_first_not_of(kSpace);
  if (first == std::string_view::npos || line[first] == '#') return;
  line = line.substr(first, line.find_last_not_of(kSpace) + 1 - first);
  sink(std::string(line.substr(0, kMaxLineBytes)));
}

}  // namespace crawl
