#include "fetch/http/page_sniff.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/ascii.h"
#include "crawl/parse/content_type.h"

namespace crawl {
namespace {

constexpr std::array<std::string_view, 16> kTags = {"<!doctype html",
                                                    "<html",
                                                    "<head",
                                                    "<script",
                                                    "<iframe",
                                                    "<h1",
                                                    "<div",
                                                    "<font",
                                                    "<table",
                                                    "<a",
                                                    "<style",
                                                    "<title",
                                                    "<b",
                                                    "<body",
                                                    "<br",
                                                    "<p"};

bool ends_tag_name(std::string_view rest) {
  return rest.empty() || std::string_view(" \t\r\n\f/>").find(rest.front()) !=
                             std::string_view::npos;
}

}  // namespace

BodyType body_type(std::string_view content_type) {
  if (content_type.empty()) return BodyType::kUnsaid;
  // What nearly every page says, without taking the value apart.
  constexpr std::string_view kHtml = "text/html";
  if (starts_with_ignoring_case(content_type, kHtml) &&
      (content_type.size() == kHtml.size() ||
       content_type[kHtml.size()] == ';')) {
    return BodyType::kHtml;
  }
  const auto parsed = parse_content_type(content_type);
  if (!parsed) return BodyType::kUnsaid;
  if (parsed->is_html()) return BodyType::kHtml;
  const std::string essence = parsed->essence();
  const bool unsaid = essence == "*/*" || essence == "unknown/unknown" ||
                      essence == "application/unknown";
  return unsaid ? BodyType::kUnsaid : BodyType::kOther;
}

bool is_style_sheet(std::string_view content_type) {
  const auto parsed = parse_content_type(content_type);
  return parsed && parsed->essence() == "text/css";
}

bool is_page_part(std::string_view content_type) {
  const auto parsed = parse_content_type(content_type);
  if (!parsed) return false;
  const std::string_view type = parsed->type;
  const std::string_view subtype = parsed->subtype;
  if (type == "image" || type == "font" || type == "audio" || type == "video") {
    return true;
  }
  // What fonts and scripts have been called.
  return (type == "text" && subtype == "css") ||
         subtype.find("javascript") != std::string_view::npos ||
         subtype.find("ecmascript") != std::string_view::npos ||
         subtype.find("font") != std::string_view::npos;
}

bool begins_like_html(std::string_view body) {
  if (body.starts_with("\xef\xbb\xbf")) body.remove_prefix(3);
  const auto start = body.find_first_not_of(" \t\r\n\f");
  if (start == body.npos || body[start] != '<') return false;
  body.remove_prefix(start);
  if (body.starts_with("<!--")) return true;
  return std::any_of(kTags.begin(), kTags.end(), [body](std::string_view tag) {
    return starts_with_ignoring_case(body, tag) &&
           ends_tag_name(body.substr(tag.size()));
  });
}

}  // namespace crawl
