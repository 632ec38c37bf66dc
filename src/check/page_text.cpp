#include "check/page_text.h"

#include "crawl/base/url.h"
#include "crawl/extract/extractor.h"

namespace crawl {

std::string page_text(std::string_view html) {
  Extractor extractor;
  extractor.want_content({.text = true, .whole = true});
  const Url none = *Url::parse("http://localhost/");
  Extraction found = extractor.extract(html, "utf-8", none);
  if (!found.content || !found.error.empty()) return {};
  return std::move(found.content->text).value_or("");
}

}  // namespace crawl
