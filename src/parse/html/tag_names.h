#ifndef CRAWL_PARSE_HTML_TAG_NAMES_H_
#define CRAWL_PARSE_HTML_TAG_NAMES_H_

#include <gumbo.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "parse/text/byte_scan.h"

namespace crawl {

// Tags by name, as gumbo_tagn_enum() has them, without a call for the short
// names that most are.
class TagNames {
 public:
  static const TagNames& all() {
    static const TagNames names;
    return names;
  }

  // Of a name in any case that starts at `p`, which the page goes on behind up
  // to `end`.
  GumboTag find(const char* p, std::size_t size, const char* end) const {
    if (size <= kShort) {
      const bytes::NameKey key = bytes::name_key(p, size, end);
      for (std::size_t slot = slot_of(key);; slot = (slot + 1) % kSlots) {
        if (slots_[slot].key == key) return slots_[slot].tag;
        if (slots_[slot].key.size == 0) return GUMBO_TAG_UNKNOWN;
      }
    }
    return gumbo_tagn_enum(p, static_cast<unsigned>(size));
  }

 private:
  struct Slot {
    bytes::NameKey key;
    GumboTag tag = GUMBO_TAG_UNKNOWN;
  };
  static constexpr std::size_t kShort = 8;
  static constexpr std::size_t kSlots = 1024;

  TagNames() {
    for (int i = 0; i < GUMBO_TAG_UNKNOWN; ++i) {
      const auto tag = static_cast<GumboTag>(i);
      const std::string_view name = gumbo_normalized_tagname(tag);
      if (name.empty() || name.size() > kShort) continue;
      const bytes::NameKey key = bytes::constant_key(name);
      std::size_t slot = slot_of(key);
      while (slots_[slot].key.size != 0) slot = (slot + 1) % kSlots;
      slots_[slot] = {key, tag};
    }
  }

  static std::size_t slot_of(const bytes::NameKey& key) {
    return (key.head * 0x9E3779B97F4A7C15U) >> 54U;
  }

  std::array<Slot, kSlots> slots_{};
};

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_TAG_NAMES_H_
