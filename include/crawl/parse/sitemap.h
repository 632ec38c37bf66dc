#ifndef CRAWL_PARSE_SITEMAP_H_
#define CRAWL_PARSE_SITEMAP_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/url.h"

namespace crawl {

// What a file turned out to be.
enum class SitemapFormat : std::uint8_t {
  kNone,  // nothing a sitemap can be
  kUrlset,
  kIndex,  // a list of sitemaps
  kText,   // one URL a line
  kRss,    // RSS 0.9x, 1.0, 2.0
  kAtom,
};
std::string_view to_string(SitemapFormat format);  // "urlset"

// The limits of https://www.sitemaps.org/protocol.html, for one file.
struct SitemapOptions {
  std::size_t max_urls = 50'000;
  std::size_t max_bytes = 52'428'800;  // uncompressed
};

struct SitemapEntry {
  Url url;  // http or https
  std::string
      lastmod;  // as written (W3C date, or RFC 822 in RSS); "" if absent
};

struct Sitemap {
  static constexpr std::size_t kMaxInvalidListed = 1'000;
  static constexpr std::size_t kMaxInvalidBytes = 2'083;

  SitemapFormat format = SitemapFormat::kNone;
  std::vector<SitemapEntry> pages;
  std::vector<SitemapEntry> sitemaps;  // of an index: read them next
  std::size_t invalid = 0;             // locations that are no http(s) URL
  // The first of those, as written but for their length: valid UTF-8 of at most
  // kMaxInvalidBytes each.
  std::vector<std::string> invalid_locations;
  bool truncated = false;  // a limit was reached, the rest not read
  // What is wrong with the file, "" if nothing is: the entries are then those
  // that could be read. For people; printable ASCII.
  std::string problem;
};

// Reads the sitemap that `url` answered with: XML (urlset, sitemapindex), RSS
// or Atom feed, or text; each also gzipped. The content decides, not the name.
//
// Any thread, any bytes: never fails, follows nothing, expands no entity but
// the five of XML (a `&` of anything else stands for itself), and takes memory
// bounded by the options and the entries found. Locations stand by themselves,
// in feeds they may be relative to `url`; Unicode's white space and byte order
// marks around them do not count. How deep an index leads, and whether
// a URL is in scope, the caller decides: the protocol's rule of location is for
// sitemaps that no robots.txt names.
Sitemap read_sitemap(std::string_view body, const Url& url,
                     const SitemapOptions& options = {});

}  // namespace crawl

#endif  // CRAWL_PARSE_SITEMAP_H_
