#ifndef CRAWL_PARSE_HTML_SCAN_READER_H_
#define CRAWL_PARSE_HTML_SCAN_READER_H_

#include <optional>
#include <string_view>

#include "crawl/base/url.h"
#include "crawl/parse/page.h"
#include "parse/html/scanner.h"

namespace crawl {

// A page's bytes as the scanner takes them, without byte order mark.
struct ScanSource {
  std::string_view html;
  std::string_view html_encoding;  // one that reads_in_place()
  std::string_view page_encoding;  // what the page was in
};

// Reads a page by scanning its tags. With kStop, nothing if tags alone do not
// tell what the page says, and `doubt` says why; with kGuess always a page.
//
// Any thread, any bytes; time and memory as scan_page() and the builder have
// them.
std::optional<Page> read_scan(const ScanSource& source, const Url& url,
                              const PageOptions& options, OnDoubt on_doubt,
                              ScanDoubt* doubt = nullptr);

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_SCAN_READER_H_
