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

Attribute attribute_of(const NameKey& key, std::string_view name) {
  struct Known {
    NameKey key;
    std::string_view name;
  };
  static constexpr auto kKnown = [] {
    std::array<Known, 17> known{};
    std::size_t i = 0;
    for (const std::string_view one :
         {"class", "href", "id", "style", "src", "alt", "align", "role", "rel",
          "colspan", "rowspan", "aria-hidden", "start", "itemprop", "datetime",
          "data-lang", "data-language"}) {
      known[i++] = {bytes::constant_key(one), one};
    }
    return known;
  }();
  for (const Known& known : kKnown) {
    if (known.key == key &&
        (key.size <= 8 || equals_ignoring_case(name, known.name))) {
      return ContentTreeBuilder::attribute_named(known.name);
    }
  }
  return Attribute::kOther;
}

// Keeps of a page what is read of it; all else is unseen.
class ContentSink {
 public:
  using Node = ContentTree::Index;
  static constexpr bool kReadsBase = false;
  static constexpr bool kFosters = false;

  explicit ContentSink(std::string_view html)
      : page_end_(html.data() + html.size()) {}

  static Node document() { return kUnseen; }

  void attribute(std::string_view name, std::string_view value) {
    const NameKey key = bytes::name_key(name.data(), name.size(), page_end_);
    const Attribute known = attribute_of(key, name);
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
