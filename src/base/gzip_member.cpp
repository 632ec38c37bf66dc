#include "base/gzip_member.h"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <new>

namespace crawl {
namespace {

constexpr int kLevel = 6;
// zlib's tables for what is short: a window of 4 KiB, and 12 bits of hash,
// which are soon made empty again.
constexpr std::size_t kShort = 4'000;
constexpr int kShortWindow = 12;
constexpr int kShortMemory = 5;

// A deflate block that is not packed (RFC 1951 section 3.2.4).
constexpr std::size_t kMostStored = 65'535;

void append_little_endian(std::uint32_t value, int bytes, std::string& out) {
  for (int i = 0; i < bytes; ++i) {
    out += static_cast<char>(value >> static_cast<unsigned>(8 * i) & 0xFFU);
  }
}

}  // namespace

struct GzipMember::Zlib {
  z_stream stream{};
  Zlib() {
    if (deflateInit2(&stream, kLevel, Z_DEFLATED, -kShortWindow, kShortMemory,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Zlib() { deflateEnd(&stream); }
  Zlib(const Zlib&) = delete;
  Zlib& operator=(const Zlib&) = delete;
};

void GzipMember::Free::operator()(libdeflate_compressor* compressor) const {
  libdeflate_free_compressor(compressor);
}

GzipMember::GzipMember()
    : compressor_(libdeflate_alloc_compressor(kLevel)),
      zlib_(std::make_unique<Zlib>()) {
  if (!compressor_) throw std::bad_alloc();
}

GzipMember::~GzipMember() = default;

void GzipMember::append(std::string_view bytes, std::string& out) {
  if (bytes.size() <= kShort) return short_member(bytes, {}, out);
  const std::size_t begin = out.size();
  out.resize(begin +
             libdeflate_gzip_compress_bound(compressor_.get(), bytes.size()));
  const std::size_t size =
      libdeflate_gzip_compress(compressor_.get(), bytes.data(), bytes.size(),
                               out.data() + begin, out.size() - begin);
  out.resize(begin + size);
}

void GzipMember::append_with_tail(std::string_view head, std::string_view tail,
                                  std::string& out) {
  short_member(head, tail, out);
}

void GzipMember::short_member(std::string_view bytes, std::string_view tail,
                              std::string& out) {
  out.append("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10);
  z_stream& stream = zlib_->stream;
  deflateReset(&stream);
  const std::size_t begin = out.size();
  out.resize(begin + deflateBound(&stream, bytes.size()) + 16);
  stream.next_in =
      const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data() + begin);
  stream.avail_out = static_cast<uInt>(out.size() - begin);
  // A flush ends at a whole byte, where other blocks may follow.
  deflate(&stream, tail.empty() ? Z_FINISH : Z_SYNC_FLUSH);
  out.resize(out.size() - stream.avail_out);
  std::uint32_t crc = libdeflate_crc32(0, bytes.data(), bytes.size());
  if (!tail.empty()) crc = libdeflate_crc32(crc, tail.data(), tail.size());
  const std::size_t size = bytes.size() + tail.size();
  out.reserve(out.size() + tail.size() + tail.size() / kMostStored * 5 + 16);
  while (!tail.empty()) {
    const std::string_view block = tail.substr(0, kMostStored);
    tail.remove_prefix(block.size());
    const auto length = static_cast<std::uint32_t>(block.size());
    out += tail.empty() ? '\1' : '\0';
    append_little_endian(length, 2, out);
    append_little_endian(~length, 2, out);
    out += block;
  }
  append_little_endian(crc, 4, out);
  append_little_endian(static_cast<std::uint32_t>(size), 4, out);
}

}  // namespace crawl
