#include "engine/requisites.h"

#include <algorithm>
#include <array>
#include <string>

#include "parse/html/html_text.h"

namespace crawl {
namespace {

// What of a `link` element's rel makes its target a part of the page.
constexpr std::array<std::string_view, 8> kNeededRels = {
    "apple-touch-icon",
    "apple-touch-icon-precomposed",
    "icon",
    "manifest",
    "mask-icon",
    "modulepreload",
    "preload",
    "stylesheet"};

// Bits of a packed Way that are its depth.
constexpr int kDepthBits = 24;
constexpr int kDepthMask = (1 << kDepthBits) - 1;

std::string_view without_fragment(std::string_view url) {
  return url.substr(0, url.find('#'));
}

}  // namespace

bool is_needed(const PageLink& link) {
  switch (link.element) {
    case LinkElement::kAudio:
    case LinkElement::kBody:
    case LinkElement::kEmbed:
    case LinkElement::kFrame:
    case LinkElement::kIframe:
    case LinkElement::kImage:
    case LinkElement::kImg:
    case LinkElement::kObject:
    case LinkElement::kScript:
    case LinkElement::kSource:
    case LinkElement::kTrack:
    case LinkElement::kStyle:
    case LinkElement::kCss:
    case LinkElement::kUse:
    case LinkElement::kVideo:
      return true;
    case LinkElement::kInput:
      return link.attribute == LinkAttribute::kSrc;
    case LinkElement::kLink:
      return link.attribute == LinkAttribute::kImagesrcset ||
             std::any_of(kNeededRels.begin(), kNeededRels.end(),
                         [&](std::string_view rel) {
                           return has_token(link.rel, rel);
                         });
    case LinkElement::kA:
    case LinkElement::kArea:
    case LinkElement::kButton:
    case LinkElement::kForm:
    case LinkElement::kMeta:
    case LinkElement::kBlockquote:
    case LinkElement::kDel:
    case LinkElement::kIns:
    case LinkElement::kQ:
      return false;
  }
  return false;
}

Result<void> each_needed(
    const FetchResult& result,
    const std::function<Result<void>(std::string_view)>& use) {
  if (result.page) {
    const LinkList& links = result.page->links;
    for (std::size_t i = 0; i < links.size(); ++i) {
      const PageLink link = links[i];
      if (!is_needed(link)) continue;
      if (Result<void> used = use(without_fragment(link.url)); !used) {
        return used;
      }
    }
  }
  for (const std::string& url : result.style_urls) {
    if (Result<void> used = use(without_fragment(url)); !used) return used;
  }
  return {};
}

int Way::packed() const {
  return needed == 0 ? depth
                     : (needed << kDepthBits) | std::min(depth, kDepthMask);
}

Way Way::of(int packed) { return {packed & kDepthMask, packed >> kDepthBits}; }

}  // namespace crawl
