#ifndef CRAWL_FRONTIER_SCOPE_H_
#define CRAWL_FRONTIER_SCOPE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/error.h"
#include "crawl/base/error_kind.h"
#include "crawl/base/url.h"

namespace crawl {

// How far from its seeds a crawl may go.
enum class ScopeKind : std::uint8_t {
  kHost,    // a seed's host
  kDomain,  // a seed's registrable domain, by the public suffix list
  kPrefix,  // a seed's host, at or below its directory
  kAny,     // anywhere
};
std::string_view to_string(ScopeKind kind);  // "host"
std::optional<ScopeKind> parse_scope_kind(std::string_view word);

// What makes two URLs the same site: host and port, but for a leading "www.".
// The scheme and its default port do not.
std::string site_of(const Url& url);

// What makes a URL look like one of an endless number made by a program. 0
// turns a guard off.
struct TrapLimits {
  std::size_t url_bytes = 2083;  // the longest URL browsers were built for
  std::size_t path_depth = 20;   // segments
  std::size_t path_repeats = 3;  // of a run of segments: /a/b/a/b/a/b
  std::size_t parameters = 32;   // in the query
  // Of one name, those of nested queries counted; also a URL that is encoded
  // into a URL that is encoded into a URL.
  std::size_t parameter_repeats = 8;
  std::uint64_t pages_per_host = 100'000;
};

struct ScopeOptions {
  ScopeKind kind = ScopeKind::kHost;
  // http and https, and a leading "www.", make different sites.
  bool exact_host = false;
  // RE2 expressions: one of `include`, if there are any, and none of `exclude`
  // must be found in the URL. One that begins with "/" or "^/" is about the
  // path: it must be found there, from where it may reach into the query.
  std::vector<std::string> include, exclude;
  // What else is excluded, and what says so: "--ignore".
  struct Ignored {
    std::string pattern, name;
  };
  std::vector<Ignored> ignore{};
  TrapLimits traps;
};

// Which rule a URL fell under.
enum class ScopeRule : std::uint8_t {
  kInScope,
  kNotHttp,
  kOutside,  // of the seeds' hosts, domains or prefixes
  kExcluded,
  kNotIncluded,
  kUrlBytes,
  kPathDepth,
  kPathRepeats,
  kParameters,
  kParameterRepeats,
  kNestedEncoding,  // "%252525": a URL inside a URL inside a URL
  kPagesPerHost,
};

struct ScopeDecision {
  ScopeRule rule = ScopeRule::kInScope;
  std::uint64_t value = 0;  // what was counted, or the expression's position

  bool allowed() const { return rule == ScopeRule::kInScope; }
  // kNone, kUnsupportedScheme, kScope, kExcluded, kTrap or kLimit.
  ErrorKind error() const;
};

// Decides whether a URL found on a page, or redirected to, belongs to the
// crawl. Seeds belong to it by being seeds; nobody asks.
//
// Filled by one thread; then any number may ask. Asking takes time linear in
// the URL (path repetition: quadratic in its segments, of which 1,024 count).
class Scope {
 public:
  // Fails on an expression that RE2 cannot read.
  static Result<Scope> make(ScopeOptions options);
  Scope(Scope&&) noexcept;
  Scope& operator=(Scope&&) noexcept;
  ~Scope();

  void add_seed(const Url& seed);

  ScopeDecision judge(const Url& url) const;

  // The same of what a page needs to be shown, wherever that is: --exclude and
  // the traps decide.
  ScopeDecision judge_needed(const Url& url) const;
  // kExcluded if one of the patterns to exclude is found, in or outside the
  // crawl.
  ScopeDecision judge_excluded(const Url& url) const;

  // As judge(), for the budget alone: `pages` of the URL's host were admitted
  // before it.
  ScopeDecision judge_budget(std::uint64_t pages) const;

  // The decision in words that name the rule: "path is 25 segments deep (limit
  // 20)", "matches --exclude /login", "same host as a seed".
  std::string explain(const ScopeDecision& decision) const;

  const ScopeOptions& options() const;

  // The settings that give a saved crawl its meaning, in one line.
  std::string settings() const;

 private:
  struct Impl;
  explicit Scope(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace crawl

#endif  // CRAWL_FRONTIER_SCOPE_H_
