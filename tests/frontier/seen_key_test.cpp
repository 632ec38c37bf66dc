#include "frontier/seen_key.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "crawl/base/url.h"

namespace crawl {
namespace {

std::string key(std::string_view href) {
  std::string buffer = "left over";
  return std::string(seen_key(href, buffer));
}

TEST(SeenKey, Rfc3986_SpellingsOfOneUrl) {
  for (const auto& [written, same] :
       std::vector<std::pair<std::string, std::string>>{
           {"http://h/%7Euser", "http://h/~user"},
           {"http://h/%7euser", "http://h/~user"},
           {"http://h/a%2Dz%2e%5F%30", "http://h/a-z._0"},
           {"http://h/?%61=%42", "http://h/?a=B"},
           {"http://h/%c3%a9?%2f", "http://h/%C3%A9?%2F"},
           {"http://h/%41%2F%42", "http://h/A%2FB"},
       }) {
    EXPECT_EQ(key(written), same);
    EXPECT_EQ(key(same), same);
  }
}

TEST(SeenKey, OtherUrlsStayApart) {
  // Reserved characters, and what is no encoding, or one of an encoding.
  for (const char* text :
       {"http://h/a/b", "http://h/a%2Fb", "http://h/?a%26b", "http://h/?a&b",
        "http://h/%", "http://h/%4", "http://h/%zz", "http://h/%4x", "%",
        "http://h/%2541", "http://h/%20", "http://h/+", "http://h/%00"}) {
    EXPECT_EQ(key(text), text);
  }
  EXPECT_EQ(key("http://h/%%34%31"), "http://h/%41");
  EXPECT_EQ(key("http://h/%e"), "http://h/%e");
}

TEST(SeenKey, AllBytes) {
  for (int byte = 0; byte < 256; ++byte) {
    char upper[4], lower[4];
    std::snprintf(upper, sizeof upper, "%%%02X", byte);
    std::snprintf(lower, sizeof lower, "%%%02x", byte);
    const char c = static_cast<char>(byte);
    const bool unreserved =
        std::string_view(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
            "0123456789-._~")
            .find(c) != std::string_view::npos;
    EXPECT_EQ(key(upper), unreserved ? std::string(1, c) : upper);
    EXPECT_EQ(key(lower), key(upper));
  }
}

TEST(SeenKey, WithoutAPercentNothingIsCopied) {
  const std::string href = "http://h/~user?a=b";
  std::string buffer;
  EXPECT_EQ(seen_key(href, buffer).data(), href.data());
  EXPECT_EQ(buffer.capacity(), std::string().capacity());
}

}  // namespace
}  // namespace crawl
