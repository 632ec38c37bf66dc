#include "extract/content_traits.h"

#include <algorithm>
#include <initializer_list>
#include <string>

#include "base/ascii.h"
#include "extract/content_names.h"
#include "extract/filter.h"
#include "parse/html/html_text.h"

namespace crawl {
namespace {

using Attribute = ContentTree::Attribute;
using Index = ContentTree::Index;
using Node = ContentTree::Node;

constexpr std::string_view kBlanks = " \t\n\r\f";

bool is_one_of(std::string_view word,
               std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::uint32_t traits_of_role(std::string_view role) {
  if (role == "main") return kMain;
  if (role == "article") return kArticle;
  return is_one_of(role, {"navigation", "banner", "contentinfo", "search",
                          "complementary", "dialog", "alertdialog", "menu",
                          "menubar", "toolbar", "tablist", "tooltip"})
             ? std::uint32_t{kChrome}
             : 0;
}

}  // namespace

std::uint32_t weight_of(std::string_view text) {
  // Most have none.
  if (text.empty() ||
      (!is_html_space(text.front()) && !is_html_space(text.back()))) {
    return static_cast<std::uint32_t>(text.size());
  }
  return static_cast<std::uint32_t>(strip_html_space(text).size());
}

std::uint32_t TraitReader::read_traits(const ContentTree& tree,
                                       const Node& node, std::uint32_t around) {
  std::uint32_t traits = 0;
  std::uint32_t hints = 0;
  bool link = false;
  for (const ContentTree::Value& attribute : tree.attributes(node)) {
    switch (attribute.name) {
      case Attribute::kClass:
        hints |= known_hints(attribute.value);
        break;
      case Attribute::kId:
        // Of words in a line it is hardly ever a name.
        if (node.layout != Layout::kInline || node.is(GUMBO_TAG_A)) {
          hints |= hints_of(attribute.value);
        }
        break;
      case Attribute::kHref:
        link = true;
        break;
      case Attribute::kRole:
        traits |= traits_of_role(attribute.value);
        break;
      case Attribute::kItemprop:
        if (attribute.value == "articleBody") traits |= kMain;
        break;
      case Attribute::kAriaHidden:
        if (equals_ignoring_case(attribute.value, "true")) traits |= kUnseen;
        break;
      default:
        break;
    }
  }
  switch (node.tag) {
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_NOSCRIPT:
    case GUMBO_TAG_BUTTON:
    case GUMBO_TAG_SELECT:
      traits |= kChrome;
      break;
    case GUMBO_TAG_ASIDE:
      if ((hints & kSaysNote) == 0) traits |= kChrome;
      break;
    case GUMBO_TAG_HEADER:
      if ((hints & kSaysTitle) != 0) {
        traits |= kInContent;
      } else if ((around & kInContent) == 0) {
        traits |= kChrome;
      }
      break;
    case GUMBO_TAG_FOOTER:
      if ((around & kInQuote) == 0) traits |= kChrome;
      break;
    case GUMBO_TAG_MAIN:
      traits |= kMain;
      break;
    case GUMBO_TAG_ARTICLE:
      traits |= kArticle;
      break;
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_FIGURE:
      traits |= kInQuote;
      break;
    case GUMBO_TAG_A:
      if (link) traits |= kInLink;
      break;
    default:
      if (is_heading(node)) traits |= kInHeading;
      break;
  }
  if (node.attributes == 0) return traits;
  if (node.tag == GUMBO_TAG_BODY) return traits & ~kChrome;
  if ((hints & kSaysChrome) != 0 && (hints & kSaysNote) == 0) {
    traits |= kNamedChrome;
  }
  if ((hints & kSaysMaybeChrome) != 0 &&
      (hints & (kSaysContent | kSaysTitle | kSaysNote)) == 0) {
    traits |= kMaybeChrome;
  }
  if ((hints & kSaysComments) != 0) traits |= kComments;
  if ((hints & (kSaysUnseen | kSaysLineNumber)) != 0) traits |= kUnseen;
  if ((hints & kSaysPermalink) != 0 && (around & kInHeading) != 0) {
    traits |= kUnseen;
  }
  if ((hints & kSaysRegion) != 0) traits |= kRegionName;
  return traits;
}

std::uint32_t TraitReader::known_hints(std::string_view classes) {
  if (classes.empty()) return 0;
  const std::size_t hash =
      classes.size() * 31 + static_cast<unsigned char>(classes.front()) * 7 +
      static_cast<unsigned char>(classes.back()) +
      static_cast<unsigned char>(classes[classes.size() / 2]) * 3;
  auto& [known, hints] = hints_[hash % hints_.size()];
  if (known != classes) {
    known = classes;
    hints = hints_of(classes);
  }
  return hints;
}

namespace {
constexpr std::size_t kLongestPermalink = 12;
}

bool is_permalink(std::string_view href, std::string_view classes,
                  std::string_view text) {
  if (href.find('#') == href.npos) return false;
  const std::string_view bare = trim(text, kBlanks);
  if (is_one_of(bare, {"\xC2\xB6", "#", "\xC2\xA7", "\xF0\x9F\x94\x97",
                       "\xEF\x83\x81", "\xE2\x80\x8B"})) {
    return true;
  }
  return bare.size() <= kLongestPermalink &&
         (hints_of(classes) & kSaysPermalink) != 0;
}

bool is_permalink(const ContentTree& tree, Index i) {
  const Node& node = tree[i];
  if (!node.is(GUMBO_TAG_A)) return false;
  if (node.end - i > 3) return false;
  const std::string_view href = tree.get(node, Attribute::kHref);
  if (href.find('#') == href.npos) return false;
  for (Index at = i + 1; at < node.end; ++at) {
    const std::string_view text = tree[at].text;
    if (text.size() < 40 && weight_of(text) > kLongestPermalink) return false;
  }
  std::string text;
  for (Index at = i + 1; at < node.end; ++at) {
    if (tree[at].is_text && tree[at].text.size() < 40) text += tree[at].text;
  }
  return is_permalink(href, tree.get(node, Attribute::kClass), text);
}

bool is_line_number(const ContentTree& tree, Index i) {
  const std::string_view* const classes = tree.find(tree[i], Attribute::kClass);
  if (classes == nullptr) return false;
  // Of many numbers the first tell.
  constexpr Index kMostNodes = 64;
  constexpr std::size_t kMostText = 64;
  const Index end = std::min(tree[i].end, i + kMostNodes);
  bool digits = false;
  for (Index at = i + 1; at < end; ++at) {
    for (const char c : tree[at].text.substr(0, kMostText)) {
      if (!is_ascii_digit(c) && !is_html_space(c)) return false;
      digits = digits || is_ascii_digit(c);
    }
  }
  return digits && (hints_of(*classes) & kSaysLineNumber) != 0;
}

bool is_code_of_lines(const ContentTree& tree, Index i) {
  const Node& node = tree[i];
  return node.is(GUMBO_TAG_DIV) && i + 1 < node.end &&
         trim(tree.get(node, Attribute::kClass), kBlanks) == "fragment";
}

}  // namespace crawl
