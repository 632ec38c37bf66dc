#ifndef CRAWL_PARSE_HTML_PAGE_BUILDER_H_
#define CRAWL_PARSE_HTML_PAGE_BUILDER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/url.h"
#include "crawl/parse/page.h"
#include "parse/html/page_names.h"

namespace crawl {

// Turns a reader's text into UTF-8: charset conversion, then character
// references, newlines and NULs as the HTML tokenizer has them at that place.
// Each returns `raw` itself where nothing changes, else a view of `scratch`.
class SourceDecoder {
 public:
  virtual ~SourceDecoder() = default;
  virtual std::string_view attribute(std::string_view raw,
                                     std::string& scratch) const = 0;
  virtual std::string_view text(std::string_view raw,
                                std::string& scratch) const = 0;
  virtual std::string_view rcdata(std::string_view raw,
                                  std::string& scratch) const = 0;
};

// The attributes of one start tag that a PageBuilder can ask for; the first of
// a name counts, as in the standard. Reused from tag to tag.
class AttributeSet {
 public:
  void clear() { present_ = 0; }
  void add(PageAttribute name, std::string_view value) {
    if (name == PageAttribute::kOther || has(name)) return;
    present_ |= bit(name);
    values_[static_cast<std::size_t>(name)] = value;
  }
  bool has(PageAttribute name) const { return (present_ & bit(name)) != 0; }
  const std::string_view* find(PageAttribute name) const {
    return has(name) ? &values_[static_cast<std::size_t>(name)] : nullptr;
  }

 private:
  static std::uint32_t bit(PageAttribute name) {
    return std::uint32_t{1} << static_cast<unsigned>(name);
  }
  std::uint32_t present_ = 0;
  std::array<std::string_view, kPageAttributeCount> values_;
};

// Makes a Page of what a reader finds. The readers (tag scanner, tree walk)
// know HTML's syntax; every rule of what is a link, which title, base or meta
// counts, and how its text is cleaned, is here and only here.
//
// A reader calls element() for the start tag of each element of interest that
// is in the document, with its attributes; title() with a title's content;
// anchor_text() with text inside an `a`; at last finish(), and nothing after.
// The order is that of the source's tags and text, which is the tree's but for
// content that the tree builder moves ("foster parenting"). What is not in the
// document must not come: the contents of `template`, tags the tree builder
// ignores. An element that it clones (adoption agency, reconstructed
// formatting) comes once, for its tag. No end tags.
//
// One thread at a time. `url`, `decoder` and every view passed in must live
// until finish() has returned: nothing is decoded, resolved or copied before,
// since a base element counts for the links before it too.
class PageBuilder {
 public:
  using Anchor = std::uint32_t;
  static constexpr Anchor kNoAnchor = 0xffffffff;

  // Bounds on what one hostile page can cost; later links are dropped. The
  // second is over the bytes of references and of the base each one meets.
  static constexpr std::size_t kMaxLinks = std::size_t{1} << 20;
  static constexpr std::size_t kMaxResolvedBytes = std::size_t{64} << 20;

  // `decoder` is null if all text comes decoded, as UTF-8.
  PageBuilder(const Url& url, const PageOptions& options,
              const SourceDecoder* decoder);

  // Returns what anchor_text() takes if the element is an `a` with a href.
  // Elements of kind kOther and kTitle have no effect.
  Anchor element(PageElement element, const AttributeSet& attributes);

  // For wants_check(): the text that all views are of, whether it is UTF-8, or
  // has a byte a character; where in it the tag of the next element begins; and
  // what in any element's attributes a fragment can mean.
  bool wants_check() const { return options_.check && options_.links; }
  void source(std::string_view text, bool utf8) {
    source_ = text;
    source_is_utf8_ = utf8;
  }
  void place(const char* at) { place_ = at; }
  void targets(const AttributeSet& attributes, bool is_anchor);

  // The whole content of an HTML (not svg) title element; the first counts.
  void title(std::string_view content);
  bool has_title() const { return title_.has_value(); }

  // A run of text whose innermost `a` is `anchor` (kNoAnchor: no effect). Not
  // what script, style, iframe, noembed, noframes, template hold.
  // Worth calling only if wants_text().
  bool wants_text() const {
    return (options_.anchor_text || options_.check) && options_.links;
  }
  void anchor_text(Anchor anchor, std::string_view text);

  // `encoding`: Encoding Standard name of the page's charset, which also
  // encodes the queries of its links.
  Page finish(std::string_view encoding, PageParser parser);

 private:
  struct Link {
    std::string_view reference;
    std::string_view rel = {};
    Anchor anchor = kNoAnchor;
    LinkElement element = LinkElement::kA;
    LinkAttribute attribute = LinkAttribute::kHref;
    bool decoded = false;  // `reference` is UTF-8 already
  };
  struct TextRun {
    Anchor anchor;
    std::string_view text;
  };

  void push_place() {
    if (wants_check()) places_.push_back(place_);
  }

  Anchor add_anchor(LinkElement element, LinkAttribute attribute,
                    const std::string_view* reference,
                    const AttributeSet& attributes);
  void add(LinkElement element, LinkAttribute attribute,
           const std::string_view* reference, std::string_view rel = {});
  void add_decoded(LinkElement element, LinkAttribute attribute,
                   std::string_view reference);
  void push(const Link& link);
  void add_svg(LinkElement element, const AttributeSet& attributes);
  void add_srcset(LinkElement element, LinkAttribute attribute,
                  const std::string_view* srcset);
  void add_link_element(const AttributeSet& attributes);
  void add_meta(const AttributeSet& attributes);
  void add_refresh(std::string_view content);

  // The value as UTF-8: itself or in `scratch_`.
  std::string_view decoded(std::string_view raw);
  // The same, in a place of its own if it is not itself.
  std::string_view decoded_and_kept(std::string_view raw);
  void collapse_anchor_text(Anchor anchor, std::string& out);
  std::size_t most_to_resolve(std::string_view base) const;

  const Url& url_;
  const PageOptions options_;
  const SourceDecoder* const decoder_;
  std::vector<Link> links_;
  std::vector<const char*> places_;  // as many, for wants_check()
  std::vector<std::uint64_t> targets_;
  std::string_view source_;
  bool source_is_utf8_ = true;
  const char* place_ = nullptr;
  Anchor anchors_ = 0;
  std::vector<TextRun> text_;
  std::size_t next_text_ = 0;
  std::deque<std::string> kept_;
  std::string scratch_;

  std::optional<std::string_view> title_;
  std::optional<std::string_view> base_;
  std::optional<std::string_view> lang_;
  std::optional<std::string_view> canonical_;
  std::optional<std::string_view> refresh_;
  std::optional<std::string> description_;
  std::optional<std::string> robots_;
  std::optional<std::string> robots_crawl_;
};

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_PAGE_BUILDER_H_
