#ifndef CRAWL_PARSE_HTML_ENTITIES_H_
#define CRAWL_PARSE_HTML_ENTITIES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace crawl {

// Where text stands, which decides what its tokenizer makes of it (HTML
// Standard, "Tokenization").
enum class TextContext : std::uint8_t {
  kAttribute,  // references by the attribute rules, NUL is U+FFFD
  kData,       // references, NUL is dropped (the tree builder ignores it)
  kForeign,    // references, NUL is U+FFFD: text in svg and math
  kRcdata,     // references, NUL is U+FFFD: title, textarea
  kRaw,        // no references, NUL is U+FFFD: CDATA
};

// `raw`, UTF-8 as it stands in the page's source, as the tokenizer hands it on:
// character references decoded (named, with and without semicolon, numeric
// with the standard's fix-ups), CR and CRLF as LF, NULs as above. Returns `raw`
// itself where nothing changes, else `scratch`, whose old content is lost.
std::string_view decode_text(std::string_view raw, TextContext context,
                             std::string& scratch);

// The longest named character reference that `text` (what follows the `&`)
// starts with: its length, 0 if there is none, and its one or two characters.
struct NamedReference {
  std::size_t size = 0;
  std::string_view value;
};
NamedReference match_named_reference(std::string_view text);

// Every name, for tests: "amp;" and "amp" are two. Sorted.
std::size_t named_reference_count();
std::string_view named_reference(std::size_t index);

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_ENTITIES_H_
