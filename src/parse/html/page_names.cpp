#include "parse/html/page_names.h"

#include <algorithm>

#include "base/ascii.h"
#include "parse/html/packed_name.h"

namespace crawl {
namespace {

bool ends_as(std::string_view name, std::string_view lower) {
  return name.size() == lower.size() &&
         std::equal(lower.begin() + kPackedNameSize, lower.end(),
                    name.begin() + kPackedNameSize,
                    [](char a, char b) { return a == to_lower(b); });
}

}  // namespace

PageElement html_element(std::string_view name) {
  if (name.empty() || name.size() > 6) return PageElement::kOther;
  switch (pack_name(name)) {
    case pack_name("a"):
      return PageElement::kA;
    case pack_name("area"):
      return PageElement::kArea;
    case pack_name("audio"):
      return PageElement::kAudio;
    case pack_name("base"):
      return PageElement::kBase;
    case pack_name("body"):
      return PageElement::kBody;
    case pack_name("button"):
      return PageElement::kButton;
    case pack_name("embed"):
      return PageElement::kEmbed;
    case pack_name("form"):
      return PageElement::kForm;
    case pack_name("frame"):
      return PageElement::kFrame;
    case pack_name("html"):
      return PageElement::kHtml;
    case pack_name("iframe"):
      return PageElement::kIframe;
    case pack_name("image"):
    case pack_name("img"):
      return PageElement::kImg;
    case pack_name("input"):
      return PageElement::kInput;
    case pack_name("link"):
      return PageElement::kLink;
    case pack_name("meta"):
      return PageElement::kMeta;
    case pack_name("object"):
      return PageElement::kObject;
    case pack_name("script"):
      return PageElement::kScript;
    case pack_name("source"):
      return PageElement::kSource;
    case pack_name("title"):
      return PageElement::kTitle;
    case pack_name("track"):
      return PageElement::kTrack;
    case pack_name("video"):
      return PageElement::kVideo;
    default:
      return PageElement::kOther;
  }
}

PageElement svg_element(std::string_view name) {
  if (name.empty() || name.size() > 6) return PageElement::kOther;
  switch (pack_name(name)) {
    case pack_name("a"):
      return PageElement::kSvgA;
    case pack_name("image"):
      return PageElement::kSvgImage;
    case pack_name("script"):
      return PageElement::kSvgScript;
    case pack_name("use"):
      return PageElement::kSvgUse;
    default:
      return PageElement::kOther;
  }
}

PageAttribute page_attribute(std::string_view name) {
  const auto if_ends = [name](std::string_view lower, PageAttribute found) {
    return ends_as(name, lower) ? found : PageAttribute::kOther;
  };
  if (name.size() < 2 || name.size() > 11) return PageAttribute::kOther;
  switch (pack_name(name)) {
    case pack_name("background"):
      return if_ends("background", PageAttribute::kBackground);
    case pack_name("formaction"):
      return if_ends("formaction", PageAttribute::kFormaction);
    case pack_name("http-equiv"):
      return if_ends("http-equiv", PageAttribute::kHttpEquiv);
    case pack_name("imagesrcset"):
      return if_ends("imagesrcset", PageAttribute::kImagesrcset);
    case pack_name("xlink:href"):
      return if_ends("xlink:href", PageAttribute::kXlinkHref);
    default:
      break;
  }
  if (name.size() > kPackedNameSize) return PageAttribute::kOther;
  switch (pack_name(name)) {
    case pack_name("action"):
      return PageAttribute::kAction;
    case pack_name("content"):
      return PageAttribute::kContent;
    case pack_name("data"):
      return PageAttribute::kData;
    case pack_name("href"):
      return PageAttribute::kHref;
    case pack_name("id"):
      return PageAttribute::kId;
    case pack_name("lang"):
      return PageAttribute::kLang;
    case pack_name("name"):
      return PageAttribute::kName;
    case pack_name("poster"):
      return PageAttribute::kPoster;
    case pack_name("rel"):
      return PageAttribute::kRel;
    case pack_name("src"):
      return PageAttribute::kSrc;
    case pack_name("srcset"):
      return PageAttribute::kSrcset;
    case pack_name("type"):
      return PageAttribute::kType;
    default:
      return PageAttribute::kOther;
  }
}

}  // namespace crawl
