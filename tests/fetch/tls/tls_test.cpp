// TLS: whom to trust, and handshakes not made twice.
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "fetch/fetch_fixture.h"
#include "support/tls_faults.h"

namespace crawl::testing {
namespace {

using namespace std::chrono_literals;

class Tls : public FetchTest {
 protected:
  Tls() { options.ca_file = servers.ca_file(); }

  FetchResult fetch_from(std::string_view name, std::string_view path = "/") {
    return fetch({.id = 1, .url = url_of(servers.url(name, path))});
  }

  TlsFaults servers;
};
INSTANTIATE_TEST_SUITE_P(, Tls, all_fetchers(), name_of);

TEST_P(Tls, EachFaultIsFound) {
  for (const std::string& name : servers.names()) {
    const FetchResult result = fetch_from(name);
    const bool right = TlsFaults::is_right(name);
    EXPECT_EQ(result.error, right ? ErrorKind::kNone : ErrorKind::kTls)
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
