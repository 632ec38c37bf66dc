// Any Content-Type header and any body: the encoding decided on is one of the
// standard's, text decoded from it is valid UTF-8 and the same in pieces as
// whole, and a header's media type survives being written and read again.
// Input: the header, a zero byte, the body.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crawl/base/utf8.h"
#include "crawl/parse/charset.h"
#include "crawl/parse/content_type.h"
#include "parse/text/encoding.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_header(std::string_view header) {
  const auto type = crawl::parse_content_type(header);
  if (!type) return;
  const std::string written = type->to_string();
  const auto again = crawl::parse_content_type(written);
  require(again.has_value());
  require(again->to_string() == written);
  require(again->parameters == type->parameters);
}

void check_decoding(std::string_view bytes, std::string_view encoding) {
  std::string whole;
  crawl::append_decoded(bytes, encoding, whole);
  require(crawl::is_valid_utf8(whole));
  if (!crawl::reads_in_place(encoding)) return;

  std::string pieces;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('<');
    const std::size_t size =
        end == std::string_view::npos ? bytes.size() : end + 1;
    crawl::append_decoded(bytes.substr(0, size), encoding, pieces);
    bytes.remove_prefix(size);
  }
  require(pieces == whole);
}

void check_query(std::string_view text, std::string_view encoding) {
  std::string query;
  crawl::append_encoded_query(crawl::replace_invalid_utf8(text), encoding,
                              query);
  for (const char c : query) require(static_cast<unsigned char>(c) < 0x80);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t zero = input.find('\0');
  if (zero == std::string_view::npos) return 0;
  const std::string header(input.substr(0, zero));
  const std::string_view body = input.substr(zero + 1);

  check_header(header);
  const std::string_view encoding = crawl::detect_encoding(body, header);
  require(crawl::encoding_for_label(encoding) == encoding);
  require(crawl::is_valid_utf8(crawl::to_utf8(body, encoding)));
  check_decoding(body, encoding);
  check_query(body, encoding);
  return 0;
}
