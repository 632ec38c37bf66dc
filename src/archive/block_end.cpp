#include "archive/block_end.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "base/ascii.h"

namespace crawl {
namespace {

constexpr std::string_view kBegin = "\nWARC/1.";
constexpr std::size_t kMostLineEnds = 4;

struct Message {
  std::size_t body = 0;                 // where that begins
  std::optional<std::uint64_t> length;  // of it, as its head says
};

std::optional<Message> read_message(std::string_view block) {
  constexpr std::string_view kLength = "content-length:";
  if (!block.starts_with("HTTP/")) return std::nullopt;
  Message message;
  while (message.body < block.size()) {
    const std::size_t end = block.find('\n', message.body);
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = block.substr(message.body, end - message.body);
    message.body = end + 1;
    if (line.empty() || line == "\r") return message;
    if (!starts_with_ignoring_case(line, kLength)) continue;
    line = trim(line.substr(kLength.size()), " \t\r");
    std::uint64_t length = 0;
    const auto [stop, error] =
        std::from_chars(line.data(), line.data() + line.size(), length);
    if (error == std::errc() && stop == line.data() + line.size()) {
      message.length = length;
    }
  }
  return message;
}

// Whether a record begins at this line end.
bool is_behind_empty_line(std::string_view block, std::size_t line_end) {
  const std::string_view before = block.substr(0, line_end);
  return before.ends_with('\n') || before.ends_with("\n\r");
}

}  // namespace

bool begins_record(std::string_view bytes) {
  return bytes.size() > kWarcBegin.size() && bytes.starts_with(kWarcBegin) &&
         is_ascii_digit(bytes[kWarcBegin.size()]);
}

bool are_line_ends(std::string_view behind) {
  return behind.starts_with("\r\n\r\n") || behind.starts_with("\n\n");
}

bool drop_line_ends(std::string& block) {
  const std::size_t before = block.size();
  for (int i = 0; i < 2 && block.ends_with('\n'); ++i) {
    block.resize(block.size() - (block.ends_with("\r\n") ? 2 : 1));
  }
  return block.size() < before;
}

bool drop_swallowed_line_ends(std::string& block, std::string_view behind) {
  if (are_line_ends(behind)) return false;
  // Halves of a line end are on both sides.
  if (block.ends_with('\r') && behind.starts_with('\n')) {
    block.pop_back();
    const bool first_too = !behind.starts_with("\n\r\n");
    if (first_too && block.ends_with("\r\n")) block.resize(block.size() - 2);
    return true;
  }
  const std::optional<Message> message = read_message(block);
  if (!message || !message->length) return false;
  const std::size_t body = block.size() - message->body;
  if (body <= *message->length || body - *message->length > kMostLineEnds) {
    return false;
  }
  const std::string_view more = std::string_view(block).substr(
      message->body + static_cast<std::size_t>(*message->length));
  if (more.find_first_not_of("\r\n") != std::string_view::npos) return false;
  block.resize(block.size() - more.size());
  return true;
}

std::size_t record_behind_body(std::string_view block) {
  constexpr std::string_view kNext = "\r\n\r\nWARC/1.";
  const std::optional<Message> message = read_message(block);
  if (!message || !message->length ||
      *message->length > block.size() - message->body) {
    return std::string_view::npos;
  }
  const std::size_t end =
      message->body + static_cast<std::size_t>(*message->length);
  return block.substr(end).starts_with(kNext) ? end + kMostLineEnds
                                              : std::string_view::npos;
}

std::size_t record_inside(std::string_view block, std::string_view behind) {
  for (std::size_t at = block.find(kBegin); at != std::string_view::npos;
       at = block.find(kBegin, at + 1)) {
    if (is_behind_empty_line(block, at)) return at + 1;
  }
  // Across the block's end.
  const std::size_t from = block.size() - std::min(block.size(), kBegin.size());
  const std::string seam = std::string(block.substr(from)) +
                           std::string(behind.substr(0, kBegin.size()));
  const std::size_t at = seam.find(kBegin);
  if (at == std::string::npos || from + at + 1 >= block.size() ||
      !is_behind_empty_line(block, from + at)) {
    return std::string_view::npos;
  }
  return from + at + 1;
}

}  // namespace crawl
