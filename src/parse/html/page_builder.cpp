#include "parse/html/page_builder.h"

#include <xxhash.h>

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "crawl/base/utf8.h"
#include "parse/html/html_text.h"
#include "parse/html/link_resolver.h"
#include "parse/text/place_counter.h"

namespace crawl {
namespace {

// Of a URL of another scheme: of data, more says nothing.
constexpr std::size_t kMostOther = 256;

std::string_view value_or_empty(const std::string_view* value) {
  return value != nullptr ? *value : std::string_view();
}

std::optional<std::string> unless_empty(std::string text) {
  if (text.empty()) return std::nullopt;
  return text;
}

bool is_blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20;
  });
}

}  // namespace

std::uint64_t target_key(std::string_view id) {
  return XXH3_64bits(id.data(), id.size());
}

PageBuilder::PageBuilder(const Url& url, const PageOptions& options,
                         const SourceDecoder* decoder)
    : url_(url), options_(options), decoder_(decoder) {}

PageBuilder::Anchor PageBuilder::element(PageElement element,
                                         const AttributeSet& attributes) {
  using E = LinkElement;
  using A = LinkAttribute;
  using P = PageAttribute;
  const auto value = [&](P name) { return attributes.find(name); };
  switch (element) {
    case PageElement::kA:
      return add_anchor(E::kA, A::kHref, value(P::kHref), attributes);
    case PageElement::kSvgA:
      return value(P::kHref) != nullptr
                 ? add_anchor(E::kA, A::kHref, value(P::kHref), attributes)
                 : add_anchor(E::kA, A::kXlinkHref, value(P::kXlinkHref),
                              attributes);
    case PageElement::kArea:
      add_anchor(E::kArea, A::kHref, value(P::kHref), attributes);
      break;
    case PageElement::kAudio:
      add(E::kAudio, A::kSrc, value(P::kSrc));
      break;
    case PageElement::kBase:
      if (!base_ && value(P::kHref) != nullptr) base_ = *value(P::kHref);
      break;
    case PageElement::kBody:
      add(E::kBody, A::kBackground, value(P::kBackground));
      break;
    case PageElement::kButton:
      add(E::kButton, A::kFormaction, value(P::kFormaction));
      break;
    case PageElement::kEmbed:
      add(E::kEmbed, A::kSrc, value(P::kSrc));
      break;
    case PageElement::kForm:
      add(E::kForm, A::kAction, value(P::kAction));
      break;
    case PageElement::kFrame:
      add(E::kFrame, A::kSrc, value(P::kSrc));
      break;
    case PageElement::kHtml:
      if (!lang_ && value(P::kLang) != nullptr) lang_ = *value(P::kLang);
      break;
    case PageElement::kIframe:
      add(E::kIframe, A::kSrc, value(P::kSrc));
      break;
    case PageElement::kImg:
      add(E::kImg, A::kSrc, value(P::kSrc));
      add_srcset(E::kImg, A::kSrcset, value(P::kSrcset));
      break;
    case PageElement::kInput:
      if (value(P::kSrc) != nullptr &&
          equals_ignoring_case(decoded(value_or_empty(value(P::kType))),
                               "image")) {
        add(E::kInput, A::kSrc, value(P::kSrc));
      }
      add(E::kInput, A::kFormaction, value(P::kFormaction));
      break;
    case PageElement::kLink:
      add_link_element(attributes);
      break;
    case PageElement::kMeta:
      add_meta(attributes);
      break;
    case PageElement::kObject:
      add(E::kObject, A::kData, value(P::kData));
      break;
    case PageElement::kScript:
      add(E::kScript, A::kSrc, value(P::kSrc));
      break;
    case PageElement::kSource:
      add(E::kSource, A::kSrc, value(P::kSrc));
      add_srcset(E::kSource, A::kSrcset, value(P::kSrcset));
      break;
    case PageElement::kTrack:
      add(E::kTrack, A::kSrc, value(P::kSrc));
      break;
    case PageElement::kVideo:
      add(E::kVideo, A::kSrc, value(P::kSrc));
      add(E::kVideo, A::kPoster, value(P::kPoster));
      break;
    case PageElement::kSvgImage:
      add_svg(E::kImage, attributes);
      break;
    case PageElement::kSvgScript:
      add_svg(E::kScript, attributes);
      break;
    case PageElement::kSvgUse:
      add_svg(E::kUse, attributes);
      break;
    case PageElement::kTitle:
    case PageElement::kOther:
      break;
  }
  return kNoAnchor;
}

void PageBuilder::title(std::string_view content) {
  if (!title_) title_ = content;
}

void PageBuilder::anchor_text(Anchor anchor, std::string_view text) {
  if (anchor == kNoAnchor || !wants_text() || text.empty()) return;
  text_.push_back({anchor, text});
}

PageBuilder::Anchor PageBuilder::add_anchor(LinkElement element,
                                            LinkAttribute attribute,
                                            const std::string_view* reference,
                                            const AttributeSet& attributes) {
  if (reference == nullptr || links_.size() >= kMaxLinks) return kNoAnchor;
  Link link;
  link.reference = *reference;
  link.element = element;
  link.attribute = attribute;
  if (options_.links) {
    link.rel = value_or_empty(attributes.find(PageAttribute::kRel));
    link.anchor = anchors_++;
  }
  links_.push_back(link);
  push_place();
  return link.anchor;
}

// Everything that is not an anchor: an empty reference there is none.
void PageBuilder::add(LinkElement element, LinkAttribute attribute,
                      const std::string_view* reference, std::string_view rel) {
  if (!options_.links || reference == nullptr) return;
  if (is_blank(decoded(*reference))) return;
  push({.reference = *reference,
        .rel = rel,
        .element = element,
        .attribute = attribute});
}

void PageBuilder::add_decoded(LinkElement element, LinkAttribute attribute,
                              std::string_view reference) {
  if (!options_.links || is_blank(reference)) return;
  push({.reference = reference,
        .element = element,
        .attribute = attribute,
        .decoded = true});
}

void PageBuilder::push(const Link& link) {
  if (links_.size() >= kMaxLinks) return;
  links_.push_back(link);
  push_place();
}

// HTML Standard, "find a potential indicated element".
void PageBuilder::targets(const AttributeSet& attributes, bool is_anchor) {
  const auto add = [this, &attributes](PageAttribute name) {
    const std::string_view* const value = attributes.find(name);
    if (value == nullptr || targets_.size() >= kMaxLinks) return;
    targets_.push_back(target_key(decoded(*value)));
  };
  add(PageAttribute::kId);
  if (is_anchor) add(PageAttribute::kName);
}

// A reference to something in the page itself is not a link.
void PageBuilder::add_svg(LinkElement element, const AttributeSet& attributes) {
  LinkAttribute attribute = LinkAttribute::kHref;
  const std::string_view* reference = attributes.find(PageAttribute::kHref);
  if (reference == nullptr) {
    attribute = LinkAttribute::kXlinkHref;
    reference = attributes.find(PageAttribute::kXlinkHref);
  }
  if (reference == nullptr ||
      strip_html_space(decoded(*reference)).starts_with('#')) {
    return;
  }
  add(element, attribute, reference);
}

void PageBuilder::add_srcset(LinkElement element, LinkAttribute attribute,
                             const std::string_view* srcset) {
  if (!options_.links || srcset == nullptr) return;
  std::vector<std::string_view> urls;
  split_srcset(decoded_and_kept(*srcset), kMaxLinks - links_.size(), urls);
  for (const std::string_view url : urls) {
    add_decoded(element, attribute, url);
  }
}

void PageBuilder::add_link_element(const AttributeSet& attributes) {
  const std::string_view* href = attributes.find(PageAttribute::kHref);
  const std::string_view rel =
      value_or_empty(attributes.find(PageAttribute::kRel));
  if (!canonical_ && href != nullptr && !is_blank(decoded(*href)) &&
      has_token(decoded(rel), "canonical")) {
    canonical_ = *href;
  }
  add(LinkElement::kLink, LinkAttribute::kHref, href, rel);
  add_srcset(LinkElement::kLink, LinkAttribute::kImagesrcset,
             attributes.find(PageAttribute::kImagesrcset));
}

void PageBuilder::add_meta(const AttributeSet& attributes) {
  const std::string_view* content = attributes.find(PageAttribute::kContent);
  if (content == nullptr) return;
  if (const auto* pragma = attributes.find(PageAttribute::kHttpEquiv);
      pragma != nullptr && equals_ignoring_case(decoded(*pragma), "refresh")) {
    add_refresh(decoded_and_kept(*content));
  }
  const std::string_view* name = attributes.find(PageAttribute::kName);
  if (name == nullptr) return;
  const std::string_view decoded_name = decoded(*name);
  const auto join = [&](std::optional<std::string>& robots) {
    const std::string rules = collapsed(decoded(*content));
    if (rules.empty()) return;
    if (robots) robots->append(", ");
    if (!robots) robots.emplace();
    robots->append(rules);
  };
  if (equals_ignoring_case(decoded_name, "description")) {
    if (!description_)
      description_ = unless_empty(collapsed(decoded(*content)));
  } else if (equals_ignoring_case(decoded_name, "robots")) {
    join(robots_);
  } else if (equals_ignoring_case(decoded_name, "crawl")) {
    join(robots_crawl_);
  }
}

void PageBuilder::add_refresh(std::string_view content) {
  const auto url = refresh_url(content);
  if (!url || is_blank(*url)) return;
  if (!refresh_) refresh_ = *url;
  add_decoded(LinkElement::kMeta, LinkAttribute::kContent, *url);
}

std::string_view PageBuilder::decoded(std::string_view raw) {
  return decoder_ == nullptr ? raw : decoder_->attribute(raw, scratch_);
}

std::string_view PageBuilder::decoded_and_kept(std::string_view raw) {
  const std::string_view text = decoded(raw);
  if (text.data() == raw.data()) return text;
  return kept_.emplace_back(text);
}

void PageBuilder::collapse_anchor_text(Anchor anchor, std::string& out) {
  bool pending = false;
  while (next_text_ < text_.size() && text_[next_text_].anchor < anchor) {
    ++next_text_;
  }
  for (; next_text_ < text_.size() && text_[next_text_].anchor == anchor;
       ++next_text_) {
    const std::string_view raw = text_[next_text_].text;
    append_collapsed(decoder_ == nullptr ? raw : decoder_->text(raw, scratch_),
                     0, pending, out);
  }
}

// What resolving every link would take of the budget, at most: decoding makes
// three bytes of one at the worst.
std::size_t PageBuilder::most_to_resolve(std::string_view base) const {
  std::size_t bytes = 0;
  for (const Link& link : links_) {
    bytes += 3 * link.reference.size() + base.size();
  }
  return bytes;
}

Page PageBuilder::finish(std::string_view encoding, PageParser parser) {
  Page page;
  page.parser = parser;
  page.charset = encoding;
  page.description = std::move(description_);
  page.robots = std::move(robots_);
  page.robots_crawl = std::move(robots_crawl_);
  if (title_) {
    page.title = collapsed(
        decoder_ == nullptr ? *title_ : decoder_->rcdata(*title_, scratch_));
  }
  if (lang_) {
    page.lang = unless_empty(std::string(strip_html_space(decoded(*lang_))));
  }

  std::optional<std::string_view> base;
  if (base_) base = decoded_and_kept(*base_);
  LinkResolver resolver(url_, base, encoding, kMaxResolvedBytes);
  page.base = resolver.base().href();
  if (canonical_) page.canonical = resolver.resolve(decoded(*canonical_));
  if (refresh_) page.refresh = resolver.resolve(*refresh_);

  // Runs come in the order of the source, where one `a` may go on after
  // another that stands inside it.
  const auto by_anchor = [](const TextRun& a, const TextRun& b) {
    return a.anchor < b.anchor;
  };
  if (!std::is_sorted(text_.begin(), text_.end(), by_anchor)) {
    std::stable_sort(text_.begin(), text_.end(), by_anchor);
  }

  const bool only_counts =
      !options_.links && most_to_resolve(page.base) <= resolver.budget_left();

  std::sort(targets_.begin(), targets_.end());
  targets_.erase(std::unique(targets_.begin(), targets_.end()), targets_.end());
  page.targets = std::move(targets_);

  constexpr std::uint32_t kDropped = ReferenceTable::kNew - 1;
  constexpr std::uint32_t kMalformed = kDropped - 1;
  constexpr std::uint32_t kOtherScheme = kMalformed - 1;
  PlaceCounter place(source_, source_is_utf8_);
  std::optional<ReferenceTable> known;
  std::string url;
  std::string text;
  std::string rel_scratch;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const Link& link = links_[i];
    if (wants_check()) place.advance(places_[i]);
    // Then all links are of `a` and `area`.
    if (only_counts && resolver.is_plain_link(link.reference)) {
      ++page.link_count;
      continue;
    }
    if (!known) known.emplace(links_.size());
    std::uint32_t unknown = ReferenceTable::kNew;
    std::uint32_t* number = known->find(link.reference, link.decoded);
    if (number == nullptr) number = &unknown;
    std::string_view link_url;
    if (*number == ReferenceTable::kNew) {
      const std::string_view reference =
          link.decoded ? link.reference : decoded(link.reference);
      if (resolver.resolve(reference, url)) {
        *number = static_cast<std::uint32_t>(page.links.size());
        link_url = url;
      } else {
        *number = kDropped;
        if (wants_check()) {
          using Unlinked = LinkResolver::Unlinked;
          const Unlinked why = resolver.unlinked(reference, url);
          if (why == Unlinked::kMalformed) *number = kMalformed;
          if (why == Unlinked::kOtherScheme) *number = kOtherScheme;
        }
      }
    } else if (*number < kOtherScheme && options_.links) {
      link_url = page.links[*number].url;
    }
    if (*number == kDropped) continue;
    if (*number < kOtherScheme && (link.element == LinkElement::kA ||
                                   link.element == LinkElement::kArea)) {
      ++page.link_count;
    }
    if (!options_.links) continue;
    text.clear();
    if (link.anchor != kNoAnchor) collapse_anchor_text(link.anchor, text);
    std::string_view rel = link.rel;
    if (decoder_ != nullptr && !rel.empty()) {
      rel = decoder_->attribute(rel, rel_scratch);
    }
    PageLink found{link_url, link.element, link.attribute, rel, text};
    if (wants_check()) {
      found.line = place.line;
      found.column = place.column;
    }
    if (*number == kMalformed) {
      found.url = link.decoded ? link.reference : decoded(link.reference);
      page.malformed.add(found);
    } else if (*number == kOtherScheme) {
      resolver.unlinked(link.decoded ? link.reference : decoded(link.reference),
                        url);
      found.url = std::string_view(url).substr(
          0, valid_utf8_prefix(std::string_view(url).substr(0, kMostOther)));
      page.other_schemes.add(found);
    } else {
      page.links.add(found);
    }
  }
  return page;
}

}  // namespace crawl
