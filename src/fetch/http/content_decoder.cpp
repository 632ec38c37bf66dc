#include "fetch/http/content_decoder.h"

#include <brotli/decode.h>
#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/inflate.h"
#include "base/zstd_frame.h"
#include "fetch/http/header_values.h"

namespace crawl {
namespace {

using Outcome = ContentDecoder::Outcome;
using Sink = ContentDecoder::Sink;

// More are there to cost us something: time, and a window for each.
constexpr std::size_t kMaxCodings = 2;

// What is coded twice is packed already, so undoing the outer coding makes
// little more of it. Without a limit, a few bytes could keep the inner one busy
// for hours without a byte of output. Judged in steps from the start of the
// body, so that the pieces it comes in do not matter.
constexpr std::uint64_t kMaxGrowth = 16;
constexpr std::uint64_t kMinGrown = 64 * 1024;
constexpr std::uint64_t kStep = 4 * 1024;

constexpr std::size_t kPiece = 16 * 1024;  // of output

class InflateStage final : public ContentDecoder::Stage {
 public:
  explicit InflateStage(Inflater::Format format) : inflater_(format) {}

  Outcome decode(std::string_view data, const Sink& sink) override {
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

  bool complete() const override { return inflater_.complete(); }

 private:
  Inflater inflater_;
};

class BrotliStage final : public ContentDecoder::Stage {
 public:
  BrotliStage()
      : state_(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)) {
    if (!state_) throw std::bad_alloc();
  }

  // In small steps: what a step has made is lost should it turn out broken.
  Outcome decode(std::string_view data, const Sink& sink) override {
    Outcome outcome = Outcome::kGood;
    while (!data.empty() && outcome == Outcome::kGood && !ended_) {
      outcome = decode_step(data.substr(0, kStep), sink);
      data.remove_prefix(std::min<std::size_t>(data.size(), kStep));
    }
    return outcome;
  }

  bool complete() const override {
    return ended_ || !BrotliDecoderIsUsed(state_.get());
  }

 private:
  Outcome decode_step(std::string_view data, const Sink& sink) {
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
        case BROTLI_DECODER_RESULT_SUCCESS:
          ended_ = true;
          return Outcome::kGood;
        case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
          return Outcome::kGood;
        case BROTLI_DECODER_RESULT_ERROR:
          return Outcome::kBroken;
      }
    }
  }

  struct Destroy {
    void operator()(BrotliDecoderState* state) const {
      BrotliDecoderDestroyInstance(state);
    }
  };
  std::unique_ptr<BrotliDecoderState, Destroy> state_;
  bool ended_ = false;
};

// Frames follow each other (RFC 8878 section 3.1).
//
// What comes of broken bytes does not go by how they are cut. With libzstd it
// does: a call that fails loses what it has made, and what a call is given
// decides when it fails. So it is given the same steps however they come: a
// frame's magic number whole, and of each unit that it waits for the last byte
// alone.
class ZstdStage final : public ContentDecoder::Stage {
 public:
  ZstdStage() : stream_(ZSTD_createDStream()) {
    if (!stream_) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, kWindowLog);
  }

  Outcome decode(std::string_view data, const Sink& sink) override {
    while (!data.empty() && !ended_) {
      const std::size_t size = step_size();
      std::string_view step = data.substr(0, size - held_.size());
      data.remove_prefix(step.size());
      std::string joined;
      if (step.size() < size) {
        held_ += step;
        if (held_.size() < size) break;
        joined.swap(held_);
        step = joined;
      }
      if (between_frames_ && !is_zstd(step)) {
        if (!had_frame_) return Outcome::kBroken;
        ended_ = true;
        break;
      }
      const Outcome outcome = decode_step(step, sink);
      if (outcome != Outcome::kGood) return outcome;
    }
    return Outcome::kGood;
  }

  bool complete() const override {
    return between_frames_ && (had_frame_ || held_.empty());
  }

 private:
  static constexpr int kWindowLog = 23;  // RFC 9659
  static constexpr std::size_t kMagicSize = 4;
  static constexpr std::size_t kBlockHeader = 3;
  static constexpr std::size_t kMostStep = 1'024;

  std::size_t step_size() const {
    if (between_frames_) return kMagicSize;
    return wanted_ > 1 ? std::min(wanted_ - 1, kMostStep) : 1;
  }

  Outcome decode_step(std::string_view data, const Sink& sink) {
    std::array<char, kPiece> piece;
    ZSTD_inBuffer in{data.data(), data.size(), 0};
    for (;;) {
      ZSTD_outBuffer out{piece.data(), piece.size(), 0};
      const std::size_t more = ZSTD_decompressStream(stream_.get(), &out, &in);
      if (ZSTD_isError(more) != 0) return Outcome::kBroken;
      if (out.pos > 0 && !sink({piece.data(), out.pos})) {
        return Outcome::kStopped;
      }
      between_frames_ = more == 0;
      had_frame_ = had_frame_ || between_frames_;
      if (between_frames_ || (in.pos == in.size && out.pos < out.size)) {
        // It hopes for the next block's header as well.
        wanted_ = more > kBlockHeader ? more - kBlockHeader : more;
        return Outcome::kGood;
      }
    }
  }

  struct Free {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
  };
  std::unique_ptr<ZSTD_DStream, Free> stream_;
  bool between_frames_ = true;
  bool had_frame_ = false;
  std::string held_;        // what has come of the next step
  std::size_t wanted_ = 0;  // left of the unit at hand, in a frame
  bool ended_ = false;      // the rest is no one's
};

std::optional<ContentCoding> known_coding(std::string_view name) {
  const auto is = [name](const char* known) {
    return equals_ignoring_case(name, known);
  };
  if (is("gzip") || is("x-gzip")) return ContentCoding::kGzip;
  if (is("deflate")) return ContentCoding::kDeflate;
  if (is("br")) return ContentCoding::kBrotli;
  if (is("zstd")) return ContentCoding::kZstd;
  return std::nullopt;
}

std::string names_of(const std::vector<ContentCoding>& codings) {
  std::string names;
  for (const ContentCoding coding : codings) {
    if (!names.empty()) names += ", ";
    switch (coding) {
      case ContentCoding::kGzip:
        names += "gzip";
        break;
      case ContentCoding::kDeflate:
        names += "deflate";
        break;
      case ContentCoding::kBrotli:
        names += "br";
        break;
      case ContentCoding::kZstd:
        names += "zstd";
        break;
    }
  }
  return names;
}

std::unique_ptr<ContentDecoder::Stage> make_stage(ContentCoding coding) {
  switch (coding) {
    case ContentCoding::kGzip:
      return std::make_unique<InflateStage>(Inflater::Format::kGzip);
    case ContentCoding::kDeflate:
      return std::make_unique<InflateStage>(Inflater::Format::kDeflate);
    case ContentCoding::kBrotli:
      return std::make_unique<BrotliStage>();
    case ContentCoding::kZstd:
      break;
  }
  return std::make_unique<ZstdStage>();
}

// What is wrong with a body of these codings, the outermost first.
std::string coding_fault(const std::vector<ContentCoding>& codings,
                         bool breaks_off) {
  std::vector<ContentCoding> as_named(codings.rbegin(), codings.rend());
  return fmt::format("the body {} ({})",
                     breaks_off ? "breaks off before the end of its coding"
                                : "is not coded as the response's headers say",
                     names_of(as_named));
}

}  // namespace

Result<std::vector<ContentCoding>> read_codings(std::string_view value) {
  std::vector<ContentCoding> codings;
  std::size_t count = 0;
  for_each_member(value, [&](std::string_view name) {
    const auto coding = known_coding(name);
    if (coding && ++count <= kMaxCodings) codings.push_back(*coding);
    return true;
  });
  if (count > kMaxCodings) {
    return make_error(
        fmt::format("the body is coded {} times over ({}, ...); {} are undone",
                    count, names_of(codings), kMaxCodings));
  }
  // Listed in the order in which they were applied.
  std::reverse(codings.begin(), codings.end());
  return codings;
}

Result<std::unique_ptr<ContentDecoder>> ContentDecoder::create(
    std::string_view value) {
  const auto codings = read_codings(value);
  if (!codings) return make_error(codings.error().message);
  if (codings->empty()) return nullptr;
  return std::make_unique<ContentDecoder>(*codings);
}

ContentDecoder::ContentDecoder(const std::vector<ContentCoding>& codings)
    : codings_(codings) {
  for (const ContentCoding coding : codings) {
    stages_.push_back(make_stage(coding));
  }
}

Outcome ContentDecoder::decode(std::string_view data, const Sink& sink) {
  const Outcome outcome = decode_stages(data, sink);
  if (outcome == Outcome::kBroken) fault_ = coding_fault(codings_, false);
  return outcome;
}

Outcome ContentDecoder::decode_stages(std::string_view data, const Sink& sink) {
  if (stages_.size() == 1) return stages_[0]->decode(data, sink);
  Outcome outcome = Outcome::kGood;
  while (!data.empty() && outcome == Outcome::kGood) {
    const std::string_view part = data.substr(0, kStep - taken_ % kStep);
    data.remove_prefix(part.size());
    outcome = decode_twice(part, sink);
    taken_ += part.size();
  }
  return outcome;
}

Outcome ContentDecoder::decode_twice(std::string_view data, const Sink& sink) {
  const std::uint64_t steps = taken_ / kStep + 1;
  const std::uint64_t most = std::max(kMinGrown, steps * kStep * kMaxGrowth);
  Outcome inner = Outcome::kGood;
  const Outcome outer = stages_[0]->decode(data, [&](std::string_view piece) {
    between_ += piece.size();
    inner =
        between_ > most ? Outcome::kBroken : stages_[1]->decode(piece, sink);
    return inner == Outcome::kGood;
  });
  return inner != Outcome::kGood ? inner : outer;
}

Outcome ContentDecoder::finish() {
  const bool complete =
      std::all_of(stages_.begin(), stages_.end(),
                  [](const auto& stage) { return stage->complete(); });
  if (complete) return Outcome::kGood;
  fault_ = coding_fault(codings_, true);
  return Outcome::kBroken;
}

}  // namespace crawl
