#ifndef CRAWL_FETCH_PAGE_READER_H_
#define CRAWL_FETCH_PAGE_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crawl/base/url.h"
#include "crawl/fetch/fetch_result.h"
#include "crawl/fetch/fetcher.h"
#include "crawl/parse/page.h"
#include "fetch/http/whole_body.h"

namespace crawl {

// What is to be made of a response's body once all of it is here.
struct BodyPlan {
  std::string codings;  // still to be undone; "" for none
  std::uint64_t max_body = 0;
  bool styles = false;     // read it as a style sheet
  bool page = false;       // read it as a page,
  bool sniff = false;      // if it begins like HTML
  bool only_html = false;  // and else it is refused
  bool digest = false;
  bool keep = false;
};

// Whether a body whose type is not said begins like HTML, if that is still to
// be seen: else it is no page. False if it is refused, of which `result` tells.
bool sniff(std::string_view body, BodyPlan& plan, FetchResult& result);

// A response whose body is yet to be read, on its way to another thread; if
// there is a keeper, also what that is yet to be given.
struct UnreadBody {
  FetchResult result;
  std::string body;
  BodyPlan plan;
  Url url;
  std::optional<WireExchange> wire;
};

// The step after the last byte: undoes the content codings, looks whether it is
// HTML, reads the page. Keeps a buffer, so one for each thread.
class PageReader {
 public:
  // How much work read() may be before it leaves the rest to another thread.
  struct Effort {
    std::size_t scanned;  // bytes whose tags are read
    std::size_t built;    // bytes a tree is made of
  };
  static constexpr Effort kAnyEffort{SIZE_MAX, SIZE_MAX};

  explicit PageReader(const FetchOptions& options)
      : options_(options.page),
        style_urls_(options.style_urls),
        style_links_(options.style_links),
        extractor_(options.extractor),
        keepers_(options.keepers) {}

  // Goes on with `result` by what `body` has. False if that would be too much:
  // then `body` is what is left to be read, by `plan` as it is now.
  bool read(FetchResult& result, std::string_view& body, BodyPlan& plan,
            const Url& url, const Effort& effort);

  // Gives the exchange, with what came out of its body, to each keeper.
  void keep(FetchResult& result, WireExchange& exchange) const;

  // All of it, here and now.
  FetchResult finish(UnreadBody unread);

 private:
  bool decode(FetchResult& result, std::string_view& body, BodyPlan& plan);
  bool read_page(FetchResult& result, std::string_view body, const Url& url,
                 const Effort& effort);

  const PageOptions options_;
  const bool style_urls_, style_links_;
  const std::shared_ptr<const PageExtractor> extractor_;
  const std::vector<std::shared_ptr<const ExchangeKeeper>> keepers_;
  WholeBodyDecoder decoder_;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_PAGE_READER_H_
