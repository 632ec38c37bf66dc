#ifndef CRAWL_FRONTIER_DUPLICATE_TRAP_H_
#define CRAWL_FRONTIER_DUPLICATE_TRAP_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace crawl {

// Notices that pages only lead to copies of pages: a server that answers any
// path with one page, whose relative links make new paths for ever.
//
// Counted are, by host, the copies (pages with exactly the body of an earlier
// one) that were found on a copy. A site that has each page twice, or the same
// page in a thousand places, makes few or none of those. Beyond the limit the
// links on them are not to be followed; what they lead to is followed all the
// same where another page has the link, since it does not become known.
//
// Memory is bounded: of more copies, or hosts with copies, than it holds the
// earlier ones are forgotten, and counted anew. One thread.
class DuplicateTrap {
 public:
  // 0: catches nothing.
  explicit DuplicateTrap(std::size_t limit) : limit_(limit) {}

  // To be told of each page once, a page before those found on it: was its body
  // seen before? `page` and `parent`, the page it was found on, are hrefs; ""
  // for a seed's parent.
  void note(std::string_view page, std::string_view parent, bool duplicate);

  // Whether the links of the page noted last are not to be followed.
  bool caught() const { return caught_; }

  // What to say, once for each host that it happens to, when note() has caught
  // its first page: "more than 50 copies ... below http://h/a/ ...".
  std::optional<std::string> take_notice();

  // What an earlier run of the crawl has counted: for its state, and back.
  // Which pages were copies is not in it: on a host that had copies on copies,
  // every copy is taken for one found on a copy from then on.
  std::string save() const;
  void restore(std::string_view saved, bool forgot_which = true);
  // Of a crawl that others share, each origin at one of them: the line of
  // save() that note() has changed since the last call, "" for none. Whoever
  // has the origin next restores it, and is told of copies, by note_copy(),
  // that pages of it were found on: so it forgot none.
  std::string take_counted();
  void note_copy(std::string_view page);
  // Has save() changed since the last call?
  bool take_changed() { return std::exchange(changed_, false); }

 private:
  struct Host {
    std::size_t copies = 0;
    bool restored = false;
    std::string directory;  // that all of them are below, an href's beginning
  };

  static std::string line_of(const std::string& key, const Host& host);

  const std::size_t limit_;
  bool caught_ = false;
  bool changed_ = false;
  bool any_restored_ = false;
  std::string counted_at_;  // an origin, if any
  std::optional<std::string> notice_;
  std::unordered_set<std::uint64_t> copies_;  // by the hash of their href
  std::unordered_map<std::string, Host> hosts_;
};

}  // namespace crawl

#endif  // CRAWL_FRONTIER_DUPLICATE_TRAP_H_
