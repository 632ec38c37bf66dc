#ifndef CRAWL_ENGINE_LINES_DONE_H_
#define CRAWL_ENGINE_LINES_DONE_H_

#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>

#include "crawl/base/error.h"

namespace crawl {

// Which lines of a list have their record: all before some line, and a few
// after it. A text of a hundred kilobytes at most says so, so that a list can
// be gone on with; what was read of it is known again by its hash. One thread.
class LinesDone {
 public:
  // Line number `index`, from 0, has been read; each in turn.
  void read(std::uint64_t index, std::string_view text);
  void done(std::uint64_t index);
  // Lines of an earlier run, which have a record already.
  bool known(std::uint64_t index) const {
    return index < known_first_ || known_ahead_.contains(index);
  }
  std::uint64_t known_lines() const {
    return known_first_ + known_ahead_.size();
  }

  // For the state.
  std::string save() const;
  // Fails if the text is not one of save().
  Result<void> restore(std::string_view text);

  // The lines that an earlier run had read are not those of this list.
  bool differs() const { return differs_; }

 private:
  std::uint64_t first_ = 0;        // the first that is not done
  std::set<std::uint64_t> ahead_;  // done, though first_ is not
  // Of the lines before first_, first_ + 1, ...: each of all that come before.
  std::deque<std::uint64_t> hashes_{0};
  std::uint64_t known_first_ = 0;
  std::set<std::uint64_t> known_ahead_;
  std::uint64_t known_hash_ = 0;
  std::string saved_;  // what restore() was given
  bool differs_ = false;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_LINES_DONE_H_
