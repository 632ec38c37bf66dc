#include "archive/unpacker.h"

#include <libdeflate.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "archive/block_end.h"
#include "base/gzip_member.h"
#include "base/inflate.h"
#include "base/zstd_frame.h"

namespace crawl {
namespace {

constexpr std::size_t kRead = std::size_t{1} << 20U;
// A member with fewer packed bytes here may be cut by where they end.
constexpr std::size_t kEnoughAhead = std::size_t{128} << 10U;
// What a member is unpacked to at once, and what it is packed in.
constexpr std::size_t kMostAtOnce = std::size_t{2} << 20U;
constexpr std::size_t kPiece = std::size_t{64} << 10U;
// A frame's head and a block (RFC 8878 section 3.1.1.2.4), at most; and what is
// read of frames, all in all, to see whether they begin with a record.
constexpr std::size_t kMostBlock = std::size_t{129} << 10U;
constexpr std::uint64_t kMostTried = std::uint64_t{256} << 20U;
// Of a frame that is passed over: what it is, and its size.
constexpr std::size_t kFrameHead = 8;
constexpr std::size_t kMostDictionary = std::size_t{16} << 20U;
// What browsers take too (RFC 9659) is 8 MiB; some archives have twice that.
constexpr int kMostWindowLog = 24;

std::uint32_t little_endian(std::string_view four) {
  const auto byte = [&](std::size_t i) {
    return std::uint32_t{static_cast<unsigned char>(four[i])};
  };
  return byte(0) | byte(1) << 8U | byte(2) << 16U | byte(3) << 24U;
}

// Bytes, and behind them those of a source.
class BytesBehind final : public ByteSource {
 public:
  BytesBehind(std::string first, std::unique_ptr<ByteSource> rest)
      : first_(std::move(first)), rest_(std::move(rest)) {}
  Result<std::size_t> read(char* to, std::size_t room) override {
    if (read_ == first_.size()) return rest_->read(to, room);
    const std::size_t size = first_.copy(to, room, read_);
    read_ += size;
    return size;
  }

 private:
  const std::string first_;
  std::size_t read_ = 0;
  const std::unique_ptr<ByteSource> rest_;
};

}  // namespace

struct Unpacker::Zlib {
  z_stream stream{};
  Zlib() {
    if (inflateInit2(&stream, MAX_WBITS + 16) != Z_OK) throw std::bad_alloc();
  }
  ~Zlib() { inflateEnd(&stream); }
  Zlib(const Zlib&) = delete;
  Zlib& operator=(const Zlib&) = delete;

  // Inflates from `input`, and says how much of it was taken and made.
  int inflate(std::string_view input, char* to, std::size_t room,
              std::size_t& taken, std::size_t& made) {
    const std::size_t size = std::min(input.size(), kRead);
    stream.next_in =
        const_cast<Bytef*>(reinterpret_cast<const Bytef*>(input.data()));
    stream.avail_in = static_cast<uInt>(size);
    stream.next_out = reinterpret_cast<Bytef*>(to);
    stream.avail_out = static_cast<uInt>(room);
    const int result = ::inflate(&stream, Z_NO_FLUSH);
    taken = size - stream.avail_in;
    made = room - stream.avail_out;
    return result;
  }
};

struct Unpacker::Zstd {
  static constexpr std::size_t kFewest = 5;  // of a frame, or one to pass over
  struct Free {
    void operator()(ZSTD_DCtx* made) const { ZSTD_freeDCtx(made); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> context{ZSTD_createDCtx()};
  bool in_frame = false;
  // What the decoder needs to go on with: less than that it keeps, with more it
  // might unpack several blocks, and drop the good ones for one that is not.
  std::size_t wants = kFewest;
  bool has_more = false;    // to give, without any
  std::uint64_t tried = 0;  // bytes, by next_frame()
  Zstd() {
    if (!context) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kMostWindowLog);
  }
};

void Unpacker::FreeInflater::operator()(
    libdeflate_decompressor* inflater) const {
  libdeflate_free_decompressor(inflater);
}

Unpacker::Unpacker(std::unique_ptr<ByteSource> source)
    : source_(std::move(source)) {}
Unpacker::~Unpacker() = default;

// Has `size` bytes of input, if there are so many.
bool Unpacker::fill(std::size_t size) {
  while (input().size() < size && !no_more_input_) {
    if (begin_ > passed_) {
      input_.erase(0, begin_ - passed_);
      begin_ = passed_;
    }
    if (!read_) read_ = std::make_unique_for_overwrite<char[]>(kRead);
    const Result<std::size_t> count = source_->read(read_.get(), kRead);
    input_.append(read_.get(), count.value_or(0));
    if (!count) fault_ = count.error().message;
    no_more_input_ = count.value_or(0) == 0;
  }
  return input().size() >= size;
}

void Unpacker::drop(std::size_t size) {
  begin_ += size;
  offset_ += size;
}

void Unpacker::mark() {
  tell_damage();
  // Of empty members, which may be any number, the last counts.
  if (!marks_.empty() && marks_.back().at == made_) {
    marks_.back().offset = offset_;
    return;
  }
  marks_.push_back({made_, offset_});
}

void Unpacker::tell_damage() {
  if (damage_) damages_.push_back({made_, *damage_});
  damage_.reset();
}

bool Unpacker::ends(std::string_view fault) {
  over_ = true;
  if (fault_.empty()) fault_ = fault;
  return false;
}

bool Unpacker::more(std::string& out) {
  if (over_ || source_->stopped()) return false;
  if (format_ == Format::kUnknown) {
    fill(4);
    format_ = format_of(input());
    if (format_ == Format::kPlain) mark();
  }
  const std::size_t before = out.size();
  const auto go_on = [&] {
    switch (format_) {
      case Format::kGzip:
        return gzip(out);
      case Format::kZstd:
        return zstd(out);
      default:
        return plain(out);
    }
  };
  // A member may be empty.
  while (!source_->stopped() && go_on()) {
    made_ += out.size() - before;
    if (out.size() > before) return true;
  }
  made_ += out.size() - before;
  if (over_) tell_damage();
  return out.size() > before;
}

Unpacker::Format Unpacker::format_of(std::string_view begin) {
  return is_gzip(begin)   ? Format::kGzip
         : is_zstd(begin) ? Format::kZstd
                          : Format::kPlain;
}

bool Unpacker::plain(std::string& out) {
  if (!fill(1)) return ends("");
  out.append(input());
  drop(input().size());
  return true;
}

// --- gzip

bool Unpacker::gzip(std::string& out) {
  if (zlib_) return part_of_member(out);
  if (!fill(1)) return ends("");
  fill(kEnoughAhead);
  if (!input().starts_with(kGzipMember)) {
    // Tapes and disks pad with zeros.
    if (input().find_first_not_of('\0') == std::string_view::npos) {
      drop(input().size());
      return true;
    }
    damage_ = offset_;
    return next_member() || ends("");
  }
  mark();
  if (whole_member(out)) return true;
  zlib_ = std::make_unique<Zlib>();
  member_ = offset_;
  return part_of_member(out);
}

// By far the fastest way, for members that are neither large nor damaged.
bool Unpacker::whole_member(std::string& out) {
  if (!inflater_) {
    inflater_.reset(libdeflate_alloc_decompressor());
    if (!inflater_) throw std::bad_alloc();
    room_ = std::make_unique_for_overwrite<char[]>(kMostAtOnce);
  }
  while (true) {
    std::size_t taken = 0;
    std::size_t made = 0;
    const libdeflate_result result = libdeflate_gzip_decompress_ex(
        inflater_.get(), input().data(), input().size(), room_.get(),
        kMostAtOnce, &taken, &made);
    if (result == LIBDEFLATE_SUCCESS) {
      out.append(room_.get(), made);
      drop(taken);
      return true;
    }
    const std::size_t had = input().size();
    if (result != LIBDEFLATE_BAD_DATA || no_more_input_ || had >= kMostAtOnce) {
      return false;
    }
    fill(std::min(kMostAtOnce, 2 * had));
    if (input().size() == had) return false;
  }
}

bool Unpacker::part_of_member(std::string& out) {
  if (!fill(1)) {
    zlib_.reset();
    go_back_in_damaged();
    if (next_member()) return true;
    damage_.reset();
    return ends("the file ends inside a gzip member");
  }
  std::array<char, kPiece> piece;
  std::size_t taken = 0;
  std::size_t made = 0;
  const int result =
      zlib_->inflate(input(), piece.data(), piece.size(), taken, made);
  out.append(piece.data(), made);
  pass(taken);
  if (result == Z_STREAM_END) {
    zlib_.reset();
    passed_ = 0;
  } else if (result != Z_OK && result != Z_BUF_ERROR) {
    zlib_.reset();
    go_back_in_damaged();
    return next_member() || ends("");
  }
  return true;
}

// Drops what was read of a member or frame.
void Unpacker::pass(std::size_t size) {
  drop(size);
  passed_ = passed_ + size <= kMostAtOnce ? passed_ + size : 0;
}

// Bytes of others may have been read as those of what is damaged: it goes back
// to where that began if it is at hand, and if no more is read again than was
// read.
void Unpacker::go_back_in_damaged() {
  damage_ = member_;
  const std::size_t passed = std::exchange(passed_, 0);
  if (member_ + passed == offset_ &&
      read_again_ + passed <= offset_ + kMostAtOnce) {
    begin_ -= passed;
    offset_ -= passed;
    read_again_ += passed;
  }
}

// Passes over what is damaged, to a member that begins with a record.
bool Unpacker::next_member() {
  for (drop(std::min<std::size_t>(1, input().size()));
       fill(kGzipMember.size());) {
    const std::size_t found = input().find(kGzipMember);
    if (found == std::string_view::npos) {
      drop(input().size() - (kGzipMember.size() - 1));
      if (no_more_input_) break;
      fill(input().size() + 1);
      continue;
    }
    drop(found);
    fill(kPiece);
    Zlib zlib;
    std::array<char, kWarcBegin.size()> first{};
    std::size_t taken = 0;
    std::size_t made = 0;
    zlib.inflate(input().substr(0, kPiece), first.data(), first.size(), taken,
                 made);
    if (std::string_view(first.data(), made) == kWarcBegin) return true;
    drop(1);
  }
  return false;
}

// --- zstd

bool Unpacker::zstd(std::string& out) {
  if (!zstd_) {
    zstd_ = std::make_unique<Zstd>();
    if (input().starts_with(kZstdDictionary) && !take_dictionary()) {
      return ends("the dictionary of the zstd frames is damaged");
    }
  }
  if (!zstd_->has_more && !fill(1)) {
    if (!zstd_->in_frame) return ends("");
    go_back_in_damaged();
    if (next_frame()) return true;
    damage_.reset();
    return ends("the file ends inside a zstd frame");
  }
  if (!std::exchange(zstd_->in_frame, true)) {
    mark();
    member_ = offset_;
  }
  std::array<char, kPiece> piece;
  ZSTD_inBuffer from{
      input().data(),
      zstd_->has_more ? 0 : std::min(input().size(), zstd_->wants), 0};
  ZSTD_outBuffer to{piece.data(), piece.size(), 0};
  const std::size_t left =
      ZSTD_decompressStream(zstd_->context.get(), &to, &from);
  out.append(piece.data(), to.pos);
  pass(from.pos);
  const bool is_good = ZSTD_isError(left) == 0;
  zstd_->has_more = is_good && left > 0 && to.pos == to.size;
  zstd_->wants = is_good && left > 0 ? left : Zstd::kFewest;
  if (!is_good) {
    go_back_in_damaged();
    return next_frame() || ends("");
  }
  if (left == 0) {
    zstd_->in_frame = false;
    passed_ = 0;
  }
  return true;
}

// Passes over what is damaged, to a frame that begins with a record.
bool Unpacker::next_frame() {
  zstd_->in_frame = false;
  zstd_->wants = Zstd::kFewest;
  // The dictionary stays.
  const auto begin_anew = [this] {
    ZSTD_DCtx_reset(zstd_->context.get(), ZSTD_reset_session_only);
  };
  for (drop(std::min<std::size_t>(1, input().size()));
       fill(kZstdFrame.size());) {
    const std::size_t found = input().find(kZstdFrame);
    if (found == std::string_view::npos) {
      drop(input().size() - (kZstdFrame.size() - 1));
      if (no_more_input_) break;
      fill(input().size() + 1);
      continue;
    }
    drop(found);
    fill(kMostBlock);
    begin_anew();
    std::array<char, kWarcBegin.size()> first{};
    ZSTD_inBuffer from{input().data(), std::min(input().size(), kMostBlock), 0};
    ZSTD_outBuffer to{first.data(), first.size(), 0};
    // A frame may begin with blocks that hold nothing.
    while (to.pos < to.size && from.pos < from.size) {
      const std::size_t left =
          ZSTD_decompressStream(zstd_->context.get(), &to, &from);
      if (left == 0 || ZSTD_isError(left) != 0) break;
    }
    zstd_->tried += from.pos;
    begin_anew();
    if (std::string_view(first.data(), to.pos) == kWarcBegin) return true;
    if (zstd_->tried > kMostTried) break;
    drop(1);
  }
  return false;
}

Result<std::unique_ptr<ByteSource>> Unpacker::open_at(const std::string& file,
                                                      std::uint64_t offset) {
  Result<std::unique_ptr<ByteSource>> source =
      open_bytes(file, nullptr, offset);
  if (!source || offset == 0) return source;
  const Result<std::unique_ptr<ByteSource>> start = open_bytes(file);
  if (!start) return source;
  std::string dictionary;
  const auto fill = [&](std::size_t size) {
    std::size_t had = dictionary.size();
    dictionary.resize(size);
    while (had < size) {
      const std::size_t count =
          (*start)->read(dictionary.data() + had, size - had).value_or(0);
      if (count == 0) return false;
      had += count;
    }
    return true;
  };
  if (!fill(kFrameHead) || !dictionary.starts_with(kZstdDictionary))
    return source;
  const std::size_t size =
      little_endian(std::string_view(dictionary).substr(4));
  if (size > kMostDictionary || !fill(kFrameHead + size)) return source;
  return std::make_unique<BytesBehind>(std::move(dictionary),
                                       *std::move(source));
}

// The archives of the Archive Team begin with it: a frame to be passed over
// that holds it, perhaps packed itself.
bool Unpacker::take_dictionary() {
  constexpr std::size_t kHead = kFrameHead;
  if (!fill(kHead)) return false;
  const std::size_t size = little_endian(input().substr(4));
  if (size > kMostDictionary || !fill(kHead + size)) return false;
  const std::string_view packed = input().substr(kHead, size);
  std::string dictionary(packed);
  if (packed.starts_with(kZstdFrame)) {
    dictionary.clear();
    const Zstd unpacking;
    ZSTD_inBuffer from{packed.data(), packed.size(), 0};
    std::array<char, kPiece> piece;
    while (true) {
      ZSTD_outBuffer to{piece.data(), piece.size(), 0};
      const std::size_t left =
          ZSTD_decompressStream(unpacking.context.get(), &to, &from);
      dictionary.append(piece.data(), to.pos);
      if (ZSTD_isError(left) != 0 || dictionary.size() > kMostDictionary) {
        return false;
      }
      if (left == 0) break;
      if (to.pos == 0 && from.pos == from.size) return false;
    }
  }
  drop(kHead + size);
  return ZSTD_isError(ZSTD_DCtx_loadDictionary(
             zstd_->context.get(), dictionary.data(), dictionary.size())) == 0;
}

}  // namespace crawl
