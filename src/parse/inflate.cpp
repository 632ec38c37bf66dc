#include "parse/inflate.h"

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
  if (open_) return inflate_all(data, sink);
  // Two bytes tell whether deflate has its wrapper (RFC 1950 section 2.2).
  first_.append(data);
  if (first_.size() < 2) return Outcome::kGood;
  open();
  const std::string first = std::exchange(first_, {});
  return inflate_all(first, sink);
}

void Inflater::open() {
  const auto byte = [this](std::size_t i) {
    return static_cast<unsigned>(static_cast<unsigned char>(first_[i]));
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

Inflater::Outcome Inflater::inflate_all(std::string_view data,
                                        const Sink& sink) {
  std::array<char, kPiece> piece;
  for (;;) {
    if (at_end_) {
      if (data.empty() || !begins_member(data)) return Outcome::kGood;
      if (inflateReset(&stream_) != Z_OK) return Outcome::kDamaged;
      at_end_ = false;
    }
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
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      return Outcome::kDamaged;
    } else if (data.empty() && stream_.avail_out != 0) {
      return Outcome::kGood;
    }
  }
}

// A gzip file may have several (RFC 1952 section 2.2); whatever else follows
// the end is no one's.
bool Inflater::begins_member(std::string_view rest) {
  if (format_ != Format::kGzip || !rest.starts_with('\x1f')) {
    ignore_rest_ = true;
  }
  return !ignore_rest_;
}

}  // namespace crawl
