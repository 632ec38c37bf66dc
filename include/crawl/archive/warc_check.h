#ifndef CRAWL_ARCHIVE_WARC_CHECK_H_
#define CRAWL_ARCHIVE_WARC_CHECK_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "crawl/base/error.h"

namespace crawl {

struct WarcCheck {
  std::uint64_t records = 0;
  std::uint64_t faults = 0;
  std::uint64_t digests = 0;  // that were compared with what they are of
};

// Checks a WARC file by WARC/1.0 and 1.1, strictly: the fields that every
// record and each type of record must have, and may not have; their form;
// lengths; digests (SHA-1, SHA-2, MD5); and, of what is packed by gzip, that
// each record is a member of its own. `tell` hears of every fault, and where
// the record begins (of what is packed: its member).
//
// A payload's digest is not compared where the payload is not at hand: in
// revisits, and in messages that are chunked. Memory is bounded, but for about
// ten bytes a record. Fails if the file cannot be read.
Result<WarcCheck> check_warc(
    const std::string& file,
    const std::function<void(std::uint64_t offset, std::string_view fault)>&
        tell);

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_WARC_CHECK_H_
