#ifndef CRAWL_PARSE_HTML_TAG_BEGINNINGS_H_
#define CRAWL_PARSE_HTML_TAG_BEGINNINGS_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace crawl {

// A set of tags by the three bytes behind their `<`, letters in either case,
// made for asking at sixty-four places at once: a byte is looked up by its
// halves, in tables of sixteen, which fit a vector register.
//
// A tag of the set is always found in it. Others may be, too: beginnings share
// eight groups, and a group has all that its halves of bytes can be put
// together to.
class TagBeginnings {
 public:
  static constexpr std::size_t kBytes = 3;

  // Start tags and end tags of these names (lower-case letters), and all that
  // begins with `<!`. Of a name of less than three letters only the first
  // counts. Start tags of the names in `avoided` are not to be in the set, as
  // far as that can be had.
  template <class Names>
  constexpr TagBeginnings(const Names& starts,
                          std::initializer_list<std::string_view> ends,
                          std::initializer_list<std::string_view> avoided) {
    for (std::size_t k = 1; k < kBytes; ++k) add_any(k, kShort);
    add(0, '!', kShort);
    for (const std::string_view name : starts) {
      if (name.size() < kBytes) add(0, name[0], kShort);
    }
    add(0, '/', kEnds);
    for (const std::string_view name : ends) {
      add(1, name[0], kEnds);
      add(2, name[1], kEnds);
    }
    std::array<Group, kGroups> groups{};
    for (const std::string_view name : starts) {
      if (has(0, name[0], kShort)) continue;
      const std::size_t group = group_for(name, groups, avoided);
      for (std::size_t k = 0; k < kBytes; ++k) add(k, name[k], group);
    }
  }

  // Bit g of low[k][c & 15] & high[k][c >> 4]: group g has the byte c in place
  // k. A beginning is in the set if one group has all three.
  using Table = std::array<std::uint8_t, 16>;
  std::array<Table, kBytes> low{};
  std::array<Table, kBytes> high{};

  constexpr bool has(const char* beginning) const {
    unsigned groups = 0xFF;
    for (std::size_t k = 0; k < kBytes; ++k) {
      groups &= groups_of(k, beginning[k]);
    }
    return groups != 0;
  }

 private:
  static constexpr std::size_t kGroups = 8;
  static constexpr std::size_t kShort = 0;
  static constexpr std::size_t kEnds = 1;
  static constexpr std::size_t kFirstFree = 2;

  // What a group has in each place: halves of bytes, and so more letters than
  // were put in.
  struct Group {
    std::array<unsigned, kBytes> low{};  // bit h: the half h
    std::array<unsigned, kBytes> high{};

    constexpr void add(std::string_view name) {
      for (std::size_t k = 0; k < kBytes; ++k) {
        const auto byte = static_cast<unsigned char>(name[k]);
        low[k] |= 1U << (byte & 15);
        high[k] |= 1U << (byte >> 4);
      }
    }
    constexpr bool has(std::size_t k, char c) const {
      const auto byte = static_cast<unsigned char>(c);
      return (low[k] >> (byte & 15) & high[k] >> (byte >> 4) & 1) != 0;
    }
    constexpr bool has(std::string_view name) const {
      for (std::size_t k = 0; k < kBytes; ++k) {
        if (!has(k, name[k])) return false;
      }
      return true;
    }
    // How many beginnings of letters it has; one of `avoided` counts for a
    // million.
    constexpr unsigned cost(
        std::initializer_list<std::string_view> avoided) const {
      int all = 1;
      for (std::size_t k = 0; k < kBytes; ++k) {
        all *= (high[k] >> 6 & 1 ? std::popcount(low[k] & 0xFFFE) : 0) +  // a-o
               (high[k] >> 7 & 1 ? std::popcount(low[k] & 0x07FF) : 0);   // p-z
      }
      for (const std::string_view name : avoided)
        all += has(name) ? 1'000'000 : 0;
      return static_cast<unsigned>(all);
    }
  };

  // Puts the name where it adds least.
  static constexpr std::size_t group_for(
      std::string_view name, std::array<Group, kGroups>& groups,
      std::initializer_list<std::string_view> avoided) {
    std::size_t best = kFirstFree;
    unsigned least = ~0U;
    for (std::size_t i = kFirstFree; i < kGroups; ++i) {
      Group with = groups[i];
      with.add(name);
      const unsigned more = with.cost(avoided) - groups[i].cost(avoided);
      if (more < least) best = i, least = more;
    }
    groups[best].add(name);
    return best;
  }

  constexpr unsigned groups_of(std::size_t k, char c) const {
    const auto byte = static_cast<unsigned char>(c);
    return unsigned{low[k][byte & 15]} & high[k][byte >> 4];
  }
  constexpr bool has(std::size_t k, char c, std::size_t group) const {
    return (groups_of(k, c) >> group & 1) != 0;
  }
  constexpr void add(std::size_t k, char c, std::size_t group) {
    const auto byte = static_cast<unsigned char>(c);
    const auto bit = static_cast<std::uint8_t>(1U << group);
    low[k][byte & 15] |= bit;
    high[k][byte >> 4] |= bit;
    if (c >= 'a' && c <= 'z') high[k][(byte >> 4) - 2U] |= bit;
  }
  constexpr void add_any(std::size_t k, std::size_t group) {
    for (std::size_t i = 0; i < 16; ++i) {
      low[k][i] |= static_cast<std::uint8_t>(1U << group);
      high[k][i] |= static_cast<std::uint8_t>(1U << group);
    }
  }
};

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_TAG_BEGINNINGS_H_
