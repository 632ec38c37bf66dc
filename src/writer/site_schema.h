#ifndef CRAWL_WRITER_SITE_SCHEMA_H_
#define CRAWL_WRITER_SITE_SCHEMA_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "writer/field_id.h"

namespace crawl {

// "crld", in the header field that SQLite leaves to applications; and the
// version of the tables below.
inline constexpr std::uint32_t kSiteDatabaseId = 0x63726c64;
inline constexpr int kSiteDatabaseFormat = 3;

// The tables, indices and views of a crawl with these fields, in SQL.
class SiteSchema {
 public:
  explicit SiteSchema(const std::vector<std::size_t>& fields,
                      bool requests = false);

  // Those that are columns of `pages`, in order.
  const std::vector<FieldId>& columns() const { return columns_; }
  bool has_links() const { return links_; }
  bool has_redirects() const { return redirects_; }
  bool has_headers() const { return headers_; }
  bool has_requests() const { return requests_; }

  // Whose rows are of a page, which they name `page`.
  std::vector<std::string_view> tables_of_pages() const;

  std::string create_tables() const;
  // Those of views whose columns are there; both may be there already. Without
  // `all_pages` those that need all of a crawl's go.
  std::string create_indices_and_views(bool all_pages) const;

  std::string insert_page() const;

 private:
  bool has(FieldId field) const;
  bool has_all(const std::vector<FieldId>& fields) const;

  std::vector<FieldId> columns_;
  bool links_ = false, redirects_ = false, headers_ = false;
  const bool requests_;
};

}  // namespace crawl

#endif  // CRAWL_WRITER_SITE_SCHEMA_H_
