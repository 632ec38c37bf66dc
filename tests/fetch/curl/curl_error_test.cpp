#include "fetch/curl/curl_error.h"

#include <gtest/gtest.h>

namespace crawl {
namespace {

TEST(CurlError, EveryCodeHasAKind) {
  EXPECT_EQ(error_kind(CURLE_OK), ErrorKind::kNone);
  for (int code = 1; code < CURL_LAST; ++code) {
    EXPECT_NE(error_kind(static_cast<CURLcode>(code)), ErrorKind::kNone)
        << code;
  }
}

TEST(CurlError, KindsOfTheUsualFailures) {
  EXPECT_EQ(error_kind(CURLE_COULDNT_RESOLVE_PROXY), ErrorKind::kDns);
  EXPECT_EQ(error_kind(CURLE_COULDNT_CONNECT), ErrorKind::kConnect);
  EXPECT_EQ(error_kind(CURLE_PROXY), ErrorKind::kConnect);
  EXPECT_EQ(error_kind(CURLE_OPERATION_TIMEDOUT), ErrorKind::kTimeout);
  EXPECT_EQ(error_kind(CURLE_PEER_FAILED_VERIFICATION), ErrorKind::kTls);
  EXPECT_EQ(error_kind(CURLE_SSL_CONNECT_ERROR), ErrorKind::kTls);
  EXPECT_EQ(error_kind(CURLE_UNSUPPORTED_PROTOCOL), ErrorKind::kProtocol);
}

// Nothing has been asked of the host when the proxy goes.
TEST(CurlError, AProxyThatClosesIsNotTheHostThatDoes) {
  EXPECT_EQ(error_kind(CURLE_RECV_ERROR), ErrorKind::kConnect);
  EXPECT_EQ(error_kind(CURLE_SEND_ERROR), ErrorKind::kConnect);
  EXPECT_EQ(error_kind(CURLE_GOT_NOTHING), ErrorKind::kConnect);
}

TEST(CurlError, LostMemoryIsAnEndlessHeaderLine) {
  EXPECT_EQ(error_kind(CURLE_OUT_OF_MEMORY), ErrorKind::kProtocol);
}

}  // namespace
}  // namespace crawl
