#ifndef CRAWL_ENGINE_SITEMAP_LIST_H_
#define CRAWL_ENGINE_SITEMAP_LIST_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "crawl/base/fingerprint.h"
#include "crawl/base/url.h"

namespace crawl {

// The sitemaps of a crawl: each is read once, and one that is left when the
// crawl stops is read when it goes on. One thread.
class SitemapList {
 public:
  struct Entry {
    Url url;
    int level = 0;  // indexes above it
    // Who named it may lead to loopback and private addresses.
    bool allow_private = false;
    // By the user, or by an index that the user named: that it cannot be read
    // is a failure.
    bool wanted = false;
  };

  enum class Added : std::uint8_t {
    kNew,
    kKnown,
    kTooDeep,  // indexes of indexes of indexes
    kTooMany,  // of one host, or in all
  };
  Added add(const Entry& entry);

  // It has been read, or will not be.
  void finished(std::string_view href);

  // Those added and not finished: for the state's note, and back from it.
  std::string left() const;
  static std::vector<Entry> read_left(std::string_view note);

  // Has left() changed since the last call?
  bool take_changed();

 private:
  struct Left {
    int level;
    bool allow_private;
  };
  std::unordered_set<Fingerprint> known_;
  std::unordered_map<std::string, std::size_t> by_host_;
  std::size_t left_bytes_ = 0;
  std::map<std::string, Left, std::less<>> left_;
  bool changed_ = false;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_SITEMAP_LIST_H_
