#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "base/ascii.h"
#include "crawl/base/utf8.h"
#include "extract/css_pseudo_classes.h"
#include "extract/css_selector.h"
#include "extract/css_tokens.h"
#include "extract/filter.h"

namespace crawl {
namespace {

// Of what a user writes, more than enough; they bound what a page can cost.
constexpr std::size_t kMostBytes = 4096;
constexpr int kMostNesting = 16;
constexpr int kMostFunctions = 64;

using Kind = CssTest::Kind;

// Pseudo-elements that no page has; the first four may be written with one
// colon, as in older style sheets. Those of WebKit are valid whatever they are
// (Selectors Level 4, section 3.6.4).
constexpr std::array<std::string_view, 14> kNoPageHas = {
    "before",         "after",
    "first-line",     "first-letter",
    "selection",      "marker",
    "placeholder",    "file-selector-button",
    "backdrop",       "cue",
    "spelling-error", "grammar-error",
    "target-text",    "details-content"};
constexpr std::string_view kWebKit = "-webkit-";
constexpr std::size_t kOlder = 4;

bool no_page_has(std::string_view word, std::size_t first) {
  const auto* const end = kNoPageHas.begin() + first;
  return std::find(kNoPageHas.begin(), end, word) != end;
}

class Parser : private CssTokens {
 public:
  explicit Parser(std::string_view text) : CssTokens(text) {}

  CssList parse() {
    if (text_.size() > kMostBytes) {
      fail(fmt::format("it is longer than {} bytes", kMostBytes), kMostBytes);
    }
    if (const std::size_t bad = valid_utf8_prefix(text_); bad < text_.size()) {
      fail("it is no valid UTF-8", bad);
    }
    CssList list = selector_list(Where::kTop);
    if (!at_end()) fail("a selector cannot go on so");
    return list;
  }

 private:
  enum class Where : std::uint8_t { kTop, kNested, kRelative };

  CssList selector_list(Where where) {
    CssList list;
    do {
      skip_space();
      list.push_back(complex(where));
      skip_space();
    } while (take(','));
    return list;
  }

  bool at_list_end(Where where) const {
    return at_end() || text_[at_] == ',' ||
           (where != Where::kTop && text_[at_] == ')');
  }

  // Which combinator is written here, if one is.
  bool combinator(CssCombinator& out) {
    switch (peek()) {
      case '>':
        out = CssCombinator::kChild;
        break;
      case '+':
        out = CssCombinator::kNextSibling;
        break;
      case '~':
        out = CssCombinator::kLaterSibling;
        break;
      default:
        return false;
    }
    ++at_;
    skip_space();
    return true;
  }

  CssComplex complex(Where where) {
    CssComplex out;
    if (where == Where::kRelative) combinator(out.leading);
    for (;;) {
      const bool universal = compound(where, out);
      if (out.target.kind != CssTarget::Kind::kElement) {
        skip_space();
        if (!at_list_end(where)) {
          fail(peek() == '|' ? what_is_wrong()
                             : "nothing may follow a pseudo-element");
        }
        // "p ::text": all text below p, its own too.
        if (universal && !out.combinators.empty() &&
            out.combinators.back() == CssCombinator::kDescendant) {
          out.combinators.back() = CssCombinator::kDescendantOrSelf;
        }
        return out;
      }
      const bool space = skip_space();
      if (at_list_end(where)) return out;
      CssCombinator next = CssCombinator::kDescendant;
      if (!combinator(next) && !space) fail(what_is_wrong());
      out.combinators.push_back(next);
    }
  }

  // Why no selector can go on with what is here.
  std::string what_is_wrong() const {
    if (looking_at("||")) return "the column combinator is not supported";
    if (peek() == '|') {
      return fmt::format("no such filter: there are {}", kFilterNames);
    }
    if (peek() == '/' || peek() == '(' || peek() == '@') {
      return "a CSS selector cannot go on so; XPath begins with '/', './', '(' "
             "or 'xpath:'";
    }
    if (peek() == ')') return "this parenthesis was not opened";
    if (peek() == ']') return "this bracket was not opened";
    if (is_ascii_digit(peek())) return "a name does not begin with a digit";
    return "a selector cannot go on so";
  }

  // True if it is no more than "*" or nothing before a pseudo-element.
  bool compound(Where where, CssComplex& out) {
    const std::size_t begin = at_;
    CssCompound tests;
    bool any = type(tests);
    bool universal = tests.empty();
    for (;;) {
      skip_comments();
      if (at_end()) break;
      const char c = text_[at_];
      if (c == '#') {
        ++at_;
        named(tests, Kind::kId, "an id");
      } else if (c == '.') {
        ++at_;
        named(tests, Kind::kClass, "a class name");
      } else if (c == '[') {
        attribute(tests);
      } else if (looking_at("::")) {
        at_ += 2;
        pseudo_element(where, tests, out);
        any = true;
        break;
      } else if (c == ':') {
        ++at_;
        if (pseudo_class(where, tests, out)) {
          any = true;
          break;
        }
      } else {
        break;
      }
      any = true;
      universal = false;
    }
    if (!any) {
      if (at_end() || at_list_end(where)) {
        fail(out.compounds.empty()
                 ? "a selector is missing here"
                 : "a selector is missing behind the combinator",
             begin);
      }
      CssCombinator ignored{};
      if (combinator(ignored)) {
        fail(out.compounds.empty() ? "a selector is missing before this"
                                   : "two combinators in a row",
             begin);
      }
      fail(what_is_wrong());
    }
    out.compounds.push_back(std::move(tests));
    return universal;
  }

  void named(CssCompound& tests, Kind kind, std::string_view what) {
    CssTest test;
    test.kind = kind;
    // A hash may begin like no name, but is no id then.
    if (!starts_name()) {
      fail(fmt::format("{} is expected here{}", what,
                       is_ascii_digit(peek())
                           ? ", and does not begin with a digit unless escaped"
                           : ""));
    }
    test.value = name_chars();
    tests.push_back(std::move(test));
  }

  // "ns|", "*|" or "|", if they are here.
  bool prefix(CssNamespace& out, bool attribute) {
    const std::size_t begin = at_;
    if (peek() == '|' && (peek(1) == '*' || starts_name(1))) {
      ++at_;
      out = CssNamespace::kNone;
      return true;
    }
    if (peek() == '*' && peek(1) == '|' && peek(2) != '=' && peek(2) != '|') {
      at_ += 2;
      out = CssNamespace::kAny;
      return true;
    }
    if (!starts_name()) return false;
    std::string before = name_chars();
    if (peek() != '|' || peek(1) == '=' || peek(1) == '|' ||
        !(peek(1) == '*' || starts_name(1))) {
      at_ = begin;
      return false;
    }
    ++at_;
    if (before == "html" && !attribute) {
      out = CssNamespace::kHtml;
    } else if (before == "svg" && !attribute) {
      out = CssNamespace::kSvg;
    } else if (before == "math" && !attribute) {
      out = CssNamespace::kMath;
    } else if (before == "xlink" && attribute) {
      out = CssNamespace::kXlink;
    } else if (before == "xml" && attribute) {
      out = CssNamespace::kXml;
    } else {
      if (attribute) fail("no such namespace: there are xlink and xml", begin);
      fail(fmt::format("no namespace (html, svg, math) is before this '|', and "
                       "no filter ({}) behind it",
                       kFilterNames),
           at_ - 1);
    }
    return true;
  }

  // A type selector or "*", if it is here.
  bool type(CssCompound& tests) {
    skip_comments();
    CssNamespace name_space = CssNamespace::kAny;
    const bool prefixed = prefix(name_space, false);
    if (prefixed && name_space != CssNamespace::kAny) {
      CssTest test;
      test.kind = Kind::kNamespace;
      test.name_space = name_space;
      tests.push_back(std::move(test));
    }
    if (take('*')) return true;
    if (!starts_name()) {
      if (prefixed) fail("an element's name is expected behind the '|'");
      return false;
    }
    CssTest test;
    test.kind = Kind::kName;
    test.name = name_chars();
    test.lower = lower_case(test.name);
    tests.push_back(std::move(test));
    return true;
  }

  void attribute(CssCompound& tests) {
    ++at_;
    skip_space();
    CssTest test;
    test.kind = Kind::kHasAttribute;
    test.name_space = CssNamespace::kNone;
    prefix(test.name_space, true);
    test.name = attribute_name();
    test.lower = lower_case(test.name);
    skip_space();
    if (!at_end() && peek() != ']') {
      test.kind = comparison();
      skip_space();
      if (peek() == '"' || peek() == '\'') {
        test.value = string_token();
      } else if (starts_name()) {
        test.value = name_chars();
      } else {
        fail("a value is expected here; in quotes, unless it is a plain word");
      }
      skip_space();
      if (!at_end() && peek() != ']') letter_case(test);
    }
    if (!at_end() && !take(']')) fail("a ']' is expected here");
    tests.push_back(std::move(test));
  }

  std::string attribute_name() {
    std::string out = name("an attribute's name");
    if (peek() == ':') fail("a prefix is written with a '|': xlink|href");
    return out;
  }

  Kind comparison() {
    static constexpr std::array<std::pair<std::string_view, Kind>, 6> kSigns = {
        {{"=", Kind::kAttributeIs},
         {"~=", Kind::kAttributeHasWord},
         {"|=", Kind::kAttributeDash},
         {"^=", Kind::kAttributeBegins},
         {"$=", Kind::kAttributeEnds},
         {"*=", Kind::kAttributeContains}}};
    for (const auto& [sign, kind] : kSigns) {
      if (!looking_at(sign)) continue;
      at_ += sign.size();
      return kind;
    }
    if (looking_at("!=")) {
      fail("'!=' is not CSS: write :not([name=\"value\"])");
    }
    fail("']' or one of = ~= |= ^= $= *= is expected here");
  }

  void letter_case(CssTest& test) {
    const std::size_t begin = at_;
    const std::string flag =
        starts_name() ? lower_case(name_chars()) : std::string();
    if (flag == "i") {
      test.letter_case = CssTest::Case::kIgnored;
    } else if (flag == "s") {
      test.letter_case = CssTest::Case::kMatters;
    } else {
      fail("']' or one of the flags i and s is expected here", begin);
    }
    skip_space();
  }

  void pseudo_element(Where where, CssCompound& tests, CssComplex& out) {
    const std::size_t begin = at_;
    const std::string word = lower_case(name("text or attr(name)"));
    check_place(where, begin);
    if (word == "text" && peek() != '(') {
      out.target.kind = CssTarget::Kind::kText;
    } else if (word == "attr" && take('(')) {
      out.target.kind = CssTarget::Kind::kAttribute;
      skip_space();
      prefix(out.target.name_space, true);
      out.target.name = attribute_name();
      out.target.lower = lower_case(out.target.name);
      skip_space();
      if (!at_end() && !take(')')) fail("a ')' is expected here");
    } else if ((word.starts_with(kWebKit) ||
                no_page_has(word, kNoPageHas.size())) &&
               peek() != '(') {
      out.target.kind = CssTarget::Kind::kNothing;
      tests.emplace_back();
    } else if (word == "slotted" && take('(')) {
      selector_list(Where::kNested);
      if (!at_end() && !take(')')) fail("a ')' is expected here");
      out.target.kind = CssTarget::Kind::kNothing;
      tests.emplace_back();
    } else {
      fail("no such pseudo-element: there are ::text and ::attr(name)", begin);
    }
  }

  void check_place(Where where, std::size_t begin) const {
    if (where == Where::kTop) return;
    fail("a pseudo-element can only stand at the end of a selector", begin);
  }

  // True if it is a pseudo-element.
  bool pseudo_class(Where where, CssCompound& tests, CssComplex& out) {
    const std::size_t begin = at_;
    const std::string word = lower_case(name("the name of a pseudo-class"));
    if (peek() == '(') {
      function(word, begin, tests);
      return false;
    }
    if (no_page_has(word, kOlder)) {
      check_place(where, begin);
      out.target.kind = CssTarget::Kind::kNothing;
      tests.emplace_back();
      return true;
    }
    const CssPseudoClass* const found = find_pseudo_class(word);
    if (found == nullptr) fail(why_no_pseudo_class(word), begin);
    CssTest test;
    test.kind = found->kind;
    test.a = found->a;
    test.b = found->b;
    if (word == "only-child" || word == "only-of-type") {
      CssTest last = test;
      last.kind =
          word == "only-child" ? Kind::kNthLastChild : Kind::kNthLastOfType;
      tests.push_back(std::move(last));
    }
    tests.push_back(std::move(test));
    return false;
  }

  void function(const std::string& word, std::size_t begin,
                CssCompound& tests) {
    const CssPseudoClass* const found = find_pseudo_function(word);
    if (found == nullptr) fail(why_no_pseudo_class(word), begin);
    if (++functions_ > kMostFunctions) {
      fail(fmt::format("it has more than {} of these", kMostFunctions), begin);
    }
    if (++nesting_ > kMostNesting) {
      fail(fmt::format("it is nested more than {} deep", kMostNesting), begin);
    }
    ++at_;
    skip_space();
    CssTest test;
    test.kind = found->kind;
    switch (found->kind) {
      case Kind::kIs:
        if (!at_end() && peek() != ')') {
          test.list = selector_list(Where::kNested);
        }
        break;
      case Kind::kNot:
        test.list = selector_list(Where::kNested);
        break;
      case Kind::kHas:
        if (in_has_) fail(":has() cannot stand in another :has()", begin);
        in_has_ = true;
        test.list = selector_list(Where::kRelative);
        in_has_ = false;
        break;
      case Kind::kLang:
        languages(test);
        break;
      default:
        nth(test);
    }
    skip_space();
    if (!at_end() && !take(')')) fail("a ')' is expected here");
    --nesting_;
    tests.push_back(std::move(test));
  }

  void languages(CssTest& test) {
    do {
      skip_space();
      test.words.push_back(peek() == '"' || peek() == '\''
                               ? string_token()
                               : name("a language"));
      skip_space();
    } while (take(','));
  }

  [[noreturn]] static void fail_nth(std::size_t begin) {
    fail("a number, an+b, odd or even is expected here", begin);
  }

  // An+B (CSS Syntax Level 3, section 6), and what follows "of".
  void nth(CssTest& test) {
    const std::size_t begin = at_;
    const bool plus = take('+');
    if (plus && looking_at("/*")) {  // a token of its own, before a name
      skip_comments();
      if (is_ascii_digit(peek())) fail_nth(begin);
    }
    const int sign = !plus && take('-') ? -1 : 1;
    const bool digits = is_ascii_digit(peek());
    const int number = digits ? count() : 1;
    const std::string word = lower_case(name_chars());
    if (word.starts_with('n')) {
      test.a = sign * number;
      offset(test, std::string_view(word).substr(1), begin);
    } else if (!plus && sign > 0 && !digits &&
               (word == "odd" || word == "even")) {
      test.a = 2;
      test.b = word == "odd" ? 1 : 0;
    } else if (digits && word.empty()) {
      test.b = sign * number;
    } else {
      fail_nth(begin);
    }
    const std::size_t end = at_;
    skip_space();
    if (at_end() || peek() == ')') return;
    const bool of_type =
        test.kind == Kind::kNthOfType || test.kind == Kind::kNthLastOfType;
    const std::size_t of = at_;
    if (of_type || at_ == end || lower_case(name_chars()) != "of") {
      fail("a ')' is expected here", of);
    }
    test.list = selector_list(Where::kNested);
  }

  // What follows the n: "-3" right behind it is part of the same name.
  void offset(CssTest& test, std::string_view rest, std::size_t begin) {
    if (rest.size() > 1) {
      const std::string_view digits = rest.substr(1);
      if (rest[0] != '-' ||
          !std::all_of(digits.begin(), digits.end(), is_ascii_digit)) {
        fail_nth(begin);
      }
      test.b = -number_of(digits);
      return;
    }
    bool minus = rest == "-";
    if (!rest.empty() && !minus) fail_nth(begin);
    if (!minus) {
      const std::size_t before = at_;
      skip_space();
      if (peek() != '+' && peek() != '-') {
        at_ = before;
        return;
      }
      minus = text_[at_++] == '-';
    }
    skip_space();
    if (!is_ascii_digit(peek())) fail_nth(begin);
    test.b = (minus ? -1 : 1) * count();
    if (is_name_char(peek())) fail_nth(begin);
  }

  int nesting_ = 0;
  int functions_ = 0;
  bool in_has_ = false;
};

}  // namespace

tl::expected<CssList, SelectorFault> parse_css(std::string_view text) {
  try {
    return Parser(text).parse();
  } catch (CssFault& fault) {
    return tl::unexpected(std::move(fault.fault));
  }
}

}  // namespace crawl
