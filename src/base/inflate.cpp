#include "base/inflate.h"

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <utility>

namespace crawl {

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

bool has_zlib_wrapper(std::string_view first_two) {
  const auto byte = [first_two](std::size_t i) {
    return static_cast<unsigned>(static_cast<unsigned char>(first_two[i]));
  };
  return (byte(0) & 0x0FU) == 8 && (byte(0) * 256 + byte(1)) % 31 == 0;
}

Inflater::~Inflater() {
  if (open_) inflateEnd(&stream_);
}

Inflater::Outcome Inflater::inflate(std::string_view data, const Sink& sink) {
  if (ended_ || data.empty()) return Outcome::kGood;
  if (open_) return inflate_some(data, sink);
  if (format_ == Format::kGzip) {
    open(MAX_WBITS + 16);
    begin_member();
    return inflate_some(data, sink);
  }
  first_.append(data);
  if (first_.size() < 2) return Outcome::kGood;
  const std::string first = std::exchange(first_, {});
  open(has_zlib_wrapper(first) ? MAX_WBITS : -MAX_WBITS);
  return inflate_some(first, sink);
}

bool Inflater::complete() const {
  return ended_ || (open_ ? behind_a_member() : first_.empty());
}

void Inflater::open(int window_bits) {
  if (inflateInit2(&stream_, window_bits) != Z_OK) throw std::bad_alloc();
  open_ = true;
}

void Inflater::begin_member() {
  header_ = {};
  inflateGetHeader(&stream_, &header_);
}

Inflater::Outcome Inflater::inflate_some(std::string_view data,
                                         const Sink& sink) {
  std::array<char, kPiece> piece;
  for (;;) {
    // zlib counts in 32 bits.
    const std::size_t size =
        std::min<std::size_t>(data.size(), std::numeric_limits<uInt>::max());
    stream_.next_in =
        const_cast<Bytef*>(reinterpret_cast<const Bytef*>(data.data()));
    stream_.avail_in = static_cast<uInt>(size);
    stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream_.avail_out = static_cast<uInt>(piece.size());
    const int result = ::inflate(&stream_, Z_NO_FLUSH);
    data.remove_prefix(size - stream_.avail_in);
    const std::size_t made = piece.size() - stream_.avail_out;
    if (made > 0 && !sink({piece.data(), made})) return Outcome::kStopped;
    if (result == Z_STREAM_END) {
      if (format_ == Format::kDeflate) {
        ended_ = true;
        return Outcome::kGood;
      }
      members_ = true;
      inflateReset(&stream_);
      begin_member();
      if (data.empty()) return Outcome::kGood;
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      ended_ = behind_a_member();
      return ended_ ? Outcome::kGood : Outcome::kDamaged;
    } else if (data.empty() && stream_.avail_out != 0) {
      return Outcome::kGood;
    }
  }
}

}  // namespace crawl
