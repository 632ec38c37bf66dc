#include <fmt/format.h>

#include <optional>

#include "base/ascii.h"
#include "check/check_format.h"
#include "writer/clean_text.h"

namespace crawl {
namespace {

// As itself in CommonMark and GitHub's, on one line: every character of ASCII
// that is neither letter, digit nor blank may be escaped (CommonMark 0.31,
// section 2.4). "@", which names people, and what makes a link by itself would
// still mean something behind a backslash: these are references.
void append_markdown(std::string_view text, std::string& out) {
  std::string shown;
  append_shown(text, shown);
  for (const char c : shown) {
    switch (c) {
      case '@':
      case ':':
      case '.':
      case '#':
      case '<':
      case '&':
        out += fmt::format("&#{};", static_cast<int>(c));
        break;
      default:
        if (c > ' ' && c < '\x7f' && !is_ascii_digit(c) &&
            !(to_lower(c) >= 'a' && to_lower(c) <= 'z'))
          out += '\\';
        out += c;
    }
  }
}

// Code that holds any text: no URL in it is made a link.
void append_code(std::string_view text, std::string& out) {
  std::string shown;
  append_shown(text, shown);
  std::size_t run = 0;
  std::size_t longest = 0;
  for (const char c : shown) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  const bool pad = longest > 0 || shown.empty();
  out += fence;
  if (pad) out += ' ';
  out += shown;
  if (pad) out += ' ';
  out += fence;
}

// A heading for each outcome, a list of targets with their sources below.
class CheckMarkdown final : public CheckFormatter {
 public:
  explicit CheckMarkdown(const CheckStyle& style) : style_(style) {}

  void begin(const CheckTotals& totals, std::string& out) override {
    out += "# Link check\n\n";
    out += totals_line(totals);
    out += ".\n";
  }

  void entry(const CheckEntry& entry, std::string& out) override {
    if (!is_listed(entry, style_)) return;
    const std::string_view heading =
        entry.outcome == CheckOutcome::kBroken         ? "Broken"
        : entry.outcome == CheckOutcome::kInconclusive ? "Inconclusive"
        : entry.outcome == CheckOutcome::kUnchecked    ? "Not checked"
                                                       : "Works, but";
    if (heading != heading_) {
      heading_ = heading;
      out += fmt::format("\n## {}\n\n", heading);
    }
    out += "- ";
    append_code(entry.url, out);
    out += "  \n  ";
    append_markdown(sentence_of(entry), out);
    if (entry.known) out += " \\(known\\)";
    out += '\n';
  }

  void source(const CheckEntry& entry, const CheckSource& source,
              std::string& out) override {
    if (!is_listed(entry, style_)) return;
    out += "  - ";
    append_code(fmt::format("{}:{}:{}", shown_page(source.page, style_),
                            source.line, source.column),
                out);
    out += fmt::format(" {} ", source.element);
    append_markdown(source.text, out);
    out += '\n';
  }

  void end(const CheckTotals& /*totals*/, std::string& /*out*/) override {}

 private:
  const CheckStyle style_;
  std::string_view heading_;
};

}  // namespace

std::unique_ptr<CheckFormatter> make_check_markdown(const CheckStyle& style) {
  return std::make_unique<CheckMarkdown>(style);
}

}  // namespace crawl
