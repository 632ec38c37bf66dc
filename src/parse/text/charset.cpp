#include "crawl/parse/charset.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/ascii.h"
#include "crawl/base/utf8.h"
#include "crawl/parse/content_type.h"
#include "parse/text/encoding.h"
#include "parse/text/encoding_tables.h"
#include "parse/text/meta_prescan.h"

namespace crawl {
namespace {

constexpr std::size_t kPrescanSize = 1024;

// The body limit may have cut the last character.
bool is_utf8_but_for_cut_end(std::string_view bytes, std::size_t valid) {
  if (valid == bytes.size()) return true;
  const std::string_view rest = bytes.substr(valid);
  const auto lead = static_cast<unsigned char>(rest.front());
  return lead >= 0xC2 && lead <= 0xF4 &&
         first_utf8_sequence(rest).size == rest.size();
}

}  // namespace

std::optional<std::string_view> encoding_for_label(std::string_view label) {
  constexpr std::string_view kSpace = "\t\n\f\r ";
  const std::size_t first = label.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return std::nullopt;
  label = label.substr(first, label.find_last_not_of(kSpace) - first + 1);

  std::array<char, 32> lower;  // the longest label has 19
  if (label.size() > lower.size()) return std::nullopt;
  std::transform(label.begin(), label.end(), lower.begin(), to_lower);
  const EncodingInfo* found =
      encoding_labelled(std::string_view(lower.data(), label.size()));
  if (found == nullptr) return std::nullopt;
  return found->name;
}

std::string_view detect_encoding(std::string_view body,
                                 std::string_view content_type) {
  for (const std::string_view marked : {"utf-8", "utf-16be", "utf-16le"}) {
    if (bom_size(body, marked) != 0) return marked;
  }
  if (!content_type.empty()) {
    if (const auto type = parse_content_type(content_type)) {
      if (const auto label = type->parameter("charset")) {
        if (const auto encoding = encoding_for_label(*label)) return *encoding;
      }
    }
  }
  if (const auto encoding = prescan_encoding(body.substr(0, kPrescanSize))) {
    return *encoding;
  }
  if (body.size() > kPrescanSize) {
    if (const auto encoding = late_meta_encoding(body)) return *encoding;
  }
  const std::size_t valid = valid_utf8_prefix(body);
  if (!is_utf8_but_for_cut_end(body, valid)) return "windows-1252";
  return is_ascii(body) ? "windows-1252" : "utf-8";
}

std::string to_utf8(std::string_view bytes, std::string_view encoding) {
  bytes.remove_prefix(bom_size(bytes, encoding));
  std::string out;
  out.reserve(bytes.size());
  append_decoded(bytes, encoding, out);
  return out;
}

}  // namespace crawl
