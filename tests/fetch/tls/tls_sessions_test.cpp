#include "fetch/tls/tls_sessions.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "support/loopback_tls.h"

namespace crawl {
namespace {

// A server and a client that talk through memory.
class TlsSessionsTest : public ::testing::Test {
 protected:
  TlsSessionsTest() {
    TlsSessions::keep_those_of(client_.get());
    // One ticket, when the handshake is over.
    SSL_CTX_set_num_tickets(server_.get(), 1);
  }

  // Makes a connection; whether it resumed a session.
  bool connect(TlsSessions& sessions, const std::string& peer) {
    SslHandle server(SSL_new(server_.get()));
    SslHandle client(SSL_new(client_.get()));
    BIO* near = nullptr;
    BIO* far = nullptr;
    EXPECT_EQ(BIO_new_bio_pair(&near, 0, &far, 0), 1);
    SSL_set_bio(client.get(), near, near);
    SSL_set_bio(server.get(), far, far);
    SSL_set_connect_state(client.get());
    SSL_set_accept_state(server.get());
    sessions.attach(client.get(), peer);
    for (int i = 0; i < 10; ++i) {
      SSL_do_handshake(client.get());
      SSL_do_handshake(server.get());
    }
    EXPECT_EQ(SSL_is_init_finished(client.get()), 1);
    // The tickets come behind it.
    char byte = 0;
    std::size_t size = 0;
    SSL_read_ex(client.get(), &byte, 1, &size);
    const bool resumed = SSL_session_reused(client.get()) == 1;
    // Without this OpenSSL takes the session for one that broke.
    SSL_set_shutdown(client.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    return resumed;
  }

  std::shared_ptr<SSL_CTX> server_ = testing::LoopbackTls::get().make_context();
  SslContextHandle client_{SSL_CTX_new(TLS_client_method())};
};

TEST_F(TlsSessionsTest, ResumeThePeersLastOne) {
  TlsSessions sessions;
  EXPECT_FALSE(connect(sessions, "a.test:443"));
  EXPECT_EQ(sessions.size(), 1u);
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(connect(sessions, "a.test:443")) << i;
    EXPECT_EQ(sessions.size(), 1u);
  }
}

TEST_F(TlsSessionsTest, AreEachPeersOwn) {
  TlsSessions sessions;
  EXPECT_FALSE(connect(sessions, "a.test:443"));
  EXPECT_FALSE(connect(sessions, "a.test:444"));
  EXPECT_FALSE(connect(sessions, "b.test:443"));
  EXPECT_TRUE(connect(sessions, "a.test:443"));
  TlsSessions others;
  EXPECT_FALSE(connect(others, "a.test:443"));
}

TEST_F(TlsSessionsTest, AreForgottenWhenTold) {
  TlsSessions sessions;
  connect(sessions, "a.test:443");
  connect(sessions, "b.test:443");
  sessions.forget("a.test:443");
  sessions.forget("unknown.test:443");
  EXPECT_EQ(sessions.size(), 1u);
  EXPECT_FALSE(connect(sessions, "a.test:443"));
  EXPECT_TRUE(connect(sessions, "b.test:443"));
}

TEST_F(TlsSessionsTest, AreNoMoreThanSaidAndTheLastUsedStay) {
  TlsSessions sessions(3);
  for (const char* peer : {"a:1", "b:1", "c:1"}) connect(sessions, peer);
  EXPECT_TRUE(connect(sessions, "a:1"));
  connect(sessions, "d:1");  // b has not been used for longest
  EXPECT_EQ(sessions.size(), 3u);
  for (const char* peer : {"a:1", "c:1", "d:1"}) {
    EXPECT_TRUE(connect(sessions, peer)) << peer;
  }
  EXPECT_FALSE(connect(sessions, "b:1"));
  for (int i = 0; i < 100; ++i) {
    connect(sessions, "n" + std::to_string(i) + ":1");
    EXPECT_EQ(sessions.size(), 3u);
  }
}

}  // namespace
}  // namespace crawl
