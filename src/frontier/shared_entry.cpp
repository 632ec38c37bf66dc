#include "frontier/shared_entry.h"

#include <limits>
#include <utility>

#include "frontier/packed.h"

namespace crawl {
namespace {

constexpr std::uint64_t kMostDepth = std::numeric_limits<int>::max();
constexpr std::string_view kPage = "p";
constexpr std::string_view kSitemap = "s";  // the functions look for that
constexpr std::string_view kLeftOut = "x";

std::string_view parent_kind(PageId parent) {
  if (parent == kNoPage) return "seed";
  if (parent == kFromSitemap) return "sitemap";
  if (parent == kFromPrivateSitemap) return "private sitemap";
  return "page";
}

std::optional<PageId> parent_of_kind(std::string_view kind) {
  for (const PageId parent :
       {kNoPage, kFromSitemap, kFromPrivateSitemap, PageId{0}}) {
    if (parent_kind(parent) == kind) return parent;
  }
  return std::nullopt;
}

}  // namespace

std::string pack_entry(const QueuedPage& page) {
  std::string out;
  pack(out, kPage);
  pack(out, page.url.href());
  pack(out, std::to_string(page.depth));
  pack(out, parent_kind(page.parent));
  pack(out, page.parent_url);
  pack(out, page.allow_private ? "1" : "0");
  for (const RedirectHop& hop : page.redirects) {
    pack(out, hop.url);
    pack(out, std::to_string(hop.status_code));
    pack(out, hop.location);
  }
  return out;
}

std::string pack_entry(const QueuedSitemap& sitemap) {
  std::string out;
  pack(out, kSitemap);
  pack(out, sitemap.url.href());
  pack(out, std::to_string(sitemap.level));
  pack(out, sitemap.allow_private ? "1" : "0");
  return out;
}

std::string pack_entry(const LeftOut& what) {
  std::string out;
  pack(out, kLeftOut);
  pack(out, what.url);
  pack(out, std::to_string(static_cast<std::size_t>(what.error)));
  pack(out, what.reason);
  pack(out, what.parent);
  pack(out, std::to_string(what.depth));
  return out;
}

std::optional<SharedEntry> unpack_entry(std::string_view packed) {
  Unpack fields(packed);
  const std::string_view kind = fields.next();
  if (kind == kLeftOut) {
    LeftOut what;
    what.url = fields.next();
    what.error = static_cast<ErrorKind>(fields.number(kErrorKindCount - 1));
    what.reason = fields.next();
    what.parent = fields.next();
    what.depth = static_cast<int>(fields.number(kMostDepth));
    if (!fields.good() || !fields.at_end()) return std::nullopt;
    return what;
  }
  std::optional<Url> url = Url::parse(fields.next());
  if (!url || !url->is_http()) return std::nullopt;
  if (kind == kSitemap) {
    QueuedSitemap sitemap{*std::move(url)};
    sitemap.level = static_cast<int>(fields.number(kMostDepth));
    sitemap.allow_private = fields.next() == "1";
    if (!fields.good() || !fields.at_end()) return std::nullopt;
    return sitemap;
  }
  if (kind != kPage) return std::nullopt;
  QueuedPage page{.url = *std::move(url)};
  page.depth = static_cast<int>(fields.number(kMostDepth));
  const std::optional<PageId> parent = parent_of_kind(fields.next());
  page.parent = parent.value_or(0);
  page.parent_url = fields.next();
  page.allow_private = fields.next() == "1";
  while (fields.good() && !fields.at_end()) {
    RedirectHop& hop = page.redirects.emplace_back();
    hop.url = fields.next();
    hop.status_code = static_cast<int>(fields.number(999));
    hop.location = fields.next();
  }
  if (!fields.good() || !parent) return std::nullopt;
  return page;
}

std::string host_name_of(const Url& url) {
  std::string_view name = url.hostname();
  if (name.size() > 1 && name.ends_with('.')) name.remove_suffix(1);
  return std::string(name);
}

}  // namespace crawl
