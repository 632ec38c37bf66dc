#include "engine/lines_done.h"

#include <fmt/format.h>

#include <sstream>

#include "crawl/base/fingerprint.h"

namespace crawl {

void LinesDone::read(std::uint64_t index, std::string_view text) {
  const std::uint64_t hash =
      fingerprint(fmt::format("{:x} {}", hashes_.back(), text)).low;
  hashes_.push_back(hash);
  if (index + 1 == known_first_ && hash != known_hash_) differs_ = true;
  if (known(index)) done(index);
}

void LinesDone::done(std::uint64_t index) {
  ahead_.insert(index);
  while (!ahead_.empty() && *ahead_.begin() == first_) {
    ahead_.erase(ahead_.begin());
    hashes_.pop_front();
    ++first_;
  }
}

std::string LinesDone::save() const {
  // A list that is not read again so far is as it was.
  if (first_ < known_first_) return saved_;
  std::string text = fmt::format("{} {:x}", first_, hashes_.front());
  for (const std::uint64_t index : ahead_) text += fmt::format(" {}", index);
  return text;
}

Result<void> LinesDone::restore(std::string_view text) {
  saved_ = text;
  std::istringstream numbers(saved_);
  numbers >> known_first_ >> std::hex >> known_hash_ >> std::dec;
  if (!numbers)
    return make_error("the state does not say which lines are done");
  for (std::uint64_t index = 0; numbers >> index;) known_ahead_.insert(index);
  return {};
}

}  // namespace crawl
