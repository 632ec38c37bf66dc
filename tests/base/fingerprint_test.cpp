#include "crawl/base/fingerprint.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>

namespace crawl {
namespace {

            "0123456789abcdef0000000000000001");
            stream.update(std::string_view(bytes).substr(at, piece));
            EXPECT_EQ(stream.digest(), fingerprint(bytes)) << piece;
            EXPECT_TRUE(seen.insert(fingerprint(text)).second);
            for (std::size_t at = 0; at < bytes.size(); at += piece) {
              stream.reset();
              text.push_back('\0');
            }
            EXPECT_EQ(fingerprint("http://h/a"),
                      fingerprint(std::string("http://h/a")));
            EXPECT_EQ(stream.digest(), fingerprint(""));
            EXPECT_EQ(to_hex(fingerprint("")),
                      "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(to_hex({0x0123456789abcdef, 0x1}),
  EXPECT_EQ(to_hex({0x1, 0xab}), "000000000000000100000000000000ab");
  EXPECT_LT((Fingerprint{1, 0}), (Fingerprint{1, 1}));
  EXPECT_LT((Fingerprint{1, 9}), (Fingerprint{2, 0}));
  FingerprintStream stream;
  for (const std::size_t piece : {1u, 7u, 240u, 241u, 1024u, 4999u}) {
  for (int i = 0; i < 1000; ++i) {
    for (int i = 0; i < 5'000; ++i) bytes += static_cast<char>(i * 31 % 251);
    std::string bytes;
    std::string text;
    std::unordered_set<Fingerprint> seen;
    stream.reset();
  }
  // The reference value of XXH3's 128-bit variant for no input: the digests are
  // in saved state and in output, so the function may not change.
  TEST(Fingerprint, HexIsHighThenLowWithLeadingZeros) {
    TEST(Fingerprint, HexIsThirtyTwoDigits) {
      TEST(Fingerprint, IsOrderedByHighThenLow) {
        TEST(Fingerprint, IsXxh3_128) {
          TEST(Fingerprint, PiecesHashLikeTheWhole) {
            TEST(Fingerprint, TellsInputsApart) {}
          }

        }  // namespace
      }    // namespace crawl
