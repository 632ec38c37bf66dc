#include "parse/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <new>
#include <vector>

namespace crawl {

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

InflateEnd gunzip(std::string_view bytes,
                  const std::function<bool(std::string_view)>& sink) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) throw std::bad_alloc();
  const auto end = [](z_stream* s) { inflateEnd(s); };
  const std::unique_ptr<z_stream, decltype(end)> owner(&stream, end);

  std::vector<char> buffer(64 * 1024);
  for (;;) {
    // zlib counts in 32 bits.
    const std::size_t piece =
        std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max());
    stream.next_in =
        const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(piece);
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    const int result = inflate(&stream, Z_NO_FLUSH);
    bytes.remove_prefix(piece - stream.avail_in);

    const std::size_t made = buffer.size() - stream.avail_out;
    if (made > 0 && !sink({buffer.data(), made})) return InflateEnd::kStopped;
    if (result == Z_STREAM_END) {
      if (!is_gzip(bytes)) return InflateEnd::kWhole;
      if (inflateReset(&stream) != Z_OK) return InflateEnd::kDamaged;
    } else if (result == Z_BUF_ERROR ||
               (result == Z_OK && bytes.empty() && stream.avail_out != 0)) {
      return InflateEnd::kEarly;
    } else if (result != Z_OK) {
      return InflateEnd::kDamaged;
    }
  }
}

}  // namespace crawl
