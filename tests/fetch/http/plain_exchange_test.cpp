// What an exchange's bytes and times come to, without a network.
#include "fetch/http/plain_exchange.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "fetch/http/plain_http.h"

namespace crawl {
namespace {

using namespace std::chrono_literals;

class PlainExchangeTest : public testing::Test, private ExchangeOwner {
 protected:
  // Begins a request to a page at `now`.
  PlainExchange& begin(FetchOptions options = {},
                       const char* url = "http://a.test:81/b?c") {
    exchange_.reset();
    http_.reset();
    setup_ = *CurlSetup::create(std::move(options));
    context_ = std::make_unique<LoopContext>(
        LoopContext{*setup_, sockets_, buffers_, 0, {}});
    multi_.reset(curl_multi_init());
    http_ = std::make_unique<PlainHttp>(*context_, multi_.get(),
                                        static_cast<ExchangeOwner&>(*this), 4);
    exchange_ = std::make_unique<PlainExchange>(*context_, *http_);
    EXPECT_EQ(exchange_->begin({.id = 1, .url = *Url::parse(url)}),
              ErrorKind::kNone);
    exchange_->started(now);
    exchange_->begin_sending(now);
    return *exchange_;
  }

  const std::chrono::steady_clock::time_point now =
      std::chrono::steady_clock::now();

 private:
  void over(Exchange& /*exchange*/) override {}

  std::unique_ptr<const CurlSetup> setup_;
  SocketSet sockets_;
  BufferPool buffers_;
  std::unique_ptr<LoopContext> context_;
  MultiHandle multi_;
  std::unique_ptr<PlainHttp> http_;
  std::unique_ptr<PlainExchange> exchange_;
};

TEST_F(PlainExchangeTest, Rfc9112_3_TheRequestIsWhole) {
  FetchOptions options;
  options.user_agent = "test/1.0";
  options.headers = {{"X-One", "1"}, {"X-None", ""}};
  EXPECT_EQ(begin(std::move(options)).unsent(),
            "GET /b?c HTTP/1.1\r\nHost: a.test:81\r\nAccept: */*\r\n"
            "X-One: 1\r\nUser-Agent: test/1.0\r\n"
            "Accept-Encoding: gzip, deflate, br, zstd\r\n\r\n");
  EXPECT_TRUE(begin({}, "http://[::1]/")
                  .unsent()
                  .starts_with("GET / HTTP/1.1\r\nHost: [::1]\r\n"));
}

TEST_F(PlainExchangeTest, WhatIsSentIsNotSentAgainUntilItIsRepeated) {
  PlainExchange& exchange = begin();
  const std::string all(exchange.unsent());
  exchange.sent(10);
  EXPECT_EQ(exchange.unsent(), all.substr(10));
  exchange.begin_sending(now);
  EXPECT_EQ(exchange.unsent(), all);
}

TEST_F(PlainExchangeTest, OneByteASecondIsEnough) {
  FetchOptions options;
  options.stall_time = 20s;
  options.max_time = 10min;
  PlainExchange& exchange = begin(std::move(options));
  EXPECT_EQ(exchange.deadline(), now + 20s);
  for (int i = 1; i <= 60; ++i) {
    exchange.received(i == 1 ? "H" : "T", now + i * 1s);
    if (i == 1) {
      EXPECT_EQ(exchange.deadline(), now + 20s);
    }
  }
  EXPECT_GE(exchange.deadline(), now + 60s);
}

TEST_F(PlainExchangeTest, ADripIsAStall) {
  FetchOptions options;
  options.stall_time = 20s;
  options.max_time = 10min;
  PlainExchange& exchange = begin(std::move(options));
  for (int i = 1; i <= 9; ++i) exchange.received("H", now + i * 2s);
  EXPECT_EQ(exchange.deadline(), now + 20s);
  exchange.fail_late(now + 20s);
  EXPECT_EQ(exchange.result().error, ErrorKind::kTimeout);
}

TEST_F(PlainExchangeTest, TheWholeMayTakeSoLong) {
  FetchOptions options;
  options.max_time = 5s;
  PlainExchange& exchange = begin(std::move(options));
  exchange.received(std::string(1'000, 'x'), now + 4s);
  EXPECT_EQ(exchange.deadline(), now + 5s);
}

TEST_F(PlainExchangeTest, WithoutLimitsItMayTakeForEver) {
  FetchOptions options;
  options.max_time = 0s;
  options.stall_time = 0s;
  EXPECT_FALSE(begin(std::move(options)).deadline().has_value());
}

}  // namespace
}  // namespace crawl
