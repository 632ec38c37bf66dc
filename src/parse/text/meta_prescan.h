#ifndef CRAWL_PARSE_TEXT_META_PRESCAN_H_
#define CRAWL_PARSE_TEXT_META_PRESCAN_H_

#include <optional>
#include <string_view>

namespace crawl {

// The encoding that a page's own markup declares: HTML Standard, "prescan a
// byte stream to determine its encoding". Give it the first 1,024 bytes.
std::optional<std::string_view> prescan_encoding(std::string_view head);

// The encoding of the first meta element that declares one, wherever it is: a
// page whose declaration comes too late for the prescan makes a browser change
// the encoding under way. Looks at tags only, not at what script, style and
// their like hold.
std::optional<std::string_view> late_meta_encoding(std::string_view body);

}  // namespace crawl

#endif  // CRAWL_PARSE_TEXT_META_PRESCAN_H_
