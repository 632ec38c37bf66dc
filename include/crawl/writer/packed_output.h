#ifndef CRAWL_WRITER_PACKED_OUTPUT_H_
#define CRAWL_WRITER_PACKED_OUTPUT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crawl/writer/result_writer.h"

namespace crawl {

enum class Packing : std::uint8_t { kNone, kGzip, kZstd };

// By the ending of a file's name: .gz, .zst.
Packing packing_of_name(std::string_view name);
// By what a file begins with; kNone also if it cannot be read.
Packing packing_of_file(const std::string& path);
// The name without that ending.
std::string_view unpacked_name(std::string_view name);

// Packs what is written: gzip members (RFC 1952) or zstd frames (RFC 8878), one
// after the other, which zcat and zstdcat read as one. `output`, opened for
// OutputUnit::kWrite, gets whole ones only.
//
// One ends where there is enough for it, at sync() and at close(). So flush()
// is none of a reader's business: what it has written of may still be here.
std::unique_ptr<OutputStream> make_packed_output(
    std::unique_ptr<OutputStream> output, Packing packing);

}  // namespace crawl

#endif  // CRAWL_WRITER_PACKED_OUTPUT_H_
