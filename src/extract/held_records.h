#ifndef CRAWL_EXTRACT_HELD_RECORDS_H_
#define CRAWL_EXTRACT_HELD_RECORDS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/sqlite.h"
#include "crawl/base/error.h"
#include "crawl/extract/repeated_blocks.h"
#include "crawl/writer/outcome.h"

namespace crawl {

// What a crawl has left so far, on disk until all of it is there, and which
// blocks its pages have. Memory is bounded whatever comes.
//
// One thread. Every call can fail, and from then on all do.
class HeldRecords {
 public:
  // `path`: of a file that lasts, made if it is not there, or ""
  // for a temporary one. `position`: what sync() gave, to be gone on with; what
  // came later goes. Else all goes that is there.
  static Result<HeldRecords> open(const std::string& path,
                                  std::optional<std::uint64_t> position);

  // `record` may have PageContent::again.
  Result<void> add(const Outcome& outcome);
  Result<void> add_listed(std::string_view url, std::string_view sitemap);
  Result<std::uint64_t> sync();

  // Looks which blocks are repeated, for repeated().
  Result<void> look();
  // Those of a host. Good until the next call.
  Result<const BlockSet*> repeated(std::string_view url);

  struct Visitor {
    // False ends it.
    std::function<Result<bool>(CrawlRecord& record, bool is_record)> record;
    std::function<Result<bool>(std::string_view url, std::string_view sitemap)>
        listed;
  };
  // All that was added, in that order; or `by_index`, of the records.
  Result<void> each(bool by_index, const Visitor& visitor);

 private:
  Result<void> check(int code);
  tl::unexpected<Error> damaged();
  int begin(bool is_temporary, std::optional<std::uint64_t> position);
  int look_whole();
  int keep_repeated(std::uint64_t host, const BlockSet& blocks);

  std::string path_;
  Database db_;
  Statement add_, add_page_, repeated_;
  std::int64_t last_ = 0;
  std::string packed_;
  // Of hosts that were asked for last.
  std::unordered_map<std::uint64_t, BlockSet> known_;
  std::optional<Error> error_;
};

}  // namespace crawl

#endif  // CRAWL_EXTRACT_HELD_RECORDS_H_
