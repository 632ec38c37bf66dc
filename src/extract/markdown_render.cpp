#include "extract/markdown_render.h"

#include <cmark-gfm-extension_api.h>
#include <cmark-gfm/render.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/ascii.h"

namespace crawl {
namespace {

// cmark's own, the same for all of its renderers.
thread_local decltype(cmark_renderer::out) cmarks_out = nullptr;

// Of bytes: written as it is wherever something stands before it on its line.
using Bytes = std::array<bool, 256>;

constexpr Bytes bytes_of(std::string_view marks) {
  Bytes plain{};
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const auto c = static_cast<char>(i);
    plain[i] = i >= 0x80 || is_ascii_letter(c) || is_ascii_digit(c) ||
               marks.find(c) != marks.npos;
  }
  return plain;
}
constexpr Bytes kPlainInText = bytes_of(" ,.;:'\"()/-?%=+");
constexpr Bytes kPlainInUrl = bytes_of("-._~:/?#@!$&'*+,;=%");
// But what ends a line, and what may end a cell.
constexpr Bytes kPlainAsItIs = [] {
  Bytes plain{};
  for (std::size_t i = 1; i < plain.size(); ++i) {
    plain[i] = i != '\n' && i != '|';
  }
  return plain;
}();

const Bytes& plain_bytes(cmark_escaping escaping) {
  switch (escaping) {
    case NORMAL:
      return kPlainInText;
    case URL:
      return kPlainInUrl;
    default:
      return kPlainAsItIs;
  }
}

std::size_t run_length(const Bytes& plain, const char* text) {
  std::size_t size = 0;
  while (plain[static_cast<unsigned char>(text[size])]) ++size;
  return size;
}

// How much of `text` cmark has to see at once: it looks at the byte behind each
// that may be a mark, and all digits that a line begins with are a number.
std::size_t piece_length(const char* text) {
  std::size_t size = 0;
  while (is_ascii_digit(text[size])) ++size;
  for (; text[size] != '\0'; ++size) {
    const char c = text[size];
    if (static_cast<unsigned char>(c) >= 0x80) {
      do {
        ++size;
      } while ((static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80);
      return size;
    }
    if (is_ascii_letter(c) || is_ascii_digit(c) || c == ' ' || c == '\n') {
      return size + 1;
    }
  }
  return size;
}

void put(cmark_strbuf* buffer, std::string_view text) {
  cmark_strbuf_put(buffer, reinterpret_cast<const unsigned char*>(text.data()),
                   static_cast<bufsize_t>(text.size()));
}

// For the two that cmark makes no UTF-8 of.
constexpr std::string_view kStandIn = "\xC3\xA9";

void out(cmark_renderer* renderer, cmark_node* node, const char* text,
         bool wrap, cmark_escaping escaping) {
  if (*text == '\0' || escaping == TITLE || renderer->width > 0) {
    return cmarks_out(renderer, node, text, wrap, escaping);
  }
  const Bytes& plain = plain_bytes(escaping);
  std::string piece;
  while (*text != '\0') {
    if (renderer->need_cr == 0 && !renderer->begin_line &&
        !renderer->begin_content) {
      if (const std::size_t size = run_length(plain, text); size > 0) {
        put(renderer->buffer, {text, size});
        text += size;
        continue;
      }
    }
    const std::size_t size = piece_length(text);
    piece.assign(text, size);
    const bool stands_in =
        piece.ends_with("\xEF\xBF\xBE") || piece.ends_with("\xEF\xBF\xBF");
    if (stands_in) piece.replace(size - 3, 3, kStandIn);
    cmarks_out(renderer, node, piece.c_str(), wrap, escaping);
    text += size;
    if (!stands_in) continue;
    cmark_strbuf* const buffer = renderer->buffer;
    cmark_strbuf_truncate(
        buffer, buffer->size - static_cast<bufsize_t>(kStandIn.size()));
    put(buffer, {text - 3, 3});
  }
}

void begin(cmark_syntax_extension*, cmark_renderer* renderer, cmark_node*,
           cmark_event_type event, int) {
  if (event != CMARK_EVENT_ENTER || renderer->out == out) return;
  cmarks_out = renderer->out;
  renderer->out = out;
}

}  // namespace

void render_in_runs(cmark_node& document) {
  // cmark has no other way into its renderer. Of a document it writes nothing
  // by itself.
  static cmark_syntax_extension* const kRuns = [] {
    cmark_syntax_extension* const runs = cmark_syntax_extension_new("runs");
    cmark_syntax_extension_set_commonmark_render_func(runs, begin);
    return runs;
  }();
  cmark_node_set_syntax_extension(&document, kRuns);
}

}  // namespace crawl
