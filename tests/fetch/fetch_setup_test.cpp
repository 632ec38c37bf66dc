#include "fetch/fetch_setup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace crawl {
namespace {

using testing::HasSubstr;

std::string error_of(FetchOptions options) {
  const auto setup = FetchSetup::create(std::move(options));
  return setup ? "" : setup.error().message;
}

TEST(FetchSetup, TheDefaultsAreFine) { EXPECT_EQ(error_of({}), ""); }

TEST(FetchSetup, AResolveEntryMustBeOne) {
  FetchOptions options;
  options.resolve = {"example.org:80:127.0.0.1", "*:443:[::1]",
                     "a.example:80:127.0.0.1,127.0.0.2", "-b.example:80"};
  EXPECT_EQ(error_of(options), "");
  for (const char* entry : {"example.org", "example.org:80", "a:b:c",
                            "example.org:80:not-an-address"}) {
    options.resolve = {entry};
    EXPECT_THAT(error_of(options), HasSubstr("--resolve " + std::string(entry)))
        << entry;
  }
}

TEST(FetchSetup, AConnectToEntryMustBeOne) {
  FetchOptions options;
  options.connect_to = {"a.example:80:127.0.0.1:8080", "::127.0.0.1:8080",
                        "a.example::[::1]:"};
  EXPECT_EQ(error_of(options), "");
  for (const char* entry : {"", "a.example", "a:80:b", "[::1:80:b:80"}) {
    options.connect_to = {entry};
    EXPECT_THAT(error_of(options), HasSubstr("--connect-to")) << entry;
  }
}

TEST(FetchSetup, ACertificateFileMustBeReadable) {
  FetchOptions options;
  options.ca_file = "/no/such/file.pem";
  EXPECT_THAT(error_of(options), HasSubstr("No such file"));
  options.ca_file = "/";
  EXPECT_THAT(error_of(options), HasSubstr("--cacert /: Is a directory"));
  options.ca_file = "/dev/null";
  EXPECT_THAT(error_of(options), HasSubstr("empty"));
}

TEST(FetchSetup, AProxyMustBeOfAKnownKind) {
  FetchOptions options;
  for (const char* proxy :
       {"127.0.0.1:3128", "http://u:p@proxy.example", "socks5h://[::1]:1080",
        "ftp.example:21", "https://proxy.example"}) {
    options.proxy = proxy;
    EXPECT_EQ(error_of(options), "") << proxy;
  }
  for (const char* proxy : {"ftp://proxy.example", "http://", "http://a b"}) {
    options.proxy = proxy;
    EXPECT_THAT(error_of(options), HasSubstr("-x")) << proxy;
  }
}

TEST(FetchSetup, AHeaderMustBeOneLine) {
  FetchOptions options;
  options.headers = {{"X-Fine", "yes"}, {"Accept", ""}};
  EXPECT_EQ(error_of(options), "");
  for (const std::pair<std::string, std::string>& header :
       {std::pair<std::string, std::string>{"", "x"},
        {"X Bad", "x"},
        {"X-Bad:", "x"},
        {"X-Bad", "a\r\nX-Smuggled: 1"},
        {"X-Bad", std::string("a\0b", 3)}}) {
    options.headers = {header};
    EXPECT_THAT(error_of(options), HasSubstr("-H")) << header.first;
    options.headers = {};
    options.origin_headers = {header};
    EXPECT_THAT(error_of(options), HasSubstr("-H")) << header.first;
    options.origin_headers = {};
  }
  options.user_agent = "a\nb";
  EXPECT_THAT(error_of(options), HasSubstr("-A"));
}

}  // namespace
}  // namespace crawl
