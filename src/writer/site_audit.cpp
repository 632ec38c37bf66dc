#include "writer/site_audit.h"

#include <fmt/format.h>

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
constexpr std::string_view kSitemaps = "https://www.sitemaps.org/protocol.html";

std::string without_fragment(std::string_view url) {
  return fmt::format("substr({0}, 1, instr({0} || '#', '#') - 1)", url);
}

// A fragment is no part of what is canonical.
std::string canonical_of(std::string_view page) {
  return without_fragment(fmt::format("{}.canonical", page));
}

// Pages for which `what` is the same as for others, whatever crawl of several
// in one database they are of: in one pass, since it has no index.
std::string doubled(std::string_view what, std::string_view where,
                    std::string_view detail) {
  return fmt::format(
      "SELECT url, {2} AS detail FROM (SELECT url, {0}, count(*) OVER same AS "
      "n, min(url) OVER same AS first FROM (SELECT DISTINCT url, {0} FROM "
      "pages WHERE ok AND {1}) WINDOW same AS (PARTITION BY {0})) "
      "WHERE n > 1 ORDER BY {0}",
      what, where, detail);
}

constexpr std::string_view kHost =
    "substr(final_url, 1, 8 + instr(substr(final_url, 9), '/'))";

std::vector<AuditCheck> make_checks() {
  using enum FieldId;
  std::vector<AuditCheck> checks;
  const std::vector<FieldId> page = {kUrl, kAudit};
  const auto of_page = [&](std::string_view view, std::string_view title,
                           std::string_view source,
                           std::string_view detail = "NULL",
                           std::vector<FieldId> needs = {}) {
    checks.push_back({view, title, source, page, std::string(detail), false,
                      std::move(needs)});
  };
  const auto of_host = [&](std::string_view view, std::string_view title,
                           std::string_view source) {
    checks.push_back(
        {view,
         title,
         source,
         {kUrl, kFinalUrl, kAudit},
         "count(*) || CASE count(*) WHEN 1 THEN ' page' ELSE ' pages' END",
         false,
         {},
         true});
  };
  const auto of_all = [&](std::string_view view, std::string_view title,
                          std::string_view source, std::vector<FieldId> needs,
                          std::string sql) {
    checks.push_back(
        {view, title, source, std::move(needs), std::move(sql), true});
  };
  of_page("audit_title_missing", "No title", kTitles);
  of_page("audit_title_empty", "An empty title", kTitles);
  of_all("audit_title_doubled", "The same title on several pages", kTitles,
         {kUrl, kTitle, kOk, kLinkCount},
         doubled("title", "link_count IS NOT NULL AND title <> ''",
                 "n || ' pages: ' || title"));
  of_page("audit_title_long",
          "A title of more than 70 characters, which search results cut",
          kTitles, "length(title) || ' characters: ' || title", {kTitle});
  of_page("audit_description_missing", "No description", kSnippets);
  of_page("audit_description_empty", "An empty description", kSnippets);
  of_all("audit_description_doubled", "The same description on several pages",
         kSnippets, {kUrl, kDescription, kOk},
         doubled("description", "description <> ''",
                 "n || ' pages: ' || description"));
  of_page("audit_description_long", "A description of more than 300 characters",
          kSnippets, "length(description) || ' characters'", {kDescription});
  of_page("audit_lang_missing", "The page does not say its language",
          "https://www.w3.org/WAI/WCAG22/Understanding/language-of-page.html");
  of_page("audit_h1_missing", "No h1", kHeadingRules);
  of_page("audit_h1_several", "Several h1", kHeadingRules,
          "(SELECT count(*) FROM json_each(headings) WHERE "
          "json_extract(value, '$.level') = 1) || ' h1'",
          {kHeadings});
  of_page("audit_alt_missing", "Images without alt",
          "https://www.w3.org/WAI/WCAG22/Understanding/non-text-content.html");
  of_page("audit_canonical_elsewhere",
          "Another URL is canonical, which search results show in its place",
          kDuplicates, "canonical", {kCanonical});
  of_all(
      "audit_canonical_broken", "The canonical URL is broken or redirects",
      kDuplicates, {kUrl, kFinalUrl, kCanonical, kRedirects, kOk},
      fmt::format(
          "SELECT page.url AS url, target.url || CASE WHEN target.ok THEN ' "
          "redirects' ELSE ' is broken' END AS detail FROM pages AS page "
          "JOIN pages AS target ON target.url = {} "
          "WHERE page.ok AND (NOT target.ok OR target.final_url <> target.url) "
          "UNION SELECT url, canonical || ' redirects' FROM "
          "pages WHERE ok AND {} IN (SELECT url FROM redirects)",
          canonical_of("page"), canonical_of("pages")));
  of_all("audit_canonical_disagrees",
         "The canonical page names another one as canonical", kDuplicates,
         {kUrl, kCanonical, kOk},
         fmt::format("SELECT page.url AS url, target.url || ' names ' || "
                     "target.canonical AS detail FROM pages AS page "
                     "JOIN pages AS target ON target.url = {} "
                     "WHERE page.ok AND target.ok AND target.url <> page.url "
                     "AND {} <> target.url",
                     canonical_of("page"), canonical_of("target")));
  of_page("audit_noindex_meta", "Kept out of search engines by a meta element",
          kNoindex,
          "(SELECT json_extract(value, '$.name') || ': ' || "
          "json_extract(value, '$.content') FROM json_each(meta) WHERE "
          "lower(json_extract(value, '$.name')) IN ('robots', 'googlebot') "
          "AND (json_extract(value, '$.content') LIKE '%noindex%' OR "
          "json_extract(value, '$.content') LIKE '%none%'))",
          {kMeta});
  of_page("audit_noindex_header", "Kept out of search engines by X-Robots-Tag",
          kNoindex,
          "(SELECT group_concat(value, ', ') FROM headers WHERE headers.page = "
          "pages.id AND lower(name) = 'x-robots-tag')",
          {kHeaders});
  of_all("audit_hreflang_one_way", "A translation that does not lead back",
         kHreflang, {kUrl, kFinalUrl, kAlternates, kOk},
         fmt::format(
             "WITH named(id, url, place, hreflang, target) AS MATERIALIZED "
             "(SELECT pages.id, url, coalesce({}, url), json_extract(value, "
             "'$.hreflang'), json_extract(value, '$.url') FROM pages, "
             "json_each(alternates) WHERE ok) "
             "SELECT named.url AS url, hreflang || ': ' || other.url AS detail "
             "FROM named JOIN pages AS other ON other.url = target WHERE "
             "other.ok AND other.id <> named.id AND hreflang <> '' AND "
             "(other.id, named.url) NOT IN (SELECT id, target FROM named) AND "
             "(other.id, place) NOT IN (SELECT id, target FROM named)",
             without_fragment("final_url")));
  // Also of what leads to a page that is known already, which is no page.
  of_all("audit_redirect_chain", "More than one redirect on the way",
         "https://developers.google.com/search/docs/crawling-indexing/"
         "301-redirects",
         {kUrl, kFinalUrl, kRedirects},
         "SELECT (SELECT url FROM redirects AS first WHERE first.page = "
         "chain.page AND first.hop = 1) AS url, n || ' redirects to ' || "
         "coalesce((SELECT final_url FROM pages WHERE id = chain.page), "
         "(SELECT location FROM redirects AS last WHERE last.page = chain.page "
         "AND last.hop = n)) AS detail FROM (SELECT page, max(hop) AS n FROM "
         "redirects GROUP BY page HAVING n > 1) AS chain");
  of_all("audit_orphan", "Pages that only a sitemap knows, and no page links",
         "https://developers.google.com/search/docs/crawling-indexing/"
         "links-crawlable",
         {kUrl, kInput, kFinalUrl, kLinks, kRedirects, kOk},
         "SELECT url, (SELECT sitemap FROM sitemap_urls WHERE "
         "sitemap_urls.url = pages.url) AS detail FROM pages WHERE ok AND "
         "coalesce(input, '') = '' AND url "
         "IN (SELECT url FROM sitemap_urls) AND NOT EXISTS (SELECT 1 FROM "
         "links WHERE links.url = pages.url AND links.page <> pages.id) AND "
         "url NOT IN (SELECT via.final_url FROM pages AS via WHERE "
         "via.final_url <> via.url AND EXISTS (SELECT 1 FROM links WHERE "
         "links.url = via.url)) AND url NOT IN (SELECT location FROM redirects "
         "WHERE location IS NOT NULL AND EXISTS (SELECT 1 FROM links WHERE "
         "links.url = redirects.url))");
  checks.back().of_all_pages = true;
  // A sitemap lists what is to be found: neither what redirects, nor what is
  // another page's copy or kept out of search engines.
  of_all("audit_sitemap_lacks", "Pages that the host's sitemaps do not list",
         kSitemaps, {kUrl, kFinalUrl, kCanonical, kOk, kLinkCount, kAudit},
         fmt::format(
             "SELECT url, NULL AS detail FROM pages WHERE ok AND link_count IS "
             "NOT NULL AND final_url = url AND coalesce({1}, url) = url AND "
             "instr(coalesce(audit, ''), '\"noindex_') = 0 "
             "AND url NOT IN (SELECT url FROM sitemap_urls) AND {0} IN "
             "(SELECT DISTINCT {0} FROM (SELECT url AS final_url FROM "
             "sitemap_urls))",
             kHost, canonical_of("pages")));
  checks.back().of_all_pages = true;
  of_all("audit_sitemap_broken", "A sitemap lists what is broken or redirects",
         kSitemaps, {kUrl, kFinalUrl, kStatusCode, kError, kRedirects, kOk},
         "SELECT url, CASE WHEN ok THEN 'redirects to ' || final_url ELSE "
         "coalesce(status_code, error) END AS detail FROM pages WHERE url IN "
         "(SELECT url FROM sitemap_urls) AND (NOT ok OR final_url <> url) "
         "UNION SELECT url, 'redirects to ' || location FROM redirects WHERE "
         "hop = 1 AND url IN (SELECT url FROM sitemap_urls) AND page NOT IN "
         "(SELECT id FROM pages)");
  of_all("audit_duplicate_body", "The same bytes under several URLs",
         kDuplicates, {kUrl, kBodyDigest, kOk, kSizeBody},
         doubled("body_digest", "size_body > 0 AND body_digest IS NOT NULL",
                 "n || ' URLs, the first ' || first"));
  of_page(
      "audit_mixed_content", "An https page that loads something over http",
      "https://www.w3.org/TR/mixed-content/",
      "(SELECT min(element || ': ' || links.url) FROM links WHERE "
      "links.page = pages.id AND links.url LIKE 'http://%' AND element NOT "
      "IN ('a', 'area', 'blockquote', 'button', 'del', 'form', 'ins', 'meta', "
      "'q'))",
      {kLinks});
  of_page("audit_slow", "The first byte came after more than 1.8 s",
          "https://web.dev/articles/ttfb",
          "printf('%.2f s', time_starttransfer)", {kTimeStarttransfer});
  of_page("audit_large", "A page of more than 2 MB, itself alone",
          "https://developer.chrome.com/docs/lighthouse/performance/"
          "total-byte-weight",
          "printf('%.1f MB', size_body / 1e6)", {kSizeBody});
  of_host("audit_hsts_missing", "https without Strict-Transport-Security",
          "https://www.rfc-editor.org/rfc/rfc6797");
  of_host("audit_csp_missing",
          "HTML without the header Content-Security-Policy",
          "https://www.w3.org/TR/CSP3/");
  of_host("audit_nosniff_missing",
          "Responses without X-Content-Type-Options: nosniff",
          "https://fetch.spec.whatwg.org/#x-content-type-options-header");
  return checks;
}

}  // namespace

std::string AuditCheck::sql(bool with_detail) const {
  if (whole) return text;
  // Names have nothing that JSON escapes.
  const std::string from =
      fmt::format(" FROM pages WHERE instr(audit, '\"{}\"') > 0",
                  view.substr(std::string_view("audit_").size()));
  return by_host ? fmt::format(
                       "SELECT min(url) AS url, {} AS detail{} "
                       "GROUP BY {}",
                       text, from, kHost)
                 : fmt::format("SELECT url, {} AS detail{}",
                               with_detail ? text : "NULL", from);
}

const std::vector<AuditCheck>& all_audit_checks() {
  static const std::vector<AuditCheck> checks = make_checks();
  return checks;
}

}  // namespace crawl
