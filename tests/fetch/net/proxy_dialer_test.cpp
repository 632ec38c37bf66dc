#include "fetch/net/proxy_dialer.h"

#include <gmock/gmock.h>

#include <string>

#include "fetch/net/dial_fixture.h"
#include "support/closed_ports.h"
#include "support/fake_proxy.h"
#include "support/temp_dir.h"
#include "support/tls_transport.h"

namespace crawl::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using Manner = FakeProxy::Manner;

class ProxyDialerTest : public DialTest {
 protected:
  ProxyDialerTest() {
    server.set("site.test", {.addresses = {"192.0.2.1", "2001:db8::1"}});
    server.set("six.test", {.addresses = {"2001:db8::1"}});
    options.user_agent = "crawl-test";
  }

  // Through the socket, or the tunnel.
  static ssize_t read(NewConnection& connection, void* into, std::size_t size) {
    return connection.tunnel
               ? connection.tunnel->read(into, size)
               : ::recv(connection.fd.get(), into, size, MSG_DONTWAIT);
  }
  static ssize_t write(NewConnection& connection, std::string_view bytes) {
    return connection.tunnel
               ? connection.tunnel->write(bytes.data(), bytes.size())
               : ::send(connection.fd.get(), bytes.data(), bytes.size(),
                        MSG_NOSIGNAL);
  }

  struct Reader final : SocketUser {
    void ready(int, bool, bool) override {
      while (true) {
        char buffer[100];
        const ssize_t count =
            ProxyDialerTest::read(connection, buffer, sizeof buffer);
        if (count <= 0) {
          ended = count == 0 || errno != EAGAIN;
          return;
        }
        text.append(buffer, static_cast<std::size_t>(count));
      }
    }
    explicit Reader(NewConnection& opened) : connection(opened) {}
    NewConnection& connection;
    std::string text;
    bool ended = false;
  };

  // Reads what the proxy says first, then has it send something back.
  std::string talk(Caller& caller, std::string_view words) {
    if (!caller.opened) return caller.message;
    Reader reader(*caller.opened);
    const int fd = caller.opened->fd.get();
    sockets.opened(fd, &reader);
    sockets.watch(fd, true, false);
    reader.ready(fd, true, false);
    wait_until([&] { return reader.text.find('\n') != reader.text.npos; });
    EXPECT_EQ(write(*caller.opened, words), static_cast<ssize_t>(words.size()));
    wait_until([&] { return reader.text.ends_with(words); });
    EXPECT_FALSE(reader.ended);
    sockets.opened(fd, nullptr);
    return reader.text;
  }
};

struct SocksCase {
  const char* scheme;
  const char* host;
  const char* target;  // as the proxy gets it
  const char* request;
};

TEST_F(ProxyDialerTest, SocksIsToldANameOrAnAddress) {
  for (const SocksCase& c : {
           SocksCase{"socks4", "site.test", "192.0.2.1", "socks4"},
           SocksCase{"socks4a", "site.test", "site.test", "socks4a"},
           SocksCase{"socks5", "site.test", "192.0.2.1", "socks5"},
           SocksCase{"socks5", "six.test", "[2001:db8::1]", "socks5"},
           SocksCase{"socks5h", "site.test", "site.test", "socks5"},
           SocksCase{"socks5h", "nowhere.test", "nowhere.test", "socks5"},
           SocksCase{"socks5h", "192.0.2.9", "192.0.2.9", "socks5"},
       }) {
    FakeProxy proxy;
    options.proxy = proxy.url(c.scheme);
    forget_dialer();
    for (const bool tls : {false, true}) {
      Caller& caller = dial(c.host, 443, tls);
      const std::string target = std::string(c.target) + ":443";
      EXPECT_EQ(talk(caller, "ping"), target + "\nping") << c.scheme;
      ASSERT_TRUE(caller.opened);
      EXPECT_FALSE(caller.opened->to_proxy);
      EXPECT_EQ(caller.opened->tunnel, nullptr);
      EXPECT_EQ(caller.opened->remote_ip, "127.0.0.1");
      EXPECT_EQ(proxy.requests().back(), std::string(c.request) + " " + target);
      hang_up(caller);
    }
    forget_dialer();
  }
  EXPECT_EQ(server.asked("nowhere.test"), 0u);
}

TEST_F(ProxyDialerTest, SocksIsGivenItsCredentials) {
  FakeProxy proxy;
  options.proxy = proxy.url("socks5h", "me:se%20cret@");
  EXPECT_EQ(talk(dial("site.test", 80), "x"), "site.test:80\nx");
  EXPECT_THAT(proxy.requests(), ElementsAre("socks5 site.test:80 me:se cret"));
}

TEST_F(ProxyDialerTest, ANameThatSocksCannotBeGivenIsADnsFailure) {
  FakeProxy proxy;
  options.proxy = proxy.url("socks4");
  for (const auto& [host, why] :
       {std::pair{"nowhere.test", "no such name"},
        std::pair{"six.test", "the name has no IPv4 address"}}) {
    Caller& caller = dial(host, 80);
    EXPECT_EQ(caller.error, ErrorKind::kDns);
    EXPECT_THAT(caller.message, StartsWith("Could not resolve host: " +
                                           std::string(host) + " (" + why));
  }
  EXPECT_THAT(proxy.requests(), IsEmpty());
}

TEST_F(ProxyDialerTest, AnHttpProxyIsAskedToConnectForTls) {
  FakeProxy proxy;
  options.proxy = proxy.url("http", "me:secret@");
  for (const char* host : {"site.test", "[2001:db8::1]"}) {
    Caller& caller = dial(host, 443, true);
    const std::string target = std::string(host) + ":443";
    EXPECT_EQ(talk(caller, "ping"), target + "\nping");
    ASSERT_TRUE(caller.opened);
    EXPECT_FALSE(caller.opened->to_proxy);
    EXPECT_EQ(caller.opened->tunnel, nullptr);
    const std::string request = proxy.requests().back();
    EXPECT_THAT(request, StartsWith("CONNECT " + target + " HTTP/1.1\r\n"));
    EXPECT_THAT(request, HasSubstr("Host: " + target + "\r\n"));
    EXPECT_THAT(request, HasSubstr("Proxy-Authorization: Basic bWU6c2VjcmV0"));
    EXPECT_THAT(request, HasSubstr("User-Agent: crawl-test\r\n"));
  }
  EXPECT_THAT(server.questions(), IsEmpty());
}

TEST_F(ProxyDialerTest, AProxyAuthorizationOfTheUsersTakesThePlaceOfItsUrls) {
  FakeProxy proxy;
  options.proxy = proxy.url("http", "me:secret@");
  for (const char* own : {"Basic own", ""}) {
    options.headers = {{"Proxy-Authorization", own}};
    forget_dialer();
    EXPECT_EQ(talk(dial("site.test", 443, true), "x"), "site.test:443\nx");
    const std::string request = proxy.requests().back();
    EXPECT_EQ(request.find("bWU6c2VjcmV0"), request.npos);
    EXPECT_EQ(
        request.find("Proxy-Authorization: Basic own\r\n") != request.npos,
        *own != '\0');
    forget_dialer();
  }
}

TEST_F(ProxyDialerTest, AnHttpProxyTakesPlainRequestsItself) {
  FakeProxy proxy;
  options.proxy = proxy.url("http");
  Caller& caller = dial("far.test", 80);
  ASSERT_TRUE(caller.opened) << caller.message;
  EXPECT_TRUE(caller.opened->to_proxy);
  EXPECT_EQ(caller.opened->remote_ip, "127.0.0.1");
  EXPECT_THAT(proxy.requests(), IsEmpty());
}

// As curl does: the proxy cannot be asked for one host and sent to another.
TEST_F(ProxyDialerTest, ConnectToMakesPlainHttpATunnelToo) {
  FakeProxy proxy;
  options.proxy = proxy.url("http");
  options.connect_to = {"a.test:80:b.test:8080", "::never.test:1"};
  Caller& caller = dial("a.test", 80);
  EXPECT_EQ(talk(caller, "x"), "b.test:8080\nx");
  ASSERT_TRUE(caller.opened);
  EXPECT_FALSE(caller.opened->to_proxy);
}

TEST_F(ProxyDialerTest, TheProxysOwnNameIsLookedUp) {
  FakeProxy proxy;
  server.set("proxy.test", {.addresses = {"127.0.0.1"}});
  const std::string port = std::to_string(proxy.port());
  for (const char* scheme : {"http", "socks5h"}) {
    options.proxy = std::string(scheme) + "://proxy.test:" + port;
    forget_dialer();
    Caller& caller = dial("site.test", 443, true);
    EXPECT_EQ(talk(caller, "x"), "site.test:443\nx");
    EXPECT_TRUE(caller.looked_up);
    hang_up(caller);
    forget_dialer();
  }
}

TEST_F(ProxyDialerTest, AProxyThatIsNotThereIsNamed) {
  RefusingPort port;
  const std::pair<std::string, ErrorKind> cases[] = {
      {"127.0.0.1:" + std::to_string(port.port()), ErrorKind::kConnect},
      {"nowhere.test:80", ErrorKind::kDns},
  };
  for (const char* scheme : {"http://", "socks5h://", "https://"}) {
    for (const auto& [where, kind] : cases) {
      options.proxy = scheme + where;
      forget_dialer();
      Caller& caller = dial("site.test", 443, true);
      EXPECT_EQ(caller.error, kind) << options.proxy;
      EXPECT_THAT(caller.message, StartsWith("the proxy: "));
      forget_dialer();
    }
  }
}

TEST_F(ProxyDialerTest, AProxyThatRefusesOrGoesIsAConnectFailure) {
  for (const Manner manner : {Manner::kRefuse, Manner::kClose}) {
    FakeProxy proxy(manner);
    for (const char* scheme : {"http", "socks4a", "socks5h"}) {
      options.proxy = proxy.url(scheme);
      forget_dialer();
      Caller& caller = dial("site.test", 443, true);
      EXPECT_EQ(caller.error, ErrorKind::kConnect)
          << scheme << ": " << to_string(caller.error);
      EXPECT_THAT(caller.message, StartsWith("the proxy: "));
      forget_dialer();
    }
  }
}

// Which of its words were wrong: those that will not change are not asked for
// again.
TEST_F(ProxyDialerTest, WhatAnHttpProxyAnswersToConnectIsNamed) {
  const struct {
    const char* answer;
    ErrorKind kind;
    const char* word;
  } kCases[] = {
      {"HTTP/1.1 407 Proxy Authentication Required\r\n"
       "Proxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n",
       ErrorKind::kProtocol, "-x http://USER:PASSWORD@"},
      {"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
       ErrorKind::kConnect, "502"},
      {"SSH-2.0-OpenSSH_9.2\r\n\r\n", ErrorKind::kProtocol, "not HTTP"},
  };
  for (const auto& one : kCases) {
    FakeProxy proxy(one.answer);
    options.proxy = proxy.url("http");
    forget_dialer();
    Caller& caller = dial("site.test", 443, true);
    EXPECT_EQ(caller.error, one.kind) << caller.message;
    EXPECT_THAT(caller.message, StartsWith("the proxy"));
    EXPECT_THAT(caller.message, HasSubstr(one.word));
    forget_dialer();
  }
}

TEST_F(ProxyDialerTest, ASilentProxyIsWaitedForNoLongerThanTheLimit) {
  FakeProxy proxy(Manner::kSilent);
  options.connect_timeout = std::chrono::milliseconds(60);
  for (const char* scheme : {"http", "socks4a", "socks5h"}) {
    options.proxy = proxy.url(scheme);
    forget_dialer();
    Caller& caller = dial("site.test", 443, true);
    EXPECT_EQ(caller.error, ErrorKind::kTimeout) << scheme;
    EXPECT_EQ(caller.message,
              "Connection timed out after 60 milliseconds (--connect-timeout)");
    forget_dialer();
  }
}

TEST_F(ProxyDialerTest, ADialCanBeGivenUpAtAnyTime) {
  FakeProxy proxy(Manner::kSilent);
  for (const char* scheme : {"http", "socks5"}) {
    options.proxy = proxy.url(scheme);
    forget_dialer();
    const std::size_t before = proxy.requests().size();
    Caller& early = caller();
    start(early, "site.test", 443, true);
    early.dial.reset();
    Caller& late = caller();
    start(late, "site.test", 443, true);
    wait_until([&] { return proxy.requests().size() > before; });
    late.dial.reset();
    EXPECT_EQ(early.calls + late.calls, 0);
    forget_dialer();
  }
}

TEST_F(ProxyDialerTest, ManyDialsAtATimeDoNotMixTheirTargets) {
  FakeProxy proxy;
  options.proxy = proxy.url("socks5h");
  std::vector<Caller*> callers;
  for (int i = 0; i < 40; ++i) {
    callers.push_back(&caller());
    start(*callers.back(), "h" + std::to_string(i) + ".test", 443, true);
  }
  wait_until([&] {
    return std::all_of(callers.begin(), callers.end(),
                       [](const Caller* one) { return one->over(); });
  });
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(talk(*callers[static_cast<std::size_t>(i)], "x"),
              "h" + std::to_string(i) + ".test:443\nx");
  }
}

class HttpsProxyTest : public ProxyDialerTest {
 protected:
  HttpsProxyTest()
      : identity_(make_certificate(
            {.common_name = "proxy",
             .alternative_names = "IP:127.0.0.1,DNS:proxy.test"})),
        proxy(Manner::kServe, make_tls_context(identity_)) {
    options.proxy = proxy.url("https", "me:secret@");
    options.proxy_ca_file =
        directory_.write("ca.pem", to_pem(*identity_.certificate));
  }

 private:
  TempDir directory_;
  TlsIdentity identity_;

 protected:
  FakeProxy proxy;
};

TEST_F(HttpsProxyTest, BytesGoThroughItsTls) {
  Caller& caller = dial("site.test", 443, true);
  EXPECT_EQ(talk(caller, "ping"), "site.test:443\nping");
  ASSERT_TRUE(caller.opened) << caller.message;
  EXPECT_NE(caller.opened->tunnel, nullptr);
  EXPECT_FALSE(caller.opened->to_proxy);
  EXPECT_THAT(proxy.requests().back(),
              HasSubstr("Proxy-Authorization: Basic bWU6c2VjcmV0"));
}

TEST_F(HttpsProxyTest, TakesPlainRequestsOverItsTls) {
  Caller& caller = dial("far.test", 80);
  ASSERT_TRUE(caller.opened) << caller.message;
  EXPECT_TRUE(caller.opened->to_proxy);
  ASSERT_NE(caller.opened->tunnel, nullptr);
  const std::string request = "GET http://far.test/ HTTP/1.1\r\n\r\n";
  EXPECT_EQ(caller.opened->tunnel->write(request.data(), request.size()),
            static_cast<ssize_t>(request.size()));
  EXPECT_EQ(talk(caller, "x"), "http://far.test/\nx");
  EXPECT_THAT(proxy.requests(), ElementsAre(request));
}

// Connections that libcurl holds for others are in its cache all the while.
TEST_F(HttpsProxyTest, TunnelsLiveWhileOthersComeAndGo) {
  std::vector<Caller*> callers;
  for (int i = 0; i < 12; ++i) {
    callers.push_back(&dial("h" + std::to_string(i) + ".test", 443, true));
    ASSERT_TRUE(callers.back()->opened) << callers.back()->message;
    if (i % 3 == 2) hang_up(*callers.back());
  }
  for (int i = 0; i < 12; ++i) {
    if (i % 3 == 2) continue;
    Caller& caller = *callers[static_cast<std::size_t>(i)];
    EXPECT_EQ(talk(caller, "x"), "h" + std::to_string(i) + ".test:443\nx");
    EXPECT_EQ(write(*caller.opened, "more"), 4);
  }
}

TEST_F(HttpsProxyTest, ItsCertificateIsVerified) {
  options.proxy_ca_file.clear();
  options.insecure = true;  // says nothing of the proxy
  Caller& caller = dial("site.test", 443, true);
  EXPECT_EQ(caller.error, ErrorKind::kTls);
  EXPECT_THAT(caller.message, StartsWith("the proxy: SSL certificate"));
}

TEST_F(HttpsProxyTest, ProxyInsecureTakesAnyCertificate) {
  options.proxy_ca_file.clear();
  options.proxy_insecure = true;
  server.set("other.test", {.addresses = {"127.0.0.1"}});
  options.proxy = "https://other.test:" + std::to_string(proxy.port());
  Caller& caller = dial("site.test", 443, true);
  EXPECT_EQ(talk(caller, "x"), "site.test:443\nx");
}

TEST_F(HttpsProxyTest, ItsNameIsVerified) {
  server.set("other.test", {.addresses = {"127.0.0.1"}});
  server.set("proxy.test", {.addresses = {"127.0.0.1"}});
  const std::string port = std::to_string(proxy.port());
  options.proxy = "https://other.test:" + port;
  Caller& refused = dial("site.test", 443, true);
  EXPECT_EQ(refused.error, ErrorKind::kTls) << refused.message;
  forget_dialer();
  options.proxy = "https://proxy.test:" + port;
  Caller& taken = dial("site.test", 443, true);
  EXPECT_EQ(talk(taken, "x"), "site.test:443\nx");
}

}  // namespace
}  // namespace crawl::testing
