#ifndef CRAWL_ARCHIVE_BLOCK_END_H_
#define CRAWL_ARCHIVE_BLOCK_END_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace crawl {

// What records, and ARC files, begin with.
inline constexpr std::string_view kWarcBegin = "WARC/";
inline constexpr std::string_view kArcBegin = "filedesc://";
// "WARC/1.0", "WARC/0.18".
bool begins_record(std::string_view bytes);

// Where the block of a record ends, whatever its Content-Length says: what is
// behind it tells, and a message's own length. `behind`: what comes after the
// block, as far as it is looked at.

// Whether the record ends there as the standard has it (WARC/1.1 section 4), or
// with the line ends of another system.
bool are_line_ends(std::string_view behind);

// Takes off line ends that belong behind the block: two, as far as they are
// there. False if there are none.
bool drop_line_ends(std::string& block);

// The same of a block that took in a part of them, and is not plainly right.
// False if it is as it should be, or nobody can tell.
bool drop_swallowed_line_ends(std::string& block, std::string_view behind);

// Where in the block another record begins, behind an empty line; it may end
// behind the block. npos if none does.
std::size_t record_inside(std::string_view block, std::string_view behind);
// The same of a block that ends where records end: only if a message's body has
// its length before that, since a page may show a record.
std::size_t record_behind_body(std::string_view block);

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_BLOCK_END_H_
