// Any attribute value: what the small grammars find lies inside it, text stays
// collapsed when collapsed again and the same in two pieces as in one, and what
// is taken for a foreign scheme never resolves to http.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/url.h"
#include "parse/html/html_text.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool lies_in(std::string_view part, std::string_view whole) {
  return part.data() >= whole.data() &&
         part.data() + part.size() <= whole.data() + whole.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);

  std::vector<std::string_view> urls;
  crawl::split_srcset(input, size + 1, urls);
  const char* at = input.data();
  for (const std::string_view url : urls) {
    require(lies_in(url, input) && url.data() >= at && !url.empty());
    require(url.find_first_of("\t\n\f\r ") == std::string_view::npos);
    require(url.front() != ',' && url.back() != ',');
    at = url.data() + url.size();
  }

  if (const auto url = crawl::refresh_url(input)) require(lies_in(*url, input));

  const std::string once = crawl::collapsed(input);
  require(crawl::collapsed(once) == once);
  std::string pieces = "before";
  bool pending = false;
  crawl::append_collapsed(input.substr(0, size / 2), 6, pending, pieces);
  crawl::append_collapsed(input.substr(size / 2), 6, pending, pieces);
  require(pieces == "before" + once);

  static const crawl::Url base = *crawl::Url::parse("http://a.test/b");
  const auto url = base.resolve(input);
  if (crawl::has_foreign_scheme(input)) require(!url || !url->is_http());
  return 0;
}
