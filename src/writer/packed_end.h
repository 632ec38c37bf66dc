#ifndef CRAWL_WRITER_PACKED_END_H_
#define CRAWL_WRITER_PACKED_END_H_

#include <cstdint>
#include <optional>
#include <string>

#include "crawl/writer/packed_output.h"

namespace crawl {

// Where the last whole gzip member (RFC 1952) or zstd frame (RFC 8878) of the
// file at `path` ends: at its end, or there is a piece behind it with which
// nothing can be read that is written later. 0 if there is none; nothing if the
// file cannot be read.
//
// Looks from the end, so that what a long file holds is unpacked only if it was
// cut. (A member may hold others, as an archive does that holds an archive.)
std::optional<std::uint64_t> end_of_packed(const std::string& path,
                                           Packing packing);

}  // namespace crawl

#endif  // CRAWL_WRITER_PACKED_END_H_
