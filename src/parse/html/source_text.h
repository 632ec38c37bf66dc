#ifndef CRAWL_PARSE_HTML_SOURCE_TEXT_H_
#define CRAWL_PARSE_HTML_SOURCE_TEXT_H_

#include <string>
#include <string_view>

#include "parse/html/entities.h"
#include "parse/html/page_builder.h"

namespace crawl {

// Text cut out of a page's own bytes, decoded piece by piece as it is needed:
// first from the page's charset, then character references.
//
// One thread at a time.
class SourceText final : public SourceDecoder {
 public:
  // `page`: what all text is cut out of, between two of the bytes that
  // reads_in_place() names, or up to its end. `encoding`: an Encoding Standard
  // name, of one that reads_in_place(). Both must live as long as this.
  SourceText(std::string_view page, std::string_view encoding);

  std::string_view attribute(std::string_view raw,
                             std::string& scratch) const override;
  std::string_view text(std::string_view raw,
                        std::string& scratch) const override;
  std::string_view rcdata(std::string_view raw,
                          std::string& scratch) const override;

 private:
  std::string_view decode(std::string_view raw, TextContext context,
                          std::string& scratch) const;
  std::string_view as_utf8(std::string_view raw) const;

  const char* const page_end_;
  const std::string_view encoding_;
  const bool is_utf8_;
  mutable std::string converted_;
};

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_SOURCE_TEXT_H_
