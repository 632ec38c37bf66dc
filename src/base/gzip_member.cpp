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

// A member's header (RFC 1952 section 2.3).
constexpr std::string_view kBegin("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);

// What ends a member that holds `bytes`.
void append_end(std::string_view bytes, std::string& out) {
  append_little_endian(libdeflate_crc32(0, bytes.data(), bytes.size()), 4, out);
  append_little_endian(static_cast<std::uint32_t>(bytes.size()), 4, out);
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
  if (bytes.size() <= kShort) return short_member(bytes, out);
  const std::size_t begin = out.size();
  out.resize(begin +
             libdeflate_gzip_compress_bound(compressor_.get(), bytes.size()));
  const std::size_t size =
      libdeflate_gzip_compress(compressor_.get(), bytes.data(), bytes.size(),
                               out.data() + begin, out.size() - begin);
  out.resize(begin + size);
}

void GzipMember::append_stored(std::string_view bytes, std::string& out) {
  out.reserve(out.size() + kBegin.size() + bytes.size() +
              (bytes.size() / kMostStored + 1) * 5 + 8);
  out += kBegin;
  std::string_view rest = bytes;
  do {
    const std::string_view block = rest.substr(0, kMostStored);
    rest.remove_prefix(block.size());
    const auto length = static_cast<std::uint32_t>(block.size());
    out += rest.empty() ? '\1' : '\0';
    append_little_endian(length, 2, out);
    append_little_endian(~length, 2, out);
    out += block;
  } while (!rest.empty());
  append_end(bytes, out);
}

void GzipMember::short_member(std::string_view bytes, std::string& out) {
  out += kBegin;
  z_stream& stream = zlib_->stream;
  deflateReset(&stream);
  const std::size_t begin = out.size();
  out.resize(begin + deflateBound(&stream, bytes.size()));
  stream.next_in =
      const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data() + begin);
  stream.avail_out = static_cast<uInt>(out.size() - begin);
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  append_end(bytes, out);
}

}  // namespace crawl
