#ifndef CRAWL_WRITER_SITE_AUDIT_H_
#define CRAWL_WRITER_SITE_AUDIT_H_

#include <string>
#include <string_view>
#include <vector>

#include "writer/field_id.h"

namespace crawl {

// Something that is worth a look on a page of one's own, as a view over the
// database: columns `url` and `detail`.
struct AuditCheck {
  std::string_view view;    // "audit_..."
  std::string_view title;   // for people
  std::string_view source;  // the page that says why it matters
  std::vector<FieldId> needs;
  // The whole view, or, of a page that `audit` says it of, what its detail is,
  // an expression over `pages`, and the fields that this needs besides; without
  // them there is no detail.
  std::string text;
  bool whole = false;
  std::vector<FieldId> detail_needs = {};
  // One row for each host, since all its pages are likely to have it.
  bool by_host = false;
  // Of what no page has: not to be known of some of a crawl's pages.
  bool of_all_pages = false;

  std::string sql(bool with_detail) const;
};

const std::vector<AuditCheck>& all_audit_checks();

}  // namespace crawl

#endif  // CRAWL_WRITER_SITE_AUDIT_H_
