#ifndef CRAWL_PARSE_TEXT_ENCODING_H_
#define CRAWL_PARSE_TEXT_ENCODING_H_

#include <string>
#include <string_view>

#include "parse/text/multi_byte.h"

namespace crawl {

// Encodings as the page readers need them; `encoding` is an Encoding Standard
// name everywhere. Unknown names are read as windows-1252. Any thread, any
// bytes.

// True if markup can be found in a page's bytes as they are: white space and
// what delimits tags, attributes, comments and references, which is all below
// 0x40, means itself wherever it stands. In the legacy multi-byte encodings a
// letter, a digit or one of @[\]^_`{|}~ that comes behind a byte that is not
// ASCII may be half of a character. Not so in UTF-16, which has '<' as half of
// others, and in iso-2022-jp, which switches modes.
bool reads_in_place(std::string_view encoding);

// Decodes `bytes` onto the end of `out` as UTF-8, U+FFFD for what is invalid.
// A byte order mark is a character like any other. What was cut out of a page
// that reads_in_place(), between two of the bytes named there, comes out as it
// would in the page; `behind` tells that it is not the page's end.
void append_decoded(std::string_view bytes, std::string_view encoding,
                    std::string& out, Behind behind = Behind::kNothing);

// Size of the byte order mark that `bytes` begin with, if it is one of
// `encoding`.
std::size_t bom_size(std::string_view bytes, std::string_view encoding);

// True if the queries of a page's links are percent-encoded from UTF-8, as the
// URL parser does by itself.
bool encodes_queries_as_utf8(std::string_view encoding);

// Appends the part of a URL's query in `utf8` to `out`: what is not ASCII in
// `encoding`, percent-encoded, or as %26%23NNN%3B if it has no such character
// (URL Standard, "percent-encode after encoding" with the special-query set).
// ASCII is left to the URL parser.
void append_encoded_query(std::string_view utf8, std::string_view encoding,
                          std::string& out);

}  // namespace crawl

#endif  // CRAWL_PARSE_TEXT_ENCODING_H_
