#include "parse/html/scan_reader.h"

#include "parse/html/page_builder.h"
#include "parse/html/source_text.h"

namespace crawl {

std::optional<Page> read_scan(const ScanSource& source, const Url& url,
                              const PageOptions& options, OnDoubt on_doubt,
                              ScanDoubt* doubt) {
  const SourceText text(source.html, source.html_encoding);
  PageBuilder builder(url, options, &text);
  builder.source(source.html, source.html_encoding == "utf-8");
  const ScanDoubt found = scan_page(source.html, on_doubt, builder);
  if (doubt != nullptr) *doubt = found;
  if (found != ScanDoubt::kNone && on_doubt == OnDoubt::kStop) {
    return std::nullopt;
  }
  return builder.finish(source.page_encoding, PageParser::kScanner);
}

}  // namespace crawl
