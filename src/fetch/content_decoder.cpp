#include "fetch/content_decoder.h"

#include <brotli/decode.h>
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <utility>

#include "fetch/header_values.h"

namespace crawl {
namespace {

using Outcome = ContentDecoder::Outcome;

// As in libcurl: more are there to cost us something.
constexpr std::size_t kMaxCodings = 5;

constexpr std::size_t kPiece = 16 * 1024;

// gzip and deflate.
class InflateStage final : public ContentDecoder::Stage {
 public:
  explicit InflateStage(bool gzip) : gzip_(gzip) {}
  ~InflateStage() override {
    if (open_) inflateEnd(&stream_);
  }
  InflateStage(const InflateStage&) = delete;
  InflateStage& operator=(const InflateStage&) = delete;

  Outcome decode(std::string_view data,
                 const ContentDecoder::Sink& sink) override {
    if (open_) return inflate_all(data, sink);
    // Two bytes tell whether deflate has its wrapper (RFC 1950 section 2.2).
    first_.append(data);
    if (first_.size() < 2) return Outcome::kGood;
    open();
    const std::string first = std::exchange(first_, {});
    return inflate_all(first, sink);
  }

 private:
  void open() {
    const auto byte = [this](std::size_t i) {
      return static_cast<unsigned>(static_cast<unsigned char>(first_[i]));
    };
    const bool wrapped =
        (byte(0) & 0x0FU) == 8 && (byte(0) * 256 + byte(1)) % 31 == 0;
    constexpr int kWindow = 15;
    const int format = gzip_ ? kWindow + 16 : wrapped ? kWindow : -kWindow;
    if (inflateInit2(&stream_, format) != Z_OK) throw std::bad_alloc();
    open_ = true;
  }

  Outcome inflate_all(std::string_view data, const ContentDecoder::Sink& sink) {
    std::array<char, kPiece> piece;
    for (;;) {
      if (at_end_) {
        if (data.empty() || !begins_member(data)) return Outcome::kGood;
        if (inflateReset(&stream_) != Z_OK) return Outcome::kBroken;
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
      const int result = inflate(&stream_, Z_NO_FLUSH);
      data.remove_prefix(size - stream_.avail_in);
      const std::size_t made = piece.size() - stream_.avail_out;
      if (made > 0 && !sink({piece.data(), made})) return Outcome::kStopped;
      if (result == Z_STREAM_END) {
        at_end_ = true;
      } else if (result != Z_OK && result != Z_BUF_ERROR) {
        return Outcome::kBroken;
      } else if (data.empty() && stream_.avail_out != 0) {
        return Outcome::kGood;
      }
    }
  }

  // A gzip file may have several (RFC 1952 section 2.2); whatever else follows
  // the end is no one's.
  bool begins_member(std::string_view rest) {
    if (!gzip_ || !rest.starts_with('\x1f')) ignore_rest_ = true;
    return !ignore_rest_;
  }

  const bool gzip_;
  bool open_ = false;
  bool at_end_ = false;  // of a member
  bool ignore_rest_ = false;
  std::string first_;
  z_stream stream_{};
};

class BrotliStage final : public ContentDecoder::Stage {
 public:
  BrotliStage()
      : state_(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)) {
    if (!state_) throw std::bad_alloc();
  }

  Outcome decode(std::string_view data,
                 const ContentDecoder::Sink& sink) override {
    std::array<char, kPiece> piece;
    const auto* in = reinterpret_cast<const std::uint8_t*>(data.data());
    std::size_t in_left = data.size();
    for (;;) {
      auto* out = reinterpret_cast<std::uint8_t*>(piece.data());
      std::size_t out_left = piece.size();
      const BrotliDecoderResult result = BrotliDecoderDecompressStream(
          state_.get(), &in_left, &in, &out_left, &out, nullptr);
      const std::size_t made = piece.size() - out_left;
      if (made > 0 && !sink({piece.data(), made})) return Outcome::kStopped;
      switch (result) {
        case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
          break;
        case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
        case BROTLI_DECODER_RESULT_SUCCESS:
          return Outcome::kGood;
        case BROTLI_DECODER_RESULT_ERROR:
          return Outcome::kBroken;
      }
    }
  }

 private:
  struct Destroy {
    void operator()(BrotliDecoderState* state) const {
      BrotliDecoderDestroyInstance(state);
    }
  };
  std::unique_ptr<BrotliDecoderState, Destroy> state_;
};

bool is(std::string_view coding, const char* name) {
  return same_ignoring_case(coding, name);
}

}  // namespace

Result<std::unique_ptr<ContentDecoder>> ContentDecoder::create(
    std::string_view codings) {
  std::unique_ptr<ContentDecoder> decoder(new ContentDecoder);
  auto& stages = decoder->stages_;
  const bool known = for_each_member(codings, [&](std::string_view coding) {
    if (is(coding, "identity") || is(coding, "chunked")) return true;
    if (stages.size() == kMaxCodings) return false;
    if (is(coding, "gzip") || is(coding, "x-gzip")) {
      stages.push_back(std::make_unique<InflateStage>(true));
    } else if (is(coding, "deflate")) {
      stages.push_back(std::make_unique<InflateStage>(false));
    } else if (is(coding, "br")) {
      stages.push_back(std::make_unique<BrotliStage>());
    } else {
      return false;
    }
    return true;
  });
  if (!known) {
    return make_error(
        fmt::format("the response is coded in another way than with up to {} "
                    "of gzip, deflate and br",
                    kMaxCodings));
  }
  if (stages.empty()) return nullptr;
  // Listed in the order in which they were applied.
  std::reverse(stages.begin(), stages.end());
  return decoder;
}

Outcome ContentDecoder::decode(std::string_view data, const Sink& sink) {
  return decode_from(0, data, sink);
}

Outcome ContentDecoder::decode_from(std::size_t stage, std::string_view data,
                                    const Sink& sink) {
  if (stage + 1 == stages_.size()) return stages_[stage]->decode(data, sink);
  Outcome inner = Outcome::kGood;
  const Outcome outer =
      stages_[stage]->decode(data, [&](std::string_view piece) {
        inner = decode_from(stage + 1, piece, sink);
        return inner == Outcome::kGood;
      });
  return inner != Outcome::kGood ? inner : outer;
}

}  // namespace crawl
