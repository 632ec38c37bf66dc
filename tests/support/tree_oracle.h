#ifndef CRAWL_TESTS_SUPPORT_TREE_ORACLE_H_
#define CRAWL_TESTS_SUPPORT_TREE_ORACLE_H_

#include <gumbo.h>

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "crawl/base/utf8.h"
#include "extract/page_tree.h"
#include "parse/html/gumbo_tree.h"
#include "parse/html/plain_tree.h"

// A page's tree made of its tags, and by gumbo, which is right.
namespace crawl::testing {

// Everything that is read of a tree, a line for each node. Texts next to each
// other are one.
inline std::string dump_tree(const GumboNode& document) {
  struct Level {
    const GumboVector* children;
    unsigned next;
  };
  std::string out =
      "quirks " + std::to_string(document.v.document.doc_type_quirks_mode);
  std::vector<Level> open = {{&document.v.document.children, 0}};
  std::deque<std::string> names;
  bool in_text = false;
  while (!open.empty()) {
    Level& level = open.back();
    if (level.next == level.children->length) {
      open.pop_back();
      in_text = false;
      continue;
    }
    const GumboNode& node = child_at(*level.children, level.next++);
    if (is_text(node)) {
      if (*node.v.text.text == '\0') continue;
      if (!in_text) out += "\n" + std::string(open.size(), ' ') + "text ";
      out += node.v.text.text;
      in_text = true;
      continue;
    }
    in_text = false;
    out += "\n" + std::string(open.size(), ' ');
    if (!is_element(node)) {
      out += std::string("comment ") + node.v.text.text;
      continue;
    }
    const GumboElement& element = node.v.element;
    out += node.type == GUMBO_NODE_TEMPLATE ? "template " : "element ";
    out += std::to_string(element.tag_namespace) + " " +
           std::to_string(element.tag) + " ";
    out += element_name(element, names);
    for (unsigned i = 0; i < element.attributes.length; ++i) {
      const GumboAttribute& attribute = attribute_at(element, i);
      out += " " + qualified_name(attribute) + "='" + attribute.value + "'";
    }
    open.push_back({&element.children, 0});
  }
  return out;
}

enum class PlainlyRead { kAlike, kDoubted, kOtherwise };

// As `html`, without what gumbo is known to do otherwise than the standard:
// text right before a form's end is behind the form, control characters are
// replaced, a name that it does not know is misread behind a "</>".
inline std::string without_departures(std::string_view html) {
  std::string kept;
  while (!html.empty()) {
    const Utf8Sequence next = first_utf8_sequence(html);
    const char32_t c = next.code_point;
    const bool replaced = (c < 0x20 && c != '\t' && c != '\n' && c != '\f' &&
                           c != '\r' && c != '\0') ||
                          (c >= 0x7F && c < 0xA0) ||
                          (c >= 0xFDD0 && c <= 0xFDEF) ||
                          (c & 0xFFFE) == 0xFFFE;
    if (!replaced) kept += html.substr(0, next.size);
    html.remove_prefix(next.size);
  }
  std::string out;
  for (std::string_view rest = kept; !rest.empty();) {
    if (starts_with_ignoring_case(rest, "</form")) out += "<!---->";
    const bool nameless = rest.starts_with("</>");
    if (!nameless) out.push_back(rest.front());
    rest.remove_prefix(nameless ? 3 : 1);
  }
  return out;
}

// `html` is valid UTF-8. What both say if they differ.
inline PlainlyRead compare_trees(std::string_view html, std::string& plainly,
                                 std::string& wholly) {
  const std::string page = without_departures(html);
  const PlainTree plain(page, std::size_t{512} << 20);
  if (plain.root() == nullptr) return PlainlyRead::kDoubted;
  const GumboTree whole(page, std::size_t{512} << 20, 60);
  if (whole.root() == nullptr) return PlainlyRead::kDoubted;
  plainly = dump_tree(*plain.root()->parent);
  wholly = dump_tree(*whole.root()->parent);
  return plainly == wholly ? PlainlyRead::kAlike : PlainlyRead::kOtherwise;
}

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_TREE_ORACLE_H_
