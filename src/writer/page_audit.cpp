#include "writer/page_audit.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/ascii.h"
#include "base/robots_rules.h"

namespace crawl {
namespace {

constexpr std::string_view kBlanks = " \t\n\r\f";

using Text = std::optional<std::string>;

bool is_html(const CrawlRecord& page) { return page.link_count.has_value(); }
bool is_https(const CrawlRecord& page) {
  return page.final_url.starts_with("https://");
}

const PageFacts* facts_of(const CrawlRecord& page) {
  return page.extraction && page.extraction->facts ? &*page.extraction->facts
                                                   : nullptr;
}

std::string_view without_fragment(std::string_view url) {
  return url.substr(0, url.find('#'));
}

bool is_missing(const CrawlRecord& page, const Text& text) {
  return is_html(page) && !text;
}
bool is_empty(const CrawlRecord& page, const Text& text) {
  return is_html(page) && text && trim(*text, kBlanks).empty();
}
// Characters, as SQLite's length() counts them: bytes that begin one.
bool is_longer(const Text& text, std::size_t most) {
  return text && text->size() > most &&
         static_cast<std::size_t>(
             std::count_if(text->begin(), text->end(), [](char c) {
               return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
             })) > most;
}

std::size_t h1_of(const CrawlRecord& page, std::size_t otherwise) {
  const PageFacts* const facts = facts_of(page);
  if (facts == nullptr || !is_html(page)) return otherwise;
  return static_cast<std::size_t>(std::count_if(
      facts->headings.begin(), facts->headings.end(),
      [](const PageFacts::Heading& heading) { return heading.level == 1; }));
}

bool has_meta_description(const CrawlRecord& page) {
  const PageFacts* const facts = facts_of(page);
  return facts != nullptr &&
         std::any_of(facts->meta.begin(), facts->meta.end(),
                     [](const PageFacts::Meta& meta) {
                       return meta.attribute == "name" &&
                              equals_ignoring_case(meta.name, "description");
                     });
}

bool says_noindex(std::string_view rules) {
  return robots_say(rules, "noindex", {"*", "robots", "googlebot"});
}

bool has_header(const CrawlRecord& page, std::string_view name,
                bool (*holds)(std::string_view value)) {
  return std::any_of(
      page.headers.begin(), page.headers.end(), [&](const auto& header) {
        return equals_ignoring_case(header.first, name) && holds(header.second);
      });
}
bool holds_anything(std::string_view /*value*/) { return true; }

// Mixed Content, section 4: what a browser loads with the page, and no links.
bool loads(const PageLink& link) {
  switch (link.attribute) {
    case LinkAttribute::kBackground:
    case LinkAttribute::kData:
    case LinkAttribute::kImagesrcset:
    case LinkAttribute::kPoster:
    case LinkAttribute::kSrc:
    case LinkAttribute::kSrcset:
      return true;
    case LinkAttribute::kImport:
    case LinkAttribute::kStyle:
    case LinkAttribute::kUrl:
      return true;
    case LinkAttribute::kHref:
    case LinkAttribute::kXlinkHref:
      if (link.element == LinkElement::kLink) {
        return lower_case(std::string(link.rel)).find("stylesheet") !=
               std::string::npos;
      }
      return link.element == LinkElement::kImage ||
             link.element == LinkElement::kUse;
    default:
      return false;
  }
}

bool is_mixed(const CrawlRecord& page) {
  if (!is_https(page)) return false;
  for (std::size_t i = 0; i < page.links.size(); ++i) {
    const PageLink link = page.links[i];
    if (link.url.starts_with("http://") && loads(link)) return true;
  }
  return false;
}

struct Check {
  std::string_view name;
  bool (*finds)(const CrawlRecord& page);
};

constexpr std::array kChecks = {
    Check{"title_missing",
          [](const CrawlRecord& page) { return is_missing(page, page.title); }},
    Check{"title_empty",
          [](const CrawlRecord& page) { return is_empty(page, page.title); }},
    Check{"title_long",
          [](const CrawlRecord& page) {
            return is_longer(page.title, kLongTitle);
          }},
    Check{"description_missing",
          [](const CrawlRecord& page) {
            return is_missing(page, page.description) &&
                   !has_meta_description(page);
          }},
    Check{"description_empty",
          [](const CrawlRecord& page) {
            // The record has the first that is not.
            return is_missing(page, page.description) &&
                   has_meta_description(page);
          }},
    Check{"description_long",
          [](const CrawlRecord& page) {
            return is_longer(page.description, kLongDescription);
          }},
    Check{"lang_missing",
          [](const CrawlRecord& page) {
            return is_missing(page, page.lang) || is_empty(page, page.lang);
          }},
    Check{"h1_missing",
          [](const CrawlRecord& page) { return h1_of(page, 1) == 0; }},
    Check{"h1_several",
          [](const CrawlRecord& page) { return h1_of(page, 1) > 1; }},
    Check{"alt_missing",
          [](const CrawlRecord& page) {
            const PageFacts* const facts = facts_of(page);
            return facts != nullptr && facts->images_without_alt > 0;
          }},
    Check{"noindex_meta",
          [](const CrawlRecord& page) {
            const PageFacts* const facts = facts_of(page);
            return facts != nullptr &&
                   std::any_of(
                       facts->meta.begin(), facts->meta.end(),
                       [](const PageFacts::Meta& meta) {
                         return meta.attribute == "name" &&
                                (equals_ignoring_case(meta.name, "robots") ||
                                 equals_ignoring_case(meta.name,
                                                      "googlebot")) &&
                                says_noindex(meta.content);
                       });
          }},
    Check{"noindex_header",
          [](const CrawlRecord& page) {
            return has_header(page, "x-robots-tag", says_noindex);
          }},
    Check{"canonical_elsewhere",
          [](const CrawlRecord& page) {
            if (!page.canonical || page.canonical->empty()) return false;
            return without_fragment(*page.canonical) !=
                   without_fragment(page.final_url);
          }},
    Check{"redirect_chain",
          [](const CrawlRecord& page) { return page.redirects.size() > 1; }},
    Check{"mixed_content", is_mixed},
    Check{"hsts_missing",
          [](const CrawlRecord& page) {
            return is_https(page) &&
                   !has_header(page, "strict-transport-security",
                               holds_anything);
          }},
    Check{"csp_missing",
          [](const CrawlRecord& page) {
            return is_html(page) &&
                   !has_header(page, "content-security-policy", holds_anything);
          }},
    Check{"nosniff_missing",
          [](const CrawlRecord& page) {
            return !has_header(
                page, "x-content-type-options", [](std::string_view value) {
                  return equals_ignoring_case(
                      trim(value.substr(0, value.find(',')), kBlanks),
                      "nosniff");
                });
          }},
    Check{"slow",
          [](const CrawlRecord& page) {
            return page.time_starttransfer > kSlow;
          }},
    Check{"large",
          [](const CrawlRecord& page) {
            return is_html(page) && page.size_body > kLarge;
          }},
};

}  // namespace

const std::vector<std::string_view>& page_finding_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const Check& check : kChecks) all.push_back(check.name);
    return all;
  }();
  return names;
}

std::vector<std::string_view> page_findings(const CrawlRecord& record) {
  std::vector<std::string_view> found;
  if (!record.ok) return found;
  for (const Check& check : kChecks) {
    if (check.finds(record)) found.push_back(check.name);
  }
  return found;
}

}  // namespace crawl
