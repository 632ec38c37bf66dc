#ifndef CRAWL_ENGINE_TIME_BREAKDOWN_H_
#define CRAWL_ENGINE_TIME_BREAKDOWN_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace crawl {

// What a transfer slot (there are CrawlOptions::jobs of them) does at a moment.
enum class SlotUse : std::uint8_t {
  kNetwork,     // a request is under way
  kParsing,     // its page is being read
  kPoliteness,  // empty: URLs are queued, but their hosts have to wait
  kOrdering,    // empty: records in order wait for an earlier URL
  kInput,       // empty: the input has given no further line yet
  kNothing,     // empty: there are fewer URLs than slots
};
inline constexpr std::size_t kSlotUseCount = 6;

// Where the time of a crawl went. All times in seconds.
struct TimeBreakdown {
  // Adds up to `slots` times the crawl's own time.
  std::array<double, kSlotUseCount> slot_time{};
  std::size_t slots = 0;
  double writing = 0;  // of the crawl's one thread: forming and writing records

  std::uint64_t reused = 0;  // requests that found a connection open
  std::uint64_t lookups = 0;
  double lookup_time = 0;

  struct HostTime {
    std::string host;  // scheme://host:port
    std::uint64_t requests = 0;
    double total = 0;
    double worst = 0;

    double mean() const {
      return requests == 0 ? 0 : total / static_cast<double>(requests);
    }
  };
  std::vector<HostTime> slowest;         // by mean, worst first; a handful
  std::uint64_t requests_elsewhere = 0;  // at hosts too many to keep apart
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_TIME_BREAKDOWN_H_
