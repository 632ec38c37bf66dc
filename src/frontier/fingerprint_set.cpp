#include "frontier/fingerprint_set.h"

#include <algorithm>
#include <utility>

namespace crawl {
namespace {

constexpr std::size_t kFirstSlots = 16;

// 0 means "free", so that one hash has to share with its neighbour.
std::uint64_t member_of(std::uint64_t hash) { return hash == 0 ? 1 : hash; }

// The bits below the shard's, scaled to the table: any size will do, and a
// larger table keeps the order.
std::size_t home_of(std::uint64_t member, std::size_t slots) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::size_t>((static_cast<Wide>(member << 8) * slots) >>
                                  64);
}

// The member's slot, or the free one where it belongs.
std::size_t find(const std::vector<std::uint64_t>& slots,
                 std::uint64_t member) {
  std::size_t at = home_of(member, slots.size());
  while (slots[at] != 0 && slots[at] != member) {
    if (++at == slots.size()) at = 0;
  }
  return at;
}

bool is_full(std::size_t used, std::size_t slots) {
  return used * 5 >= slots * 4;
}

}  // namespace

void FingerprintSet::reserve(std::size_t members) {
  // Room for the unevenness of chance.
  const std::size_t each = members / shards_.size();
  const std::size_t slots = each + each / 3 + kFirstSlots;
  for (Shard& shard : shards_) {
    if (shard.slots.size() < slots) grow(shard, slots);
  }
}

bool FingerprintSet::contains(std::uint64_t hash) const {
  const Shard& shard = shards_[shard_of(hash)];
  if (shard.used == 0) return false;
  const std::uint64_t member = member_of(hash);
  return shard.slots[find(shard.slots, member)] == member;
}

bool FingerprintSet::insert(std::uint64_t hash) {
  Shard& shard = shards_[shard_of(hash)];
  if (is_full(shard.used, shard.slots.size())) {
    grow(shard,
         std::max(kFirstSlots, shard.slots.size() + shard.slots.size() / 4));
  }
  const std::uint64_t member = member_of(hash);
  std::uint64_t& slot = shard.slots[find(shard.slots, member)];
  if (slot == member) return false;
  slot = member;
  ++shard.used;
  ++size_;
  return true;
}

void FingerprintSet::grow(Shard& shard, std::size_t slots) {
  std::vector<std::uint64_t> larger(slots, 0);
  for (const std::uint64_t member : shard.slots) {
    if (member != 0) larger[find(larger, member)] = member;
  }
  shard.slots = std::move(larger);
}

std::size_t FingerprintSet::memory_use() const {
  std::size_t bytes = sizeof *this;
  for (const Shard& shard : shards_) {
    bytes += shard.slots.capacity() * sizeof(std::uint64_t);
  }
  return bytes;
}

}  // namespace crawl
