#ifndef CRAWL_BASE_URL_CHARS_H_
#define CRAWL_BASE_URL_CHARS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ascii.h"

namespace crawl::url {

// The percent-encode sets of the URL Standard, section 1.3, one bit each: a
// byte is encoded in a component when its bit for that component is set.
enum Set : std::uint8_t {
  kC0Set = 1,
  kFragmentSet = 2,
  kQuerySet = 4,
  kSpecialQuerySet = 8,
  kPathSet = 16,
  kUserinfoSet = 32,
  // Not a set of the standard: where a path segment may end.
  kSegmentEnd = 64,
};

// What a byte may be in a host (section 3.2) and in a scheme (4.4).
enum Role : std::uint8_t {
  kForbiddenHost = 1,
  kForbiddenDomain = 2,
  kUpper = 4,
  kHostSlow = 8,  // needs decoding or IDNA: '%' and everything non-ASCII
  kSchemeChar = 16,
};

namespace internal {

constexpr void mark(std::array<std::uint8_t, 256>& table,
                    std::string_view characters, unsigned bits) {
  for (const char c : characters) {
    auto& entry = table.at(static_cast<unsigned char>(c));
    entry = static_cast<std::uint8_t>(entry | bits);
  }
}

constexpr std::array<std::uint8_t, 256> make_sets() {
  std::array<std::uint8_t, 256> table{};
  constexpr unsigned kAll = kC0Set | kFragmentSet | kQuerySet |
                            kSpecialQuerySet | kPathSet | kUserinfoSet;
  for (unsigned c = 0; c < 256; ++c) {
    if (c < 0x20 || c > 0x7E) table.at(c) = kAll;
  }
  constexpr unsigned kUser = kUserinfoSet;
  constexpr unsigned kPath = kPathSet | kUser;
  constexpr unsigned kQuery = kQuerySet | kSpecialQuerySet | kPath;
  mark(table, " \"<>", kFragmentSet | kQuery);
  mark(table, "`", kFragmentSet | kPath);
  mark(table, "#", kQuery);
  mark(table, "'", kSpecialQuerySet);
  mark(table, "?^{}", kPath);
  mark(table, "/:;=@[\\]|", kUser);
  mark(table, "/\\?#", kSegmentEnd);
  return table;
}

constexpr std::array<std::uint8_t, 256> make_roles() {
  std::array<std::uint8_t, 256> table{};
  for (unsigned c = 0; c < 256; ++c) {
    if (c < 0x20 || c == 0x7F) table.at(c) = kForbiddenDomain;
    if (c > 0x7F) table.at(c) = kHostSlow;
  }
  mark(table, std::string_view("\0\t\n\r #/:<>?@[\\]^|", 17),
       kForbiddenHost | kForbiddenDomain);
  mark(table, "%", kForbiddenDomain | kHostSlow);
  mark(table, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", kUpper | kSchemeChar);
  mark(table, "abcdefghijklmnopqrstuvwxyz0123456789+-.", kSchemeChar);
  return table;
}

}  // namespace internal

inline constexpr std::array<std::uint8_t, 256> kSets = internal::make_sets();
inline constexpr std::array<std::uint8_t, 256> kRoles = internal::make_roles();

constexpr std::uint8_t sets_of(char c) {
  return kSets[static_cast<unsigned char>(c)];
}
constexpr std::uint8_t roles_of(char c) {
  return kRoles[static_cast<unsigned char>(c)];
}

// The first byte in [p, end) that is in one of `sets`, or `end`.
inline const char* find_in_set(const char* p, const char* end, unsigned sets) {
  // Four at a time: most text has none.
  while (end - p >= 4 &&
         ((sets_of(p[0]) | sets_of(p[1]) | sets_of(p[2]) | sets_of(p[3])) &
          sets) == 0) {
    p += 4;
  }
  while (p != end && (sets_of(*p) & sets) == 0) ++p;
  return p;
}

// The bits of all bytes of `text` together.
std::uint8_t roles_of_all(std::string_view text);

// "UTF-8 percent-encode" (section 1.3): appends `text` with the bytes of `set`
// as %XX. Bytes that are not UTF-8 become U+FFFD, as decoding would have made
// them before the standard's parser saw them.
void append_encoded(std::string& out, std::string_view text, Set set);

// The same for the one character (or invalid sequence) that `text` begins with,
// whatever it is; returns its size.
std::size_t append_escaped(std::string& out, std::string_view text);

// "Percent-decode" (section 1.3). A '%' without two digits stays.
std::string percent_decode(std::string_view text);

}  // namespace crawl::url

#endif  // CRAWL_BASE_URL_CHARS_H_
