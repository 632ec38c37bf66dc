#include <fmt/format.h>

#include "check/check_format.h"
#include "writer/clean_text.h"

namespace crawl {
namespace {

constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kYellow = "\x1b[33m";
constexpr std::string_view kCyan = "\x1b[36m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kPlain = "\x1b[0m";

struct Word {
  std::string_view text, color;
};

Word word_of(const CheckEntry& entry) {
  switch (entry.outcome) {
    case CheckOutcome::kBroken:
      return {entry.known ? "known" : "broken", kRed};
    case CheckOutcome::kInconclusive:
      return {"inconclusive", kYellow};
    default:
      return {entry.advice != 0 ? "advice" : "redirect", kCyan};
  }
}

// Page by page: where, what, whither, why.
class CheckText final : public CheckFormatter {
 public:
  explicit CheckText(const CheckStyle& style) : style_(style) {}

  bool by_page() const override { return true; }
  void begin(const CheckTotals& /*totals*/, std::string& /*out*/) override {}

  void source(const CheckEntry& entry, const CheckSource& source,
              std::string& out) override {
    if (!is_listed(entry, style_)) return;
    if (source.page != page_) {
      page_ = source.page;
      if (any_) out += '\n';
      paint(kBold, out);
      append_shown(shown_page(page_, style_), out);
      paint(kPlain, out);
      out += '\n';
    }
    any_ = true;
    const Word word = word_of(entry);
    out += fmt::format("  {:>9}  ",
                       source.line == 0
                           ? std::string()
                           : fmt::format("{}:{}", source.line, source.column));
    paint(word.color, out);
    out += fmt::format("{:<12}", word.text);
    paint(kPlain, out);
    out += "  ";
    append_shown(entry.url, out);
    // A style sheet has none.
    out += source.element == "css" ? fmt::format("  {}", source.element)
                                   : fmt::format("  <{}>", source.element);
    if (!source.text.empty()) {
      out += " \"";
      append_shown(source.text, out);
      out += '"';
    }
    if (const std::string why = sentence_of(entry); !why.empty()) {
      out += "\n             ";
      append_shown(why, out);
    }
    out += '\n';
  }

  void end(const CheckTotals& totals, std::string& out) override {
    if (any_) out += '\n';
    paint(totals.newly_broken() > 0 ? kRed : kBold, out);
    out += totals_line(totals);
    paint(kPlain, out);
    out += '\n';
  }

 private:
  void paint(std::string_view color, std::string& out) const {
    if (style_.color) out += color;
  }

  const CheckStyle style_;
  std::string page_;
  bool any_ = false;
};

}  // namespace

std::unique_ptr<CheckFormatter> make_check_text(const CheckStyle& style) {
  return std::make_unique<CheckText>(style);
}

}  // namespace crawl
