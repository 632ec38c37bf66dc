#include "base/inflate.h"

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <utility>

namespace crawl {

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

Inflater::~Inflater() {
  if (open_) inflateEnd(&stream_);
}

Inflater::Outcome Inflater::inflate(std::string_view data, const Sink& sink) {
  if (ignore_rest_) return Outcome::kGood;
  if (open_ && !at_end_) return inflate_some(data, sink);
  // Two bytes tell whether deflate has its wrapper (RFC 1950 section 2.2), and
  // whether another member of a gzip file follows (RFC 1952 section 2.2).
  first_.append(data);
  if (first_.size() < 2) return Outcome::kGood;
  const std::string first = std::exchange(first_, {});
  if (!open_) {
    open(first);
  } else if (!next_member(first)) {
    return Outcome::kGood;
  }
  return inflate_some(first, sink);
}

void Inflater::open(std::string_view first) {
  const auto byte = [first](std::size_t i) {
    return static_cast<unsigned>(static_cast<unsigned char>(first[i]));
  };
  const bool wrapped =
      (byte(0) & 0x0FU) == 8 && (byte(0) * 256 + byte(1)) % 31 == 0;
  constexpr int kWindow = 15;
  const int window = format_ == Format::kGzip ? kWindow + 16
                     : wrapped                ? kWindow
                                              : -kWindow;
  if (inflateInit2(&stream_, window) != Z_OK) throw std::bad_alloc();
  open_ = true;
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
      at_end_ = true;
      if (data.size() < 2) {
        first_ = data;
        return Outcome::kGood;
      }
      if (!next_member(data)) return Outcome::kGood;
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      return Outcome::kDamaged;
    } else if (data.empty() && stream_.avail_out != 0) {
      return Outcome::kGood;
    }
  }
}

// Goes on with the member that `rest` begins with; if it is none, all that
// follows is no one's.
bool Inflater::next_member(std::string_view rest) {
  if (format_ != Format::kGzip || !is_gzip(rest)) {
    ignore_rest_ = true;
    return false;
  }
  inflateReset(&stream_);
  at_end_ = false;
  return true;
}

}  // namespace crawl
