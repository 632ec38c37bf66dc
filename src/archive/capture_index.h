#ifndef CRAWL_ARCHIVE_CAPTURE_INDEX_H_
#define CRAWL_ARCHIVE_CAPTURE_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/sqlite.h"
#include "crawl/base/error.h"

namespace crawl {

// Which payloads an archive holds, and where: in a file (SQLite), so that
// memory is that of its cache, and of what has come since it was last written
// to: in order, many at a time, it takes half as long. One thread.
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
  Result<void> store_recent();

  struct Recent {
    std::uint64_t place;
    Original original;
  };

  Database db_;
  Statement find_, add_, add_line_;
  std::unordered_map<std::string, Recent> recent_;  // by their payload
  std::size_t recent_bytes_ = 0;
  bool any_stored_ = false;  // the file has some
};

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_CAPTURE_INDEX_H_
