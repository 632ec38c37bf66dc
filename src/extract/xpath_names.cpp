#include "extract/xpath_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"

namespace crawl {
namespace {

struct Function {
  std::string_view name;
  int least;
  int most;
};
constexpr int kAnyNumber = 1'000'000;
// XPath 1.0, section 4; and what parsel has beside.
constexpr std::array<Function, 28> kFunctions = {{
    {"last", 0, 0},
    {"position", 0, 0},
    {"count", 1, 1},
    {"id", 1, 1},
    {"local-name", 0, 1},
    {"namespace-uri", 0, 1},
    {"name", 0, 1},
    {"string", 0, 1},
    {"concat", 2, kAnyNumber},
    {"starts-with", 2, 2},
    {"contains", 2, 2},
    {"substring-before", 2, 2},
    {"substring-after", 2, 2},
    {"substring", 2, 3},
    {"string-length", 0, 1},
    {"normalize-space", 0, 1},
    {"translate", 3, 3},
    {"boolean", 1, 1},
    {"not", 1, 1},
    {"true", 0, 0},
    {"false", 0, 0},
    {"lang", 1, 1},
    {"number", 0, 1},
    {"sum", 1, 1},
    {"floor", 1, 1},
    {"ceiling", 1, 1},
    {"round", 1, 1},
    {"has-class", 1, kAnyNumber},
}};
constexpr std::array<std::string_view, 4> kNodeTypes = {
    "comment", "text", "processing-instruction", "node"};
constexpr std::array<std::string_view, 13> kAxes = {
    "ancestor",  "ancestor-or-self",  "attribute",
    "child",     "descendant",        "descendant-or-self",
    "following", "following-sibling", "namespace",
    "parent",    "preceding",         "preceding-sibling",
    "self"};

template <std::size_t size>
bool is_one_of(const std::array<std::string_view, size>& words,
               std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Reads an expression's tokens (XPath 1.0, section 3.7) for the names in it.
class NameCheck {
 public:
  explicit NameCheck(std::string_view text) : text_(text) {}

  std::optional<SelectorFault> run() {
    while (skip_space(), at_ < text_.size() && !fault_) token();
    return std::move(fault_);
  }

 private:
  struct Open {
    const Function* function;  // null: no call
    std::size_t begin;
    int arguments;
  };

  void fail(std::string message, std::size_t offset) {
    if (!fault_) fault_ = SelectorFault{std::move(message), offset};
  }

  void skip_space() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) {
      ++at_;
    }
  }

  static bool is_name_start(char c) {
    return is_ascii_letter(c) || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  }
  static bool is_name_char(char c) {
    return is_name_start(c) || is_ascii_digit(c) || c == '-' || c == '.';
  }

  bool next_is(std::string_view word) {
    skip_space();
    return text_.substr(at_).starts_with(word);
  }

  std::string_view take_name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name_char(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  // An argument begins, or goes on.
  void something(bool operand) {
    if (!open_.empty() && open_.back().arguments == 0) {
      open_.back().arguments = 1;
    }
    operand_before_ = operand;
  }

  void token() {
    const std::size_t begin = at_;
    const char c = text_[at_];
    if (c == '"' || c == '\'') {
      const std::size_t end = text_.find(c, at_ + 1);
      if (end == text_.npos) {
        return fail("the string that begins here is not closed", begin);
      }
      at_ = end + 1;
      something(true);
    } else if (is_ascii_digit(c)) {
      while (at_ < text_.size() &&
             (is_ascii_digit(text_[at_]) || text_[at_] == '.')) {
        ++at_;
      }
      something(true);
    } else if (is_name_start(c)) {
      name(begin);
    } else if (c == '$') {
      fail("there are no variables", begin);
    } else if (c == '(' || c == '[') {
      ++at_;
      something(false);
      open_.push_back({nullptr, begin, 0});
    } else if (c == ')' || c == ']') {
      ++at_;
      close();
      something(true);
    } else if (c == ',') {
      ++at_;
      if (!open_.empty()) ++open_.back().arguments;
      operand_before_ = false;
    } else {
      ++at_;
      // A step as it is, or what multiplies.
      something(c == '.' || (c == '*' && !operand_before_));
    }
  }

  void close() {
    if (open_.empty()) return;
    const Open call = open_.back();
    open_.pop_back();
    if (call.function == nullptr) return;
    const auto [name, least, most] = *call.function;
    if (call.arguments >= least && call.arguments <= most) return;
    fail(least == most ? fmt::format("{}() takes {} arguments, not {}", name,
                                     least, call.arguments)
         : call.arguments < least
             ? fmt::format("{}() takes at least {} arguments", name, least)
             : fmt::format("{}() takes at most {} arguments", name, most),
         call.begin);
  }

  void name(std::size_t begin) {
    const std::string_view word = take_name();
    if (operand_before_ &&
        (word == "and" || word == "or" || word == "div" || word == "mod")) {
      operand_before_ = false;
      return;
    }
    if (next_is("::")) {
      if (!is_one_of(kAxes, word)) fail("there is no axis of this name", begin);
      at_ += 2;
      something(false);
      return;
    }
    if (at_ + 1 < text_.size() && text_[at_] == ':' &&
        (is_name_start(text_[at_ + 1]) || text_[at_ + 1] == '*')) {
      if (word != "xlink" && word != "xml") {
        ++at_;
        const std::string_view name = take_name();
        if (next_is("(")) {
          return fail(
              fmt::format("{}:{}() is none of XPath 1.0's functions, which "
                          "alone are here, and has-class()",
                          word, name),
              begin);
        }
        return fail(
            "no prefix of this name: there are xlink and xml; elements have "
            "none",
            begin);
      }
      ++at_;
      if (text_[at_] == '*') {
        ++at_;
      } else {
        take_name();
      }
      something(true);
      if (next_is("(")) fail("there is no function of this name", begin);
      return;
    }
    something(true);
    if (!next_is("(") || is_one_of(kNodeTypes, word)) return;
    const auto* const function =
        std::find_if(kFunctions.begin(), kFunctions.end(),
                     [&](const Function& f) { return f.name == word; });
    if (function == kFunctions.end()) {
      return fail("XPath 1.0 has no function of this name", begin);
    }
    ++at_;
    operand_before_ = false;
    open_.push_back({function, begin, 0});
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  bool operand_before_ = false;
  std::vector<Open> open_;
  std::optional<SelectorFault> fault_;
};

}  // namespace

std::optional<SelectorFault> check_xpath_names(std::string_view expression) {
  return NameCheck(expression).run();
}

}  // namespace crawl
