#ifndef CRAWL_PARSE_HTML_PAGE_NAMES_H_
#define CRAWL_PARSE_HTML_PAGE_NAMES_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crawl {

// The elements whose tags say something about the page. Those without a prefix
// are HTML elements; the same name inside svg is another element.
enum class PageElement : std::uint8_t {
  kOther,
  kA,
  kArea,
  kAudio,
  kBase,
  kBody,
  kButton,
  kEmbed,
  kForm,
  kFrame,
  kHtml,
  kIframe,
  kImg,
  kInput,
  kLink,
  kMeta,
  kObject,
  kScript,
  kSource,
  kTitle,
  kTrack,
  kVideo,
  kSvgA,
  kSvgImage,
  kSvgScript,
  kSvgUse,
};

// The attributes that are looked at.
enum class PageAttribute : std::uint8_t {
  kAction,
  kBackground,
  kContent,
  kData,
  kFormaction,
  kHref,
  kHttpEquiv,
  kId,
  kImagesrcset,
  kLang,
  kName,
  kPoster,
  kRel,
  kSrc,
  kSrcset,
  kType,
  kXlinkHref,
  kOther,
};
constexpr std::size_t kPageAttributeCount = 17;

// By tag name, in any case: of an HTML element ("image" is img, as the tree
// builder has it), of an element in the svg namespace.
PageElement html_element(std::string_view name);
PageElement svg_element(std::string_view name);

// By name as written in the tag, in any case.
PageAttribute page_attribute(std::string_view name);

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_PAGE_NAMES_H_
