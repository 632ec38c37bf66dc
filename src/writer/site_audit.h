#ifndef CRAWL_WRITER_SITE_AUDIT_H_
#define CRAWL_WRITER_SITE_AUDIT_H_

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
  std::string_view sql;
};

const std::vector<AuditCheck>& all_audit_checks();

}  // namespace crawl

#endif  // CRAWL_WRITER_SITE_AUDIT_H_
