#include "fetch/http/content_decoder.h"

#include <brotli/decode.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "base/ascii.h"
#include "base/inflate.h"
#include "fetch/http/header_values.h"

namespace crawl {
namespace {

using Outcome = ContentDecoder::Outcome;

// More are there to cost us something: time, and a window for each.
constexpr std::size_t kMaxCodings = 2;

// What is coded twice is packed already, so undoing the outer coding makes
// little more of it. Without a limit, a few bytes could keep the inner one busy
// for hours without a byte of output.
constexpr std::uint64_t kMaxGrowth = 16;
constexpr std::uint64_t kMinGrown = 64 * 1024;

constexpr std::size_t kPiece = 16 * 1024;  // of brotli's output

class InflateStage final : public ContentDecoder::Stage {
 public:
  explicit InflateStage(Inflater::Format format) : inflater_(format) {}

  Outcome decode(std::string_view data,
                 const ContentDecoder::Sink& sink) override {
    switch (inflater_.inflate(data, sink)) {
      case Inflater::Outcome::kGood:
        return Outcome::kGood;
      case Inflater::Outcome::kStopped:
        return Outcome::kStopped;
      case Inflater::Outcome::kDamaged:
        break;
    }
    return Outcome::kBroken;
  }

 private:
  Inflater inflater_;
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
  return equals_ignoring_case(coding, name);
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
      stages.push_back(std::make_unique<InflateStage>(Inflater::Format::kGzip));
    } else if (is(coding, "deflate")) {
      stages.push_back(
          std::make_unique<InflateStage>(Inflater::Format::kDeflate));
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
  if (stages_.size() == 1) return stages_[0]->decode(data, sink);
  taken_ += data.size();
  Outcome inner = Outcome::kGood;
  const Outcome outer = stages_[0]->decode(data, [&](std::string_view piece) {
    between_ += piece.size();
    inner = between_ > std::max(kMinGrown, taken_ * kMaxGrowth)
                ? Outcome::kBroken
                : stages_[1]->decode(piece, sink);
    return inner == Outcome::kGood;
  });
  return inner != Outcome::kGood ? inner : outer;
}

}  // namespace crawl
