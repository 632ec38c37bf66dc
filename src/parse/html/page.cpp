#include "crawl/parse/page.h"

#include <optional>
#include <string>
#include <utility>

#include "crawl/base/utf8.h"
#include "crawl/parse/charset.h"
#include "parse/html/scan_reader.h"
#include "parse/html/tree_reader.h"
#include "parse/text/encoding.h"

namespace crawl {
namespace {

// What the scanner reads `body` as; `converted` holds it where it must be
// another than the body itself.
ScanSource scan_source(std::string_view body, std::string_view encoding,
                       std::string& converted) {
  if (reads_in_place(encoding)) {
    return {body.substr(bom_size(body, encoding)), encoding, encoding};
  }
  converted = to_utf8(body, encoding);
  return {converted, "utf-8", encoding};
}

}  // namespace

std::optional<Page> read_page_by_tags(std::string_view body, const Url& url,
                                      std::string_view content_type,
                                      const PageOptions& options) {
  std::string converted;
  const ScanSource source =
      scan_source(body, detect_encoding(body, content_type), converted);
  return read_scan(source, url, options, OnDoubt::kStop);
}

Page read_page(std::string_view body, const Url& url,
               std::string_view content_type, const PageOptions& options) {
  const std::string_view encoding = detect_encoding(body, content_type);
  std::string converted;
  const ScanSource source = scan_source(body, encoding, converted);
  if (auto page = read_scan(source, url, options, OnDoubt::kStop)) {
    return *std::move(page);
  }
  std::optional<Page> page;
  if (source.html_encoding == "utf-8" && is_valid_utf8(source.html)) {
    page = read_whole_tree(source.html, url, encoding, options);
  } else {
    std::string utf8;
    append_decoded(source.html, source.html_encoding, utf8);
    page = read_whole_tree(utf8, url, encoding, options);
  }
  // Beyond the limits of a tree, and so no honest page: what its tags say by
  // themselves.
  if (!page) page = read_scan(source, url, options, OnDoubt::kGuess);
  return *std::move(page);
}

}  // namespace crawl
