#ifndef CRAWL_PARSE_ROBOTS_H_
#define CRAWL_PARSE_ROBOTS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crawl {

// RFC 9309 section 2.5: a crawler reads at least so many bytes of the file.
inline constexpr std::size_t kRobotsMinBytes = 500 * 1024;

struct RobotsOptions {
  // What comes after is not read; never below kRobotsMinBytes. The cut falls
  // on the end of a line, so that no rule is read half.
  std::size_t max_bytes = kRobotsMinBytes;
  // `body` is already cut: what follows its last line end is dropped.
  bool truncated = false;
};

// What the rules say of one URL, and where they say it.
struct RobotsDecision {
  bool allowed = true;
  // Of the rule that decided, from 1; 0 if no rule matches (so: allowed).
  std::uint32_t line = 0;
  // The rule's path as written in the file. Lives as long as the RobotsRules.
  std::string_view rule;
};

// "line 12: Disallow: /private", or "no rule matches". Printable ASCII: other
// octets of the rule are percent-encoded.
std::string to_string(const RobotsDecision& decision);

// The rules of one robots.txt for one crawler, as RFC 9309 reads them:
// https://www.rfc-editor.org/rfc/rfc9309. Parsed once per host; other crawlers'
// groups are not kept.
//
// A value. Any number of threads may ask one object. No bytes make parsing
// fail: what is no rule is skipped. Time and memory are linear in the body;
// decide() takes time linear in the URL for each rule and never backtracks.
//
// As the RFC has it: groups that name the product token (whole, in any case)
// are merged, else those of `*`; the longest matching rule in octets decides,
// `allow` before `disallow` when equal; without a match all is allowed;
// /robots.txt itself always is. Beyond the RFC, as Google's parser does: usual
// misspellings, a missing colon, `Allow: /dir/index.html` also for `/dir/`, and
// lines cut at 16,663 bytes. Crawl-delay and Sitemap lines end no group.
class RobotsRules {
 public:
  // No rules: all is allowed.
  RobotsRules() = default;

  // `product_token` is the crawler's name ("crawl").
  static RobotsRules parse(std::string_view body,
                           std::string_view product_token,
                           const RobotsOptions& options = {});

  // May the URL with this path and query ("/a/b?q=1", "" is "/") be fetched?
  // An octet is the same percent-encoded or not (2.2.2), apart from `%` and the
  // delimiters `/ ? & = +`; a `/` in the query is the same as `%2F` again.
  RobotsDecision decide(std::string_view path_and_query) const;

  // Crawl-delay of the groups that count for us, the longest one; under a day.
  std::optional<std::chrono::milliseconds> crawl_delay() const {
    return crawl_delay_;
  }
  std::uint32_t crawl_delay_line() const { return crawl_delay_line_; }

  // Values of all Sitemap lines, whatever group they stand in; as written.
  const std::vector<std::string>& sitemaps() const { return sitemaps_; }
  // Hands them over and forgets them.
  std::vector<std::string> take_sitemaps();

  std::size_t size() const { return rules_.size(); }
  // Bytes on the heap.
  std::size_t memory_use() const;

 private:
  struct Span {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };
  struct Rule {
    Span pattern;          // canonical: only `*`, and `$` at the end, special
    Span text;             // as written
    std::uint32_t octets;  // of the rule, what "longest" means
    std::uint32_t line : 30;  // from 1
    std::uint32_t allow : 1;
    std::uint32_t query_slash : 1;  // has a `/` after a `?`
  };
  class Parser;

  std::string_view view(Span span) const {
    return std::string_view(text_).substr(span.begin, span.size);
  }

  std::string text_;
  std::vector<Rule> rules_;  // most octets first, allow before disallow
  std::vector<std::string> sitemaps_;
  std::optional<std::chrono::milliseconds> crawl_delay_;
  std::uint32_t crawl_delay_line_ = 0;
};

// The product token of a User-Agent header's value: its first word up to the
// version ("crawl" for "crawl/0.1 (+https://example.org/)").
std::string_view product_token(std::string_view user_agent);

}  // namespace crawl

#endif  // CRAWL_PARSE_ROBOTS_H_
