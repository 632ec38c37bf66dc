#include "fetch/http/header_links.h"

#include <algorithm>
#include <string>

#include "base/ascii.h"
#include "crawl/base/utf8.h"
#include "fetch/http/header_values.h"
#include "parse/html/html_text.h"

namespace crawl {
namespace {

std::string percent_encode_invalid_utf8(std::string_view bytes) {
  std::string out;
  while (!bytes.empty()) {
    const std::size_t valid = valid_utf8_prefix(bytes);
    out += bytes.substr(0, valid);
    bytes.remove_prefix(valid);
    if (bytes.empty()) break;
    append_percent(out, bytes.front());
    bytes.remove_prefix(1);
  }
  return out;
}

void skip_blanks(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
}

bool skip(std::string_view& rest, char c) {
  if (!rest.starts_with(c)) return false;
  rest.remove_prefix(1);
  return true;
}

// `rest` begins after the opening quote. A relation needs no backslash, so what
// stands behind one is left as it is.
std::string_view take_quoted(std::string_view& rest) {
  std::size_t end = 0;
  while (end < rest.size() && rest[end] != '"') {
    end += rest[end] == '\\' ? 2 : 1;
  }
  end = std::min(end, rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

struct Link {
  std::string_view target;
  std::optional<std::string_view> rel;
  bool anchored = false;
};

// RFC 8288 appendix B.2, but that what is none is skipped to the next comma.
std::optional<Link> take_link(std::string_view& rest) {
  Link link;
  skip_blanks(rest);
  const bool begins = skip(rest, '<');
  if (begins) {
    link.target = take_until(rest, ">");
    skip(rest, '>');
  }
  for (;;) {
    // A parameter, if it is one, or what is in its place.
    skip_blanks(rest);
    const std::string_view name = trim_field(take_until(rest, "=;,\""));
    const bool has_value = skip(rest, '=');
    skip_blanks(rest);
    const std::string_view value = skip(rest, '"')
                                       ? take_quoted(rest)
                                       : trim_field(take_until(rest, ";,"));
    if (has_value && !link.rel && equals_ignoring_case(name, "rel")) {
      link.rel = value;
    }
    if (equals_ignoring_case(name, "anchor")) link.anchored = true;
    take_until(rest, ";,");
    if (!skip(rest, ';')) break;
  }
  skip(rest, ',');
  if (!begins) return std::nullopt;
  return link;
}

}  // namespace

std::optional<Url> resolve_header_url(const Url& base,
                                      std::string_view reference) {
  std::optional<Url> url =
      is_valid_utf8(reference)
          ? base.resolve(reference)
          : base.resolve(percent_encode_invalid_utf8(reference));
  if (url && url->has_credentials()) url = url->without_credentials();
  return url;
}

std::optional<std::string_view> link_target(std::string_view field,
                                            std::string_view rel) {
  while (!field.empty()) {
    const std::optional<Link> link = take_link(field);
    if (link && link->rel && !link->anchored && has_token(*link->rel, rel)) {
      return link->target;
    }
  }
  return std::nullopt;
}

void apply_header_links(Page& page, const FetchResult& result, const Url& url,
                        const PageOptions& options) {
  const auto resolved = [&url](std::optional<std::string_view> reference) {
    std::optional<Url> target;
    if (reference && !trim_field(*reference).empty()) {
      target = resolve_header_url(url, *reference);
    }
    if (target && !target->is_http()) target.reset();
    return target;
  };
  if (!page.canonical && !result.link.empty()) {
    if (const auto target = resolved(link_target(result.link, "canonical"))) {
      page.canonical = target->href();
    }
  }
  if (result.refresh.empty()) return;
  const auto target = resolved(refresh_url(result.refresh));
  if (!target) return;
  if (!page.refresh) page.refresh = target->href();
  if (!options.links) return;
  page.links.add(
      {target->href(), LinkElement::kMeta, LinkAttribute::kContent, {}, {}});
}

}  // namespace crawl
