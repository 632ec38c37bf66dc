#include "parse/page_names.h"

#include <algorithm>

namespace crawl {
namespace {

constexpr std::size_t kPacked = 8;

// The first eight bytes in lower case as one number, so that a name is found by
// a switch. Begins at 1 so that a NUL in front is not lost.
constexpr std::uint64_t pack(std::string_view name) {
  std::uint64_t packed = 1;
  const std::size_t size = name.size() < kPacked ? name.size() : kPacked;
  for (std::size_t i = 0; i < size; ++i) {
    auto byte = static_cast<unsigned char>(name[i]);
    if (byte >= 'A' && byte <= 'Z') {
      byte = static_cast<unsigned char>(byte - 'A' + 'a');
    }
    packed = (packed << 8U) | byte;
  }
  return packed;
}

bool ends_as(std::string_view name, std::string_view lower) {
  return name.size() == lower.size() &&
         std::equal(lower.begin() + kPacked, lower.end(),
                    name.begin() + kPacked, [](char a, char b) {
                      return a == (b >= 'A' && b <= 'Z'
                                       ? static_cast<char>(b - 'A' + 'a')
                                       : b);
                    });
}

}  // namespace

PageElement html_element(std::string_view name) {
  if (name.empty() || name.size() > 6) return PageElement::kOther;
  switch (pack(name)) {
    case pack("a"):
      return PageElement::kA;
    case pack("area"):
      return PageElement::kArea;
    case pack("audio"):
      return PageElement::kAudio;
    case pack("base"):
      return PageElement::kBase;
    case pack("body"):
      return PageElement::kBody;
    case pack("button"):
      return PageElement::kButton;
    case pack("embed"):
      return PageElement::kEmbed;
    case pack("form"):
      return PageElement::kForm;
    case pack("frame"):
      return PageElement::kFrame;
    case pack("html"):
      return PageElement::kHtml;
    case pack("iframe"):
      return PageElement::kIframe;
    case pack("image"):
    case pack("img"):
      return PageElement::kImg;
    case pack("input"):
      return PageElement::kInput;
    case pack("link"):
      return PageElement::kLink;
    case pack("meta"):
      return PageElement::kMeta;
    case pack("object"):
      return PageElement::kObject;
    case pack("script"):
      return PageElement::kScript;
    case pack("source"):
      return PageElement::kSource;
    case pack("title"):
      return PageElement::kTitle;
    case pack("track"):
      return PageElement::kTrack;
    case pack("video"):
      return PageElement::kVideo;
    default:
      return PageElement::kOther;
  }
}

PageElement svg_element(std::string_view name) {
  if (name.empty() || name.size() > 6) return PageElement::kOther;
  switch (pack(name)) {
    case pack("a"):
      return PageElement::kSvgA;
    case pack("image"):
      return PageElement::kSvgImage;
    case pack("script"):
      return PageElement::kSvgScript;
    case pack("use"):
      return PageElement::kSvgUse;
    default:
      return PageElement::kOther;
  }
}

PageAttribute page_attribute(std::string_view name) {
  const auto if_ends = [name](std::string_view lower, PageAttribute found) {
    return ends_as(name, lower) ? found : PageAttribute::kOther;
  };
  if (name.size() < 3 || name.size() > 11) return PageAttribute::kOther;
  switch (pack(name)) {
    case pack("background"):
      return if_ends("background", PageAttribute::kBackground);
    case pack("formaction"):
      return if_ends("formaction", PageAttribute::kFormaction);
    case pack("http-equiv"):
      return if_ends("http-equiv", PageAttribute::kHttpEquiv);
    case pack("imagesrcset"):
      return if_ends("imagesrcset", PageAttribute::kImagesrcset);
    case pack("xlink:href"):
      return if_ends("xlink:href", PageAttribute::kXlinkHref);
    default:
      break;
  }
  if (name.size() > kPacked) return PageAttribute::kOther;
  switch (pack(name)) {
    case pack("action"):
      return PageAttribute::kAction;
    case pack("content"):
      return PageAttribute::kContent;
    case pack("data"):
      return PageAttribute::kData;
    case pack("href"):
      return PageAttribute::kHref;
    case pack("lang"):
      return PageAttribute::kLang;
    case pack("name"):
      return PageAttribute::kName;
    case pack("poster"):
      return PageAttribute::kPoster;
    case pack("rel"):
      return PageAttribute::kRel;
    case pack("src"):
      return PageAttribute::kSrc;
    case pack("srcset"):
      return PageAttribute::kSrcset;
    case pack("type"):
      return PageAttribute::kType;
    default:
      return PageAttribute::kOther;
  }
}

}  // namespace crawl
