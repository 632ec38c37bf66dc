#include "fetch/curl/curl_error.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace crawl {
namespace {

TEST(CurlError, EveryCodeHasAKind) {
  EXPECT_EQ(error_kind(CURLE_OK, {}), ErrorKind::kNone);
  for (int code = 1; code < CURL_LAST; ++code) {
    EXPECT_NE(error_kind(static_cast<CURLcode>(code), {}), ErrorKind::kNone)
        << code;
  }
}

TEST(CurlError, KindsOfTheUsualFailures) {
  EXPECT_EQ(error_kind(CURLE_COULDNT_RESOLVE_HOST, {}), ErrorKind::kDns);
  EXPECT_EQ(error_kind(CURLE_COULDNT_CONNECT, {}), ErrorKind::kConnect);
  EXPECT_EQ(error_kind(CURLE_OPERATION_TIMEDOUT, {}), ErrorKind::kTimeout);
  EXPECT_EQ(error_kind(CURLE_PEER_FAILED_VERIFICATION, {}), ErrorKind::kTls);
  EXPECT_EQ(error_kind(CURLE_SSL_CONNECT_ERROR, {}), ErrorKind::kTls);
  EXPECT_EQ(error_kind(CURLE_PARTIAL_FILE, {}), ErrorKind::kClosed);
  EXPECT_EQ(error_kind(CURLE_GOT_NOTHING, {}), ErrorKind::kClosed);
  EXPECT_EQ(error_kind(CURLE_UNSUPPORTED_PROTOCOL, {}), ErrorKind::kProtocol);
  EXPECT_EQ(error_kind(CURLE_BAD_CONTENT_ENCODING, {}), ErrorKind::kDecode);
  EXPECT_EQ(error_kind(CURLE_WRITE_ERROR, {}), ErrorKind::kDecode);
}

TEST(CurlError, AReceiveErrorInChunksIsBadFramingUnlessTheSystemSaysWhy) {
  Progress progress;
  EXPECT_EQ(error_kind(CURLE_RECV_ERROR, progress), ErrorKind::kClosed);
  progress.headers_done = true;
  progress.chunked = true;
  EXPECT_EQ(error_kind(CURLE_RECV_ERROR, progress), ErrorKind::kProtocol);
  progress.os_errno = ECONNRESET;
  EXPECT_EQ(error_kind(CURLE_RECV_ERROR, progress), ErrorKind::kClosed);
}

TEST(CurlError, LostMemoryBeforeTheBodyIsAnEndlessHeaderLine) {
  Progress progress;
  EXPECT_EQ(error_kind(CURLE_OUT_OF_MEMORY, progress), ErrorKind::kProtocol);
  progress.headers_done = true;
  EXPECT_EQ(error_kind(CURLE_OUT_OF_MEMORY, progress), ErrorKind::kInternal);
}

}  // namespace
}  // namespace crawl
