// Input: a base URL, a newline, a reference. Whatever they are, what the parser
// accepts serialises to something it reads back unchanged, its components add
// up to its href, and the two ways to resolve agree.
//
//   url_fuzz -dict=tests/fuzz/url_fuzz.dict CORPUS_DIR
//   tests/fuzz/corpus/url_fuzz

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crawl/base/url.h"

namespace {

using crawl::Url;

void require(bool condition, const char* what, std::string_view about) {
  if (condition) return;
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(about.size()),
               about.data());
  std::abort();
}

bool same_parts(const Url& a, const Url& b) {
  return a.href() == b.href() && a.scheme() == b.scheme() &&
         a.username() == b.username() && a.password() == b.password() &&
         a.hostname() == b.hostname() && a.port() == b.port() &&
         a.pathname() == b.pathname() && a.search() == b.search() &&
         a.hash() == b.hash() && a.path_and_query() == b.path_and_query() &&
         a.effective_port() == b.effective_port() &&
         a.has_credentials() == b.has_credentials() &&
         a.is_http() == b.is_http();
}

// The href put together again from the components ("URL serializing").
std::string joined(const Url& url) {
  std::string text(url.scheme());
  text += ':';
  const std::string_view href = url.href();
  const std::string_view after = href.substr(text.size());
  if (after.substr(0, 2) == "//") {
    text += "//";
    text += url.username();
    if (!url.password().empty()) (text += ':') += url.password();
    if (url.has_credentials()) text += '@';
    text += url.hostname();
    if (!url.port().empty()) (text += ':') += url.port();
  } else if (after.substr(0, 4) == "/.//") {
    text += "/.";
  }
  text += url.path_and_query();
  if (!url.hash().empty()) {
    text += url.hash();
  } else if (href.size() == text.size() + 1 && href.back() == '#') {
    text += '#';
  }
  return text;
}

void check(const Url& url) {
  const auto again = Url::parse(url.href());
  require(again.has_value(), "serialisation does not parse", url.href());
  require(same_parts(url, *again), "parse is not idempotent", url.href());
  require(joined(url) == url.href(), "components do not add up", url.href());
  const std::string_view query = url.search();
  require(
      url.path_and_query().substr(0, url.pathname().size()) == url.pathname() &&
          (query.empty() || url.path_and_query().ends_with(query)),
      "path and query disagree", url.href());
  for (const char c : url.href()) {
    require(c >= ' ' && c <= '~', "not printable ASCII", url.href());
    require(c != ' ' || !url.is_http(), "space", url.href());
  }
  const auto self = url.resolve(url.href());
  require(self && same_parts(*self, url), "resolves elsewhere", url.href());

  const Url bare = url.without_fragment();
  const auto bare_again = Url::parse(bare.href());
  require(bare_again && same_parts(bare, *bare_again), "without_fragment",
          url.href());
  const Url safe = url.without_credentials();
  const auto safe_again = Url::parse(safe.href());
  require(safe_again && same_parts(safe, *safe_again), "without_credentials",
          url.href());
  require(!safe.has_credentials(), "credentials stay", url.href());

  if (!url.is_http()) return;
  require(!url.hostname().empty() && url.pathname().starts_with('/'),
          "http without host or path", url.href());
  const auto origin = Url::parse(url.host_key());
  require(origin && origin->host_key() == url.host_key(), "host_key",
          url.href());
  const std::string domain = url.registrable_domain();
  require(!domain.empty() && url.hostname().ends_with(domain), "domain",
          url.href());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t newline = input.find('\n');
  const auto base = Url::parse(input.substr(0, newline));
  if (!base) return 0;
  check(*base);
  if (newline == std::string_view::npos) return 0;

  const std::string_view reference = input.substr(newline + 1);
  const auto resolved = base->resolve(reference);
  std::string out = "kept";
  const bool appended = base->resolve_append(reference, out);
  require(appended == resolved.has_value(), "resolve and append", reference);
  require(out.substr(0, 4) == "kept", "buffer changed", reference);
  require(out.substr(4) == (resolved ? resolved->href() : ""),
          "resolve and append differ", reference);
  if (resolved) check(*resolved);
  // What is absolute by itself does not depend on a base of another scheme.
  if (const auto alone = Url::parse(reference);
      alone && alone->scheme() != base->scheme()) {
    require(resolved && same_parts(*alone, *resolved), "base leaks", reference);
  }
  return 0;
}
