#include "check/check_format.h"

#include <fmt/format.h>

#include "crawl/base/human.h"

namespace crawl {

std::unique_ptr<CheckFormatter> make_check_formatter(CheckFormat format,
                                                     const CheckStyle& style) {
  switch (format) {
    case CheckFormat::kText:
      break;
    case CheckFormat::kJsonl:
      return make_check_jsonl(style);
    case CheckFormat::kJunit:
      return make_check_junit(style);
    case CheckFormat::kMarkdown:
      return make_check_markdown(style);
    case CheckFormat::kSarif:
      return make_check_sarif(style);
  }
  return make_check_text(style);
}

bool is_listed(const CheckEntry& entry, const CheckStyle& style) {
  if (!entry.needs_word()) return false;
  if (style.redirects || entry.outcome != CheckOutcome::kOk) return true;
  return (entry.advice & ~unsigned{kMovedForGood}) != 0;
}

std::string sentence_of(const CheckEntry& entry) {
  std::string text = entry.message;
  const auto add = [&text](std::string_view more) {
    if (!text.empty()) text += "; ";
    text += more;
  };
  for (const CheckAdvice advice :
       {kMovedForGood, kLosesTls, kMixedContent, kPrivateAddress}) {
    if ((entry.advice & advice) != 0) add(advice_text(advice));
  }
  if (!entry.redirects.empty()) {
    std::string statuses;
    for (const RedirectHop& hop : entry.redirects) {
      statuses +=
          fmt::format("{}{}", statuses.empty() ? "" : ", ", hop.status_code);
    }
    add(fmt::format("redirects ({}) to {}", statuses, entry.final_url));
  }
  return text;
}

std::string totals_line(const CheckTotals& totals) {
  std::string line = fmt::format(
      "{} pages, {} links to {} targets: {} ok, {} broken, {} inconclusive",
      human_count(totals.pages), human_count(totals.links),
      human_count(totals.targets), human_count(totals.ok),
      human_count(totals.broken), human_count(totals.inconclusive));
  if (totals.unchecked > 0) {
    line += fmt::format(", {} not checked", human_count(totals.unchecked));
  }
  if (totals.known > 0) {
    line += fmt::format("; {} of the broken were so in the baseline",
                        human_count(totals.known));
  }
  if (totals.advised + totals.redirected > 0) {
    line += fmt::format("; of the ok, {} redirect, {} with advice",
                        human_count(totals.redirected),
                        human_count(totals.advised));
  }
  return line;
}

std::string shown_page(std::string_view page, const CheckStyle& style) {
  if (style.base.empty() || !page.starts_with(style.base)) {
    return std::string(page);
  }
  std::string file = style.folder + std::string(page.substr(style.base.size()));
  if (file.ends_with('/')) file += "index.html";
  return file;
}

}  // namespace crawl
