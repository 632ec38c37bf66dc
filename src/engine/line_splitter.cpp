#include "engine/line_splitter.h"

#include <algorithm>
#include <utility>

#include "crawl/base/utf8.h"
#include "crawl/engine/seed_source.h"

namespace crawl {

void LineSplitter::feed(std::string_view bytes, const Sink& sink) {
  if (encoding_ == Encoding::kUtf8) return split(bytes, sink);
  first_ += bytes;
  if (encoding_ == Encoding::kUnknown) detect(false);
  if (encoding_ == Encoding::kUnknown) return;
  const std::string held = std::exchange(first_, {});
  encoding_ == Encoding::kUtf8 ? split(held, sink) : convert(held, sink);
}

void LineSplitter::finish(const Sink& sink) {
  if (encoding_ == Encoding::kUnknown) {
    detect(true);
    split(std::exchange(first_, {}), sink);
  }
  // Half a character at the end is one that cannot be read.
  if (!first_.empty() || high_surrogate_ != 0) {
    split(kReplacementCharacter, sink);
  }
  end_line(partial_, sink);
  *this = LineSplitter();
}

// Two bytes tell, unless `all` there are is fewer.
void LineSplitter::detect(bool all) {
  if (first_.size() < 2) {
    if (all) encoding_ = Encoding::kUtf8;
  } else if (first_.starts_with("\xFF\xFE")) {
    encoding_ = Encoding::kUtf16Le;
    first_.erase(0, 2);
  } else if (first_.starts_with("\xFE\xFF")) {
    encoding_ = Encoding::kUtf16Be;
    first_.erase(0, 2);
  } else {
    encoding_ = Encoding::kUtf8;
  }
}

void LineSplitter::convert(std::string_view bytes, const Sink& sink) {
  std::string text;
  const std::size_t high = encoding_ == Encoding::kUtf16Be ? 0 : 1;
  const auto byte = [bytes](std::size_t at) {
    return static_cast<char32_t>(static_cast<unsigned char>(bytes[at]));
  };
  std::size_t at = 0;
  for (; at + 1 < bytes.size(); at += 2) {
    const char32_t unit = byte(at + high) << 8U | byte(at + 1 - high);
    const bool is_low = unit >= 0xDC00 && unit < 0xE000;
    if (high_surrogate_ != 0 && is_low) {
      append_utf8(
          0x10000 + ((high_surrogate_ - 0xD800) << 10U) + (unit - 0xDC00),
          text);
      high_surrogate_ = 0;
      continue;
    }
    if (high_surrogate_ != 0 || is_low) text += kReplacementCharacter;
    high_surrogate_ = unit >= 0xD800 && unit < 0xDC00 ? unit : 0;
    if (high_surrogate_ == 0 && !is_low) append_utf8(unit, text);
  }
  first_ = bytes.substr(at);
  split(text, sink);
}

// The second half of CR LF makes a blank line, which is none.
void LineSplitter::split(std::string_view bytes, const Sink& sink) {
  while (!bytes.empty()) {
    std::size_t end = bytes.find('\n');
    end = std::min(end, bytes.substr(0, end).find('\r'));
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
