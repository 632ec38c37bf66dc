#include "writer/site_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "crawl/writer/fields.h"
#include "writer/site_audit.h"

namespace crawl {
namespace {

std::string_view name_of(FieldId field) {
  return all_fields()[static_cast<std::size_t>(field)].name;
}

std::string_view type_of(FieldId field) {
  switch (field) {
    case FieldId::kStatusCode:
    case FieldId::kOk:
    case FieldId::kLinkCount:
    case FieldId::kSizeDownload:
    case FieldId::kSizeBody:
    case FieldId::kTruncated:
    case FieldId::kAttempts:
    case FieldId::kDepth:
    case FieldId::kWorker:
    case FieldId::kContentLength:
    case FieldId::kJsonLdBroken:
    case FieldId::kWordCount:
    case FieldId::kWarcOffset:
      return "INTEGER";
    case FieldId::kTimeQueue:
    case FieldId::kTimeNamelookup:
    case FieldId::kTimeConnect:
    case FieldId::kTimeAppconnect:
    case FieldId::kTimeStarttransfer:
    case FieldId::kTimeTotal:
      return "REAL";
    default:
      return "TEXT";
  }
}

// A question that people come with, as a view over the fields it needs.
struct View {
  std::string_view name;
  std::vector<FieldId> needs;
  std::string_view sql;
};

const std::vector<View>& all_views() {
  using enum FieldId;
  static const std::vector<View> views = {
      {"broken_pages",
       {kUrl, kOk, kStatusCode, kError},
       "SELECT id, url, status_code, error FROM pages WHERE NOT ok"},
      {"broken_links",
       {kUrl, kOk, kStatusCode, kError, kLinks},
       "SELECT target.url AS url, target.status_code, target.error, "
       "source.url AS page, links.element, links.text "
       "FROM pages AS target JOIN links ON links.url = target.url "
       "JOIN pages AS source ON source.id = links.page WHERE NOT target.ok"},
      {"redirected_links",
       {kUrl, kFinalUrl, kLinks, kRedirects},
       // What leads to a page that is known already is among the skipped.
       "SELECT redirects.url AS url, coalesce(target.final_url, (SELECT "
       "location FROM redirects AS last WHERE last.page = redirects.page "
       "ORDER BY hop DESC LIMIT 1)) AS final_url, redirects.status_code, "
       "source.url AS page, links.element, links.text FROM redirects "
       "LEFT JOIN pages AS target ON target.id = redirects.page "
       "JOIN links ON links.url = redirects.url "
       "JOIN pages AS source ON source.id = links.page "
       "WHERE redirects.hop = 1"},
      {"inlinks",
       {kUrl, kLinks},
       "SELECT pages.url, count(links.page) AS links, "
       "count(DISTINCT links.page) AS pages "
       "FROM pages LEFT JOIN links ON links.url = pages.url "
       "GROUP BY pages.id"},
      {"duplicate_titles",
       {kUrl, kTitle, kOk},
       "SELECT title, count(DISTINCT url) AS pages, min(url) AS first_url "
       "FROM pages WHERE ok AND title <> '' GROUP BY title "
       "HAVING count(DISTINCT url) > 1"},
      {"missing_titles",
       {kUrl, kTitle, kOk, kLinkCount},
       "SELECT id, url FROM pages WHERE ok AND link_count IS NOT NULL "
       "AND coalesce(title, '') = ''"},
      {"missing_descriptions",
       {kUrl, kDescription, kOk, kLinkCount},
       "SELECT id, url FROM pages WHERE ok AND link_count IS NOT NULL "
       "AND coalesce(description, '') = ''"},
      {"duplicate_bodies",
       {kUrl, kBodyDigest, kOk},
       "SELECT body_digest, count(DISTINCT url) AS pages, min(url) AS "
       "first_url FROM pages WHERE ok AND body_digest IS NOT NULL "
       "GROUP BY body_digest HAVING count(DISTINCT url) > 1"},
      {"status_by_depth",
       {kDepth, kStatusCode},
       "SELECT depth, status_code, count(*) AS pages FROM pages "
       "GROUP BY depth, status_code"},
  };
  return views;
}

}  // namespace

SiteSchema::SiteSchema(const std::vector<std::size_t>& fields, bool requests)
    : requests_(requests) {
  for (const std::size_t id : fields) {
    switch (const auto field = static_cast<FieldId>(id)) {
      case FieldId::kLinks:
        links_ = true;
        break;
      case FieldId::kRedirects:
        redirects_ = true;
        break;
      case FieldId::kHeaders:
        headers_ = true;
        break;
      default:
        columns_.push_back(field);
    }
  }
}

bool SiteSchema::has(FieldId field) const {
  switch (field) {
    case FieldId::kLinks:
      return links_;
    case FieldId::kRedirects:
      return redirects_;
    case FieldId::kHeaders:
      return headers_;
    default:
      return std::find(columns_.begin(), columns_.end(), field) !=
             columns_.end();
  }
}

bool SiteSchema::has_all(const std::vector<FieldId>& fields) const {
  return std::all_of(fields.begin(), fields.end(),
                     [this](FieldId field) { return has(field); });
}

std::vector<std::string_view> SiteSchema::tables_of_pages() const {
  std::vector<std::string_view> tables;
  if (links_) tables.emplace_back("links");
  if (redirects_) tables.emplace_back("redirects");
  if (headers_) tables.emplace_back("headers");
  if (requests_) tables.insert(tables.end(), {"requests", "slot_times"});
  tables.emplace_back("sitemap_urls");
  return tables;
}

std::string SiteSchema::create_tables() const {
  std::string sql = "CREATE TABLE pages(id INTEGER PRIMARY KEY";
  for (const FieldId field : columns_) {
    sql += fmt::format(", {} {}", name_of(field), type_of(field));
  }
  sql +=
      ");"
      "CREATE TABLE skipped(id INTEGER PRIMARY KEY, url TEXT, error TEXT, "
      "error_message TEXT, parent TEXT, depth INTEGER);"
      "CREATE TABLE runs(id INTEGER PRIMARY KEY, version TEXT, started TEXT, "
      "ended TEXT, pages INTEGER, skipped INTEGER, worker TEXT);"
      "CREATE TABLE sitemap_urls(page INTEGER NOT NULL, url TEXT NOT NULL, "
      "sitemap TEXT NOT NULL);";
  if (links_) {
    sql +=
        "CREATE TABLE links(page INTEGER NOT NULL, url TEXT NOT NULL, "
        "fragment TEXT, element TEXT NOT NULL, attribute TEXT NOT NULL, "
        "rel TEXT, text TEXT);";
  }
  if (redirects_) {
    sql +=
        "CREATE TABLE redirects(page INTEGER NOT NULL, hop INTEGER NOT NULL, "
        "url TEXT NOT NULL, status_code INTEGER NOT NULL, location TEXT);";
  }
  if (headers_) {
    sql +=
        "CREATE TABLE headers(page INTEGER NOT NULL, name TEXT NOT NULL, "
        "value TEXT NOT NULL);";
  }
  // Of these three `page` is an Outcome that came about then, whose it need not
  // be: robots.txt is nobody's. Times are seconds, `started` since 1970.
  if (requests_) {
    sql +=
        "CREATE TABLE requests(page INTEGER NOT NULL, url TEXT NOT NULL, "
        "started REAL, status_code INTEGER, error TEXT, content_type TEXT, "
        "size_download INTEGER, blocked REAL, dns REAL, connect REAL, "
        "ssl REAL, send REAL, wait REAL, receive REAL, total REAL);"
        "CREATE TABLE slot_times(page INTEGER NOT NULL, begun REAL, took REAL, "
        "network REAL, parsing REAL, politeness REAL, ordering REAL, "
        "input REAL, idle REAL, writing REAL);";
  }
  return sql;
}

std::string SiteSchema::create_indices_and_views(bool all_pages) const {
  std::string sql;
  const auto index = [&sql](std::string_view table, std::string_view column) {
    sql += fmt::format("CREATE INDEX IF NOT EXISTS {0}_{1} ON {0}({1});", table,
                       column);
  };
  if (has(FieldId::kUrl)) index("pages", "url");
  if (links_) index("links", "url");
  if (redirects_) index("redirects", "url");
  index("sitemap_urls", "url");
  for (const std::string_view table : tables_of_pages()) index(table, "page");
  if (requests_) index("requests", "started");
  for (const View& view : all_views()) {
    if (has_all(view.needs)) {
      sql += fmt::format("CREATE VIEW IF NOT EXISTS {} AS {};", view.name,
                         view.sql);
    }
  }
  for (const AuditCheck& check : all_audit_checks()) {
    if (!has_all(check.needs)) continue;
    if (check.of_all_pages && !all_pages) {
      sql += fmt::format("DROP VIEW IF EXISTS {};", check.view);
      continue;
    }
    sql += fmt::format("CREATE VIEW IF NOT EXISTS {} AS {};", check.view,
                       check.sql(has_all(check.detail_needs)));
  }
  return sql;
}

std::string SiteSchema::insert_page() const {
  std::string sql = "INSERT INTO pages VALUES(?";
  for (std::size_t i = 0; i < columns_.size(); ++i) sql += ",?";
  return sql + ")";
}

}  // namespace crawl
