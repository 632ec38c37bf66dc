#include "parse/html/source_text.h"

#include "crawl/base/utf8.h"
#include "parse/text/byte_scan.h"
#include "parse/text/encoding.h"

namespace crawl {

SourceText::SourceText(std::string_view page, std::string_view encoding)
    : page_end_(page.data() + page.size()),
      encoding_(encoding),
      is_utf8_(encoding == "utf-8") {}

std::string_view SourceText::attribute(std::string_view raw,
                                       std::string& scratch) const {
  return decode(raw, TextContext::kAttribute, scratch);
}

std::string_view SourceText::text(std::string_view raw,
                                  std::string& scratch) const {
  return decode(raw, TextContext::kData, scratch);
}

std::string_view SourceText::rcdata(std::string_view raw,
                                    std::string& scratch) const {
  return decode(raw, TextContext::kRcdata, scratch);
}

std::string_view SourceText::decode(std::string_view raw, TextContext context,
                                    std::string& scratch) const {
  const char* const end = raw.data() + raw.size();
  if (bytes::find_decoded(raw.data(), end) == end) return raw;
  const std::string_view text = as_utf8(raw);
  const std::string_view decoded = decode_text(text, context, scratch);
  if (decoded.data() != converted_.data()) return decoded;
  return scratch.assign(decoded);
}

std::string_view SourceText::as_utf8(std::string_view raw) const {
  if (is_utf8_) {
    const std::size_t valid = valid_utf8_prefix(raw);
    if (valid == raw.size()) return raw;
    converted_.assign(raw.substr(0, valid));
    append_replacing_invalid_utf8(raw.substr(valid), converted_);
    return converted_;
  }
  converted_.clear();
  append_decoded(
      raw, encoding_, converted_,
      raw.data() + raw.size() == page_end_ ? Behind::kNothing : Behind::kAscii);
  return converted_;
}

}  // namespace crawl
