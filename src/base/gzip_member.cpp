#include "base/gzip_member.h"

#include <libdeflate.h>

#include <cstdint>
#include <new>

namespace crawl {
namespace {

constexpr int kLevel = 6;

// A member's header (RFC 1952 section 2.3).
constexpr std::string_view kBegin("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);

// A deflate block that is not packed (RFC 1951 section 3.2.4).
constexpr std::size_t kMostStored = 65'535;
constexpr std::size_t kStoredHead = 5;

void append_little_endian(std::uint32_t value, int bytes, std::string& out) {
  for (int i = 0; i < bytes; ++i) {
    out += static_cast<char>(value >> static_cast<unsigned>(8 * i) & 0xFFU);
  }
}

void append_stored_block(std::string_view block, bool last, std::string& out) {
  const auto length = static_cast<std::uint32_t>(block.size());
  out += last ? '\1' : '\0';
  append_little_endian(length, 2, out);
  append_little_endian(~length, 2, out);
  out += block;
}

}  // namespace

void GzipMember::Free::operator()(libdeflate_compressor* compressor) const {
  libdeflate_free_compressor(compressor);
}

GzipMember::GzipMember() : compressor_(libdeflate_alloc_compressor(kLevel)) {
  if (!compressor_) throw std::bad_alloc();
}

GzipMember::~GzipMember() = default;

void GzipMember::append(std::string_view bytes, std::string& out) {
  const std::size_t begin = out.size();
  out.resize(begin +
             libdeflate_gzip_compress_bound(compressor_.get(), bytes.size()));
  const std::size_t size =
      libdeflate_gzip_compress(compressor_.get(), bytes.data(), bytes.size(),
                               out.data() + begin, out.size() - begin);
  out.resize(begin + size);
}

void GzipMember::append_stored(std::initializer_list<std::string_view> pieces,
                               std::string& out) {
  std::size_t size = 0;
  std::size_t blocks = 1;
  for (const std::string_view piece : pieces) {
    size += piece.size();
    blocks += piece.size() / kMostStored + 1;
  }
  out.reserve(out.size() + kBegin.size() + size + blocks * kStoredHead + 8);
  out += kBegin;
  std::uint32_t crc = 0;
  for (std::string_view piece : pieces) {
    if (piece.empty()) continue;  // that of nothing at all begins anew
    crc = libdeflate_crc32(crc, piece.data(), piece.size());
    while (!piece.empty()) {
      const std::string_view block = piece.substr(0, kMostStored);
      piece.remove_prefix(block.size());
      append_stored_block(block, false, out);
    }
  }
  append_stored_block({}, true, out);
  append_little_endian(crc, 4, out);
  append_little_endian(static_cast<std::uint32_t>(size), 4, out);
}

}  // namespace crawl
