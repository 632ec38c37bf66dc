#ifndef CRAWL_FRONTIER_FINGERPRINT_SET_H_
#define CRAWL_FRONTIER_FINGERPRINT_SET_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace crawl {

// A set of 64-bit hashes, and nothing but them: 10 to 12.5 bytes a member.
//
// Asked for a hash that was never put in, it is never wrong; two different
// things with one hash it cannot tell apart. With n members that befalls a new
// one with probability n / 2^64: among 10 million expect 0.000003 such cases in
// all, among a billion 0.03.
//
// One thread. Hashes must be evenly spread over all 64 bits.
class FingerprintSet {
 public:
  // Makes place for so many members at once.
  void reserve(std::size_t members);

  bool contains(std::uint64_t hash) const;
  // False if it is there already.
  bool insert(std::uint64_t hash);

  std::size_t size() const { return size_; }
  std::size_t memory_use() const;

 private:
  // 256 tables that grow by themselves, so that growing never needs the memory
  // of two whole sets. Linear probing; 0 marks a free slot.
  struct Shard {
    std::vector<std::uint64_t> slots;
    std::size_t used = 0;
  };
  static std::size_t shard_of(std::uint64_t hash) { return hash >> 56; }
  static void grow(Shard& shard, std::size_t slots);

  std::array<Shard, 256> shards_;
  std::size_t size_ = 0;
};

}  // namespace crawl

#endif  // CRAWL_FRONTIER_FINGERPRINT_SET_H_
