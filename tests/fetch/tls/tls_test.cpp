// TLS: whom to trust, and handshakes not made twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "fetch/fetch_fixture.h"
#include "support/loopback_tls.h"
#include "support/temp_dir.h"
#include "support/tls_certificates.h"
#include "support/tls_faults.h"
#include "support/tls_transport.h"

namespace crawl::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class Tls : public FetcherTest {
 protected:
  Tls() { options.ca_file = servers.ca_file(); }

  FetchResult fetch_from(std::string_view name, std::string_view path = "/") {
    return fetch({.id = 1, .url = url_of(servers.url(name, path))});
  }

  // All are asked for before the first is answered.
  void expect_all_at_once(LoopbackSite& site, std::uint64_t count) {
    site.serve("/wait", [](const HttpRequest&) {
      return Reply().wait_for("all").then(Reply::html("<title>ok</title>"));
    });
    for (std::uint64_t id = 0; id < count; ++id) {
      fetcher().start({.id = id, .url = url_of(site.url("/wait"))});
    }
    std::vector<FetchResult> early;
    const auto limit = patience();
    while (site.log().size() < count &&
           std::chrono::steady_clock::now() < limit) {
      fetcher().wait(std::chrono::steady_clock::now() + 10ms, early);
    }
    EXPECT_EQ(site.log().size(), count);
    site.open_gate("all");
    for (const FetchResult& result : collect(count)) {
      EXPECT_EQ(result.status_code, 200) << result.error_message;
    }
  }

  TlsFaults servers;
};
INSTANTIATE_TEST_SUITE_P(, Tls, all_fetchers(), NameOfParameter());

// And which one it is.
TEST_P(Tls, EachFaultIsNamed) {
  const std::map<std::string, std::string> words = {
      {"incomplete-chain",
       "no certificate of its issuer (/CN=Test Intermediate)"},
      {"chain-to-mend",
       "not send the certificate of an issuer (/CN=Test Intermediate)"},
      {"wrong-host-chain-to-mend", "is not for 127.0.0.1"},
      {"expired-chain-to-mend", "has expired"},
      {"expired", "has expired"},
      {"not-yet-valid", "not yet valid"},
      {"wrong-host", "is not for 127.0.0.1"},
      {"self-signed", "self-signed"},
      {"untrusted-root", "not trusted (/CN=Other Root)"},
      {"plain-http-on-https-port", "does not speak TLS"}};
  for (const std::string& name : servers.names()) {
    if (TlsFaults::is_right(name)) continue;
    ASSERT_TRUE(words.contains(name)) << name;
    EXPECT_THAT(fetch_from(name).error_message, HasSubstr(words.at(name)));
  }
}

TEST_P(Tls, EachFaultIsFound) {
  for (const std::string& name : servers.names()) {
    const FetchResult result = fetch_from(name);
    const bool right = TlsFaults::is_right(name);
    EXPECT_EQ(result.error, right                     ? ErrorKind::kNone
                            : name == "chain-to-mend" ? ErrorKind::kTlsChain
                                                      : ErrorKind::kTls)
        << name << ": " << to_string(result.error) << ": "
        << result.error_message;
    EXPECT_EQ(result.status_code, right ? 200 : 0) << name;
    EXPECT_EQ(result.error_message.empty(), right) << name;
    if (right) {
      EXPECT_EQ(result.page->title, "tls ok") << name;
      EXPECT_GT(result.times.appconnect, 0) << name;
    }
  }
}

// As curl has it: what is named is trusted, root or not.
TEST_P(Tls, WhatCacertNamesNeedBeNoRoot) {
  options.ca_file = servers.certificate_file("incomplete-chain");
  EXPECT_EQ(fetch_from("incomplete-chain").error, ErrorKind::kNone);
  EXPECT_EQ(fetch_from("valid").error, ErrorKind::kTls);
  EXPECT_EQ(fetch_from("untrusted-root").error, ErrorKind::kTls);
}

TEST_P(Tls, AnUnknownRootIsNotTrusted) {
  options.ca_file = "";
  EXPECT_EQ(fetch_from("valid").error, ErrorKind::kTls);
}

TEST_P(Tls, InsecureTakesAnyCertificate) {
  options.insecure = true;
  options.ca_file = "";
  for (const char* name :
       {"valid", "expired", "wrong-host", "self-signed", "untrusted-root"}) {
    EXPECT_EQ(fetch_from(name).status_code, 200) << name;
  }
}

TEST_P(Tls, AConnectionIsUsedAgain) {
  for (int i = 0; i < 10; ++i) fetch_from("valid");
  EXPECT_EQ(servers.handshakes("valid"), 1u);
}

TEST_P(Tls, ANewConnectionResumesTheSession) {
  servers.site("valid").serve("/closing", [](const HttpRequest&) {
    return Reply::html("<title>bye</title>").close_after();
  });
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(fetch_from("valid", "/closing").status_code, 200);
  }
  EXPECT_EQ(servers.handshakes("valid"), 5u);
  EXPECT_EQ(servers.resumptions("valid"), 4u);
}

// What is resumed is the session of that name, not of that address.
TEST_P(Tls, SessionsAreKeptForEachHost) {
  LoopbackSite& server = servers.site("valid");
  server.serve("/closing", [](const HttpRequest&) {
    return Reply::html("<title>bye</title>").close_after();
  });
  for (const std::size_t resumed : {0u, 2u, 4u}) {
    for (const char* host : {"127.0.0.1", "localhost"}) {
      EXPECT_EQ(fetch({.id = 1, .url = url_of(server.url(host, "/closing"))})
                    .status_code,
                200);
    }
    EXPECT_EQ(servers.resumptions("valid"), resumed);
  }
}

// One handshake stands for all that would be made at the same time: they wait
// for its session and resume that.
TEST_P(Tls, TheFirstHandshakeServesTheOthers) {
  constexpr std::uint64_t kCount = 20;
  const std::size_t loops = GetParam() == FetcherKind::kInline ? 1 : 2;
  options.http1_only = true;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const std::shared_ptr<SSL_CTX> context = LoopbackTls::get().make_context();
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
    LoopbackSiteOptions site_options;
    site_options.scheme = "https";
    site_options.transport = make_tls_transports(context);
    LoopbackSite site(std::move(site_options));
    options.ca_file = LoopbackTls::get().ca_file();
    expect_all_at_once(site, kCount);
    EXPECT_EQ(SSL_CTX_sess_accept_good(context.get()), kCount);
    EXPECT_GE(SSL_CTX_sess_hits(context.get()),
              static_cast<long>(kCount - loops));
    drop_fetcher();
  }
}

// Nobody waits for what does not come.
TEST_P(Tls, AServerThatResumesNothingIsAskedByAll) {
  options.http1_only = true;
  const std::shared_ptr<SSL_CTX> context = LoopbackTls::get().make_context();
  SSL_CTX_set_num_tickets(context.get(), 0);
  LoopbackSiteOptions site_options;
  site_options.scheme = "https";
  site_options.transport = make_tls_transports(context);
  LoopbackSite site(std::move(site_options));
  options.ca_file = LoopbackTls::get().ca_file();
  expect_all_at_once(site, 20);
  EXPECT_EQ(SSL_CTX_sess_hits(context.get()), 0);
}

// A site whose TLS a test sets up.
class TlsSetUp : public FetcherTest {
 protected:
  void start_site() {
    LoopbackSiteOptions site_options;
    site_options.scheme = "https";
    site_options.transport = make_tls_transports(context);
    site = std::make_unique<LoopbackSite>(std::move(site_options));
    site->serve("/*", "<title>tls ok</title>");
  }
  FetchResult fetch_page(std::string_view host = "127.0.0.1") {
    return fetch({.id = 1, .url = url_of(site->url(host, "/"))});
  }

  std::shared_ptr<SSL_CTX> context = LoopbackTls::get().make_context();
  std::unique_ptr<LoopbackSite> site;
};
INSTANTIATE_TEST_SUITE_P(, TlsSetUp, all_fetchers(), NameOfParameter());

TEST_P(TlsSetUp, Rfc8996_Tls1_1IsNotSpoken) {
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
  start_site();
  const FetchResult result = fetch_page();
  EXPECT_EQ(result.error, ErrorKind::kTls);
  EXPECT_THAT(result.error_message, HasSubstr("version"));
  options.insecure = true;
  drop_fetcher();
  EXPECT_EQ(fetch_page().error, ErrorKind::kTls);
}

TEST_P(TlsSetUp, Tls1_2AndTls1_3AreSpoken) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    context = LoopbackTls::get().make_context();
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
    start_site();
    EXPECT_EQ(fetch_page().status_code, 200);
  }
}

// RFC 6066 section 3: a name is sent, an address is not.
TEST_P(TlsSetUp, TheNameIsSentAndAnAddressIsNot) {
  std::string names;
  SSL_CTX_set_tlsext_servername_arg(context.get(), &names);
  SSL_CTX_set_tlsext_servername_callback(
      context.get(), +[](SSL* ssl, int*, void* all) {
        const char* const name =
            SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        static_cast<std::string*>(all)
            ->append(name != nullptr ? name : "none")
            .append(" ");
        return SSL_TLSEXT_ERR_OK;
      });
  start_site();
  const std::string port = std::to_string(site->port());
  options.resolve = {"one.test:" + port + ":127.0.0.1",
                     "two.test.:" + port + ":127.0.0.1"};
  for (const char* host : {"127.0.0.1", "localhost", "one.test", "two.test."}) {
    const FetchResult result = fetch_page(host);
    EXPECT_EQ(result.status_code, 200) << host << result.error_message;
  }
  EXPECT_EQ(names, "none localhost one.test two.test ");
}

// What goes wrong in a handshake is told as what it is, and as whose doing.
TEST_P(TlsSetUp, WhoLeavesDuringTheHandshakeIsNamed) {
  class Leaving final : public Transport {
   public:
    Leaving(UniqueFd socket, bool resets) : Transport(std::move(socket)) {
      if (resets) set_reset_on_close();
    }
    IoResult read(std::span<char> buffer) override {
      const ssize_t got = recv(fd(), buffer.data(), buffer.size(), 0);
      return {
          got < 0 ? IoResult::Status::kWouldBlock : IoResult::Status::kClosed,
          0, true};
    }
    IoResult write(std::string_view) override {
      return {IoResult::Status::kClosed, 0, true};
    }
  };
  for (const bool resets : {false, true}) {
    LoopbackSiteOptions site_options;
    site_options.scheme = "https";
    site_options.transport = [resets](UniqueFd socket) {
      return std::make_unique<Leaving>(std::move(socket), resets);
    };
    site = std::make_unique<LoopbackSite>(std::move(site_options));
    const FetchResult result = fetch_page();
    EXPECT_EQ(result.error, ErrorKind::kClosed);
    EXPECT_THAT(result.error_message,
                HasSubstr(resets ? "the server reset the connection during the "
                                   "TLS handshake"
                                 : "the server closed the connection during "
                                   "the TLS handshake"));
  }
}

TEST_P(TlsSetUp, AHandshakeThatTheServerRefusesIsNamed) {
  SSL_CTX_set_tlsext_servername_callback(
      context.get(), +[](SSL*, int* alert, void*) {
        *alert = SSL_AD_HANDSHAKE_FAILURE;
        return SSL_TLSEXT_ERR_ALERT_FATAL;
      });
  start_site();
  EXPECT_THAT(fetch_page("localhost").error_message,
              HasSubstr("the TLS handshake failed: "));
}

// A server that wants to know who asks.
class ClientCertificate : public TlsSetUp {
 protected:
  ClientCertificate() {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()),
                        root.certificate.get());
    SSL_CTX_set_verify(context.get(),
                       SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       nullptr);
  }
  std::string cert_of(const TlsIdentity& identity) {
    return directory.write("cert.pem", to_pem(*identity.certificate));
  }
  std::string key_of(const TlsIdentity& identity) {
    return directory.write("key.pem", to_pem(*identity.key));
  }
  FetchResult expect_refused() {
    FetchResult result = fetch_page();
    EXPECT_EQ(result.error, ErrorKind::kTls)
        << to_string(result.error) << ": " << result.error_message;
    EXPECT_EQ(result.status_code, 0);
    EXPECT_FALSE(result.error_message.empty());
    return result;
  }
  void expect_no_fetcher(std::string_view word) {
    const auto made = make_inline_fetcher(options);
    ASSERT_FALSE(made.has_value());
    EXPECT_THAT(made.error().message, HasSubstr(std::string(word)));
  }

  const TlsIdentity root = make_certificate({.common_name = "Client Root",
                                             .alternative_names = "",
                                             .is_authority = true});
  const TlsIdentity client = make_certificate(
      {.common_name = "client", .alternative_names = "DNS:client.test"}, &root);
  TempDir directory;
};
INSTANTIATE_TEST_SUITE_P(, ClientCertificate, all_fetchers(),
                         NameOfParameter());

TEST_P(ClientCertificate, IsShownWhereItIsWanted) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    SSL_CTX_set_max_proto_version(context.get(), version);
    start_site();
    options.cert_file = cert_of(client);
    options.key_file = key_of(client);
    EXPECT_EQ(fetch_page().status_code, 200);
    drop_fetcher();
  }
}

TEST_P(ClientCertificate, MayStandInOneFileWithItsKey) {
  start_site();
  options.cert_file = directory.write(
      "both.pem", to_pem(*client.certificate) + to_pem(*client.key));
  EXPECT_EQ(fetch_page().status_code, 200);
}

TEST_P(ClientCertificate, MissingIsATlsFault) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    SSL_CTX_set_max_proto_version(context.get(), version);
    start_site();
    for (int i = 0; i < 5; ++i) {
      EXPECT_THAT(expect_refused().error_message, HasSubstr("--cert FILE"));
    }
    drop_fetcher();
  }
}

TEST_P(ClientCertificate, OfSomeoneElsesIsATlsFault) {
  const TlsIdentity stranger = make_certificate(
      {.common_name = "client", .alternative_names = "DNS:client.test"});
  options.cert_file = cert_of(stranger);
  options.key_file = key_of(stranger);
  start_site();
  expect_refused();
}

TEST_P(ClientCertificate, IsOfNoUseWithoutItsKey) {
  options.cert_file = cert_of(client);
  expect_no_fetcher("--key");
  options.key_file = key_of(root);
  expect_no_fetcher("--key");
  options.key_file = directory.write("empty.pem", "");
  expect_no_fetcher("empty");
  options.key_file = directory.path() / "none.pem";
  expect_no_fetcher("No such file");
  options.key_file = key_of(client);
  options.cert_file = directory.path() / "none.pem";
  expect_no_fetcher("--cert");
  options.cert_file = "";
  expect_no_fetcher("--key");
}

// HTTP/2 is offered and turned down: then one host may use every loop.
TEST_P(Tls, AnHttp1HostIsServedByAllLoops) {
  LoopbackSite& server = servers.site("valid");
  server.serve("/wait", [](const HttpRequest&) {
    return Reply().wait_for("all").then(Reply::html("<title>ok</title>"));
  });
  EXPECT_EQ(fetch_from("valid").http_version, "1.1");
  server.clear_log();
  for (std::uint64_t id = 0; id < 20; ++id) {
    fetcher().start({.id = id, .url = url_of(server.url("/wait"))});
  }
  std::vector<FetchResult> early;
  const auto limit = patience();
  while (server.log().size() < 20 && std::chrono::steady_clock::now() < limit) {
    fetcher().wait(std::chrono::steady_clock::now() + 10ms, early);
  }
  server.open_gate("all");
  std::set<unsigned> workers;
  for (const FetchResult& result : collect(20)) {
    EXPECT_EQ(result.status_code, 200) << result.error_message;
    workers.insert(result.worker);
  }
  EXPECT_EQ(workers.size(), GetParam() == FetcherKind::kInline ? 1u : 2u);
}

}  // namespace
}  // namespace crawl::testing
