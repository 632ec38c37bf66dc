// Links that are neither http nor https.

#include "check/link_scheme.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crawl {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(LinkScheme, IsInSmallLetters) {
  EXPECT_EQ(scheme_of("MailTo:a@b"), "mailto");
  EXPECT_EQ(scheme_of("nothing"), "");
}

TEST(LinkScheme, OneThatNobodyHasIsWrong) {
  for (const char* url : {"htttp://a.test/", "htpp://a.test/", "ttps://a.test/",
                          "HTPS://a.test/", "httpss://a.test/", "hhttp:/x"}) {
    EXPECT_THAT(wrong_scheme(url), HasSubstr("is http")) << url;
  }
  for (const char* url : {"www.example.org:80/x", "localhost:8080",
                          "example.org:443?x", "a.b:1#y"}) {
    EXPECT_THAT(wrong_scheme(url), HasSubstr("is http://")) << url;
  }
}

TEST(LinkScheme, OneThatSomebodyMayHaveIsNot) {
  for (const char* url : {"mailto:a@b",
                          "tel:+49",
                          "sms:1",
                          "javascript:void(0)",
                          "data:,x",
                          "ftp://a.test/",
                          "ftps://a.test/",
                          "sftp://a/",
                          "rtsp://a/",
                          "tftp://a/",
                          "magnet:?x",
                          "steam://run/1",
                          "git+https://a.test/",
                          "ssh://a/",
                          "com.example.app:/callback",
                          "com.example.app:12345678",
                          "urn:isbn:0",
                          "file:///x",
                          "chrome://settings",
                          "http-equiv",
                          "android-app://x",
                          "about:blank",
                          "ws://a/",
                          "wss://a/",
                          "ipfs://a/",
                          "tg://a",
                          ":",
                          ""}) {
    EXPECT_THAT(wrong_scheme(url), IsEmpty()) << url;
  }
}

}  // namespace
}  // namespace crawl
