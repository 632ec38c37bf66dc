#include "extract/content_scan.h"

#include <array>
#include <string>

#include "base/ascii.h"
#include "parse/html/entities.h"
#include "parse/html/plain_scan.h"

namespace crawl {
namespace {

using Attribute = ContentTree::Attribute;
using bytes::NameKey;

// The attributes that content is read from, by name.
class KnownAttributes {
 public:
  constexpr KnownAttributes() {
    for (const std::string_view name :
         {"class", "href", "id", "style", "src", "alt", "align", "role", "rel",
          "colspan", "rowspan", "aria-hidden", "start", "itemprop", "datetime",
          "data-lang", "data-language"}) {
      const NameKey key = bytes::constant_key(name);
      std::size_t slot = slot_of(key);
      while (slots_[slot].key.size != 0) slot = (slot + 1) % kSlots;
      slots_[slot] = {key, name, ContentTreeBuilder::attribute_named(name)};
    }
  }

  Attribute find(const NameKey& key, std::string_view name) const {
    for (std::size_t slot = slot_of(key);; slot = (slot + 1) % kSlots) {
      const Slot& known = slots_[slot];
      if (known.key.size == 0) return Attribute::kOther;
      if (known.key == key &&
          (key.size <= 8 || equals_ignoring_case(name, known.name))) {
        return known.attribute;
      }
    }
  }

 private:
  struct Slot {
    NameKey key;
    std::string_view name;
    Attribute attribute = Attribute::kOther;
  };
  static constexpr std::size_t kSlots = 64;

  static constexpr std::size_t slot_of(const NameKey& key) {
    return (key.head * 0x9E3779B97F4A7C15U) >> 58U;
  }

  std::array<Slot, kSlots> slots_{};
};
constexpr KnownAttributes kKnownAttributes;

// Keeps of a page what is read of it; all else is unseen.
class ContentSink {
 public:
  using Node = ContentTree::Index;
  static constexpr bool kReadsBase = false;
  static constexpr bool kFosters = false;

  explicit ContentSink(std::string_view html)
      : page_end_(html.data() + html.size()), builder_(html.size()) {}

  static Node document() { return kUnseen; }

  void attribute(std::string_view name, std::string_view value) {
    const NameKey key = bytes::name_key(name.data(), name.size(), page_end_);
    const Attribute known = kKnownAttributes.find(key, name);
    if (known == Attribute::kOther) {
      if (key == bytes::constant_key("hidden")) builder_.hidden(value);
      if (key == bytes::constant_key("open")) builder_.open_attribute();
      return;
    }
    builder_.attribute(known, decoded(value, TextContext::kAttribute));
  }
  void forget_attributes() { builder_.forget_attributes(); }

  bool unknown(std::string_view name, std::string_view) {
    if (equals_ignoring_case(name, "dialog")) builder_.dialog();
    return !equals_ignoring_case(name, "annotation");
  }

  Node open(GumboTag tag, Node parent) {
    if (tag == GUMBO_TAG_BODY) {
      parent = begin_body();
    } else if (parent == kUnseen) {
      builder_.forget_attributes();
      return kUnseen;
    }
    return builder_.open(tag, true, parent).value_or(kUnseen);
  }
  Node open_svg(std::string_view, std::string_view, Node) {
    builder_.forget_attributes();
    return kUnseen;
  }
  Node implied(GumboTag tag, Node parent) {
    if (tag == GUMBO_TAG_BODY) parent = begin_body();
    return parent == kUnseen ? kUnseen : builder_.implied(tag, parent);
  }
  void close(Node node) {
    if (node != kUnseen) builder_.close(node);
  }

  void text(std::string_view raw, Node parent) {
    if (parent == kUnseen) return;
    const std::string_view text = decoded(raw, TextContext::kData);
    if (!text.empty()) builder_.text(text, parent);
  }
  void raw_text(GumboTag tag, std::string_view raw, Node parent) {
    builder_.forget_attributes();
    if (tag != GUMBO_TAG_TITLE || parent != kUnseen || titled_ || body_) return;
    titled_ = true;
    builder_.title(decode_text(raw, TextContext::kRcdata, scratch_));
  }
  static void comment(std::string_view, Node) {}
  static std::optional<bool> quirks(std::string_view doctype) {
    if (equals_ignoring_case(doctype, kUsualDoctype)) return false;
    return std::nullopt;
  }
  static bool good() { return true; }

  ContentTree finish() { return builder_.finish(); }

 private:
  static constexpr Node kUnseen = ~Node{0};

  Node begin_body() {
    body_ = true;
    return ContentTree::kRoot;
  }

  std::string_view decoded(std::string_view raw, TextContext context) {
    const char* const end = raw.data() + raw.size();
    if (bytes::find_reference(raw.data(), end) == end) return raw;
    const std::string_view text = decode_text(raw, context, scratch_);
    return text.data() == scratch_.data() ? builder_.keep(std::string(text))
                                          : text;
  }

  const char* const page_end_;
  ContentTreeBuilder builder_;
  std::string scratch_;
  bool titled_ = false;
  bool body_ = false;
};

}  // namespace

std::optional<ContentTree> scan_content(std::string_view html) {
  ContentSink sink(html);
  if (!PlainScan<ContentSink>(html, sink).run()) return std::nullopt;
  return sink.finish();
}

}  // namespace crawl
