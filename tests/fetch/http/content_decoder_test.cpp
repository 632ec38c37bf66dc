// Content codings undone, whole and in pieces.
#include "fetch/http/content_decoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

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
  if (decoded.outcome == Outcome::kGood) {
    decoded.outcome = (*decoder)->finish();
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

// What was coded how, and what of.
struct Coded {
  const char* coding;
  std::string bytes;
  std::string text;
};

std::vector<Coded> coded_texts() {
  const std::string text = long_text();
  return {
      {"gzip", gzip(text), text},
      {"X-GZip", gzip(text), text},
      {"deflate", deflate(text), text},
      {"deflate", raw_deflate(text), text},
      {"br", stored_brotli(text), text},
      {"zstd", zstd(text), text},
      {"gzip, br", stored_brotli(gzip(text)), text},
      {"br,identity , deflate,chunked", deflate(stored_brotli(text)), text},
      {"zstd, gzip", gzip(zstd(text)), text},
  };
}

TEST(ContentDecoder, Rfc9110_8_4_UndoesEachCodingAndTheLastOneFirst) {
  for (const Coded& coded : coded_texts()) {
    expect_text(coded.coding, coded.bytes, coded.text);
  }
  expect_text("gzip", gzip(""), "");
  expect_text("deflate", raw_deflate("a"), "a");
  expect_text("zstd", zstd(""), "");
}

TEST(ContentDecoder, MembersAndFramesMayFollowEachOther) {
  expect_text("gzip", gzip("one ") + gzip("two"), "one two");
  expect_text("zstd", zstd("one ") + zstd("two"), "one two");
  // RFC 8878 section 3.1.2: a frame to skip.
  const std::string skipped("\x5a\x2a\x4d\x18\x03\0\0\0abc", 11);
  expect_text("zstd", skipped + zstd("one ") + skipped + zstd("two"),
              "one two");
  const std::string nothing("\x50\x2a\x4d\x18\0\0\0\0", 8);
  expect_text("zstd", nothing + zstd("one ") + nothing + nothing + zstd("two"),
              "one two");
}

TEST(ContentDecoder, WhatFollowsTheEndIsLeftOut) {
  const std::string zeros(600, '\0');
  for (const std::string& rest :
       {std::string("\n\n"), zeros, std::string("\x1f"),
        std::string("\x1fjunk"), std::string("\n\x1f\x8b"),
        std::string("\x28\xb5\x2f"), std::string("\x28\xb5\x2fx")}) {
    for (const char* coding : {"gzip", "deflate", "br", "zstd"}) {
      for (const Coded& coded : coded_texts()) {
        if (coded.coding == std::string_view(coding)) {
          expect_text(coding, coded.bytes + rest, coded.text);
        }
      }
    }
  }
}

TEST(ContentDecoder, WhatIsNoWholeHeaderOfAMemberFollowsTheEnd) {
  std::string named = gzip("more").substr(0, 10);
  named[3] = '\x08';  // a name comes, and its end
  for (const std::string& rest :
       {std::string("\x1f\x8b"), std::string("\x1f\x8bjunk and more"),
        std::string("\x1f\x8b\x08\xffreserved flags"),
        gzip("more").substr(0, 9), named, named + "no end"}) {
    expect_text("gzip", gzip("text") + rest, "text");
  }
  // But what has begun is to end.
  const std::string more = gzip(long_text());
  const Decoded decoded =
      decode("gzip", gzip("text") + more.substr(0, more.size() / 2));
  EXPECT_EQ(decoded.outcome, Outcome::kBroken);
  EXPECT_TRUE(decoded.text.starts_with("text"));
}

TEST(ContentDecoder, NothingAtAllIsWhole) {
  for (const char* codings : {"gzip", "deflate", "br", "zstd", "gzip, br"}) {
    expect_text(codings, "", "");
  }
}

TEST(ContentDecoder, WhatEndsEarlyIsBrokenAndKeepsWhatCouldBeRead) {
  for (const Coded& coded : coded_texts()) {
    const std::size_t size = coded.bytes.size();
    for (const std::size_t end : {std::size_t{1}, size / 2, size - 1}) {
      for (const std::size_t step : {7u, 1u << 20}) {
        const Decoded decoded =
            decode(coded.coding, coded.bytes.substr(0, end), step);
        EXPECT_EQ(decoded.outcome, Outcome::kBroken)
            << coded.coding << " " << end;
        EXPECT_TRUE(coded.text.starts_with(decoded.text)) << coded.coding;
        // Of zstd the text is one block.
        EXPECT_TRUE(end == 1 || !decoded.text.empty() ||
                    std::string_view(coded.coding).starts_with("zstd"))
            << coded.coding;
      }
    }
  }
}

TEST(ContentDecoder, NothingToUndoNeedsNoDecoder) {
  for (const char* codings :
       {"", "identity", "chunked", " , ,identity", "none", "utf-8", "compress",
        "gzip;q=1", "\"gzip\"", "\xff", "none, UTF-8, identity"}) {
    const auto decoder = ContentDecoder::create(codings);
    ASSERT_TRUE(decoder.has_value()) << codings;
    EXPECT_EQ(*decoder, nullptr) << codings;
  }
}

TEST(ContentDecoder, NamesThatNobodyKnowsArePassedOver) {
  for (const char* codings :
       {"gzip, none", "utf-8,gzip", "none, gzip, binary, x-junk"}) {
    expect_text(codings, gzip("text"), "text");
  }
}

TEST(ContentDecoder, TooManyCodingsAreAnError) {
  for (const char* codings :
       {"gzip,gzip,gzip", "br, none, zstd, utf-8, deflate"}) {
    EXPECT_FALSE(ContentDecoder::create(codings).has_value()) << codings;
  }
}

TEST(ContentDecoder, WhatIsNotCodedSoIsBroken) {
  for (const char* coding : {"gzip", "deflate", "br", "zstd"}) {
    EXPECT_EQ(decode(coding, "<title>not coded</title>").outcome,
              Outcome::kBroken)
        << coding;
  }
  const std::string text = long_text();
  for (const Coded& checked :
       {Coded{"gzip", gzip(text), text}, Coded{"deflate", deflate(text), text},
        Coded{"zstd", zstd(text), text}}) {
    std::string corrupt = checked.bytes;
    char& byte = corrupt[corrupt.size() - 3];
    byte = static_cast<char>(~byte);
    EXPECT_EQ(decode(checked.coding, corrupt).outcome, Outcome::kBroken)
        << checked.coding;
  }
}

TEST(ContentDecoder, OfBrokenBytesWhatCouldBeReadIsKept) {
  const std::string good = long_text();
  for (const std::string& frames :
       {zstd(good) + zstd(good), gzip(good) + gzip(good)}) {
    std::string bytes = frames;
    bytes[bytes.size() - 2] = static_cast<char>(~bytes[bytes.size() - 2]);
    for (const std::size_t step : {1u, 5u, 1u << 20}) {
      const Decoded decoded =
          decode(bytes[0] == '\x1f' ? "gzip" : "zstd", bytes, step);
      EXPECT_EQ(decoded.outcome, Outcome::kBroken) << step;
      EXPECT_TRUE(decoded.text == good + good) << step;
    }
  }
}

TEST(ContentDecoder, BrokenZstdIsTheSameHoweverItIsCut) {
  using namespace std::string_literals;
  // One uncompressed block of five bytes, in a frame that is to have 200; what
  // is no frame, but one of an older format from its second byte on.
  const std::string cases[] = {
      "\x28\xb5\x2f\xfd\x20\xc8\x29\x00\x00hello"s,
      "\x28\x26\xb5\x2f\xfd\x04"s + std::string(20, '\xff')};
  for (const std::string& bytes : cases) {
    const Decoded whole = decode("zstd", bytes, bytes.size());
    EXPECT_EQ(whole.outcome, Outcome::kBroken);
    for (std::size_t step = 1; step < bytes.size(); ++step) {
      const Decoded decoded = decode("zstd", bytes, step);
      EXPECT_EQ(decoded.outcome, Outcome::kBroken) << step;
      EXPECT_EQ(decoded.text, whole.text) << step;
      EXPECT_EQ(decode("zstd, zstd", bytes, step).outcome, Outcome::kBroken);
    }
  }
}

TEST(ContentDecoder, Rfc9659_AWindowIsOfEightMebibytesAtMost) {
  const std::string text = long_text();
  expect_text("zstd", zstd(text, 23), text);
  EXPECT_EQ(decode("zstd", zstd(text, 24)).outcome, Outcome::kBroken);
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
