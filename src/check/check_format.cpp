#include "check/check_format.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "base/ascii.h"
#include "check/link_kind.h"
#include "crawl/base/human.h"
#include "crawl/base/utf8.h"

namespace crawl {
namespace {

bool is_file_here(std::string_view page, const CheckStyle& style) {
  return !style.base.empty() && page.starts_with(style.base);
}

// The page's file in its folder, by its own name: a page may be known by one
// without its ending.
std::string file_below(std::string_view path, const CheckStyle& style) {
  path = path.substr(0, path.find_first_of("?#"));
  std::string name = percent_decoded(path);
  // Of other bytes no form can tell.
  if (!is_valid_utf8(name)) return std::string(path);
  if (name.empty() || name.ends_with('/')) return name + "index.html";
  const auto is_file = [&](const std::string& each) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(style.folder + each, ignored);
  };
  if (!is_file(name) && is_file(name + ".html")) name += ".html";
  return name;
}

// URLs as browsers have them may hold more than RFC 3986 lets them: what it
// does not is encoded.
void append_reference(std::string_view url, std::string& out) {
  constexpr std::string_view kReserved = ":/?#@!$&'()*+,;=";
  const std::size_t scheme = url.find("://");
  const std::size_t host_end =
      scheme == url.npos ? 0 : url.find('/', scheme + 3);
  bool fragment = false;
  for (std::size_t i = 0; i < url.size(); ++i) {
    const char c = url[i];
    const bool encoded = c == '%' && i + 2 < url.size() &&
                         hex_digit_value(url[i + 1]) >= 0 &&
                         hex_digit_value(url[i + 2]) >= 0;
    const bool of_address = i < host_end && (c == '[' || c == ']');
    const bool second_hash = c == '#' && std::exchange(fragment, true);
    if (is_unreserved(c) || encoded || of_address ||
        (!second_hash && kReserved.find(c) != kReserved.npos)) {
      out += c;
    } else {
      append_percent(out, c);
    }
  }
}

}  // namespace

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
       {kMovedForGood, kLosesTls, kMixedContent, kPrivateAddress, kLocalFile}) {
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
  const auto counted = [](std::uint64_t count, std::string_view what) {
    return fmt::format("{} {}{}", human_count(count), what,
                       count == 1 ? "" : "s");
  };
  std::string line =
      fmt::format("{}, {} to {}: {} ok, {} broken, {} inconclusive",
                  counted(totals.pages, "page"), counted(totals.links, "link"),
                  counted(totals.targets, "target"), human_count(totals.ok),
                  human_count(totals.broken), human_count(totals.inconclusive));
  if (totals.unchecked > 0) {
    line += fmt::format(", {} not checked", human_count(totals.unchecked));
    std::string schemes;
    for (const auto& [scheme, count] : totals.schemes) {
      schemes += fmt::format("{}{} {}", schemes.empty() ? "" : ", ", scheme,
                             human_count(count));
    }
    if (!schemes.empty()) line += fmt::format(" ({})", schemes);
  }
  if (totals.not_asked > 0) {
    line += fmt::format("; partial: the crawl ended before it asked for {}",
                        human_count(totals.not_asked));
  }
  if (totals.known > 0) {
    line += fmt::format("; {} of the broken were so in the baseline",
                        human_count(totals.known));
  }
  if (totals.advised + totals.redirected > 0) {
    line += fmt::format("; {} redirect, {} with advice",
                        human_count(totals.redirected),
                        human_count(totals.advised));
  }
  return line;
}

std::string shown_page(std::string_view page, const CheckStyle& style) {
  return is_file_here(page, style)
             ? style.folder + file_below(page.substr(style.base.size()), style)
             : std::string(page);
}

std::string page_reference(std::string_view page, const CheckStyle& style) {
  std::string reference;
  if (!is_file_here(page, style)) {
    append_reference(page, reference);
    return reference;
  }
  const std::string& folder = style.folder;
  if (folder.starts_with('/')) {
    reference = "file://";
  } else if (folder.substr(0, folder.find('/')).find(':') != folder.npos) {
    reference = "./";  // no scheme
  }
  for (const char c :
       folder + file_below(page.substr(style.base.size()), style)) {
    c == '/' || is_unreserved(c) ? static_cast<void>(reference += c)
                                 : append_percent(reference, c);
  }
  return reference;
}

}  // namespace crawl
