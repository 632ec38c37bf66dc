#include "fetch/wire_tap.h"

#include <gtest/gtest.h>

#include <string>

namespace crawl {
namespace {

// Heads as they came, the body's size, and heads as an archive has them.
TEST(WireTap, HeadIsThatOfHttp1WithoutTransferCoding) {
  struct Row {
    std::string came;
    std::size_t body;
    std::string kept;
  };
  const Row rows[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX: y\r\n\r\n", 3,
       "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX: y\r\n\r\n"},
      {"HTTP/1.1 200 OK\nX: y\n\n", 3, "HTTP/1.1 200 OK\r\nX: y\r\n\r\n"},
      {"HTTP/1.0 200 OK\r\nX: y\r\n\r\n", 3, "HTTP/1.0 200 OK\r\nX: y\r\n\r\n"},
      {"HTTP/2 200\r\ncontent-type: text/html\r\n\r\n", 3,
       "HTTP/1.1 200 \r\ncontent-type: text/html\r\n\r\n"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n", 5,
       "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 5\r\n\r\n"},
      {"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\ncontent-length: "
       "99\r\nContent-Encoding: br\r\n\r\n",
       5,
       "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: "
       "5\r\n\r\n"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 5,
       "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
       "5\r\n\r\n"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n chunked\r\nX: a\r\n "
       "b\r\n\r\n",
       5, "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 5\r\n\r\n"},
      {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", 0,
       "HTTP/1.1 200 OK\r\nno colon\r\n\r\n"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(http1_head(row.came, row.body), row.kept);
  }
}

TEST(WireTap, RequestHasNoSecrets) {
  EXPECT_EQ(without_secrets("GET / HTTP/1.1\r\nHost: a\r\nCookie: a=b\r\n"
                            "Authorization: Basic eA==\r\n"
                            "proxy-authorization: x\r\nX: y\r\n\r\n"),
            "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n");
}

TEST(WireTap, KeepsNoMoreOfABodyThanItsLimit) {
  WireTap tap;
  tap.begin(5);
  tap.header("HTTP/1.1 200 OK\r\n", true);
  tap.header("\r\n", false);
  tap.body("abc");
  tap.body("defg");
  EXPECT_EQ(tap.body_bytes(), 5U);
  tap.body("h");
  EXPECT_EQ(tap.body_bytes(), 5U);
}

}  // namespace
}  // namespace crawl
