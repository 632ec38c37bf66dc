#ifndef CRAWL_TESTS_SUPPORT_PAGE_ORACLE_H_
#define CRAWL_TESTS_SUPPORT_PAGE_ORACLE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crawl/parse/page.h"
#include "parse/html/scanner.h"

namespace crawl::testing {

// A page read twice, by the scanner and by gumbo's tree.
struct PageComparison {
  ScanDoubt doubt = ScanDoubt::kNone;  // then there was nothing to compare
  std::string difference;              // empty if both say the same
  // If they differ: why gumbo 0.10.1 does not do here what the HTML Standard
  // says; empty if that is not known, and so the scanner to blame.
  std::string_view departure;
  // What a scan that guesses takes, see scan_page_counting(), and of how much.
  std::uint64_t steps = 0;
  std::size_t bytes = 0;
};

// `body` in `encoding` (an Encoding Standard name), in every field and link.
PageComparison compare_readers(std::string_view body, std::string_view encoding,
                               bool anchor_text);

// The departure that a page (UTF-8) may meet, by name; "" if none. See
// data/pages/README.md.
std::string_view known_departure(std::string_view html);

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_PAGE_ORACLE_H_
