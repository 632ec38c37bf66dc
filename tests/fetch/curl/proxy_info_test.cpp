#include "fetch/curl/proxy_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crawl {
namespace {

using ::testing::HasSubstr;
using Kind = ProxyInfo::Kind;

TEST(ProxyInfo, IsWhatTheOptionSays) {
  struct Case {
    const char* text;
    Kind kind;
    const char* host;
    int port;
  };
  for (const Case& c : {
           Case{"127.0.0.1:3128", Kind::kHttp, "127.0.0.1", 3128},
           Case{"proxy.example", Kind::kHttp, "proxy.example", 1080},
           Case{"http://proxy.example/", Kind::kHttp, "proxy.example", 1080},
           Case{"HTTP://proxy.example:80", Kind::kHttp, "proxy.example", 80},
           Case{"ftp.example:21", Kind::kHttp, "ftp.example", 21},
           Case{"https://proxy.example", Kind::kHttps, "proxy.example", 443},
           Case{"socks4://p:1", Kind::kSocks4, "p", 1},
           Case{"socks4a://p:1", Kind::kSocks4a, "p", 1},
           Case{"socks5://p", Kind::kSocks5, "p", 1080},
           Case{"socks5h://[::1]:1080", Kind::kSocks5h, "[::1]", 1080},
       }) {
    const auto parsed = ProxyInfo::parse(c.text);
    ASSERT_TRUE(parsed && *parsed) << c.text;
    EXPECT_EQ((*parsed)->kind, c.kind) << c.text;
    EXPECT_EQ((*parsed)->host, c.host) << c.text;
    EXPECT_EQ((*parsed)->port, c.port) << c.text;
    EXPECT_EQ((*parsed)->authorization, "") << c.text;
  }
  EXPECT_FALSE(ProxyInfo::parse("").value());
}

TEST(ProxyInfo, CredentialsAreDecodedForTheHeader) {
  EXPECT_EQ(ProxyInfo::parse("http://u:p@proxy").value()->authorization,
            "Basic dTpw");
  EXPECT_EQ(ProxyInfo::parse("me%40home:a%3Ab@proxy").value()->authorization,
            "Basic bWVAaG9tZTphOmI=");
  EXPECT_EQ(ProxyInfo::parse("https://u@proxy").value()->authorization,
            "Basic dTo=");
  EXPECT_EQ(ProxyInfo::parse("socks5://u:p@proxy").value()->authorization, "");
}

TEST(ProxyInfo, AProxyMustBeOfAKnownKind) {
  for (const char* text :
       {"ftp://proxy.example", "http://", "http://a b", "http://a:99999"}) {
    const auto parsed = ProxyInfo::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error().message, HasSubstr("-x: '")) << text;
  }
}

}  // namespace
}  // namespace crawl
