#include "extract/style_visibility.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "parse/css/css_text.h"

namespace crawl {
namespace {

using Display = StyleVisibility::Display;
using Visibility = StyleVisibility::Visibility;

// CSS Display Level 3, but for none; and what browsers take beside it.
constexpr std::array<std::string_view, 36> kDisplays = {
    "-webkit-box",
    "-webkit-flex",
    "-webkit-inline-box",
    "-webkit-inline-flex",
    "block",
    "contents",
    "flex",
    "flow",
    "flow-root",
    "grid",
    "grid-lanes",
    "inherit",
    "initial",
    "inline",
    "inline-block",
    "inline-flex",
    "inline-grid",
    "inline-table",
    "list-item",
    "math",
    "ruby",
    "ruby-base",
    "ruby-base-container",
    "ruby-text",
    "ruby-text-container",
    "run-in",
    "table",
    "table-caption",
    "table-cell",
    "table-column",
    "table-column-group",
    "table-footer-group",
    "table-header-group",
    "table-row",
    "table-row-group",
    "unset",
};
static_assert(std::is_sorted(kDisplays.begin(), kDisplays.end()));

struct Value {
  std::vector<std::string> words;  // in lower case
  bool other = false;              // there is more than words
  bool variable = false;           // what it is, the style sheet says
  bool important = false;
};

class StyleReader : CssText {
 public:
  explicit StyleReader(std::string_view text) : CssText(text) {}

  StyleVisibility run() {
    for (;;) {
      skip_space();
      if (at_end()) return out_;
      if (take(';')) continue;
      const std::string name =
          starts_name() ? lower_case(name_chars()) : std::string();
      skip_space();
      const bool declares = !name.empty() && take(':');
      const Value value = read_value();
      if (!declares) continue;
      if (name == "display") display(value);
      if (name == "visibility") visibility(value);
    }
  }

 private:
  void display(const Value& value) {
    const bool none = value.words == std::vector<std::string>{"none"};
    const bool shown =
        value.variable ||
        (!value.words.empty() &&
         std::all_of(value.words.begin(), value.words.end(), [](const auto& w) {
           return std::binary_search(kDisplays.begin(), kDisplays.end(), w);
         }));
    const bool back = value.words == std::vector<std::string>{"revert"};
    if (value.other || (!none && !shown && !back) ||
        (display_important_ && !value.important)) {
      return;
    }
    display_important_ = value.important;
    out_.display = none    ? Display::kNone
                   : shown ? Display::kShown
                           : Display::kUnsaid;
  }

  void visibility(const Value& value) {
    if (value.other || (value.words.size() != 1 && !value.variable) ||
        (visibility_important_ && !value.important)) {
      return;
    }
    const std::string word = value.variable ? "unset" : value.words[0];
    if (word == "hidden" || word == "collapse") {
      out_.visibility = Visibility::kHidden;
    } else if (word == "visible" || word == "initial") {
      out_.visibility = Visibility::kVisible;
    } else if (word == "inherit" || word == "unset" || word == "revert") {
      out_.visibility = Visibility::kUnsaid;
    } else {
      return;
    }
    visibility_important_ = value.important;
  }

  // Up to the ';' that ends it.
  Value read_value() {
    Value value;
    for (;;) {
      skip_space();
      if (at_end() || take(';')) return value;
      if (value.important) value.other = true;
      if (take('!')) {
        skip_space();
        value.important =
            starts_name() && lower_case(name_chars()) == "important";
        value.other = value.other || !value.important;
      } else if (starts_name()) {
        word(value);
      } else {
        value.other = true;
        token();
      }
    }
  }

  void word(Value& value) {
    std::string name = lower_case(name_chars());
    if (peek() != '(') {
      value.words.push_back(std::move(name));
      return;
    }
    value.variable = name == "var" || name == "env";
    value.other = value.other || !value.variable;
    if (name != "url" || !unquoted_url()) token();
  }

  // At the "(" of a url(): past it, if all that is in it is its text.
  bool unquoted_url() {
    std::size_t ahead = 1;
    while (is_space(peek(ahead))) ++ahead;
    if (peek(ahead) == '"' || peek(ahead) == '\'') return false;
    ++at_;
    bare_url(skipped_);
    return true;
  }

  // A string, a bracket with all in it, or a character.
  void token() {
    std::string open;
    do {
      skip_comments();
      if (at_end()) return;
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        string(skipped_);
        continue;
      }
      if (!open.empty() && starts_name()) {
        const bool url = lower_case(name_chars()) == "url";
        if (url && peek() == '(') unquoted_url();
        continue;
      }
      ++at_;
      if (c == '\\' && !at_end()) ++at_;
      if (c == '(') open += ')';
      if (c == '[') open += ']';
      if (c == '{') open += '}';
      if (!open.empty() && c == open.back()) open.pop_back();
    } while (!open.empty());
  }

  StyleVisibility out_;
  bool display_important_ = false;
  bool visibility_important_ = false;
  std::string skipped_;
};

}  // namespace

StyleVisibility read_visibility(std::string_view style) {
  // Of most styles this is all.
  if (find_ignoring_case(style, "display") == style.npos &&
      find_ignoring_case(style, "visibility") == style.npos &&
      style.find('\\') == style.npos) {
    return {};
  }
  return StyleReader(style).run();
}

}  // namespace crawl
