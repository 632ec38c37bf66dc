#ifndef CRAWL_ARCHIVE_CAPTURE_INDEX_H_
#define CRAWL_ARCHIVE_CAPTURE_INDEX_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crawl/base/error.h"
#include "base/sqlite.h"

namespace crawl {

// Which payloads an archive holds, and where: in a file (SQLite), so that
// memory is that of its cache. One thread.
class CaptureIndex {
 public:
  struct Original {
    std::string url;
    std::string date;  // as WARC has it
  };

  // "" for a temporary file. What `file` holds of places from `place` on is
  // forgotten: the archive was cut there.
  static Result<std::unique_ptr<CaptureIndex>> open(const std::string& file,
                                                    std::uint64_t place);

  // The first capture with this payload.
  Result<std::optional<Original>> find(std::string_view payload);
  Result<void> add(std::uint64_t place, std::string_view payload,
                   std::string_view url, std::string_view date);
  // What was added lasts.
  Result<void> commit();

 private:
  CaptureIndex() = default;
  Result<void> fail(int code) const;

  Database db_;
  Statement find_, add_;
};

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_CAPTURE_INDEX_H_
