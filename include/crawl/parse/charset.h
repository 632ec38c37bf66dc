#ifndef CRAWL_PARSE_CHARSET_H_
#define CRAWL_PARSE_CHARSET_H_

#include <optional>
#include <string>
#include <string_view>

namespace crawl {

// The Encoding Standard's name (lower case, "windows-1252") for a label as a
// page or header writes it (" Latin1 "); nothing if the label is unknown.
// https://encoding.spec.whatwg.org/#names-and-labels
std::optional<std::string_view> encoding_for_label(std::string_view label);

// The encoding of an HTML page: byte order mark, then the Content-Type header's
// charset, then the meta prescan of the first 1,024 bytes (HTML Standard,
// "determining the character encoding"), then a later meta, then UTF-8 if
// `body` is valid UTF-8, else windows-1252; that too, as in browsers, for a
// body of nothing but ASCII.
std::string_view detect_encoding(std::string_view body,
                                 std::string_view content_type);

// `bytes` in `encoding` (a name from above) as valid UTF-8: a byte order mark
// is dropped, what cannot be decoded becomes U+FFFD.
std::string to_utf8(std::string_view bytes, std::string_view encoding);

}  // namespace crawl

#endif  // CRAWL_PARSE_CHARSET_H_
