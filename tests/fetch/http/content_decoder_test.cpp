// Content codings undone, whole and in pieces.
#include "fetch/http/content_decoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "support/content_codings.h"
#include "support/exact_buffer.h"

namespace crawl::testing {
namespace {

using Outcome = ContentDecoder::Outcome;

struct Decoded {
  Outcome outcome = Outcome::kGood;
  std::string text;
  std::size_t largest_piece = 0;
};

Decoded decode(std::string_view codings, std::string_view bytes,
               std::size_t step = 1u << 20, std::size_t stop_at = ~0u) {
  auto decoder = ContentDecoder::create(codings);
  Decoded decoded;
  if (!decoder || !*decoder) {
    ADD_FAILURE() << "no decoder for " << codings;
    return decoded;
  }
  while (!bytes.empty() && decoded.outcome == Outcome::kGood) {
    const ExactBuffer piece(bytes.substr(0, step));
    bytes.remove_prefix(piece.size());
    decoded.outcome = (*decoder)->decode(piece, [&](std::string_view text) {
      decoded.text.append(text);
      decoded.largest_piece = std::max(decoded.largest_piece, text.size());
      return decoded.text.size() < stop_at;
    });
  }
  return decoded;
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i * 7919 % 10'007);
  return text;
}

void expect_text(std::string_view codings, std::string_view bytes,
                 std::string_view text) {
  for (const std::size_t step : {1u, 2u, 3u, 1000u, 1u << 20}) {
    const Decoded decoded = decode(codings, bytes, step);
    EXPECT_EQ(decoded.outcome, Outcome::kGood) << codings << " " << step;
    EXPECT_TRUE(decoded.text == text) << codings << " " << step;
  }
}

TEST(ContentDecoder, Rfc9110_8_4_1_UndoesEachCoding) {
  const std::string text = long_text();
  expect_text("gzip", gzip(text), text);
  expect_text("X-GZip", gzip(text), text);
  expect_text("deflate", deflate(text), text);
  expect_text("br", stored_brotli(text), text);
  expect_text("gzip", gzip(""), "");
}

TEST(ContentDecoder, BareDeflateIsUnderstood) {
  const std::string text = long_text();
  expect_text("deflate", raw_deflate(text), text);
  expect_text("deflate", raw_deflate("a"), "a");
}

TEST(ContentDecoder, Rfc9110_8_4_TheLastCodingIsUndoneFirst) {
  const std::string text = long_text();
  expect_text("gzip, br", stored_brotli(gzip(text)), text);
  expect_text("br,identity , deflate,chunked", deflate(stored_brotli(text)),
              text);
}

TEST(ContentDecoder, Rfc1952_2_2_AGzipBodyMayHaveSeveralMembers) {
  expect_text("gzip", gzip("one ") + gzip("two"), "one two");
}

TEST(ContentDecoder, WhatFollowsTheEndIsIgnored) {
  for (const char* rest : {"\n\n", "\x1f", "\x1fjunk", "\n\x1f\x8b"}) {
    expect_text("gzip", gzip("text") + rest, "text");
  }
  expect_text("deflate", deflate("text") + "junk", "text");
}

TEST(ContentDecoder, NothingToUndoNeedsNoDecoder) {
  for (const char* codings : {"", "identity", "chunked", " , ,identity"}) {
    const auto decoder = ContentDecoder::create(codings);
    ASSERT_TRUE(decoder.has_value()) << codings;
    EXPECT_EQ(*decoder, nullptr) << codings;
  }
}

TEST(ContentDecoder, WhatIsNotKnownIsAnError) {
  for (const char* codings :
       {"compress", "gzip, secret", "zstd", "gzip;q=1", "gzip,gzip,gzip"}) {
    EXPECT_FALSE(ContentDecoder::create(codings).has_value()) << codings;
  }
}

TEST(ContentDecoder, WhatIsNotCodedSoIsBroken) {
  for (const char* coding : {"gzip", "deflate", "br"}) {
    EXPECT_EQ(decode(coding, "<title>not coded</title>").outcome,
              Outcome::kBroken)
        << coding;
  }
  std::string corrupt = gzip(long_text());
  corrupt[corrupt.size() / 2] = static_cast<char>(~corrupt[corrupt.size() / 2]);
  EXPECT_EQ(decode("gzip", corrupt).outcome, Outcome::kBroken);
}

TEST(ContentDecoder, ABombComesInSmallPiecesAndCanBeStopped) {
  const std::string bomb = gzip_of_spaces(64u << 20);
  const Decoded decoded = decode("gzip", bomb, 1u << 20, 1u << 20);
  EXPECT_EQ(decoded.outcome, Outcome::kStopped);
  EXPECT_LE(decoded.text.size(), (1u << 20) + decoded.largest_piece);
  EXPECT_LE(decoded.largest_piece, 64u * 1024);
  EXPECT_EQ(decode("gzip, gzip", gzip(bomb), 1u << 20, 1u << 20).outcome,
            Outcome::kStopped);
}

// The inner coding makes nothing of it, so no limit on the output would end it.
TEST(ContentDecoder, ABombForTheInnerCodingIsBroken) {
  constexpr std::size_t kSize = 4u << 20;
  const std::string after_the_end = gzip("text") + std::string(kSize, ' ');
  const std::string empty = gzip("");
  std::string empties;
  while (empties.size() < kSize) empties += empty;
  for (const std::string& inner : {after_the_end, empties}) {
    const std::string bomb = gzip(inner);
    EXPECT_LT(bomb.size(), kSize / 100);
    EXPECT_EQ(decode("gzip, gzip", bomb).outcome, Outcome::kBroken);
  }
}

}  // namespace
}  // namespace crawl::testing
