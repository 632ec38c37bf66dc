#include "fetch/http/page_sniff.h"

#include "base/ascii.h"
#include "crawl/parse/content_type.h"

namespace crawl {
namespace {

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
  return parsed->is_html() ? BodyType::kHtml : BodyType::kOther;
}

bool begins_like_html(std::string_view body) {
  if (body.starts_with("\xef\xbb\xbf")) body.remove_prefix(3);
  for (;;) {
    const auto start = body.find_first_not_of(" \t\r\n\f");
    if (start == body.npos) return false;
    body.remove_prefix(start);
    if (!body.starts_with("<!--")) break;
    const auto end = body.find("-->", 4);
    if (end == body.npos) return false;
    body.remove_prefix(end + 3);
  }
  for (const std::string_view tag : {"<!doctype html", "<html"}) {
    if (starts_with_ignoring_case(body, tag)) {
      return ends_tag_name(body.substr(tag.size()));
    }
  }
  return false;
}

}  // namespace crawl
