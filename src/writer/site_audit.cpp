#include "writer/site_audit.h"

namespace crawl {

namespace {

constexpr std::string_view kTitles =
    "https://developers.google.com/search/docs/appearance/title-link";
constexpr std::string_view kSnippets =
    "https://developers.google.com/search/docs/appearance/snippet";
constexpr std::string_view kHeadingRules =
    "https://www.w3.org/WAI/tutorials/page-structure/headings/";
constexpr std::string_view kDuplicates =
    "https://developers.google.com/search/docs/crawling-indexing/"
    "consolidate-duplicate-urls";
constexpr std::string_view kNoindex =
    "https://developers.google.com/search/docs/crawling-indexing/"
    "block-indexing";
constexpr std::string_view kHreflang =
    "https://developers.google.com/search/docs/specialty/international/"
    "localized-versions";

}  // namespace

const std::vector<AuditCheck>& all_audit_checks() {
  using enum FieldId;
  static const std::vector<AuditCheck> checks = {
      {"audit_title_missing",
       "No title, or an empty one",
       kTitles,
       {kUrl, kTitle, kOk, kLinkCount},
       "SELECT url, NULL AS detail FROM pages WHERE ok AND link_count IS NOT "
       "NULL AND trim(coalesce(title, '')) = ''"},
      {"audit_title_doubled",
       "The same title on several pages",
       kTitles,
       {kUrl, kTitle, kOk, kLinkCount},
       "SELECT min(url) AS url, count(*) || ' pages: ' || title AS detail "
       "FROM pages WHERE ok AND link_count IS NOT NULL AND trim(title) <> '' "
       "GROUP BY title HAVING count(*) > 1"},
      {"audit_title_long",
       "A title of more than 70 characters, which search results cut",
       kTitles,
       {kUrl, kTitle, kOk},
       "SELECT url, length(title) || ' characters: ' || title AS detail "
       "FROM pages WHERE ok AND length(title) > 70"},
      {"audit_description_missing",
       "No description",
       kSnippets,
       {kUrl, kDescription, kOk, kLinkCount},
       "SELECT url, NULL AS detail FROM pages WHERE ok AND link_count IS NOT "
       "NULL AND trim(coalesce(description, '')) = ''"},
      {"audit_description_doubled",
       "The same description on several pages",
       kSnippets,
       {kUrl, kDescription, kOk},
       "SELECT min(url) AS url, count(*) || ' pages: ' || description AS "
       "detail FROM pages WHERE ok AND trim(description) <> '' "
       "GROUP BY description HAVING count(*) > 1"},
      {"audit_description_long",
       "A description of more than 300 characters",
       kSnippets,
       {kUrl, kDescription, kOk},
       "SELECT url, length(description) || ' characters' AS detail "
       "FROM pages WHERE ok AND length(description) > 300"},
      {"audit_lang_missing",
       "The page does not say its language",
       "https://www.w3.org/WAI/WCAG22/Understanding/language-of-page.html",
       {kUrl, kLang, kOk, kLinkCount},
       "SELECT url, NULL AS detail FROM pages WHERE ok AND link_count IS NOT "
       "NULL AND coalesce(lang, '') = ''"},
      {"audit_h1",
       "No h1, or several",
       kHeadingRules,
       {kUrl, kHeadings, kOk},
       "SELECT url, h1 || ' h1' AS detail FROM (SELECT url, (SELECT count(*) "
       "FROM json_each(headings) WHERE json_extract(value, '$.level') = 1) AS "
       "h1 FROM pages WHERE ok AND headings IS NOT NULL) WHERE h1 <> 1"},
      {"audit_canonical_broken",
       "The canonical URL is broken or redirects",
       kDuplicates,
       {kUrl, kFinalUrl, kCanonical, kOk},
       "SELECT page.url AS url, target.url || CASE WHEN target.ok THEN ' "
       "redirects' ELSE ' is broken' END AS detail FROM pages AS page "
       "JOIN pages AS target ON target.url = page.canonical "
       "WHERE page.ok AND (NOT target.ok OR target.final_url <> target.url)"},
      {"audit_canonical_disagrees",
       "The canonical page names another one as canonical",
       kDuplicates,
       {kUrl, kCanonical, kOk},
       "SELECT page.url AS url, target.url || ' names ' || target.canonical "
       "AS detail FROM pages AS page "
       "JOIN pages AS target ON target.url = page.canonical "
       "WHERE page.ok AND target.ok AND target.url <> page.url "
       "AND target.canonical <> target.url"},
      {"audit_noindex_meta",
       "Kept out of search engines by a meta element",
       kNoindex,
       {kUrl, kMeta, kOk},
       "SELECT url, json_extract(value, '$.name') || ': ' || "
       "json_extract(value, '$.content') AS detail FROM pages, "
       "json_each(pages.meta) WHERE ok AND "
       "lower(json_extract(value, '$.name')) IN ('robots', 'googlebot') AND "
       "(lower(json_extract(value, '$.content')) LIKE '%noindex%' OR "
       "lower(json_extract(value, '$.content')) = 'none')"},
      {"audit_noindex_header",
       "Kept out of search engines by X-Robots-Tag",
       kNoindex,
       {kUrl, kHeaders, kOk},
       "SELECT pages.url AS url, headers.value AS detail FROM headers "
       "JOIN pages ON pages.id = headers.page WHERE ok AND "
       "lower(headers.name) = 'x-robots-tag' AND "
       "(headers.value LIKE '%noindex%' OR lower(headers.value) = 'none')"},
      {"audit_hreflang_one_way",
       "A translation that does not lead back",
       kHreflang,
       {kUrl, kAlternates, kOk},
       "SELECT page.url AS url, json_extract(value, '$.hreflang') || ': ' || "
       "other.url AS detail FROM pages AS page, json_each(page.alternates) "
       "JOIN pages AS other ON other.url = json_extract(value, '$.url') "
       "WHERE page.ok AND other.ok AND other.id <> page.id AND "
       "coalesce(json_extract(value, '$.hreflang'), '') <> '' AND NOT EXISTS "
       "(SELECT 1 FROM json_each(other.alternates) AS back "
       "WHERE json_extract(back.value, '$.url') = page.url)"},
      {"audit_redirect_chain",
       "More than one redirect on the way",
       "https://developers.google.com/search/docs/crawling-indexing/"
       "301-redirects",
       {kUrl, kFinalUrl, kRedirects},
       "SELECT pages.url AS url, count(*) || ' redirects to ' || final_url AS "
       "detail FROM redirects JOIN pages ON pages.id = redirects.page "
       "GROUP BY pages.id HAVING count(*) > 1"},
      {"audit_orphan",
       "Pages that no page of this crawl links to (of a sitemap, say)",
       "https://developers.google.com/search/docs/crawling-indexing/"
       "links-crawlable",
       {kUrl, kInput, kLinks, kOk},
       "SELECT url, NULL AS detail FROM pages WHERE ok AND input IS NULL AND "
       "NOT EXISTS (SELECT 1 FROM links WHERE links.url = pages.url AND "
       "links.page <> pages.id)"},
      {"audit_duplicate_body",
       "The same bytes under several URLs",
       kDuplicates,
       {kUrl, kBodyDigest, kOk, kSizeBody},
       "SELECT min(url) AS url, count(*) || ' URLs, the last ' || max(url) AS "
       "detail FROM pages WHERE ok AND size_body > 0 AND "
       "body_digest IS NOT NULL GROUP BY body_digest HAVING count(*) > 1"},
      {"audit_mixed_content",
       "An https page that loads something over http",
       "https://www.w3.org/TR/mixed-content/",
       {kUrl, kFinalUrl, kLinks, kOk},
       "SELECT pages.url AS url, links.element || ': ' || links.url AS detail "
       "FROM links JOIN pages ON pages.id = links.page WHERE ok AND "
       "final_url LIKE 'https://%' AND links.url LIKE 'http://%' AND "
       "(links.element IN ('audio', 'embed', 'iframe', 'frame', 'image', "
       "'img', 'input', 'object', 'script', 'source', 'track', 'video') OR "
       "(links.element = 'link' AND links.rel LIKE '%stylesheet%'))"},
      {"audit_slow",
       "The first byte came after more than 1.8 s",
       "https://web.dev/articles/ttfb",
       {kUrl, kTimeStarttransfer, kOk},
       "SELECT url, printf('%.2f s', time_starttransfer) AS detail "
       "FROM pages WHERE ok AND time_starttransfer > 1.8"},
      {"audit_large",
       "A page of more than 2 MB, itself alone",
       "https://developer.chrome.com/docs/lighthouse/performance/"
       "total-byte-weight",
       {kUrl, kSizeBody, kOk, kLinkCount},
       "SELECT url, printf('%.1f MB', size_body / 1e6) AS detail FROM pages "
       "WHERE ok AND link_count IS NOT NULL AND size_body > 2000000"},
      {"audit_hsts_missing",
       "https without Strict-Transport-Security",
       "https://www.rfc-editor.org/rfc/rfc6797",
       {kUrl, kFinalUrl, kHeaders, kOk},
       "SELECT min(url) AS url, count(*) || ' pages' AS detail FROM pages "
       "WHERE ok AND final_url LIKE 'https://%' AND NOT EXISTS (SELECT 1 FROM "
       "headers WHERE headers.page = pages.id AND "
       "lower(name) = 'strict-transport-security') "
       "GROUP BY substr(final_url, 1, 8 + instr(substr(final_url, 9), '/'))"},
      {"audit_csp_missing",
       "HTML without Content-Security-Policy",
       "https://www.w3.org/TR/CSP3/",
       {kUrl, kFinalUrl, kHeaders, kOk, kLinkCount},
       "SELECT min(url) AS url, count(*) || ' pages' AS detail FROM pages "
       "WHERE ok AND link_count IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
       "headers WHERE headers.page = pages.id AND "
       "lower(name) = 'content-security-policy') "
       "GROUP BY substr(final_url, 1, 8 + instr(substr(final_url, 9), '/'))"},
      {"audit_nosniff_missing",
       "Responses without X-Content-Type-Options: nosniff",
       "https://fetch.spec.whatwg.org/#x-content-type-options-header",
       {kUrl, kFinalUrl, kHeaders, kOk},
       "SELECT min(url) AS url, count(*) || ' pages' AS detail FROM pages "
       "WHERE ok AND NOT EXISTS (SELECT 1 FROM headers WHERE headers.page = "
       "pages.id AND lower(name) = 'x-content-type-options' AND "
       "lower(value) LIKE '%nosniff%') "
       "GROUP BY substr(final_url, 1, 8 + instr(substr(final_url, 9), '/'))"},
  };
  return checks;
}

}  // namespace crawl
