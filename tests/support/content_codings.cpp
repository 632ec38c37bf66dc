#include "support/content_codings.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>

namespace crawl::testing {
namespace {

// zlib's way to say which wrapper: windowBits of deflateInit2().
constexpr int kZlib = 15;
constexpr int kGzip = 15 + 16;
constexpr int kRaw = -15;

class Deflater {
 public:
  explicit Deflater(int window_bits) {
    if (deflateInit2(&stream_, Z_BEST_COMPRESSION, Z_DEFLATED, window_bits, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::runtime_error("deflateInit2 failed");
    }
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  void add(std::string_view text, bool last) {
    std::array<char, 16 * 1024> buffer;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream_.avail_in = static_cast<uInt>(text.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
      stream_.avail_out = static_cast<uInt>(buffer.size());
      if (::deflate(&stream_, last ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_ERROR) {
        throw std::runtime_error("deflate failed");
      }
      out_.append(buffer.data(), buffer.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }
  std::string take() { return std::move(out_); }

 private:
  z_stream stream_{};
  std::string out_;
};

std::string deflate_as(int window_bits, std::string_view text) {
  Deflater deflater(window_bits);
  deflater.add(text, /*last=*/true);
  return deflater.take();
}

}  // namespace

std::string gzip(std::string_view text) { return deflate_as(kGzip, text); }
std::string deflate(std::string_view text) { return deflate_as(kZlib, text); }
std::string raw_deflate(std::string_view text) {
  return deflate_as(kRaw, text);
}

std::string stored_brotli(std::string_view text) {
  // Bits are packed from the least significant end. A meta-block's header:
  // ISLAST=0, MNIBBLES=0 (a 16-bit length), MLEN-1, ISUNCOMPRESSED=1, padding.
  // The stream's first has the window size, one 0 bit for 16, before it.
  std::string out;
  bool first = true;
  while (!text.empty() || first) {
    if (text.empty()) return std::string(1, '\x06');  // window, ISLAST, empty
    const std::string_view part = text.substr(0, 65536);
    text.remove_prefix(part.size());
    const int shift = first ? 4 : 3;
    const std::uint32_t bits =
        (static_cast<std::uint32_t>(part.size() - 1) << shift) |
        (1U << (shift + 16));
    for (int i = 0; i < 3; ++i) {
      out += static_cast<char>((bits >> (8 * i)) & 0xFFU);
    }
    out += part;
    first = false;
  }
  out += '\x03';  // ISLAST=1, ISLASTEMPTY=1
  return out;
}

std::string zstd(std::string_view text, int window_log) {
  const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(
      ZSTD_createCCtx(), &ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::string out(ZSTD_compressBound(text.size()), '\0');
  ZSTD_inBuffer in{text.data(), text.size(), 0};
  ZSTD_outBuffer made{out.data(), out.size(), 0};
  if (window_log != 0) {
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, window_log);
    // Not knowing the size, it believes the window to be needed.
    ZSTD_compressStream2(context.get(), &made, &in, ZSTD_e_flush);
  }
  if (ZSTD_compressStream2(context.get(), &made, &in, ZSTD_e_end) != 0) {
    throw std::runtime_error("zstd failed");
  }
  out.resize(made.pos);
  return out;
}

std::string zstd(std::string_view text, std::string_view dictionary) {
  const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(
      ZSTD_createCCtx(), &ZSTD_freeCCtx);
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress_usingDict(context.get(), out.data(), out.size(),
                                     text.data(), text.size(),
                                     dictionary.data(), dictionary.size(), 3));
  return out;
}

std::string skippable_zstd(unsigned kind, std::string_view content) {
  std::string out(1, static_cast<char>(0x50U + kind));
  out += "\x2a\x4d\x18";
  for (unsigned i = 0; i < 4; ++i) {
    out += static_cast<char>(content.size() >> 8 * i & 0xFFU);
  }
  return out.append(content);
}

std::string gzip_of_spaces(std::size_t size) {
  const std::string spaces(std::size_t{1} << 20, ' ');
  Deflater deflater(kGzip);
  for (; size > spaces.size(); size -= spaces.size()) {
    deflater.add(spaces, /*last=*/false);
  }
  deflater.add(std::string_view(spaces).substr(0, size), /*last=*/true);
  return deflater.take();
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 |
              (k < have ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= have ? kDigits[group >> (6 * (3 - k)) & 63U] : '=';
    }
  }
  return out;
}

}  // namespace crawl::testing
