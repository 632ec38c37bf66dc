#ifndef CRAWL_FRONTIER_SHARED_CHUNK_H_
#define CRAWL_FRONTIER_SHARED_CHUNK_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crawl {

// URLs of one host that wait together, compressed: Redis keeps them as they are
// and knows of each whether it waits, is handed out or done (shared_turn.lua).
// None has more URLs, or bytes that are packed.
inline constexpr std::size_t kMostInChunk = 64;
inline constexpr std::size_t kMostChunkBytes = 32'768;

// "" if that saves nothing.
std::string pack_chunk(const std::vector<std::string_view>& entries);
// Nothing if it is no chunk of so many entries: it was written by somebody
// else. Makes no more of it than a chunk may have.
std::optional<std::vector<std::string>> unpack_chunk(std::string_view packed,
                                                     std::size_t count);

// What was found and is for one shard, until it is told.
class FoundUrls {
 public:
  // A URL is nobody's yet if no other has its hash. `alone`: it is to be in no
  // chunk.
  void add(const std::string& host, std::uint64_t hash, std::string entry,
           bool alone = false);
  std::size_t count() const { return count_; }
  // All of it, as the functions take it (find_all() in shared_crawl.lua);
  // nothing is left then.
  std::vector<std::string> take();

 private:
  struct Find {
    std::uint64_t hash = 0;
    std::string entry;
    bool alone = false;
  };
  std::map<std::string, std::vector<Find>> by_host_;
  std::size_t count_ = 0;
};

// Words of a turn.
std::string bucket_of(std::uint64_t hash);
std::string number_word(std::uint64_t hash);  // as Redis's sets of numbers

}  // namespace crawl

#endif  // CRAWL_FRONTIER_SHARED_CHUNK_H_
