#ifndef CRAWL_ARCHIVE_WARC_INPUT_H_
#define CRAWL_ARCHIVE_WARC_INPUT_H_

#include <optional>
#include <string_view>

namespace crawl {

// Whether these bytes, the first of a file, are those of a WARC or ARC file: as
// it is, or packed by gzip or zstd.
bool looks_like_archive(std::string_view first);
// The same of fewer bytes; nothing if more must be seen to tell.
std::optional<bool> tell_archive(std::string_view first);

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_WARC_INPUT_H_
