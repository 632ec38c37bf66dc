#include "writer/packed_end.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <fstream>
#include <memory>
#include <new>
#include <string_view>

#include "base/gzip_member.h"
#include "base/zstd_frame.h"

namespace crawl {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10U;

// What one gzip member or zstd frame is.
class Unit {
 public:
  virtual ~Unit() = default;
  // What it begins with.
  virtual std::string_view magic() const = 0;
  virtual void begin() = 0;
  enum class State : std::uint8_t { kMore, kWhole, kDamaged };
  // Its next bytes: `taken` of them are its own.
  virtual State read(std::string_view bytes, std::size_t& taken) = 0;
};

class GzipUnit final : public Unit {
 public:
  GzipUnit() {
    // 16: gzip alone.
    if (::inflateInit2(&stream_, 16 + MAX_WBITS) != Z_OK)
      throw std::bad_alloc();
  }
  GzipUnit(const GzipUnit&) = delete;
  GzipUnit& operator=(const GzipUnit&) = delete;
  ~GzipUnit() override { ::inflateEnd(&stream_); }

  std::string_view magic() const override { return kGzipMember; }
  void begin() override { ::inflateReset(&stream_); }
  State read(std::string_view bytes, std::size_t& taken) override {
    std::array<char, kPiece> out;
    stream_.next_in =
        const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    int result = Z_OK;
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(out.data());
      stream_.avail_out = static_cast<uInt>(out.size());
      result = ::inflate(&stream_, Z_NO_FLUSH);
    } while (result == Z_OK &&
             (stream_.avail_in > 0 || stream_.avail_out == 0));
    taken = bytes.size() - stream_.avail_in;
    if (result == Z_STREAM_END) return State::kWhole;
    return result == Z_OK || result == Z_BUF_ERROR ? State::kMore
                                                   : State::kDamaged;
  }

 private:
  z_stream stream_{};
};

class ZstdUnit final : public Unit {
 public:
  ZstdUnit() : context_(ZSTD_createDCtx()) {
    if (!context_) throw std::bad_alloc();
  }
  std::string_view magic() const override { return kZstdFrame; }
  void begin() override {
    ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only);
  }
  State read(std::string_view bytes, std::size_t& taken) override {
    std::array<char, kPiece> out;
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    State state = State::kMore;
    while (state == State::kMore) {
      ZSTD_outBuffer to{out.data(), out.size(), 0};
      const std::size_t left = ZSTD_decompressStream(context_.get(), &to, &in);
      if (ZSTD_isError(left) != 0) {
        state = State::kDamaged;
      } else if (left == 0) {
        state = State::kWhole;
      } else if (in.pos == in.size && to.pos < to.size) {
        break;
      }
    }
    taken = in.pos;
    return state;
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> context_;
};

class PackedFile {
 public:
  PackedFile(const std::string& path, Unit& unit)
      : file_(path, std::ios::binary | std::ios::ate), unit_(unit) {
    if (file_) size_ = static_cast<std::uint64_t>(file_.tellg());
  }

  std::optional<std::uint64_t> end() {
    const std::size_t overlap = unit_.magic().size() - 1;
    for (std::uint64_t above = size_; file_ && above > 0;) {
      const std::uint64_t from = above - std::min<std::uint64_t>(above, kPiece);
      // Those that begin in this piece, though they may be cut by its end.
      const std::string piece =
          read(from, static_cast<std::size_t>(above - from) + overlap);
      for (std::size_t at = piece.rfind(unit_.magic()); at != std::string::npos;
           at = at > 0 ? piece.rfind(unit_.magic(), at - 1)
                       : std::string::npos) {
        if (from + at >= above) continue;
        const std::optional<std::uint64_t> end = end_of(from + at);
        if (!end) continue;
        if (*end == size_) return size_;
        // Cut short, or in one that holds what was.
        if (begins_another(*end)) return walk();
      }
      above = from;
    }
    return walk();
  }

 private:
  std::string read(std::uint64_t offset, std::size_t size) {
    std::string bytes(size, '\0');
    file_.clear();
    file_.seekg(static_cast<std::streamoff>(offset));
    file_.read(bytes.data(), static_cast<std::streamsize>(size));
    bytes.resize(static_cast<std::size_t>(file_.gcount()));
    if (file_.eof()) file_.clear();
    return bytes;
  }

  // From the beginning, which tells in any case.
  std::optional<std::uint64_t> walk() {
    std::uint64_t end = 0;
    while (const auto next = end_of(end)) end = *next;
    return file_ ? std::optional(end) : std::nullopt;
  }

  // Of the unit that begins at `offset`, if it is a whole one.
  std::optional<std::uint64_t> end_of(std::uint64_t offset) {
    unit_.begin();
    while (true) {
      const std::string bytes = read(offset, kPiece);
      if (bytes.empty()) return std::nullopt;
      std::size_t taken = 0;
      const Unit::State state = unit_.read(bytes, taken);
      offset += taken;
      if (state == Unit::State::kWhole) return offset;
      if (state == Unit::State::kDamaged || taken == 0) return std::nullopt;
    }
  }

  // Which is none, since it was looked at before.
  bool begins_another(std::uint64_t offset) {
    const std::string_view magic = unit_.magic();
    const std::string bytes = read(offset, magic.size());
    if (!magic.starts_with(bytes)) return false;
    return bytes.size() < magic.size() || !end_of(offset);
  }

  std::ifstream file_;
  Unit& unit_;
  std::uint64_t size_ = 0;
};

}  // namespace

std::optional<std::uint64_t> end_of_packed(const std::string& path,
                                           Packing packing) {
  if (packing == Packing::kZstd) {
    ZstdUnit unit;
    return PackedFile(path, unit).end();
  }
  GzipUnit unit;
  return PackedFile(path, unit).end();
}

}  // namespace crawl
