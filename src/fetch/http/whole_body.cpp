#include "fetch/http/whole_body.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "base/inflate.h"

namespace crawl {
namespace {

using Outcome = ContentDecoder::Outcome;

constexpr std::size_t kLeastRoom = 64 * 1024;
constexpr std::size_t kUsualGrowth = 4;  // of a page that is deflated

std::size_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

// How much a body will make, if it is as it should be. A gzip member ends with
// its size (RFC 1952 section 2.3.1).
std::size_t likely_size(ContentCoding coding, std::string_view coded) {
  if (coding == ContentCoding::kGzip && coded.size() > 4) {
    const std::size_t at = coded.size() - 4;
    return byte_at(coded, at) | byte_at(coded, at + 1) << 8 |
           byte_at(coded, at + 2) << 16 | byte_at(coded, at + 3) << 24;
  }
  return coded.size() * kUsualGrowth;
}

// Its header has a checksum, which libdeflate does not look at.
bool has_header_checksum(std::string_view gzip) {
  return gzip.size() > 3 && (byte_at(gzip, 3) & 2U) != 0;
}

}  // namespace

WholeBodyDecoder::WholeBodyDecoder()
    : inflater_(libdeflate_alloc_decompressor(),
                &libdeflate_free_decompressor) {
  if (!inflater_) throw std::bad_alloc();
}

WholeBodyDecoder::~WholeBodyDecoder() = default;

WholeBodyDecoder::Decoded WholeBodyDecoder::decode(std::string_view codings,
                                                   std::string_view coded,
                                                   std::uint64_t max_body) {
  if (streamed_.capacity() > kMaxAtOnce) streamed_ = std::string();
  const auto list = read_codings(codings);
  if (!list) return {Outcome::kBroken, {}, false, list.error().message};
  if (list->empty()) {
    if (max_body == 0 || coded.size() <= max_body) {
      return {Outcome::kGood, coded, false, {}};
    }
    return {Outcome::kStopped,
            coded.substr(0, static_cast<std::size_t>(max_body)),
            true,
            {}};
  }
  if (list->size() == 1) {
    const std::size_t limit =
        max_body == 0 ? kMaxAtOnce
                      : static_cast<std::size_t>(
                            std::min<std::uint64_t>(kMaxAtOnce, max_body));
    if (const auto body = decode_at_once(list->front(), coded, limit)) {
      return {Outcome::kGood, *body, false, {}};
    }
  }
  return decode_as_stream(*list, coded, max_body);
}

// Nothing if it is not to be had so: too much, broken, or too odd for
// libdeflate and zlib to be sure to agree about.
std::optional<std::string_view> WholeBodyDecoder::decode_at_once(
    ContentCoding coding, std::string_view coded, std::size_t limit) {
  if (coding != ContentCoding::kGzip && coding != ContentCoding::kDeflate) {
    return std::nullopt;
  }
  const std::size_t likely = likely_size(coding, coded);
  if (coded.size() < 2 || coded.size() > limit || likely > limit) {
    return std::nullopt;
  }
  make_room(std::clamp(likely, std::min(kLeastRoom, limit), limit), 0);

  std::size_t made = 0;
  do {
    auto* const inflate =
        coding == ContentCoding::kGzip ? &libdeflate_gzip_decompress_ex
        : has_zlib_wrapper(coded)      ? &libdeflate_zlib_decompress_ex
                                       : &libdeflate_deflate_decompress_ex;
    if (coding == ContentCoding::kGzip && has_header_checksum(coded)) {
      return std::nullopt;
    }
    std::size_t taken = 0;
    std::size_t added = 0;
    const std::size_t usable = std::min(room_size_, limit);
    const libdeflate_result result =
        inflate(inflater_.get(), coded.data(), coded.size(), room_.get() + made,
                usable - made, &taken, &added);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE && usable < limit) {
      make_room(std::min(usable * 2, limit), made);
      continue;
    }
    if (result != LIBDEFLATE_SUCCESS) return std::nullopt;
    made += added;
    coded.remove_prefix(taken);
    if (coding == ContentCoding::kDeflate) break;
  } while (is_gzip(coded));
  return std::string_view(room_.get(), made);
}

WholeBodyDecoder::Decoded WholeBodyDecoder::decode_as_stream(
    const std::vector<ContentCoding>& codings, std::string_view coded,
    std::uint64_t max_body) {
  streamed_.clear();
  bool cut = false;
  ContentDecoder decoder(codings);
  Outcome outcome = decoder.decode(coded, [&](std::string_view piece) {
    if (max_body != 0 && piece.size() > max_body - streamed_.size()) {
      piece = piece.substr(
          0, static_cast<std::size_t>(max_body - streamed_.size()));
      cut = true;
    }
    streamed_ += piece;
    return !cut;
  });
  if (outcome == Outcome::kGood) outcome = decoder.finish();
  return {outcome, streamed_, cut, decoder.fault()};
}

void WholeBodyDecoder::make_room(std::size_t size, std::size_t used) {
  if (size <= room_size_) return;
  auto room = std::make_unique_for_overwrite<char[]>(size);
  if (used > 0) std::memcpy(room.get(), room_.get(), used);
  room_ = std::move(room);
  room_size_ = size;
}

}  // namespace crawl
