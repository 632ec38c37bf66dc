#ifndef CRAWL_WRITER_PAGE_AUDIT_H_
#define CRAWL_WRITER_PAGE_AUDIT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/writer/record.h"

namespace crawl {

// Beyond these, texts are cut where they are shown, in characters; and pages
// are slow, in seconds until the first byte, or large, in bytes.
inline constexpr std::size_t kLongTitle = 70;
inline constexpr std::size_t kLongDescription = 300;
inline constexpr double kSlow = 1.8;
inline constexpr std::uint64_t kLarge = 2'000'000;

// Every name that page_findings() can give, in its order.
const std::vector<std::string_view>& page_finding_names();

// What is worth a look on a page, and can be said of it alone: names of checks
// of site_audit.h without their "audit_", in one order. The record is to have
// links, headers and facts. Of what was not fetched nothing is said.
std::vector<std::string_view> page_findings(const CrawlRecord& record);

}  // namespace crawl

#endif  // CRAWL_WRITER_PAGE_AUDIT_H_
