#ifndef CRAWL_ARCHIVE_BYTE_SOURCE_H_
#define CRAWL_ARCHIVE_BYTE_SOURCE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crawl/base/error.h"

namespace crawl {

// Bytes from first to last, of a file or of something that cannot go back.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Reads some; 0 at the end.
  virtual Result<std::size_t> read(char* to, std::size_t room) = 0;
  // Nobody wants any more.
  virtual bool stopped() const { return false; }
};

// A file by its name; "-" is standard input. What keeps a reader waiting (a
// pipe) ends soon after `stop` is set. `offset`: from there on, of a file.
Result<std::unique_ptr<ByteSource>> open_bytes(
    const std::string& name, const std::atomic<bool>* stop = nullptr,
    std::uint64_t offset = 0);
// `bytes` must stay.
std::unique_ptr<ByteSource> bytes_of(std::string_view bytes);

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_BYTE_SOURCE_H_
