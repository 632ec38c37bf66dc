// Which addresses a request may reach.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "fetch/fetch_fixture.h"

namespace crawl::testing {
namespace {

class AddressPolicy : public FetchTest {
 protected:
  FetchRequest guarded(std::string_view url) const {
    FetchRequest wanted{.id = 1, .url = url_of(url)};
    wanted.allow_private = false;
    return wanted;
  }
  void expect_blocked(std::string_view url) {
    const FetchResult result = fetch(guarded(url));
    EXPECT_EQ(result.error, ErrorKind::kBlockedAddress)
        << url << ": " << to_string(result.error);
    EXPECT_EQ(result.status_code, 0);
  }
};
INSTANTIATE_TEST_SUITE_P(, AddressPolicy, all_ways_and_http2(),
                         NameOfParameter());

TEST_P(AddressPolicy, LoopbackIsRefusedHoweverItIsNamed) {
  const std::string port = std::to_string(site.port());
  options.resolve = {"sneaky.test:" + port + ":127.0.0.1",
                     "mapped.test:" + port + ":[::ffff:127.0.0.1]",
                     "private.test:" + port + ":10.0.0.1,192.168.0.1"};
  expect_blocked(site.url("/echo"));
  expect_blocked(site.url("localhost", "/echo"));
  expect_blocked(site.url("sneaky.test", "/echo"));
  expect_blocked(site.url("mapped.test", "/echo"));
  expect_blocked(site.url("private.test", "/echo"));
  expect_blocked(scheme() + "://[::1]:" + port + "/echo");
  expect_blocked(scheme() + "://[::ffff:7f00:1]:" + port + "/echo");
  expect_blocked(scheme() + "://0x7f.1:" + port + "/echo");
  expect_blocked(scheme() + "://2130706433:" + port + "/echo");
  expect_blocked(scheme() + "://0.0.0.0:" + port + "/echo");
  EXPECT_EQ(site.log().size(), 0u);
}

TEST_P(AddressPolicy, ARequestMayBeFreeOfIt) {
  EXPECT_EQ(fetch("/echo").status_code, 200);
}

// A connection that a free request has opened is no way round.
TEST_P(AddressPolicy, AReusedConnectionIsJudgedToo) {
  EXPECT_EQ(fetch("/echo").status_code, 200);
  expect_blocked(site.url("/echo"));
  EXPECT_EQ(site.log().size(), 1u);
  EXPECT_EQ(fetch("/echo").status_code, 200);
}

TEST_P(AddressPolicy, ThePolicyIsTheCallers) {
  options.allow_address = [](const IpAddress& address) {
    return address == *IpAddress::parse("127.0.0.1");
  };
  EXPECT_EQ(fetch(guarded(site.url("/echo"))).status_code, 200);
  EXPECT_EQ(fetch(guarded(site.url("/echo"))).status_code, 200);
  expect_blocked(scheme() + "://127.0.0.2:" + std::to_string(site.port()) +
                 "/echo");
}

TEST_P(AddressPolicy, AnAllowedAddressAmongOthersIsUsed) {
  const std::string port = std::to_string(site.port());
  options.resolve = {"both.test:" + port + ":10.0.0.1,127.0.0.1"};
  options.allow_address = [](const IpAddress& address) {
    return address.kind() == AddressKind::kLoopback;
  };
  EXPECT_EQ(fetch(guarded(site.url("both.test", "/echo"))).status_code, 200);
}

// Over TLS it is the tunnel's end that is judged, the same way.
class AddressPolicyInTheClear : public AddressPolicy {};
INSTANTIATE_TEST_SUITE_P(, AddressPolicyInTheClear, ways_in_the_clear(),
                         NameOfParameter());

TEST_P(AddressPolicyInTheClear, ThroughAProxyTheWrittenAddressIsJudged) {
  LoopbackSite proxy;
  proxy.serve("/*", "<title>by proxy</title>");
  options.proxy = proxy.origin();
  expect_blocked("http://127.0.0.1/page");
  expect_blocked("http://[::1]/page");
  EXPECT_EQ(fetch(guarded("http://far.test/page")).status_code, 200);
  EXPECT_EQ(proxy.log().size(), 1u);
}

}  // namespace
}  // namespace crawl::testing
