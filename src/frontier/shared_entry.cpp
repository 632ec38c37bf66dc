#include "frontier/shared_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "frontier/packed.h"

namespace crawl {
namespace {

constexpr std::uint64_t kMostDepth = std::numeric_limits<int>::max();
constexpr char kPage = 'p';                 // with a Parent and a Trust
constexpr char kPageWithCookies = 'c';      // the same
constexpr std::string_view kSitemap = "s";  // the functions look for that
constexpr std::string_view kLeftOut = "x";

// Whose link a page is: a page's, or a copy's.
constexpr char kOnCopy = 'c';
constexpr std::pair<char, PageId> kParents[] = {
    {'s', kNoPage}, {'m', kFromSitemap}, {'v', kFromPrivateSitemap}, {'l', 0}};

// How a URL begins that is at the host it waits at; that stands in the key.
constexpr std::pair<char, std::string_view> kSchemes[] = {{'0', "http://"},
                                                          {'1', "https://"}};
constexpr char kWholeUrl = 'u';

std::string url_at(const Url& url) {
  const std::string host = host_name_of(url);
  for (const auto& [sign, scheme] : kSchemes) {
    std::string_view rest = url.href();
    if (!rest.starts_with(scheme)) continue;
    rest.remove_prefix(scheme.size());
    if (!rest.starts_with(host)) continue;
    rest.remove_prefix(host.size());
    if (rest.starts_with('/')) return fmt::format("{}{}", sign, rest.substr(1));
  }
  return fmt::format("{}{}", kWholeUrl, url.href());
}

std::optional<Url> read_url(std::string_view text, std::string_view host) {
  if (text.empty()) return std::nullopt;
  std::string href(text.substr(1));
  for (const auto& [sign, scheme] : kSchemes) {
    if (text[0] == sign) href = fmt::format("{}{}/{}", scheme, host, href);
  }
  std::optional<Url> url = Url::parse(href);
  return url && url->is_http() ? std::move(url) : std::nullopt;
}

}  // namespace

std::string pack_entry(const QueuedPage& page) {
  const auto parent = std::find_if(
      std::begin(kParents), std::end(kParents),
      [&](const auto& each) { return each.second == page.parent; });
  const std::string_view href = page.url.href();
  // Of the parent's URL only what differs: most links lead to neighbours.
  const auto [differs, ignored] = std::mismatch(
      page.parent_url.begin(), page.parent_url.end(), href.begin(), href.end());
  const auto same = static_cast<std::size_t>(differs - page.parent_url.begin());
  std::string out;
  const std::vector<std::string> cookies = page.cookies.save();
  pack(out, fmt::format("{}{}{}", cookies.empty() ? kPage : kPageWithCookies,
                        page.is_on_copy                ? kOnCopy
                        : parent != std::end(kParents) ? parent->first
                                                       : 'l',
                        page.allow_private ? '1' : '0'));
  pack(out, url_at(page.url));
  pack(out, std::to_string(page.depth));
  pack(out, std::to_string(same));
  pack(out, std::string_view(page.parent_url).substr(same));
  if (!cookies.empty()) {
    std::string words;
    for (const std::string& word : cookies) pack(words, word);
    pack(out, words);
  }
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
  pack(out, url_at(sitemap.url));
  pack(out, std::to_string(sitemap.level));
  pack(out, sitemap.allow_private ? "1" : "0");
  pack(out, sitemap.wanted ? "1" : "0");
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
  if (!what.input.empty()) pack(out, what.input);
  return out;
}

std::optional<SharedEntry> unpack_entry(std::string_view packed,
                                        std::string_view host) {
  Unpack fields(packed);
  const std::string_view kind = fields.next();
  if (kind == kLeftOut) {
    LeftOut what;
    what.url = fields.next();
    what.error = static_cast<ErrorKind>(fields.number(kErrorKindCount - 1));
    what.reason = fields.next();
    what.parent = fields.next();
    what.depth = static_cast<int>(fields.number(kMostDepth));
    if (!fields.at_end()) what.input = fields.next();
    if (!fields.good() || !fields.at_end()) return std::nullopt;
    return what;
  }
  std::optional<Url> url = read_url(fields.next(), host);
  if (!url) return std::nullopt;
  if (kind == kSitemap) {
    QueuedSitemap sitemap{*std::move(url)};
    sitemap.level = static_cast<int>(fields.number(kMostDepth));
    sitemap.allow_private = fields.next() == "1";
    sitemap.wanted = fields.next() == "1";
    if (!fields.good() || !fields.at_end()) return std::nullopt;
    return sitemap;
  }
  if (kind.size() != 3 || (kind[0] != kPage && kind[0] != kPageWithCookies)) {
    return std::nullopt;
  }
  const bool is_on_copy = kind[1] == kOnCopy;
  const auto parent = std::find_if(
      std::begin(kParents), std::end(kParents), [&](const auto& each) {
        return each.first == (is_on_copy ? 'l' : kind[1]);
      });
  if (parent == std::end(kParents)) return std::nullopt;
  QueuedPage page{.url = *std::move(url)};
  page.parent = parent->second;
  page.is_on_copy = is_on_copy;
  page.allow_private = kind[2] == '1';
  page.depth = static_cast<int>(fields.number(kMostDepth));
  page.parent_url =
      page.url.href().substr(0, fields.number(page.url.href().size()));
  page.parent_url += fields.next();
  if (kind[0] == kPageWithCookies) {
    std::vector<std::string> words;
    for (Unpack packed_words(fields.next()); !packed_words.at_end();) {
      words.emplace_back(packed_words.next());
    }
    page.cookies = CookieJar::restore(words);
  }
  while (fields.good() && !fields.at_end()) {
    RedirectHop& hop = page.redirects.emplace_back();
    hop.url = fields.next();
    hop.status_code = static_cast<int>(fields.number(999));
    hop.location = fields.next();
  }
  if (!fields.good()) return std::nullopt;
  return page;
}

std::string host_name_of(const Url& url) {
  std::string_view name = url.hostname();
  if (name.size() > 1 && name.ends_with('.')) name.remove_suffix(1);
  return std::string(name);
}

}  // namespace crawl
