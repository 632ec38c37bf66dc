#ifndef CRAWL_ARCHIVE_CAPTURE_INDEX_H_
#define CRAWL_ARCHIVE_CAPTURE_INDEX_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/sqlite.h"
#include "crawl/base/error.h"

namespace crawl {

// Which payloads an archive holds, and where: in a file (SQLite), so that
// memory is that of its cache. One thread.
class CaptureIndex {
 public:
  struct Original {
    std::string url;
    std::string date;  // as WARC has it
  };

  // The place of what is not in the archive itself, and stays whatever is cut.
  static constexpr std::uint64_t kElsewhere = ~std::uint64_t{0};

  // "" for a temporary file. What `file` holds of places from `place` on is
  // forgotten: the archive was cut there.
  static Result<std::unique_ptr<CaptureIndex>> open(const std::string& file,
                                                    std::uint64_t place);

  // A capture with this payload is at `place`, unless there is one already,
  // which is the one that comes back.
  Result<std::optional<Original>> add(std::uint64_t place,
                                      std::string_view payload,
                                      std::string_view url,
                                      std::string_view date);
  // A line of the archive's index, by the place of its record. Its order is
  // that of bytes.
  Result<void> add_line(std::uint64_t place, std::string_view line);
  // All of them, in order.
  Result<void> each_line(
      const std::function<Result<void>(std::string_view)>& use);
  // What was added lasts.
  Result<void> commit();

 private:
  CaptureIndex() = default;
  Result<void> fail(int code) const;
  Result<std::optional<Original>> find(std::string_view payload);

  Database db_;
  Statement find_, add_, add_line_;
};

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_CAPTURE_INDEX_H_
