#include "check/link_kind.h"

#include <xxhash.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "crawl/parse/page.h"
#include "frontier/seen_key.h"

namespace crawl {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\f";

// Words of `rel` with which a link element names something, or only tells a
// browser to get ready.
constexpr std::array<std::string_view, 6> kNoDestinations = {
    "preconnect", "dns-prefetch", "profile",
    "pingback",   "schema.dc",    "schema.dcterms"};

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end =
        std::min(words.find_first_of(kBlanks), words.size());
    if (equals_ignoring_case(words.substr(0, end), word)) return true;
    words.remove_prefix(std::min(words.size(), end + 1));
  }
  return false;
}

bool has_key(const std::vector<std::uint64_t>& targets, std::string_view id) {
  return std::binary_search(targets.begin(), targets.end(), target_key(id));
}

// "[prefix-,]start[,end][,-suffix]", percent-encoded.
bool has_one_text(std::string_view text, std::string_view directive) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t comma = directive.find(',');
    std::string_view part = directive.substr(0, comma);
    const bool prefix = part.ends_with('-');
    const bool suffix = part.starts_with('-');
    if (prefix) part.remove_suffix(1);
    if (suffix && !part.empty()) part.remove_prefix(1);
    parts.push_back(comparable_text(percent_decoded(part)));
    if (comma == std::string_view::npos) break;
    directive.remove_prefix(comma + 1);
  }
  std::size_t at = 0;
  for (const std::string& part : parts) {
    at = text.find(part, at);
    if (at == std::string_view::npos) return false;
    at += part.size();
  }
  return true;
}

}  // namespace

std::uint64_t link_key(std::string_view href) {
  std::string buffer;
  const std::string_view key = seen_key(href, buffer);
  return XXH3_64bits(key.data(), key.size());
}

bool is_no_destination(const PageLink& link) {
  switch (link.element) {
    case LinkElement::kForm:
    case LinkElement::kButton:
      return true;
    case LinkElement::kInput:
      return link.attribute == LinkAttribute::kFormaction;
    case LinkElement::kLink:
      return std::any_of(
          kNoDestinations.begin(), kNoDestinations.end(),
          [&](std::string_view word) { return has_word(link.rel, word); });
    default:
      return false;
  }
}

bool is_checked(const PageLink& link, bool only_anchors) {
  return only_anchors ? link.element == LinkElement::kA ||
                            link.element == LinkElement::kArea
                      : !is_no_destination(link);
}

bool is_part_of_page(const PageLink& link) {
  switch (link.element) {
    case LinkElement::kA:
    case LinkElement::kArea:
    case LinkElement::kForm:
    case LinkElement::kButton:
    case LinkElement::kMeta:
    case LinkElement::kBlockquote:
    case LinkElement::kDel:
    case LinkElement::kIns:
    case LinkElement::kQ:
      return false;
    case LinkElement::kLink:
      return has_word(link.rel, "stylesheet") || has_word(link.rel, "icon") ||
             has_word(link.rel, "preload") ||
             has_word(link.rel, "modulepreload") ||
             has_word(link.rel, "manifest");
    default:
      return true;
  }
}

FragmentWish fragment_wish(const PageLink& link, std::string_view fragment) {
  constexpr std::string_view kDirective = ":~:";
  switch (link.element) {
    case LinkElement::kA:
    case LinkElement::kArea:
    case LinkElement::kFrame:
    case LinkElement::kIframe:
      break;
    default:
      return {};
  }
  FragmentWish wish;
  const std::size_t directive = fragment.find(kDirective);
  wish.target = fragment.substr(0, directive);
  if (directive != std::string_view::npos) {
    wish.text = fragment.substr(directive + kDirective.size());
    if (wish.text.find("text=") == std::string_view::npos) wish.text = {};
  }
  if (equals_ignoring_case(wish.target, "top") ||
      wish.target.starts_with('/') || wish.target.starts_with('!')) {
    wish.target = {};
  }
  return wish;
}

bool has_target(const std::vector<std::uint64_t>& targets,
                std::string_view target, std::string_view host) {
  if (has_key(targets, target)) return true;
  const std::string decoded = percent_decoded(target);
  if (has_key(targets, decoded) || equals_ignoring_case(decoded, "top")) {
    return true;
  }
  const bool is_github = host == "github.com" || host.ends_with(".github.com");
  return is_github && has_key(targets, "user-content-" + decoded);
}

bool has_text(std::string_view text, std::string_view directives) {
  constexpr std::string_view kText = "text=";
  while (!directives.empty()) {
    const std::size_t end = std::min(directives.find('&'), directives.size());
    const std::string_view each = directives.substr(0, end);
    directives.remove_prefix(std::min(directives.size(), end + 1));
    if (each.starts_with(kText) &&
        has_one_text(text, each.substr(kText.size()))) {
      return true;
    }
  }
  return false;
}

// Lower case, white space collapsed: also the no-break space's two bytes.
std::string comparable_text(std::string_view text) {
  std::string out;
  bool blank = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool no_break = text.substr(i).starts_with("\xc2\xa0");
    if (no_break || kBlanks.find(text[i]) != kBlanks.npos) {
      blank = !out.empty();
      if (no_break) ++i;
      continue;
    }
    if (blank) out += ' ';
    blank = false;
    out += to_lower(text[i]);
  }
  return out;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = i + 2 < text.size() ? hex_digit_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit_value(text[i + 2]) : -1;
    if (text[i] == '%' && high >= 0 && low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace crawl
