#include "extract/xpath_node_sets.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/ascii.h"

namespace crawl {
namespace {

bool is_name_start(char c) {
  return is_ascii_letter(c) || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_one_of(std::string_view word, const auto& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Of text() and the like; what else stands before a parenthesis is a function.
bool is_node_type(std::string_view word) {
  return word == "text" || word == "node" || word == "comment" ||
         word == "processing-instruction";
}

// From any two nodes, these lead to different ones.
constexpr std::array<std::string_view, 3> kSeparateAxes = {"attribute", "child",
                                                           "self"};
constexpr std::array<std::string_view, 4> kOperators = {"and", "div", "mod",
                                                        "or"};

// Goes through an expression's tokens (XPath 1.0, section 3.7), and knows of
// each path whether it may have come to several nodes.
class TokenWalk {
 public:
  explicit TokenWalk(std::string_view text) : text_(text) {}

  bool finds_sets_compared() {
    while (at_ < text_.size() && !found_) token();
    return found_;
  }

 private:
  struct Outside {
    bool several;
    bool call;
    char open;
  };

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (take(' ') || take('\t') || take('\r') || take('\n')) continue;
  }

  void token() {
    skip_space();
    if (at_ == text_.size()) return;
    const char c = text_[at_];
    if (is_name_start(c)) return name();
    if (is_ascii_digit(c)) {
      while (is_ascii_digit(peek()) || peek() == '.') ++at_;
      return value();
    }
    ++at_;
    switch (c) {
      case '"':
      case '\'':
        at_ = std::min(text_.find(c, at_), text_.size() - 1) + 1;
        return value();
      case '/':
        if (compared_) found_ = true;
        if (take('/')) {
          leave_by(false);
          several_ = true;
        }
        operand_ = single_ = false;
        return;
      case '.':
        if (take('.')) leave_by(false);
        return nodes();
      case '@':
        operand_ = false;
        return;
      case '*':
        if (operand_) return operation();
        several_ = true;
        return nodes();
      case '(':
      case '[':
        if (compared_) found_ = true;
        return open(c, false);
      case ')':
      case ']':
        return close();
      case '=':
      case '<':
      case '>':
        // Of "<=", "!=" and the like the first was one too.
        if (operand_) compared_ = !single_;
        operation();
        return;
      case '!':
        if (operand_) compared_ = !single_;
        operation();
        return;
      case '-':
      case '+':
        return operation();
      case ',':
        compared_ = false;
        return operation();
      default:  // "|", and what is no XPath
        found_ = true;
    }
  }

  void name() {
    const std::size_t begin = at_;
    while (is_name_start(peek()) || is_ascii_digit(peek()) || peek() == '-' ||
           peek() == '.') {
      ++at_;
    }
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (operand_ && is_one_of(word, kOperators)) {
      compared_ = false;
      return operation();
    }
    skip_space();
    if (text_.substr(at_).starts_with("::")) {
      at_ += 2;
      leave_by(is_one_of(word, kSeparateAxes));
      operand_ = false;
      return;
    }
    if (take(':')) {  // a prefix
      if (!take('*')) return;
    } else if (peek() == '(' && !is_node_type(word)) {
      if (word == "id") found_ = true;
      ++at_;
      return open('(', true);
    }
    several_ = true;
    nodes();
  }

  void value() {
    compared_ = false;
    operand_ = single_ = true;
  }
  void nodes() {
    if (compared_) found_ = true;
    operand_ = true;
    single_ = false;
  }
  void operation() { operand_ = several_ = single_ = false; }
  void leave_by(bool separate) {
    if (several_ && !separate) found_ = true;
  }

  void open(char c, bool call) {
    outside_.push_back({several_, call, c});
    compared_ = false;
    operation();
  }
  void close() {
    if (outside_.empty()) {
      found_ = true;
      return;
    }
    const Outside outside = outside_.back();
    outside_.pop_back();
    several_ = outside.open == '(' || outside.several;
    single_ = outside.call;
    compared_ = false;
    operand_ = true;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Outside> outside_;
  bool several_ = false;   // the path so far may give more than one node
  bool operand_ = false;   // what was last is an operand, or ends one
  bool single_ = false;    // it is a number, string or call
  bool compared_ = false;  // with nodes, what comes
  bool found_ = false;
};

}  // namespace

bool may_compare_node_sets(std::string_view expression) {
  return TokenWalk(expression).finds_sets_compared();
}

}  // namespace crawl
