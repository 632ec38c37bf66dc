#ifndef CRAWL_ENGINE_REPLAYED_H_
#define CRAWL_ENGINE_REPLAYED_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crawl/base/error.h"
#include "crawl/fetch/fetch_result.h"
#include "crawl/fetch/fetcher.h"
#include "crawl/writer/record.h"

namespace crawl {

// What a response of an archive comes to.
struct Replayed {
  CrawlRecord record;
  FetchResult result;  // what the record has not taken
};

// The body of a page, in UTF-8, whose record begins there in an archive: as a
// CrawlRecord has it. "" if it cannot be had: that of a revisit, of standard
// input, of what is not the first of its gzip member. Any thread.
std::string read_archived_body(const FetchOptions& fetch,
                               const std::string& file, std::uint64_t offset);

// Reads archives beside the loop: one thread reads and unpacks the files, the
// workers read the pages. A bounded part of the files is in memory.
//
// One thread, which may not be destroyed while `wake` cannot be called.
class ArchiveReplay {
 public:
  // `files`: "-" is standard input. `wake`, called from any thread: next() has
  // something, or the end has come. `fetch` must outlive this.
  ArchiveReplay(std::vector<std::string> files, const FetchOptions& fetch,
                std::size_t workers, std::function<void()> wake);
  ~ArchiveReplay();
  ArchiveReplay(const ArchiveReplay&) = delete;
  ArchiveReplay& operator=(const ArchiveReplay&) = delete;

  Result<void> start();
  // The next in the order of the files; nothing if none is ready.
  std::optional<Replayed> next();
  // Records of files read so far that say nothing of a page, by what they are.
  std::map<std::string, std::uint64_t> passed_over() const;
  // All of them have come.
  bool ended() const;
  // No more is read.
  void stop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_REPLAYED_H_
