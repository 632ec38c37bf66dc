#ifndef CRAWL_ENGINE_TIME_BOOK_H_
#define CRAWL_ENGINE_TIME_BOOK_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

#include "crawl/base/clock.h"
#include "crawl/engine/time_breakdown.h"
#include "crawl/fetch/fetch_result.h"
#include "crawl/writer/slot_times.h"

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

  // What went since the last such span, until slots_are() was called; nothing
  // if that is too short to be told apart, unless it is the last.
  std::optional<SlotTimes> take_span(
      Clock::time_point now, std::chrono::system_clock::time_point wall_time,
      bool last);

  TimeBreakdown close(Clock::time_point now);

 private:
  double& slot_time(SlotUse use) {
    return sum_.slot_time[static_cast<std::size_t>(use)];
  }

  TimeBreakdown sum_;
  Clock::time_point since_;
  const Clock::time_point begun_;
  // As they were when the last span was taken.
  std::array<double, kSlotUseCount> span_slot_time_{};
  double span_writing_ = 0;
  Clock::time_point span_end_;
  std::size_t in_flight_ = 0;
  SlotUse empty_ = SlotUse::kInput;
  std::unordered_map<std::string, TimeBreakdown::HostTime> hosts_;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_TIME_BOOK_H_
