#ifndef CRAWL_WRITER_SLOT_TIMES_H_
#define CRAWL_WRITER_SLOT_TIMES_H_

#include <chrono>

namespace crawl {

// What a crawl's transfer slots did in a part of its time: seconds, which add
// up to those of all slots together.
struct SlotTimes {
  std::chrono::system_clock::time_point begun;
  double took = 0;
  double network = 0;  // a request is under way
  double parsing = 0;  // its page is being read
  double politeness =
      0;                // empty: URLs are queued, but their hosts have to wait
  double ordering = 0;  // empty: records in order wait for an earlier URL
  double input = 0;     // empty: the input has given no further line yet
  double nothing = 0;   // empty: there are fewer URLs than slots
  double writing = 0;   // besides: of the crawl's one thread
};

}  // namespace crawl

#endif  // CRAWL_WRITER_SLOT_TIMES_H_
