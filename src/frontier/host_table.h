#ifndef CRAWL_FRONTIER_HOST_TABLE_H_
#define CRAWL_FRONTIER_HOST_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crawl {

// The hosts of a crawl, numbered as they come: each key's text and the bounds
// of its queue, in some 80 bytes. One thread.
class HostTable {
 public:
  struct Host {
    std::uint64_t key_begin = 0;
    std::uint32_t key_size = 0;
    std::uint32_t admitted = 0;  // pages ever added
    std::uint32_t stored = 0;    // pages before this are in the file
    std::uint32_t loaded = 0;    // pages before this were handed out
    std::uint32_t done = 0;      // pages before this are all done
    std::uint32_t skip = 0;      // done, but not before `loaded`
    bool changed = false;        // since the last commit
    bool ahead_stored = false;   // pages after `done` are stored as done
    bool trusted = false;
  };

  // `seed` makes the table's order unforeseeable.
  explicit HostTable(std::uint64_t seed) : seed_(seed) {}

  std::size_t size() const { return hosts_.size(); }
  Host& operator[](std::size_t id) { return hosts_[id]; }
  const Host& operator[](std::size_t id) const { return hosts_[id]; }
  std::string_view key(std::size_t id) const {
    const Host& host = hosts_[id];
    return std::string_view(keys_).substr(host.key_begin, host.key_size);
  }

  std::optional<std::uint32_t> find(std::string_view key) const;
  // Adds a host that is not there yet.
  std::uint32_t add(std::string_view key);

  std::size_t memory_use() const;

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t id_plus_one = 0;  // 0: free
  };
  std::size_t place(std::string_view key, std::uint64_t hash) const;

  const std::uint64_t seed_;
  std::string keys_;
  std::vector<Host> hosts_;
  std::vector<Slot> slots_;  // a power of two, at most three quarters used
};

}  // namespace crawl

#endif  // CRAWL_FRONTIER_HOST_TABLE_H_
