#ifndef CRAWL_CLI_LINE_COUNT_H_
#define CRAWL_CLI_LINE_COUNT_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace crawl::cli {

// How many lines a list has, counted on a thread of its own beside the crawl
// that reads it, as that reads it: so that progress can say how far it is.
// Nothing is known of inputs that are not regular files or URLs. Destroying it
// ends the counting.
class LineCount {
 public:
  explicit LineCount(std::vector<std::string> inputs);
  ~LineCount();
  LineCount(const LineCount&) = delete;
  LineCount& operator=(const LineCount&) = delete;

  // Nothing until they are counted. Any thread.
  std::optional<std::uint64_t> total() const;

 private:
  void count(const std::vector<std::string>& inputs);

  std::atomic<bool> stop_{false};
  std::atomic<bool> counted_{false};
  std::uint64_t total_ = 0;  // published by counted_
  std::thread thread_;
};

}  // namespace crawl::cli

#endif  // CRAWL_CLI_LINE_COUNT_H_
