#ifndef CRAWL_PARSE_CONTENT_TYPE_H_
#define CRAWL_PARSE_CONTENT_TYPE_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crawl {

// A media type as the MIME Sniffing Standard parses it
// (https://mimesniff.spec.whatwg.org/#parsing-a-mime-type).
struct ContentType {
  std::string type;     // lower case, "text"
  std::string subtype;  // lower case, "html"
  std::vector<std::pair<std::string, std::string>> parameters;

  std::string essence() const { return type + "/" + subtype; }
  // The value of a parameter (lower-case name), if it is there.
  std::optional<std::string_view> parameter(std::string_view name) const;
  bool is_html() const;           // text/html or application/xhtml+xml
  std::string to_string() const;  // serialised as the standard does
};

std::optional<ContentType> parse_content_type(std::string_view value);

// Which of the values that a response gives, in one Content-Type field or in
// several joined by commas, is the one that counts: the last that is valid and
// not "*/*", with the charset of the ones before it that say the same type
// (https://fetch.spec.whatwg.org/#concept-header-extract-mime-type). As
// written, but for such a charset; `values` itself if there is but one, or none
// that counts.
std::string content_type_that_counts(std::string_view values);

}  // namespace crawl

#endif  // CRAWL_PARSE_CONTENT_TYPE_H_
