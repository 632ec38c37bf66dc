#include <fmt/format.h>

#include "check/check_format.h"
#include "writer/clean_text.h"

namespace crawl {
namespace {

// XML 1.0: what is no character of it is U+FFFD by append_shown() already, but
// for U+FFFE and U+FFFF, which end in the bytes BE and BF.
void append_xml(std::string_view text, std::string& out) {
  std::string clean;
  append_shown(text, clean);
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const std::string_view rest = std::string_view(clean).substr(i);
    if (rest.starts_with("\xef\xbf\xbe") || rest.starts_with("\xef\xbf\xbf")) {
      out += "\xef\xbf\xbd";
      i += 2;
      continue;
    }
    switch (clean[i]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += clean[i];
    }
  }
}

// One suite: a testcase for each target that is not ok, and for what advice is
// given on. Broken ones fail, inconclusive ones are skipped.
class CheckJunit final : public CheckFormatter {
 public:
  explicit CheckJunit(const CheckStyle& style) : style_(style) {}

  void begin(const CheckTotals& totals, std::string& out) override {
    out += fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites>\n<testsuite name=\"crawl --check\" tests=\"{}\" "
        "failures=\"{}\" skipped=\"{}\" errors=\"0\">\n",
        totals.targets, totals.newly_broken(),
        totals.inconclusive + totals.unchecked + totals.known);
  }

  void entry(const CheckEntry& entry, std::string& out) override {
    out += "<testcase classname=\"links\" name=\"";
    append_xml(entry.url, out);
    out += "\">";
    const std::string_view element = element_of(entry);
    if (element.empty()) {
      out += "<system-out>";
      append_xml(sentence_of(entry), out);
    } else {
      out += fmt::format("<{} {}message=\"", element,
                         element == "failure"
                             ? fmt::format("type=\"{}\" ", entry.reason)
                             : std::string());
      append_xml(sentence_of(entry), out);
      out += "\">";
    }
    out += '\n';
  }

  void source(const CheckEntry& /*entry*/, const CheckSource& source,
              std::string& out) override {
    append_xml(shown_page(source.page, style_), out);
    out += fmt::format(":{}:{} {}", source.line, source.column, source.element);
    if (!source.text.empty()) {
      out += ' ';
      append_xml(source.text, out);
    }
    out += '\n';
  }

  void entry_end(const CheckEntry& entry, std::string& out) override {
    const std::string_view element = element_of(entry);
    out += fmt::format("</{}></testcase>\n",
                       element.empty() ? "system-out" : element);
  }

  void end(const CheckTotals& totals, std::string& out) override {
    out += "<system-out>";
    append_xml(totals_line(totals), out);
    out += "</system-out>\n</testsuite>\n</testsuites>\n";
  }

 private:
  static std::string_view element_of(const CheckEntry& entry) {
    switch (entry.outcome) {
      case CheckOutcome::kBroken:
        return entry.known ? "skipped" : "failure";
      case CheckOutcome::kInconclusive:
      case CheckOutcome::kUnchecked:
        return "skipped";
      case CheckOutcome::kOk:
        break;
    }
    return {};
  }

  const CheckStyle style_;
};

}  // namespace

std::unique_ptr<CheckFormatter> make_check_junit(const CheckStyle& style) {
  return std::make_unique<CheckJunit>(style);
}

}  // namespace crawl
