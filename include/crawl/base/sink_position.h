#ifndef CRAWL_BASE_SINK_POSITION_H_
#define CRAWL_BASE_SINK_POSITION_H_

#include <cstdint>
#include <string>
#include <vector>

namespace crawl {

// Where one of a crawl's outputs was at a commit, in whatever it counts (bytes,
// rows): what it is cut back to when the crawl is gone on with.
struct SinkPosition {
  std::string name;  // the sink's, in this crawl: "records"
  std::uint64_t position = 0;

  friend bool operator==(const SinkPosition&, const SinkPosition&) = default;
};
using SinkPositions = std::vector<SinkPosition>;

}  // namespace crawl

#endif  // CRAWL_BASE_SINK_POSITION_H_
