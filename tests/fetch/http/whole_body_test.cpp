// Bodies undone at once: the same that they are undone to piece by piece.
#include "fetch/http/whole_body.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
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
  std::string body;
  bool cut = false;
  bool operator==(const Decoded&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Decoded& decoded) {
  return out << static_cast<int>(decoded.outcome) << ", " << decoded.body.size()
             << " bytes" << (decoded.cut ? ", cut" : "");
}

Decoded at_once(WholeBodyDecoder& decoder, std::string_view codings,
                std::string_view coded, std::uint64_t max_body = 0) {
  const ExactBuffer bytes(coded);
  const auto decoded = decoder.decode(codings, bytes, max_body);
  return {decoded.outcome, std::string(decoded.body), decoded.cut};
}

Decoded in_pieces(std::string_view codings, std::string_view coded,
                  std::uint64_t max_body, std::size_t step) {
  const auto decoder = ContentDecoder::create(codings);
  Decoded decoded;
  while (!coded.empty() && decoded.outcome == Outcome::kGood) {
    const ExactBuffer part(coded.substr(0, step));
    coded.remove_prefix(part.size());
    decoded.outcome = (*decoder)->decode(part, [&](std::string_view piece) {
      decoded.body += piece;
      decoded.cut = max_body != 0 && decoded.body.size() > max_body;
      if (decoded.cut) decoded.body.resize(max_body);
      return !decoded.cut;
    });
  }
  if (decoded.outcome == Outcome::kGood) {
    decoded.outcome = (*decoder)->finish();
  }
  return decoded;
}

std::string page(std::size_t size) {
  std::mt19937 random(static_cast<unsigned>(size));
  std::string text;
  while (text.size() < size) {
    text += "<p class=\"" + std::to_string(random() % 1000) + "\">text</p>\n";
  }
  text.resize(size);
  return text;
}

struct Coded {
  const char* coding;
  std::string bytes;
};

std::vector<Coded> codings_of(const std::string& text) {
  return {{"gzip", gzip(text)},
          {"x-gzip", gzip(text)},
          {"deflate", deflate(text)},
          {"deflate", raw_deflate(text)},
          {"br", stored_brotli(text)},
          {"zstd", zstd(text)},
          {"gzip, gzip", gzip(gzip(text))},
          {"gzip, none", gzip(text)}};
}

TEST(WholeBody, IsUndoneWhateverItsSize) {
  WholeBodyDecoder decoder;
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{37'000},
        std::size_t{400'000}, WholeBodyDecoder::kMaxAtOnce,
        WholeBodyDecoder::kMaxAtOnce + 1, std::size_t{5} << 20}) {
    const std::string text = page(size);
    for (const auto& [coding, bytes] : codings_of(text)) {
      EXPECT_EQ(at_once(decoder, coding, bytes),
                (Decoded{Outcome::kGood, text, false}))
          << coding << " " << size;
    }
  }
}

TEST(WholeBody, HowFarItIsReadIsTheCallersToSay) {
  WholeBodyDecoder decoder;
  const std::string text = page(100'000);
  for (const auto& [coding, bytes] : codings_of(text)) {
    for (const std::size_t most : {1u, 99'999u, 100'000u, 100'001u}) {
      const bool cut = most < text.size();
      EXPECT_EQ(at_once(decoder, coding, bytes, most),
                (Decoded{cut ? Outcome::kStopped : Outcome::kGood,
                         text.substr(0, most), cut}))
          << coding << " " << most;
    }
  }
}

TEST(WholeBody, WhatNobodyCodedIsTheBodyItself) {
  WholeBodyDecoder decoder;
  const std::string text = page(1000);
  for (const char* coding : {"", "identity", "none", "utf-8, chunked"}) {
    EXPECT_EQ(decoder.decode(coding, text, 0).body.data(), text.data());
    EXPECT_EQ(at_once(decoder, coding, text, 1000),
              (Decoded{Outcome::kGood, text, false}));
    EXPECT_EQ(at_once(decoder, coding, text, 10),
              (Decoded{Outcome::kStopped, text.substr(0, 10), true}));
  }
}

TEST(WholeBody, TooManyCodingsAreBroken) {
  WholeBodyDecoder decoder;
  EXPECT_EQ(at_once(decoder, "gzip, gzip, gzip", gzip(gzip(gzip("text")))),
            (Decoded{Outcome::kBroken, "", false}));
}

TEST(WholeBody, ABombIsStopped) {
  WholeBodyDecoder decoder;
  const std::string bomb = gzip_of_spaces(64u << 20);
  std::string lying = bomb;
  std::fill(lying.end() - 4, lying.end(), '\x01');
  for (const std::string& bytes : {bomb, lying, bomb + '\0'}) {
    const Decoded decoded = at_once(decoder, "gzip", bytes, 3u << 20);
    EXPECT_EQ(decoded.outcome, Outcome::kStopped);
    EXPECT_EQ(decoded.body.size(), 3u << 20);
  }
}

// Where nothing that follows says how large it will be.
TEST(WholeBody, ItsSizeNeedNotBeSaid) {
  WholeBodyDecoder decoder;
  const std::string text = std::string(900'000, 'x');
  for (const std::string& rest :
       {std::string(8, '\0'), std::string(8, '\xff'), std::string("junk")}) {
    EXPECT_EQ(at_once(decoder, "gzip", gzip(text) + gzip(text) + rest),
              (Decoded{Outcome::kGood, text + text, false}));
  }
}

// The header's own checksum (RFC 1952 section 2.3.1, FHCRC) must fit as well.
TEST(WholeBody, Rfc1952_AWrongHeaderChecksumIsBroken) {
  WholeBodyDecoder decoder;
  std::string bytes = gzip("text");
  bytes[3] = '\x02';
  bytes.insert(10, "xx");
  EXPECT_EQ(at_once(decoder, "gzip", bytes),
            (Decoded{Outcome::kBroken, "", false}));
}

// As far as its libraries go: of broken brotli, and of what is coded twice, how
// much is kept depends on the pieces it comes in, and so whether that is cut.
void expect_same(WholeBodyDecoder& decoder, const Coded& coded,
                 std::uint64_t max_body, std::size_t step) {
  const Decoded once = at_once(decoder, coded.coding, coded.bytes, max_body);
  const Decoded parts = in_pieces(coded.coding, coded.bytes, max_body, step);
  const std::string_view coding = coded.coding;
  if ((once.outcome == Outcome::kBroken || parts.outcome == Outcome::kBroken) &&
      (coding == "br" || coding == "gzip, gzip")) {
    EXPECT_NE(once.outcome, Outcome::kGood) << coding;
    EXPECT_NE(parts.outcome, Outcome::kGood) << coding;
    EXPECT_TRUE(once.body.starts_with(parts.body) ||
                parts.body.starts_with(once.body))
        << coding;
    return;
  }
  EXPECT_EQ(once, parts) << coding << " " << max_body << " " << step;
}

TEST(WholeBody, MakesOfBadBytesWhatPiecesMakeOfThem) {
  WholeBodyDecoder decoder;
  std::mt19937 random(1);
  const auto below = [&random](std::size_t end) { return random() % end; };
  const std::string text = page(3'000);
  for (Coded coded : codings_of(text)) {
    const std::string good = coded.bytes;
    for (int i = 0; i < 700; ++i) {
      coded.bytes = good;
      const auto kind = below(5);
      if (kind == 0) coded.bytes += good;
      if (kind == 1) coded.bytes += std::string(below(20), '\0');
      if (kind == 2) coded.bytes += "\x1f\x8b\x08";
      if (kind != 3) {
        char& byte = coded.bytes[below(coded.bytes.size())];
        byte = static_cast<char>(byte ^ (1 << below(8)));
      }
      if (kind >= 3) coded.bytes.resize(below(coded.bytes.size() + 1));
      const std::uint64_t max_body = i % 3 == 0 ? 1 + below(4'000) : 0;
      expect_same(decoder, coded, max_body, 1 + below(200));
    }
  }
}

}  // namespace
}  // namespace crawl::testing
