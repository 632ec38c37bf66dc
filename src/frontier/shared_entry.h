#ifndef CRAWL_FRONTIER_SHARED_ENTRY_H_
#define CRAWL_FRONTIER_SHARED_ENTRY_H_

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "crawl/frontier/state_store.h"

namespace crawl {

// A sitemap, so many indexes below the first.
struct QueuedSitemap {
  Url url;
  int level = 0;
  bool allow_private = false;  // who named it may lead to private addresses
  bool wanted = false;         // the user named it
};

// What waits in a shared crawl: a page to be fetched, a sitemap to be read, or
// a URL to be listed as left out. Of a page's parent its URL alone matters, and
// whether it is one: `parent` is 0 then.
using SharedEntry = std::variant<QueuedPage, QueuedSitemap, LeftOut>;

std::string pack_entry(const QueuedPage& page);
std::string pack_entry(const QueuedSitemap& sitemap);
std::string pack_entry(const LeftOut& what);
// `host`: where it waits, host_name_of() its URL. Nothing if it is none: the
// crawl's keys were written by somebody else.
std::optional<SharedEntry> unpack_entry(std::string_view packed,
                                        std::string_view host);

// The host that a URL waits at, for all its schemes and ports.
std::string host_name_of(const Url& url);

}  // namespace crawl

#endif  // CRAWL_FRONTIER_SHARED_ENTRY_H_
