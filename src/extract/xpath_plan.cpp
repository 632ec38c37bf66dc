#include "extract/xpath_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "base/ascii.h"

namespace crawl {
namespace {

constexpr int kMostNesting = 100;

// XPath 1.0, section 3; from the weakest to the strongest.
enum Level { kOr, kAnd, kEquality, kRelation, kSum, kProduct, kUnary };

struct Operator {
  std::string_view sign;
  Level level;
  std::string_view function;  // that does it for sets of nodes
};
constexpr std::array<Operator, 13> kOperators = {{
    {"or", kOr, ""},
    {"and", kAnd, ""},
    {"!=", kEquality, "crawl-unequal"},
    {"=", kEquality, "crawl-equal"},
    {"<=", kRelation, "crawl-at-most"},
    {">=", kRelation, "crawl-at-least"},
    {"<", kRelation, "crawl-less"},
    {">", kRelation, "crawl-more"},
    {"+", kSum, ""},
    {"-", kSum, ""},
    {"*", kProduct, ""},
    {"div", kProduct, ""},
    {"mod", kProduct, ""},
}};

constexpr std::array<std::string_view, 9> kGiveNumbers = {
    "ceiling",  "count", "floor",         "last", "number",
    "position", "round", "string-length", "sum"};
// From any two nodes, these lead to different ones.
constexpr std::array<std::string_view, 3> kSeparateAxes = {"attribute", "child",
                                                           "self"};

bool is_one_of(std::string_view word, const auto& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// What else stands before a parenthesis is a function.
bool is_node_type(std::string_view word) {
  return word == "text" || word == "node" || word == "comment" ||
         word == "processing-instruction";
}

bool is_name_start(char c) {
  return is_ascii_letter(c) || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_name_char(char c) {
  return is_name_start(c) || is_ascii_digit(c) || c == '-' || c == '.';
}

struct NotUnderstood {};

class Planner {
 public:
  explicit Planner(std::string_view text) : text_(text) {}

  XPathPlan run() {
    Value value = binary(kOr);
    skip_space();
    if (at_ < text_.size()) throw NotUnderstood();
    return {std::move(value.text), std::move(parts_), false};
  }

 private:
  enum class Kind { kNodes, kNumber, kOther };
  struct Value {
    std::string text;
    Kind kind = Kind::kNodes;
    bool several = false;  // it may be more nodes than one
    bool fixed = false;    // it is the same from wherever it is asked
  };
  struct Step {
    std::string axis;
    std::string test;
    std::vector<std::string> conditions;
    bool positions = false;  // the conditions may ask for some
    bool simple = true;      // the test is one that crawl-step() knows

    std::string conditions_text() const {
      std::string out;
      for (const std::string& one : conditions) out += '[' + one + ']';
      return out;
    }
    std::string whole() const { return axis + "::" + test + conditions_text(); }
    bool may_meet() const { return !is_one_of(axis, kSeparateAxes); }
  };

  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool looking_at(std::string_view token) const {
    return text_.substr(at_).starts_with(token);
  }
  bool take(std::string_view token) {
    skip_space();
    if (!looking_at(token)) return false;
    at_ += token.size();
    return true;
  }
  void expect(std::string_view token) {
    if (!take(token)) throw NotUnderstood();
  }
  void skip_space() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\r' ||
           peek() == '\n') {
      ++at_;
    }
  }
  std::string_view name_here() const {
    if (!is_name_start(peek())) return "";
    std::size_t size = 1;
    while (is_name_char(peek(size))) ++size;
    return text_.substr(at_, size);
  }
  std::string_view take_name() {
    skip_space();
    const std::string_view name = name_here();
    if (name.empty()) throw NotUnderstood();
    at_ += name.size();
    return name;
  }
  // Whether what is here, and then `token`.
  bool name_before(std::string_view token) {
    const std::size_t before = at_;
    at_ += name_here().size();
    skip_space();
    const bool found = at_ > before && looking_at(token);
    at_ = before;
    return found;
  }

  // Behind an operand.
  const Operator* operator_here() {
    skip_space();
    const std::string_view name = name_here();
    for (const Operator& one : kOperators) {
      if (name.empty() ? looking_at(one.sign) : name == one.sign) return &one;
    }
    // Of two operands in a row libxml2 makes something of its own.
    if (!name.empty()) throw NotUnderstood();
    return nullptr;
  }

  Value binary(int level) {
    if (level == kUnary) return unary();
    Value left = binary(level + 1);
    for (;;) {
      const Operator* const found = operator_here();
      if (found == nullptr || found->level != level) return left;
      at_ += found->sign.size();
      left = combined(*found, std::move(left), binary(level + 1));
    }
  }

  static Value combined(const Operator& by, Value left, Value right) {
    const bool nodes = left.kind == Kind::kNodes || right.kind == Kind::kNodes;
    if (by.level >= kSum) {
      return {fmt::format("{} {} {}", number(left), by.sign, number(right)),
              Kind::kNumber};
    }
    if (!by.function.empty() && nodes) {
      return {fmt::format("{}({}, {})", by.function, left.text, right.text),
              Kind::kOther};
    }
    return {fmt::format("{} {} {}", left.text, by.sign, right.text),
            Kind::kOther};
  }

  // That it is made one costs what the nodes below are.
  static std::string number(const Value& value) {
    return value.kind == Kind::kNodes ? fmt::format("number({})", value.text)
                                      : value.text;
  }

  Value unary() {
    std::string signs;
    while (take("-")) signs += '-';
    Value value = either();
    if (signs.empty()) return value;
    return {signs + number(value), Kind::kNumber};
  }

  Value either() {
    Value value = path();
    while (take("|")) {
      const Value other = path();
      value.text = fmt::format("crawl-union({}, {})", value.text, other.text);
      value.several = true;
      value.fixed = value.fixed && other.fixed;
    }
    return value;
  }

  struct Nested {
    explicit Nested(int& depth) : depth_(depth) {
      if (++depth_ > kMostNesting) throw NotUnderstood();
    }
    ~Nested() { --depth_; }
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;
    int& depth_;
  };

  Value nested() {
    const Nested one(nesting_);
    return binary(kOr);
  }

  // Behind its '['.
  Value read_condition() {
    ++conditions_;
    Value value = nested();
    --conditions_;
    expect("]");
    return value;
  }

  Value path() {
    skip_space();
    const bool from_document = peek() == '/';
    Value value = any_path();
    value.fixed = value.fixed || from_document;
    if (!value.fixed || conditions_ == 0 || value.text == "/") return value;
    parts_.push_back(std::move(value.text));
    value.text = fmt::format("crawl-once({})", parts_.size() - 1);
    return value;
  }

  Value any_path() {
    Value value;
    if (starts_primary()) {
      value = primary();
      while (take("[")) {
        value.text += '[' + read_condition().text + ']';
      }
      skip_space();
      if (peek() != '/') return value;
    } else if (peek() != '/') {
      step(value, false);
    } else if (!looking_at("//")) {
      ++at_;
      value.text = "/";
      skip_space();
      const char c = peek();
      if (!is_name_start(c) && c != '*' && c != '@' && c != '.') return value;
      step(value, false);
    } else {
      at_ += 2;
      value.text = "/";
      step(value, true);
    }
    for (;;) {
      if (take("//")) {
        step(value, true);
      } else if (take("/")) {
        step(value, false);
      } else {
        return value;
      }
    }
  }

  bool starts_primary() {
    const char c = peek();
    if (c == '"' || c == '\'' || c == '(' || is_ascii_digit(c)) return true;
    if (c == '.') return is_ascii_digit(peek(1));
    return name_before("(") && !is_node_type(name_here());
  }

  std::string literal() {
    const std::size_t end = text_.find(peek(), at_ + 1);
    if (end == text_.npos) throw NotUnderstood();
    std::string out(text_.substr(at_, end + 1 - at_));
    at_ = end + 1;
    return out;
  }

  Value primary() {
    const char c = peek();
    if (c == '"' || c == '\'') return {literal(), Kind::kOther};
    if (c == '(') {
      ++at_;
      Value value = nested();
      expect(")");
      value.text = '(' + value.text + ')';
      return value;
    }
    if (c == '.' || is_ascii_digit(c)) {
      const std::size_t begin = at_;
      while (is_ascii_digit(peek()) || peek() == '.') ++at_;
      return {std::string(text_.substr(begin, at_ - begin)), Kind::kNumber};
    }
    return call();
  }

  Value call() {
    const std::string_view name = take_name();
    positions_ = positions_ || name == "position" || name == "last";
    Value value{std::string(name) + '(',
                name == "id"                    ? Kind::kNodes
                : is_one_of(name, kGiveNumbers) ? Kind::kNumber
                                                : Kind::kOther,
                true};
    expect("(");
    if (!take(")")) {
      do {
        if (value.text.back() != '(') value.text += ", ";
        value.text += nested().text;
      } while (take(","));
      expect(")");
    }
    value.text += ')';
    return value;
  }

  Step read_step() {
    skip_space();
    Step step;
    if (take("..")) return {"parent", "node()", {}};
    if (take(".")) return {"self", "node()", {}};
    if (take("@")) {
      step.axis = "attribute";
    } else if (name_before("::")) {
      step.axis = take_name();
      expect("::");
      // Its nodes are libxml2's own, and not in the page.
      if (step.axis == "namespace") throw NotUnderstood();
    } else {
      step.axis = "child";
    }
    skip_space();
    if (take("*")) {
      step.test = "*";
    } else {
      read_test(step);
    }
    while (take("[")) {
      const bool outside = std::exchange(positions_, false);
      const Value condition = read_condition();
      step.positions =
          step.positions || positions_ || condition.kind == Kind::kNumber;
      positions_ = outside;
      step.conditions.push_back(condition.text);
    }
    return step;
  }

  void read_test(Step& step) {
    step.test = take_name();
    if (peek() == ':' && peek(1) != ':') {  // a prefix, which no element has
      ++at_;
      step.simple = false;
      step.test += ':';
      step.test += peek() == '*' ? text_.substr(at_++, 1) : take_name();
    } else if (is_node_type(step.test) && take("(")) {
      skip_space();
      step.test += '(';
      if (peek() == '"' || peek() == '\'') {
        step.simple = false;
        step.test += literal();
      }
      step.test += ')';
      expect(")");
    }
  }

  // Puts a step, behind "//" if `below`, after what `from` gives.
  void step(Value& from, bool below) {
    if (from.kind != Kind::kNodes) throw NotUnderstood();
    const Step next = read_step();
    const bool joins = !next.positions && next.simple;
    if (below && from.several && next.axis == "child" && joins) {
      return join(from, "descendant", next);
    }
    if (below && (from.several || next.may_meet())) {
      const Step all{"descendant-or-self", "node()", {}};
      if (from.several) {
        join(from, all.axis, all);
      } else {
        append(from, all.whole());
      }
      from.several = true;
    } else if (below) {
      from.text += from.text == "/" ? "/" : "//";
      from.text += next.whole();
      from.several = true;
      return;
    }
    if (from.several && next.may_meet()) {
      if (joins) return join(from, next.axis, next);
      from.text = fmt::format("crawl-each({}, {})", from.text, parts_.size());
      parts_.push_back(next.whole());
      return;
    }
    append(from, next.whole());
    from.several =
        from.several || (next.axis != "self" && next.axis != "parent");
  }

  static void append(Value& from, const std::string& step) {
    if (!from.text.empty() && from.text != "/") from.text += '/';
    from.text += step;
  }

  static void join(Value& from, std::string_view axis, const Step& step) {
    from.text = fmt::format("crawl-step({}, '{}', '{}'){}", from.text, axis,
                            step.test, step.conditions_text());
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  int nesting_ = 0;
  int conditions_ = 0;      // that it is within
  bool positions_ = false;  // of the condition that is read
  std::vector<std::string> parts_;
};

}  // namespace

XPathPlan plan_xpath(std::string_view expression) {
  try {
    return Planner(expression).run();
  } catch (const NotUnderstood&) {
    return {std::string(expression), {}, true};
  }
}

}  // namespace crawl
