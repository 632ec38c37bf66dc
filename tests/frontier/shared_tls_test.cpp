// A shared crawl in a Redis that is spoken to over TLS.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "crawl/fetch/secure_channel.h"
#include "crawl/frontier/shared_status.h"
#include "frontier/shared_worker.h"
#include "support/redis_server.h"
#include "support/temp_dir.h"
#include "support/tls_certificates.h"

namespace crawl {
namespace {

using ::testing::HasSubstr;
using testing::make_certificate;
using ::testing::Not;
using testing::RedisServer;
using testing::to_pem;
using testing::Worker;
using namespace std::chrono_literals;

// A Redis that speaks TLS only, to those who have a certificate of its
// authority.
class SharedTlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto own = make_certificate({"127.0.0.1", "IP:127.0.0.1"}, &ca_);
    const auto other = make_certificate({"other", "DNS:other.test"}, &ca_);
    const auto us = make_certificate({"us", ""}, &ca_);
    ca_file_ = files_.write("ca.pem", to_pem(*ca_.certificate));
    write("own", own);
    write("other", other);
    write("us", us);
  }
  void write(const std::string& name, const testing::TlsIdentity& identity) {
    files_.write(name + ".pem", to_pem(*identity.certificate));
    files_.write(name + ".key", to_pem(*identity.key));
  }
  std::vector<std::string> settings(const std::string& name) const {
    return {"--port",
            "0",
            "--tls-port",
            "@PORT",
            "--tls-cert-file",
            files_.file(name + ".pem"),
            "--tls-key-file",
            files_.file(name + ".key"),
            "--tls-ca-cert-file",
            ca_file_,
            "--requirepass",
            "sesame"};
  }
  std::string us() const {
    return fmt::format("&cert={}&key={}", files_.file("us.pem"),
                       files_.file("us.key"));
  }
  std::string refusal(const RedisServer& redis, const std::string& query,
                      const std::string& scheme = "rediss") {
    SharedOptions own;
    own.worker = "a";
    own.address = fmt::format("{}://sesame@127.0.0.1:{}/0/n{}", scheme,
                              redis.port(), query);
    own.secure = &open_secure_channel;
    const auto refused = SharedState::open(
        own, clock_, [] {}, 1500ms);
    EXPECT_FALSE(refused) << query;
    return refused ? "" : refused.error().message;
  }

  SystemClock clock_;
  testing::TempDir files_;
  const testing::TlsIdentity ca_ =
      testing::make_certificate({"ca", "", true}, nullptr);
  std::string ca_file_;
};

TEST_F(SharedTlsTest, ACrawlIsSharedOverTls) {
  RedisServer redis(settings("own"));
  SharedOptions own;
  own.worker = "a";
  own.address = fmt::format("rediss://sesame@127.0.0.1:{}/0/n?cacert={}{}",
                            redis.port(), ca_file_, us());
  own.secure = &open_secure_channel;
  Worker a(SharedState::open(
      own, clock_, [] {}, 5s));
  // More than one record of TLS, there and back.
  const std::string tail(1'000, 'x');
  for (int i = 0; i < 100; ++i) {
    a.add(fmt::format("http://h{}.test/{}", i % 20, i) + tail);
  }
  ASSERT_TRUE(a.turn());
  ASSERT_TRUE(a.turn());
  EXPECT_EQ(a.pages.size(), 100u);
  const auto status = read_shared_status(own.address, 5s, &open_secure_channel);
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->known, 100u);
  // A connection that was lost is made again.
  redis.kill();
  a.state().done(a.pages[0].id);
  ASSERT_TRUE(a.state().commit({}));
  redis.start();
  ASSERT_TRUE(a.state().await());
  EXPECT_EQ(a.state().totals().done, 1u);
}

TEST_F(SharedTlsTest, WhoIsNotTrustedIsToldNothing) {
  RedisServer redis(settings("own")), other(settings("other"));
  const std::string ca = "?cacert=" + ca_file_;
  EXPECT_THAT(refusal(redis, "?" + us().substr(1)),
              HasSubstr("certificate is not trusted"));
  EXPECT_THAT(refusal(other, ca + us()),
              HasSubstr("certificate is not for 127.0.0.1"));
  EXPECT_THAT(refusal(redis, "?cacert=/there/is/none"),
              HasSubstr("cacert /there/is/none: "));
  // It lets nobody in who has no certificate, nor in the clear.
  for (const std::string& message :
       {refusal(redis, ca), refusal(redis, "", "redis")}) {
    EXPECT_THAT(message, HasSubstr("connection"));
    EXPECT_THAT(message, Not(HasSubstr("sesame")));
  }
}

}  // namespace
}  // namespace crawl
