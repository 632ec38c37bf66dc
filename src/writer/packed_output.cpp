#include "crawl/writer/packed_output.h"

#include <zstd.h>

#include <fstream>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/gzip_member.h"
#include "base/inflate.h"
#include "base/zstd_frame.h"

namespace crawl {
namespace {

// Larger ones pack no better.
constexpr std::size_t kEnough = std::size_t{256} << 10U;
constexpr int kZstdLevel = 3;

constexpr std::string_view kGzipEnding = ".gz";
constexpr std::string_view kZstdEnding = ".zst";

bool ends_so(std::string_view name, std::string_view ending) {
  return name.size() > ending.size() &&
         equals_ignoring_case(name.substr(name.size() - ending.size()), ending);
}

class ZstdFrame {
 public:
  ZstdFrame() : context_(ZSTD_createCCtx()) {
    if (!context_) throw std::bad_alloc();
  }
  void append(std::string_view bytes, std::string& out) {
    const std::size_t begin = out.size();
    out.resize(begin + ZSTD_compressBound(bytes.size()));
    const std::size_t size = ZSTD_compressCCtx(
        context_.get(), out.data() + begin, out.size() - begin, bytes.data(),
        bytes.size(), kZstdLevel);
    if (ZSTD_isError(size) != 0) {
      throw std::runtime_error(ZSTD_getErrorName(size));
    }
    out.resize(begin + size);
  }

 private:
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> context_;
};

template <class Packer>
class PackedOutput final : public OutputStream {
 public:
  explicit PackedOutput(std::unique_ptr<OutputStream> output)
      : output_(std::move(output)) {}
  PackedOutput(const PackedOutput&) = delete;
  PackedOutput& operator=(const PackedOutput&) = delete;
  ~PackedOutput() override {
    // Without close() there is nobody left to tell.
    static_cast<void>(pack());
  }

  Result<void> write(std::string_view lines) override {
    waiting_ += lines;
    return waiting_.size() < kEnough ? Result<void>() : pack();
  }
  Result<void> flush() override { return output_->flush(); }
  Result<void> sync() override {
    if (Result<void> packed = pack(); !packed) return packed;
    return output_->sync();
  }
  std::uint64_t length() const override { return output_->length(); }
  Result<void> close() override {
    if (Result<void> packed = pack(); !packed) return packed;
    // Nothing is no member: zcat would take it for one that was cut.
    if (output_->can_cut() && output_->length() == 0) {
      if (Result<void> packed = put(); !packed) return packed;
    }
    return output_->close();
  }
  bool closed_by_reader() const override { return output_->closed_by_reader(); }

 private:
  Result<void> pack() { return waiting_.empty() ? Result<void>() : put(); }
  Result<void> put() {
    packed_.clear();
    packer_.append(waiting_, packed_);
    waiting_.clear();
    return output_->write(packed_);
  }

  const std::unique_ptr<OutputStream> output_;
  Packer packer_;
  std::string waiting_;
  std::string packed_;
};

}  // namespace

Packing packing_of_name(std::string_view name) {
  if (ends_so(name, kGzipEnding)) return Packing::kGzip;
  return ends_so(name, kZstdEnding) ? Packing::kZstd : Packing::kNone;
}

Packing packing_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string first(4, '\0');
  file.read(first.data(), static_cast<std::streamsize>(first.size()));
  first.resize(static_cast<std::size_t>(file.gcount()));
  if (is_gzip(first)) return Packing::kGzip;
  return is_zstd(first) ? Packing::kZstd : Packing::kNone;
}

std::string_view unpacked_name(std::string_view name) {
  switch (packing_of_name(name)) {
    case Packing::kGzip:
      return name.substr(0, name.size() - kGzipEnding.size());
    case Packing::kZstd:
      return name.substr(0, name.size() - kZstdEnding.size());
    case Packing::kNone:
      break;
  }
  return name;
}

std::unique_ptr<OutputStream> make_packed_output(
    std::unique_ptr<OutputStream> output, Packing packing) {
  switch (packing) {
    case Packing::kGzip:
      return std::make_unique<PackedOutput<GzipMember>>(std::move(output));
    case Packing::kZstd:
      return std::make_unique<PackedOutput<ZstdFrame>>(std::move(output));
    case Packing::kNone:
      break;
  }
  return output;
}

}  // namespace crawl
