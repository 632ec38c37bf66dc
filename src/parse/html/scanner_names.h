#ifndef CRAWL_PARSE_HTML_SCANNER_NAMES_H_
#define CRAWL_PARSE_HTML_SCANNER_NAMES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "parse/html/page_names.h"
#include "parse/html/tag_beginnings.h"
#include "parse/text/byte_scan.h"

namespace crawl {

// What a start tag does to the scan of HTML content.
enum class TagAction : std::uint8_t {
  kOther,  // opens the body, if nothing has yet
  kBody,
  kColumn,   // col
  kForeign,  // svg, math
  kForm,
  kFrame,
  kFrameset,
  kHead,  // stays in the head: link, meta ...
  kHtml,
  kPlaintext,
  kRawBody,  // raw text, opens the body: iframe, noembed, xmp
  kRawHead,  // raw text, stays in the head: style, noframes
  kRcdata,   // textarea
  kScript,
  kTemplate,
  kTitle,
};

struct ScannedTag {
  PageElement element = PageElement::kOther;
  TagAction action = TagAction::kOther;
};

// Names of letters, looked up by one multiplication and one comparison. The
// multiplier that sets them apart is found at compile time.
template <class Value, std::size_t kSize>
class NameTable {
 public:
  struct Entry {
    std::string_view name;
    Value value;
  };

  explicit constexpr NameTable(const std::array<Entry, kSize>& entries) {
    multiplier_ = 0x9E3779B97F4A7C15;
    while (!fill(entries)) multiplier_ = multiplier_ * 6364136223846793005 + 2;
  }

  constexpr std::array<std::string_view, kSize> names() const {
    std::array<std::string_view, kSize> names;
    std::size_t count = 0;
    for (const Slot& slot : slots_) {
      if (slot.key.size != 0) names[count++] = slot.name;
    }
    return names;
  }

  // The value of the name at `p`, in any case, or `otherwise`.
  Value find(const bytes::NameKey& key, const char* p, const char* end,
             Value otherwise) const {
    const Slot& slot = slots_[index(key)];
    if (!(slot.key == key)) return otherwise;
    if (key.size > 8 && !bytes::matches(p + 8, end, slot.name.substr(8)))
        [[unlikely]] {
      return otherwise;
    }
    return slot.value;
  }

 private:
  static constexpr unsigned kBits = 9;
  struct Slot {
    bytes::NameKey key;
    std::string_view name;
    Value value{};
  };

  constexpr std::size_t index(const bytes::NameKey& key) const {
    return static_cast<std::size_t>((key.head * multiplier_) >> (64 - kBits));
  }

  constexpr bool fill(const std::array<Entry, kSize>& entries) {
    for (Slot& slot : slots_) slot = {};
    for (const Entry& entry : entries) {
      const bytes::NameKey key = bytes::constant_key(entry.name);
      Slot& slot = slots_[index(key)];
      if (slot.key.size != 0) return false;
      slot = {key, entry.name, entry.value};
    }
    return true;
  }

  std::uint64_t multiplier_ = 0;
  std::array<Slot, std::size_t{1} << kBits> slots_{};
};

template <class Value, std::size_t kSize>
using NameEntries = std::array<typename NameTable<Value, kSize>::Entry, kSize>;

inline constexpr NameTable<ScannedTag, 36> kHtmlTags(
    NameEntries<ScannedTag, 36>{{
        {"a", {PageElement::kA, TagAction::kOther}},
        {"area", {PageElement::kArea, TagAction::kOther}},
        {"audio", {PageElement::kAudio, TagAction::kOther}},
        {"base", {PageElement::kBase, TagAction::kHead}},
        {"basefont", {PageElement::kOther, TagAction::kHead}},
        {"bgsound", {PageElement::kOther, TagAction::kHead}},
        {"body", {PageElement::kBody, TagAction::kBody}},
        {"button", {PageElement::kButton, TagAction::kOther}},
        {"col", {PageElement::kOther, TagAction::kColumn}},
        {"embed", {PageElement::kEmbed, TagAction::kOther}},
        {"form", {PageElement::kForm, TagAction::kForm}},
        {"frame", {PageElement::kFrame, TagAction::kFrame}},
        {"frameset", {PageElement::kOther, TagAction::kFrameset}},
        {"head", {PageElement::kOther, TagAction::kHead}},
        {"html", {PageElement::kHtml, TagAction::kHtml}},
        {"iframe", {PageElement::kIframe, TagAction::kRawBody}},
        {"image", {PageElement::kImg, TagAction::kOther}},
        {"img", {PageElement::kImg, TagAction::kOther}},
        {"input", {PageElement::kInput, TagAction::kOther}},
        {"link", {PageElement::kLink, TagAction::kHead}},
        {"math", {PageElement::kOther, TagAction::kForeign}},
        {"meta", {PageElement::kMeta, TagAction::kHead}},
        {"noembed", {PageElement::kOther, TagAction::kRawBody}},
        {"noframes", {PageElement::kOther, TagAction::kRawHead}},
        {"object", {PageElement::kObject, TagAction::kOther}},
        {"plaintext", {PageElement::kOther, TagAction::kPlaintext}},
        {"script", {PageElement::kScript, TagAction::kScript}},
        {"source", {PageElement::kSource, TagAction::kOther}},
        {"style", {PageElement::kOther, TagAction::kRawHead}},
        {"svg", {PageElement::kOther, TagAction::kForeign}},
        {"template", {PageElement::kOther, TagAction::kTemplate}},
        {"textarea", {PageElement::kOther, TagAction::kRcdata}},
        {"title", {PageElement::kOther, TagAction::kTitle}},
        {"track", {PageElement::kTrack, TagAction::kOther}},
        {"video", {PageElement::kVideo, TagAction::kOther}},
        {"xmp", {PageElement::kOther, TagAction::kRawBody}},
    }});

inline constexpr NameTable<PageAttribute, 17> kAttributes(
    NameEntries<PageAttribute, 17>{{
        {"action", PageAttribute::kAction},
        {"background", PageAttribute::kBackground},
        {"content", PageAttribute::kContent},
        {"data", PageAttribute::kData},
        {"formaction", PageAttribute::kFormaction},
        {"href", PageAttribute::kHref},
        {"http-equiv", PageAttribute::kHttpEquiv},
        {"imagesrcset", PageAttribute::kImagesrcset},
        {"id", PageAttribute::kId},
        {"lang", PageAttribute::kLang},
        {"name", PageAttribute::kName},
        {"poster", PageAttribute::kPoster},
        {"rel", PageAttribute::kRel},
        {"src", PageAttribute::kSrc},
        {"srcset", PageAttribute::kSrcset},
        {"type", PageAttribute::kType},
        {"xlink:href", PageAttribute::kXlinkHref},
    }});

// All that means something in a body. Of end tags, two do, except for the text
// around; one without a name is a comment that ends at its first `>`. What is
// avoided is what pages have most of.
inline constexpr TagBeginnings kBodyTags(
    kHtmlTags.names(), {"form", "template"},
    {"cite", "code", "div", "label", "main", "nav", "option", "pre", "section",
     "small", "span", "strong", "sub", "sup", "table", "tbody", "thead",
     "var"});

// What a start tag does in svg or math.
enum class ForeignAction : std::uint8_t {
  kPlain,
  kBreakout,  // closes svg and math, is HTML
  kFont,      // kBreakout with a color, face or size attribute
  kMathText,  // in math: its content is HTML ("MathML text integration point")
  kMathHtml,  // in math: annotation-xml, whose content may be HTML or svg
  kSvgHtml,   // in svg: its content is HTML ("HTML integration point")
};

struct ForeignTag {
  PageElement svg_element = PageElement::kOther;
  ForeignAction action = ForeignAction::kPlain;
};

inline constexpr NameTable<ForeignTag, 58> kForeignTags(
    NameEntries<ForeignTag, 58>{{
        {"a", {PageElement::kSvgA, ForeignAction::kPlain}},
        {"annotation-xml", {PageElement::kOther, ForeignAction::kMathHtml}},
        {"b", {PageElement::kOther, ForeignAction::kBreakout}},
        {"big", {PageElement::kOther, ForeignAction::kBreakout}},
        {"blockquote", {PageElement::kOther, ForeignAction::kBreakout}},
        {"body", {PageElement::kOther, ForeignAction::kBreakout}},
        {"br", {PageElement::kOther, ForeignAction::kBreakout}},
        {"center", {PageElement::kOther, ForeignAction::kBreakout}},
        {"code", {PageElement::kOther, ForeignAction::kBreakout}},
        {"dd", {PageElement::kOther, ForeignAction::kBreakout}},
        {"desc", {PageElement::kOther, ForeignAction::kSvgHtml}},
        {"div", {PageElement::kOther, ForeignAction::kBreakout}},
        {"dl", {PageElement::kOther, ForeignAction::kBreakout}},
        {"dt", {PageElement::kOther, ForeignAction::kBreakout}},
        {"em", {PageElement::kOther, ForeignAction::kBreakout}},
        {"embed", {PageElement::kOther, ForeignAction::kBreakout}},
        {"font", {PageElement::kOther, ForeignAction::kFont}},
        {"foreignobject", {PageElement::kOther, ForeignAction::kSvgHtml}},
        {"h1", {PageElement::kOther, ForeignAction::kBreakout}},
        {"h2", {PageElement::kOther, ForeignAction::kBreakout}},
        {"h3", {PageElement::kOther, ForeignAction::kBreakout}},
        {"h4", {PageElement::kOther, ForeignAction::kBreakout}},
        {"h5", {PageElement::kOther, ForeignAction::kBreakout}},
        {"h6", {PageElement::kOther, ForeignAction::kBreakout}},
        {"head", {PageElement::kOther, ForeignAction::kBreakout}},
        {"hr", {PageElement::kOther, ForeignAction::kBreakout}},
        {"i", {PageElement::kOther, ForeignAction::kBreakout}},
        {"image", {PageElement::kSvgImage, ForeignAction::kPlain}},
        {"img", {PageElement::kOther, ForeignAction::kBreakout}},
        {"li", {PageElement::kOther, ForeignAction::kBreakout}},
        {"listing", {PageElement::kOther, ForeignAction::kBreakout}},
        {"menu", {PageElement::kOther, ForeignAction::kBreakout}},
        {"meta", {PageElement::kOther, ForeignAction::kBreakout}},
        {"mi", {PageElement::kOther, ForeignAction::kMathText}},
        {"mn", {PageElement::kOther, ForeignAction::kMathText}},
        {"mo", {PageElement::kOther, ForeignAction::kMathText}},
        {"ms", {PageElement::kOther, ForeignAction::kMathText}},
        {"mtext", {PageElement::kOther, ForeignAction::kMathText}},
        {"nobr", {PageElement::kOther, ForeignAction::kBreakout}},
        {"ol", {PageElement::kOther, ForeignAction::kBreakout}},
        {"p", {PageElement::kOther, ForeignAction::kBreakout}},
        {"pre", {PageElement::kOther, ForeignAction::kBreakout}},
        {"ruby", {PageElement::kOther, ForeignAction::kBreakout}},
        {"s", {PageElement::kOther, ForeignAction::kBreakout}},
        {"script", {PageElement::kSvgScript, ForeignAction::kPlain}},
        {"small", {PageElement::kOther, ForeignAction::kBreakout}},
        {"span", {PageElement::kOther, ForeignAction::kBreakout}},
        {"strike", {PageElement::kOther, ForeignAction::kBreakout}},
        {"strong", {PageElement::kOther, ForeignAction::kBreakout}},
        {"sub", {PageElement::kOther, ForeignAction::kBreakout}},
        {"sup", {PageElement::kOther, ForeignAction::kBreakout}},
        {"table", {PageElement::kOther, ForeignAction::kBreakout}},
        {"title", {PageElement::kOther, ForeignAction::kSvgHtml}},
        {"tt", {PageElement::kOther, ForeignAction::kBreakout}},
        {"u", {PageElement::kOther, ForeignAction::kBreakout}},
        {"ul", {PageElement::kOther, ForeignAction::kBreakout}},
        {"use", {PageElement::kSvgUse, ForeignAction::kPlain}},
        {"var", {PageElement::kOther, ForeignAction::kBreakout}},
    }});

// What a tag does to the text of an open `a`, see AnchorText.
enum class AnchorTag : std::uint8_t {
  kPlain,
  kBlock,
  kDoubt,
  kFormatting,  // and all above: one number for each element
};
constexpr std::size_t kFormattingTags = 13;

constexpr AnchorTag formatting(unsigned number) {
  return static_cast<AnchorTag>(static_cast<unsigned>(AnchorTag::kFormatting) +
                                number);
}

inline constexpr NameTable<AnchorTag, 69> kAnchorTags(
    NameEntries<AnchorTag, 69>{{
        {"address", AnchorTag::kBlock},
        {"applet", AnchorTag::kDoubt},
        {"article", AnchorTag::kBlock},
        {"aside", AnchorTag::kBlock},
        {"b", formatting(0)},
        {"big", formatting(1)},
        {"blockquote", AnchorTag::kBlock},
        {"button", AnchorTag::kBlock},
        {"caption", AnchorTag::kDoubt},
        {"center", AnchorTag::kBlock},
        {"code", formatting(2)},
        {"col", AnchorTag::kDoubt},
        {"colgroup", AnchorTag::kDoubt},
        {"dd", AnchorTag::kBlock},
        {"details", AnchorTag::kBlock},
        {"dir", AnchorTag::kBlock},
        {"div", AnchorTag::kBlock},
        {"dl", AnchorTag::kBlock},
        {"dt", AnchorTag::kBlock},
        {"em", formatting(3)},
        {"fieldset", AnchorTag::kBlock},
        {"figcaption", AnchorTag::kBlock},
        {"figure", AnchorTag::kBlock},
        {"font", formatting(4)},
        {"footer", AnchorTag::kBlock},
        {"form", AnchorTag::kBlock},
        {"h1", AnchorTag::kBlock},
        {"h2", AnchorTag::kBlock},
        {"h3", AnchorTag::kBlock},
        {"h4", AnchorTag::kBlock},
        {"h5", AnchorTag::kBlock},
        {"h6", AnchorTag::kBlock},
        {"header", AnchorTag::kBlock},
        {"hgroup", AnchorTag::kBlock},
        {"i", formatting(5)},
        {"li", AnchorTag::kBlock},
        {"listing", AnchorTag::kDoubt},
        {"main", AnchorTag::kBlock},
        {"marquee", AnchorTag::kDoubt},
        {"menu", AnchorTag::kBlock},
        {"nav", AnchorTag::kBlock},
        {"nobr", formatting(6)},
        {"noscript", AnchorTag::kBlock},
        {"object", AnchorTag::kDoubt},
        {"ol", AnchorTag::kBlock},
        {"p", AnchorTag::kBlock},
        {"plaintext", AnchorTag::kDoubt},
        {"pre", AnchorTag::kDoubt},
        {"s", formatting(7)},
        {"search", AnchorTag::kBlock},
        {"section", AnchorTag::kBlock},
        {"select", AnchorTag::kDoubt},
        {"small", formatting(8)},
        {"strike", formatting(9)},
        {"strong", formatting(10)},
        {"summary", AnchorTag::kBlock},
        {"table", AnchorTag::kDoubt},
        {"tbody", AnchorTag::kDoubt},
        {"td", AnchorTag::kDoubt},
        {"textarea", AnchorTag::kDoubt},
        {"tfoot", AnchorTag::kDoubt},
        {"th", AnchorTag::kDoubt},
        {"thead", AnchorTag::kDoubt},
        {"title", AnchorTag::kDoubt},
        {"tr", AnchorTag::kDoubt},
        {"tt", formatting(11)},
        {"u", formatting(12)},
        {"ul", AnchorTag::kBlock},
        {"xmp", AnchorTag::kDoubt},
    }});

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_SCANNER_NAMES_H_
