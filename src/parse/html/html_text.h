#ifndef CRAWL_PARSE_HTML_HTML_TEXT_H_
#define CRAWL_PARSE_HTML_HTML_TEXT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crawl {

// The small grammars inside attribute values, and text as HTML compares and
// cleans it (https://infra.spec.whatwg.org/#ascii-whitespace).

inline bool is_html_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

std::string_view strip_html_space(std::string_view text);

// True if the space-separated `tokens` have `lower` among them, in any case.
bool has_token(std::string_view tokens, std::string_view lower);

// Appends with white space stripped and collapsed to one space. In several
// calls for one text: `pending` says that a space is owed, `begin` is where the
// text starts in `out`.
void append_collapsed(std::string_view text, std::size_t begin, bool& pending,
                      std::string& out);
std::string collapsed(std::string_view text);

// The URLs of a srcset, views into it (HTML Standard, "parse a srcset
// attribute", the splitting of it; descriptors are not judged). At most `max`.
void split_srcset(std::string_view srcset, std::size_t max,
                  std::vector<std::string_view>& urls);

// The URL of a meta refresh's content (HTML Standard, "shared declarative
// refresh steps"); nothing if it has none or is no refresh.
std::optional<std::string_view> refresh_url(std::string_view content);

// True if `reference` is an absolute URL by its looks, and neither http nor
// https: `data:`, `javascript:`, `mailto:` and so on. What hides its scheme
// behind tabs and newlines is not seen through.
bool has_foreign_scheme(std::string_view reference);

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_HTML_TEXT_H_
