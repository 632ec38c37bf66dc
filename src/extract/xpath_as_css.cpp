#include "extract/xpath_as_css.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/ascii.h"

namespace crawl {
namespace {

using Kind = CssTest::Kind;

class PathReader {
 public:
  explicit PathReader(std::string_view text) : rest_(text) {}

  std::optional<CssList> run() {
    CssList list;
    do {
      CssComplex& path = list.emplace_back();
      if (!read_path(path)) return std::nullopt;
      skip_space();
    } while (take("|"));
    if (!rest_.empty()) return std::nullopt;
    return list;
  }

 private:
  void skip_space() {
    rest_.remove_prefix(
        std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }

  // The next token, if it is this one.
  bool take(std::string_view token) {
    skip_space();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  // Lower case, so that it is the same in HTML and elsewhere.
  std::string take_name() {
    skip_space();
    const auto is_of_name = [](char c) {
      return (c >= 'a' && c <= 'z') || is_ascii_digit(c) || c == '-' ||
             c == '_';
    };
    std::size_t size = 0;
    while (size < rest_.size() && is_of_name(rest_[size])) ++size;
    if (size == 0 || is_ascii_digit(rest_[0]) || rest_[0] == '-') return "";
    const std::string name(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return name;
  }

  bool read_path(CssComplex& path) {
    skip_space();
    const bool from_root = !rest_.starts_with("/");
    if (rest_.starts_with("./")) rest_.remove_prefix(1);
    bool below = take("//");
    if (!below) take("/");
    if (from_root) add_step(path, true, false);
    for (bool first = !from_root;; first = false) {
      if (take("@"))
        return !first_of(first, below) && read_attribute(path, below);
      if (take("*")) {
        add_step(path, first, below);
      } else {
        const std::string name = take_name();
        if (name == "text" && take("(")) {
          return take(")") && !first_of(first, below) && add_text(path, below);
        }
        skip_space();
        if (name.empty() || rest_.starts_with("(") || rest_.starts_with(":")) {
          return false;
        }
        add_step(path, first, below);
        CssTest& test = path.compounds.back().emplace_back();
        test.kind = Kind::kName;
        test.name = test.lower = name;
      }
      while (take("[")) {
        if (!read_condition(path.compounds.back())) return false;
      }
      below = take("//");
      if (!below && !take("/")) return true;
    }
  }

  // Of the document itself there is neither text nor attribute.
  static bool first_of(bool first, bool below) { return first && !below; }

  static void add_step(CssComplex& path, bool first, bool below) {
    if (!first) {
      path.combinators.push_back(below ? CssCombinator::kDescendant
                                       : CssCombinator::kChild);
    }
    path.compounds.emplace_back();
    if (first && !below)
      path.compounds.back().emplace_back().kind = Kind::kRoot;
  }

  // "a//text()" is what is right in an a, or in anything below.
  static void add_self_or_below(CssComplex& path, bool below) {
    if (path.compounds.empty()) {
      path.compounds.emplace_back();
    } else if (below) {
      path.combinators.push_back(CssCombinator::kDescendantOrSelf);
      path.compounds.emplace_back();
    }
  }

  static bool add_text(CssComplex& path, bool below) {
    add_self_or_below(path, below);
    path.target.kind = CssTarget::Kind::kText;
    return true;
  }

  bool read_attribute(CssComplex& path, bool below) {
    const std::string name = take_attribute_name();
    if (name.empty()) return false;
    add_self_or_below(path, below);
    path.target.kind = CssTarget::Kind::kAttribute;
    path.target.name = path.target.lower = name;
    return true;
  }

  // Not xmlns, which to XPath is an attribute as any.
  std::string take_attribute_name() {
    std::string name = take_name();
    skip_space();
    if (name == "xmlns" || rest_.starts_with(":") || rest_.starts_with("(")) {
      return "";
    }
    return name;
  }

  bool read_string(std::string& value) {
    skip_space();
    if (rest_.empty() || (rest_[0] != '"' && rest_[0] != '\'')) return false;
    const std::size_t end = rest_.find(rest_[0], 1);
    if (end == rest_.npos) return false;
    value = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return true;
  }

  // Behind its '[': @a, @a = 'v', contains(@a, 'v'), starts-with(@a, 'v'),
  // has-class('v').
  bool read_condition(CssCompound& compound) {
    CssTest test;
    test.name_space = CssNamespace::kNone;
    test.letter_case = CssTest::Case::kMatters;
    if (take("@")) {
      test.name = take_attribute_name();
      test.kind = take("=") ? Kind::kAttributeIs : Kind::kHasAttribute;
      if (test.kind == Kind::kAttributeIs && !read_string(test.value)) {
        return false;
      }
    } else {
      const std::string function = take_name();
      if (!take("(")) return false;
      if (function == "has-class") {
        test.kind = Kind::kAttributeHasWord;
        test.name = "class";
      } else if (function == "contains" || function == "starts-with") {
        test.kind = function == "contains" ? Kind::kAttributeContains
                                           : Kind::kAttributeBegins;
        if (!take("@")) return false;
        test.name = take_attribute_name();
        if (!take(",")) return false;
      } else {
        return false;
      }
      // What is empty is in all, and in what is not there; of classes one, or
      // several in a row.
      if (!read_string(test.value) || test.value.empty() ||
          (test.kind == Kind::kAttributeHasWord &&
           test.value.find_first_of(" \t\r\n\f") != test.value.npos) ||
          !take(")")) {
        return false;
      }
    }
    if (test.name.empty() || !take("]")) return false;
    test.lower = test.name;
    compound.push_back(std::move(test));
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<CssList> xpath_as_css(std::string_view expression) {
  return PathReader(expression).run();
}

}  // namespace crawl
