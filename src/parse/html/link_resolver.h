#ifndef CRAWL_PARSE_HTML_LINK_RESOLVER_H_
#define CRAWL_PARSE_HTML_LINK_RESOLVER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/url.h"

namespace crawl {

// Resolves a page's references against its base, and lets only http and https
// through, without userinfo.
//
// One thread at a time; `page_url` must outlive it.
class LinkResolver {
 public:
  // `base_href`: of the base element, if there is one; `encoding`: the page's,
  // which encodes queries. Once `budget` bytes of references and bases were
  // read, nothing more is resolved: a long base would otherwise let a page's
  // links take its square in memory.
  LinkResolver(const Url& page_url, std::optional<std::string_view> base_href,
               std::string_view encoding, std::size_t budget);

  const Url& base() const { return base_ ? *base_ : page_url_; }

  // Sets `url` and returns true if `reference` is a link to follow.
  bool resolve(std::string_view reference, std::string& url);
  std::optional<std::string> resolve(std::string_view reference);

  // What a reference is that resolve() returned false for. `url`: it, if it is
  // one of another scheme.
  enum class Unlinked : std::uint8_t { kMalformed, kOtherScheme, kTooMuch };
  Unlinked unlinked(std::string_view reference, std::string& url);

  // True only if resolve() would be, once `reference`, the page's own bytes, is
  // decoded: for those who want no URL. Most references of a page show it at
  // their beginning. Takes nothing of the budget.
  bool is_plain_link(std::string_view reference) const;
  std::size_t budget_left() const { return budget_; }

 private:
  std::string_view with_encoded_query(std::string_view reference);

  const Url& page_url_;
  std::optional<Url> base_;
  const std::string_view encoding_;
  const bool utf8_queries_;
  std::size_t budget_;
  std::string scratch_;
};

// Remembers a number for each of a page's references, by their bytes.
//
// In memory for `expected` of them, allocated once. Colliding hashes cost a
// bounded time: a reference that finds no place is not remembered.
class ReferenceTable {
 public:
  explicit ReferenceTable(std::size_t expected);

  // The number kept with the reference, kNew if it is seen for the first time;
  // null if it found no place. `kind` is part of the key. The view must live as
  // long as the table.
  static constexpr std::uint32_t kNew = 0xffffffff;
  std::uint32_t* find(std::string_view reference, bool kind);

 private:
  struct Slot {
    const char* data = nullptr;
    std::uint32_t size_and_kind = 0;
    std::uint32_t hash = 0;
    std::uint32_t number = kNew;
    bool used = false;
  };
  std::vector<Slot> slots_;
  std::size_t mask_;
};

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_LINK_RESOLVER_H_
