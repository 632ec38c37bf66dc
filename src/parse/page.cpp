#include "crawl/parse/page.h"

#include "crawl/base/utf8.h"
#include "crawl/parse/charset.h"
#include "parse/encoding.h"
#include "parse/tree_reader.h"

namespace crawl {

Page read_page(std::string_view body, const Url& url,
               std::string_view content_type, const PageOptions& options) {
  const std::string_view encoding = detect_encoding(body, content_type);
  if (encoding == "utf-8") {
    const std::string_view html = body.substr(bom_size(body, encoding));
    if (is_valid_utf8(html)) return read_tree(html, url, encoding, options);
  }
  return read_tree(to_utf8(body, encoding), url, encoding, options);
}

}  // namespace crawl
