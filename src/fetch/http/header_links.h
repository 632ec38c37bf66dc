#ifndef CRAWL_FETCH_HTTP_HEADER_LINKS_H_
#define CRAWL_FETCH_HTTP_HEADER_LINKS_H_

#include <optional>
#include <string_view>

#include "crawl/base/url.h"
#include "crawl/fetch/fetch_result.h"
#include "crawl/parse/page.h"

namespace crawl {

// The reference in a header field that Url::resolve() takes to the URL it
// names, Location's for one: a byte that is no UTF-8 stands for itself, and is
// percent-encoded as it is. Userinfo in it is dropped: nobody's secret.
std::optional<Url> resolve_header_url(const Url& base,
                                      std::string_view reference);

// The target of the first link of a Link field (RFC 8288) whose relation is
// `rel` (lower case) to the page itself, which it is not with an anchor: the
// reference as written. What is no link is passed over.
std::optional<std::string_view> link_target(std::string_view field,
                                            std::string_view rel);

// Adds to the page of `url` what its response's headers say of it, as if the
// page said it last: Link's rel=canonical, and Refresh, which is one more link
// of a meta element.
void apply_header_links(Page& page, const FetchResult& result, const Url& url,
                        const PageOptions& options);

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_HEADER_LINKS_H_
