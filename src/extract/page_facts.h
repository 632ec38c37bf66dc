#ifndef CRAWL_EXTRACT_PAGE_FACTS_H_
#define CRAWL_EXTRACT_PAGE_FACTS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "crawl/base/page_facts.h"
#include "extract/page_tree.h"

namespace crawl {

class LinkResolver;

// Reads what a page says of itself. No more than `most` bytes of text are
// taken, 32 for every entry counted, and subtracted from it; false if there
// would be more.
bool read_facts(const PageTree& tree, LinkResolver& resolver, std::size_t& most,
                PageFacts& facts);

// The JSON text without the white space between its tokens, strings as they
// mean, numbers as they are; nothing if it is no JSON (RFC 8259). Scripts may
// be wrapped in the comments that once hid them from old browsers.
std::optional<std::string> compact_json(std::string_view script);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_PAGE_FACTS_H_
