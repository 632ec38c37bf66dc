#ifndef CRAWL_ENGINE_TIME_BOOK_H_
#define CRAWL_ENGINE_TIME_BOOK_H_

#include <cstddef>
#include <string>
#include <unordered_map>

#include "crawl/base/clock.h"
#include "crawl/engine/time_breakdown.h"
#include "crawl/fetch/fetch_result.h"

namespace crawl {

// Keeps account of where a crawl's time goes. Belongs to the crawl loop; its
// memory is bounded.
class TimeBook {
 public:
  TimeBook(std::size_t slots, Clock::time_point now);

  // From now on `in_flight` slots are at work and the others empty, for the
  // reason given.
  void slots_are(std::size_t in_flight, SlotUse empty, Clock::time_point now);

  void exchange(const std::string& host_key, const FetchResult& result);

  void wrote(Clock::duration time);

  TimeBreakdown close(Clock::time_point now);

 private:
  double& slot_time(SlotUse use) {
    return sum_.slot_time[static_cast<std::size_t>(use)];
  }

  TimeBreakdown sum_;
  Clock::time_point since_;
  std::size_t in_flight_ = 0;
  SlotUse empty_ = SlotUse::kInput;
  std::unordered_map<std::string, TimeBreakdown::HostTime> hosts_;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_TIME_BOOK_H_
