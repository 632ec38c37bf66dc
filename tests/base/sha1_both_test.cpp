#include "base/sha1_both.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace crawl {
namespace {

Sha1Digest sha1_of(std::string_view text) {
  Sha1 sha1;
  sha1.reset();
  sha1.update(text);
  return sha1.digest();
}

void expect_both(const std::string& head, const std::string& body) {
  Sha1 sha1;
  const Sha1Both both = sha1_of_both(sha1, head, body);
  EXPECT_EQ(both.body, sha1_of(body)) << head.size() << " " << body.size();
  EXPECT_EQ(both.message, sha1_of(head + body))
      << head.size() << " " << body.size();
}

std::string bytes(std::size_t size, unsigned seed) {
  std::string text(size, '\0');
  for (char& c : text) {
    seed = seed * 1'103'515'245 + 12'345;
    c = static_cast<char>(seed >> 16U);
  }
  return text;
}

// RFC 3174 section 7.3.
TEST(Sha1Both, Rfc3174_Abc) {
  Sha1 sha1;
  const Sha1Both both = sha1_of_both(sha1, "a", "bc");
  EXPECT_EQ(to_base32(both.message).text(), "VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5");
}

TEST(Sha1Both, IsWhatOneAfterTheOtherIsWhereverABlockEnds) {
  for (std::size_t head = 0; head < 140; ++head) {
    for (std::size_t body = 0; body < 200; ++body) {
      expect_both(bytes(head, 1), bytes(body, 2));
    }
  }
}

TEST(Sha1Both, IsSoOfWhatIsLong) {
  for (const std::size_t size : {5'000U, 65'535U, 65'536U, 1'000'003U}) {
    expect_both(bytes(317, 3), bytes(size, 4));
    expect_both(bytes(size, 5), bytes(317, 6));
    expect_both(bytes(size, 7), {});
    expect_both({}, bytes(size, 8));
  }
}

}  // namespace
}  // namespace crawl
