// Any bytes as a style sheet and as a page with styles: what is found is a URL
// of the web, each once, and no more than the bytes have room for.

#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/link_list.h"
#include "crawl/parse/page.h"
#include "crawl/parse/style_urls.h"

namespace {

void check(const std::vector<std::string>& urls, std::size_t size) {
  const std::set<std::string> once(urls.begin(), urls.end());
  if (once.size() != urls.size() || urls.size() > size) std::abort();
  for (const std::string& each : urls) {
    const auto url = crawl::Url::parse(each);
    if (!url || !url->is_http() || url->href() != each) std::abort();
  }
}

// Of a check: each where it is.
void check(const crawl::LinkList& links, std::size_t size) {
  if (links.size() > size) std::abort();
  for (std::size_t i = 0; i < links.size(); ++i) {
    const crawl::PageLink link = links[i];
    const auto url = crawl::Url::parse(link.url);
    if (!url || !url->is_http() || link.line == 0 || link.line > size + 1 ||
        link.column == 0 || link.column > size + 1) {
      std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  static const crawl::Url url = *crawl::Url::parse("http://a.test/b/c.css?d");
  check(crawl::sheet_urls(input, url, "text/css"), size);
  const crawl::Page page = crawl::read_page(input, url, "text/html", {});
  check(crawl::page_style_urls(input, url, page), size);
  check(crawl::sheet_links(input, url, "text/css").links, size);
  crawl::Page whole = page;
  crawl::add_style_links(input, url, whole);
  check(whole.links, size);
  return 0;
}
