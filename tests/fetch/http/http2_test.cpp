// HTTP/2, against nghttpd.
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "fetch/fetch_fixture.h"
#include "support/closed_ports.h"
#include "support/process.h"
#include "support/temp_dir.h"
#include "support/tls_certificates.h"

namespace crawl::testing {
namespace {

// nghttpd on 127.0.0.1, serving a directory of its own.
class Nghttpd {
 public:
  Nghttpd() {
    const TlsIdentity root = make_certificate({.common_name = "Test Root",
                                               .alternative_names = "",
                                               .is_authority = true});
    const TlsIdentity server =
        make_certificate({.common_name = "localhost",
                          .alternative_names = "DNS:localhost,IP:127.0.0.1"},
                         &root);
    ca_file = directory_.write("ca.pem", to_pem(*root.certificate));
    const std::string cert =
        directory_.write("cert.pem", to_pem(*server.certificate));
    const std::string key = directory_.write("key.pem", to_pem(*server.key));
    directory_.write("page.html", "<!DOCTYPE html><title>two</title>" +
                                      std::string(100'000, 'x'));
    // A port that is free now may be taken a moment later.
    for (int attempt = 0; attempt < 20; ++attempt) {
      const std::uint16_t port = RefusingPort().port();
      process_ = std::make_unique<Process>(std::vector<std::string>{
          "nghttpd", "--verbose", "--address=127.0.0.1",
          "--htdocs=" + directory_.path().string(),
          "--max-concurrent-streams=20", std::to_string(port), key, cert});
      if (process_->wait_for_output("listen")) {
        origin_ = "https://127.0.0.1:" + std::to_string(port);
        return;
      }
    }
    throw std::runtime_error("nghttpd does not start");
  }

  std::string url(const std::string& path) const { return origin_ + path; }

  std::string ca_file;

 private:
  TempDir directory_;
  std::string origin_;
  std::unique_ptr<Process> process_;
};

class Http2 : public FetcherTest {
 protected:
  Http2() { options.ca_file = server.ca_file; }

  Nghttpd server;
};
INSTANTIATE_TEST_SUITE_P(, Http2, all_fetchers(), NameOfParameter());

TEST_P(Http2, IsAgreedOnAndNamed) {
  const FetchResult result =
      fetch({.id = 1, .url = url_of(server.url("/page.html"))});
  EXPECT_EQ(result.error, ErrorKind::kNone) << result.error_message;
  EXPECT_EQ(result.http_version, "2");
  EXPECT_EQ(result.status_code, 200);
  ASSERT_TRUE(result.page.has_value());
  EXPECT_EQ(result.page->title, "two");
  EXPECT_EQ(result.size_body, 100'033u);
}

TEST_P(Http2, CanBeDoneWithout) {
  options.http1_only = true;
  const FetchResult result =
      fetch({.id = 1, .url = url_of(server.url("/page.html"))});
  EXPECT_NE(result.http_version, "2");
}

TEST_P(Http2, RequestsAtOnceShareOneConnection) {
  for (std::uint64_t id = 0; id < 20; ++id) {
    fetcher().start({.id = id, .url = url_of(server.url("/page.html"))});
  }
  int connections = 0;
  std::set<unsigned> workers;
  for (const FetchResult& result : collect(20)) {
    EXPECT_EQ(result.status_code, 200) << result.error_message;
    EXPECT_EQ(result.http_version, "2");
    workers.insert(result.worker);
    connections += result.reused_connection ? 0 : 1;
  }
  EXPECT_EQ(connections, 1);
  EXPECT_EQ(workers.size(), 1u);
}

TEST_P(Http2, MoreRequestsThanStreamsAllComeBack) {
  for (std::uint64_t id = 0; id < 200; ++id) {
    fetcher().start({.id = id, .url = url_of(server.url("/page.html"))});
  }
  for (const FetchResult& result : collect(200)) {
    EXPECT_EQ(result.status_code, 200) << result.error_message;
  }
}

TEST_P(Http2, ABodyOverTheLimitCostsTheOthersNothing) {
  for (std::uint64_t id = 0; id < 20; ++id) {
    FetchRequest wanted{.id = id, .url = url_of(server.url("/page.html"))};
    if (id % 2 == 0) wanted.max_body = 1'000;
    fetcher().start(std::move(wanted));
  }
  for (const FetchResult& result : collect(20)) {
    EXPECT_EQ(result.error, ErrorKind::kNone) << result.error_message;
    EXPECT_EQ(result.truncated, result.id % 2 == 0);
    EXPECT_EQ(result.size_body, result.id % 2 == 0 ? 1'000u : 100'033u);
  }
}

}  // namespace
}  // namespace crawl::testing
