#ifndef CRAWL_ARCHIVE_ARC_LINE_H_
#define CRAWL_ARCHIVE_ARC_LINE_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace crawl {

// How long a record's block is, as an archive says; nothing if that is no
// length that a file can have.
std::optional<std::uint64_t> record_length(std::string_view text);

// The fields of an ARC record's line: the URL, which may have spaces, the
// address, the date and the type; the length is the last of five (version 1) or
// ten (version 2).
struct ArcLine {
  std::string_view url, ip, date, type;
  std::uint64_t length = 0;
};

// Nothing if it is none.
std::optional<ArcLine> read_arc_line(std::string_view line);

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_ARC_LINE_H_
