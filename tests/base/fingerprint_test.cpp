#include "crawl/base/fingerprint.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace crawl {
namespace {

TEST(Fingerprint, PiecesHashLikeTheWhole) {
  std::string bytes;
  for (int i = 0; i < 5'000; ++i) bytes += static_cast<char>(i * 31 % 251);
  FingerprintStream stream;
  for (const std::size_t piece : {1u, 7u, 240u, 241u, 1024u, 4999u}) {
    stream.reset();
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      stream.update(std::string_view(bytes).substr(at, piece));
    }
    EXPECT_EQ(stream.digest(), fingerprint(bytes)) << piece;
  }
  stream.reset();
  EXPECT_EQ(stream.digest(), fingerprint(""));
}

TEST(Fingerprint, HexIsThirtyTwoDigits) {
  EXPECT_EQ(to_hex({0x0123456789abcdef, 0x1}),
            "0123456789abcdef0000000000000001");
}

}  // namespace
}  // namespace crawl
