#include "crawl/extract/repeated_blocks.h"

#include <algorithm>
#include <string_view>

#include "crawl/base/fingerprint.h"

namespace crawl {
namespace {

constexpr std::size_t kLeastPages = 5;
constexpr std::size_t kOneIn = 2;  // of a host's pages

}  // namespace

std::uint64_t page_key(std::span<const BlockKey> blocks) {
  return fingerprint({reinterpret_cast<const char*>(blocks.data()),
                      blocks.size_bytes()})
      .low;
}

void RepeatedBlocks::add(std::uint64_t page, std::span<const BlockKey> blocks) {
  if (pages_ > 0 && page == last_) return;
  if (pages_ == kMostPages) return;
  last_ = page;
  ++pages_;
  for (const BlockKey key : blocks) ++pages_of_[key];
}

BlockSet RepeatedBlocks::found() const {
  const std::size_t least =
      std::max(kLeastPages, (pages_ + kOneIn - 1) / kOneIn);
  BlockSet found;
  for (const auto& [key, pages] : pages_of_) {
    if (pages >= least) found.insert(key);
  }
  return found;
}

void RepeatedBlocks::clear() {
  pages_of_ = {};
  pages_ = 0;
}

}  // namespace crawl
