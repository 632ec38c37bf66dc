#ifndef CRAWL_ARCHIVE_UNPACKED_BYTES_H_
#define CRAWL_ARCHIVE_UNPACKED_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "archive/unpacker.h"

namespace crawl {

// A window on the unpacked bytes of an archive that moves forward. One thread.
class UnpackedBytes {
 public:
  explicit UnpackedBytes(std::unique_ptr<ByteSource> source)
      : unpacker_(std::move(source)) {}

  // What is in the window, until it is moved or gets more.
  std::string_view here() const {
    return std::string_view(buffer_).substr(begin_);
  }
  // Gets more; false if there is none.
  bool fill() {
    if (ended_) return false;
    if (begin_ >= kCompactAt || begin_ == buffer_.size()) {
      buffer_.erase(0, begin_);
      begin_ = 0;
      // What one huge record needed.
      if (buffer_.empty() && buffer_.capacity() > 8 * kCompactAt) {
        buffer_ = std::string();
      }
    }
    ended_ = !unpacker_.more(buffer_);
    return !ended_;
  }
  // Gets so many, if there are.
  bool need(std::size_t size) {
    while (here().size() < size) {
      if (!fill()) return false;
    }
    return true;
  }
  // Gets more at once than a search should begin anew for, however little comes
  // at a time; false if there is no more.
  bool get_more() {
    constexpr std::size_t kEnough = std::size_t{64} << 10U;
    const std::size_t before = here().size();
    need(before + kEnough);
    return here().size() > before;
  }
  void drop(std::size_t size) {
    begin_ += size;
    position_ += size;
  }
  // The opposite, of what was dropped last.
  void put_back(std::string_view bytes) {
    buffer_.replace(0, begin_, bytes);
    begin_ = 0;
    position_ -= bytes.size();
    ended_ = false;
  }

  // Of the window's first byte, and behind its last, among all.
  std::uint64_t position() const { return position_; }
  std::uint64_t end() const { return position_ + here().size(); }
  // Where in the file a position is: of what is packed, where its member
  // begins. Positions only grow.
  std::uint64_t offset_of(std::uint64_t position) {
    auto& all = unpacker_.marks();
    while (all.size() > 1 && all[1].at <= position) all.pop_front();
    if (!unpacker_.is_packed()) return position;
    return all.empty() ? 0 : all.front().offset;
  }

  // Those before the window are of no more use: there may be any number.
  void forget_marks() { offset_of(position_); }
  const std::deque<Unpacker::Mark>& marks() { return unpacker_.marks(); }
  // The first damage that is not taken off; null if there is none so far. What
  // came of it is before where it goes on.
  const Unpacker::Damage* damage() {
    const auto& all = unpacker_.damages();
    return all.empty() ? nullptr : &all.front();
  }
  // Whether bytes are missing before a position.
  bool damaged_before(std::uint64_t position) {
    return damage() != nullptr && damage()->at < position;
  }
  Unpacker::Damage take_damage() {
    const Unpacker::Damage first = *damage();
    unpacker_.damages().pop_front();
    return first;
  }
  bool ended() const { return ended_; }  // there are no more bytes
  bool is_packed() const { return unpacker_.is_packed(); }
  // Why they end where they should not; "" if they do not.
  const std::string& fault() const { return unpacker_.fault(); }

 private:
  // What is dropped from the front of the buffer at once.
  static constexpr std::size_t kCompactAt = std::size_t{512} << 10U;

  Unpacker unpacker_;
  std::string buffer_;  // from begin_ on
  std::size_t begin_ = 0;
  std::uint64_t position_ = 0;
  bool ended_ = false;
};

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_UNPACKED_BYTES_H_
