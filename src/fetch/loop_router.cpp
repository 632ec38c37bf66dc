#include "fetch/loop_router.h"

#include <algorithm>

namespace crawl {
namespace {

constexpr std::size_t kMaxRememberedHosts = 65'536;

}  // namespace

std::size_t LoopRouter::choose(Host host, bool may_be_http2) {
  const std::size_t loops = load_.size();
  ++in_flight_;
  // The hash's low bits are also what buckets are chosen by: take the high.
  std::size_t loop =
      static_cast<std::size_t>(((host * 0x9e3779b97f4a7c15u) >> 32) % loops);
  const std::size_t share = (in_flight_ + loops - 1) / loops;
  const std::size_t slack = std::max<std::size_t>(1, share / 8);
  if (load_[loop] >= share + slack &&
      !(may_be_http2 && !http1_hosts_.contains(host))) {
    loop = static_cast<std::size_t>(
        std::min_element(load_.begin(), load_.end()) - load_.begin());
  }
  ++load_[loop];
  return loop;
}

void LoopRouter::finished(std::size_t loop) {
  --load_[loop];
  --in_flight_;
}

void LoopRouter::speaks_http1(Host host) {
  if (http1_hosts_.size() >= kMaxRememberedHosts) http1_hosts_.clear();
  http1_hosts_.insert(host);
}

}  // namespace crawl
