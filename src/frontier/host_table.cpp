#include "frontier/host_table.h"

#include <xxhash.h>

#include <algorithm>

namespace crawl {

std::size_t HostTable::place(std::string_view key, std::uint64_t hash) const {
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  std::size_t at = hash & (slots_.size() - 1);
  while (
      slots_[at].id_plus_one != 0 &&
      (slots_[at].tag != tag || this->key(slots_[at].id_plus_one - 1) != key)) {
    at = (at + 1) & (slots_.size() - 1);
  }
  return at;
}

std::optional<std::uint32_t> HostTable::find(std::string_view key) const {
  if (slots_.empty()) return std::nullopt;
  const std::uint64_t hash =
      XXH3_64bits_withSeed(key.data(), key.size(), seed_);
  const Slot& slot = slots_[place(key, hash)];
  if (slot.id_plus_one == 0) return std::nullopt;
  return slot.id_plus_one - 1;
}

std::uint32_t HostTable::add(std::string_view key) {
  if (hosts_.size() * 4 >= slots_.size() * 3) {
    slots_.assign(std::max<std::size_t>(16, slots_.size() * 2), Slot{});
    for (std::uint32_t id = 0; id < hosts_.size(); ++id) {
      const std::string_view old = this->key(id);
      const std::uint64_t hash =
          XXH3_64bits_withSeed(old.data(), old.size(), seed_);
      slots_[place(old, hash)] = {static_cast<std::uint32_t>(hash >> 32),
                                  id + 1};
    }
  }
  const std::uint64_t hash =
      XXH3_64bits_withSeed(key.data(), key.size(), seed_);
  const std::size_t at = place(key, hash);
  Host host;
  host.key_begin = keys_.size();
  host.key_size = static_cast<std::uint32_t>(key.size());
  keys_ += key;
  hosts_.push_back(host);
  const auto id = static_cast<std::uint32_t>(hosts_.size() - 1);
  slots_[at] = {static_cast<std::uint32_t>(hash >> 32), id + 1};
  return id;
}

std::size_t HostTable::memory_use() const {
  return keys_.capacity() + hosts_.capacity() * sizeof(Host) +
         slots_.capacity() * sizeof(Slot);
}

}  // namespace crawl
