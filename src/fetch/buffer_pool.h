#ifndef CRAWL_FETCH_BUFFER_POOL_H_
#define CRAWL_FETCH_BUFFER_POOL_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace crawl {

// Strings that bodies are received into, with the room they have grown to.
// Only transfers whose body is coming in hold one, and neither many nor large
// ones are kept. One thread.
class BufferPool {
 public:
  std::string take() {
    if (free_.empty()) return {};
    std::string buffer = std::move(free_.back());
    free_.pop_back();
    return buffer;
  }

  void give_back(std::string buffer) {
    if (free_.size() >= kMaxKept || buffer.capacity() < kMinCapacity ||
        buffer.capacity() > kMaxCapacity) {
      return;
    }
    buffer.clear();
    free_.push_back(std::move(buffer));
  }

 private:
  static constexpr std::size_t kMaxKept = 16;
  static constexpr std::size_t kMinCapacity = 1024;
  static constexpr std::size_t kMaxCapacity = 512 * 1024;

  std::vector<std::string> free_;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_BUFFER_POOL_H_
