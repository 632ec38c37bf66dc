#ifndef CRAWL_WRITER_RECORD_CODEC_H_
#define CRAWL_WRITER_RECORD_CODEC_H_

#include <string>
#include <string_view>

#include "crawl/writer/record.h"

namespace crawl {

// Changes with what a record is packed as.
inline constexpr int kRecordFormat = 1;

// Appends all of a record but the names of what was extracted, as bytes to be
// kept in a file of this machine: who holds records until more is known.
void pack_record(const CrawlRecord& record, std::string& out);

// The record; false if `bytes` are none of those.
bool unpack_record(std::string_view bytes, CrawlRecord& record);

}  // namespace crawl

#endif  // CRAWL_WRITER_RECORD_CODEC_H_
