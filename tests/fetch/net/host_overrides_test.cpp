#include "fetch/net/host_overrides.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace crawl {
namespace {

using Overrides = Result<HostOverrides>;

Overrides overrides(const std::vector<std::string>& resolve,
                    const std::vector<std::string>& connect_to = {}) {
  return HostOverrides::parse(resolve, connect_to);
}

std::string addresses(const Overrides& given, const std::string& host,
                      std::uint16_t port) {
  const auto* found = given->addresses(host, port);
  if (found == nullptr) return "none";
  std::string text;
  for (const SocketAddress& address : *found) text += address.text() + " ";
  return text;
}

std::string redirected(const Overrides& given, HostPort target) {
  const bool changed = given->redirect(target);
  return (changed ? "" : "= ") + target.host + ":" +
         std::to_string(target.port);
}

TEST(HostOverrides, ResolveGivesAddresses) {
  const auto given = overrides({"a.test:80:192.0.2.1,[2001:db8::1],2001:db8::2",
                                "+b.test:80:192.0.2.2", "*:443:192.0.2.3",
                                "c.test:443:192.0.2.4"});
  EXPECT_EQ(addresses(given, "a.test", 80),
            "192.0.2.1 2001:db8::1 2001:db8::2 ");
  EXPECT_EQ(addresses(given, "A.Test.", 80),
            "192.0.2.1 2001:db8::1 2001:db8::2 ");
  EXPECT_EQ(addresses(given, "a.test", 81), "none");
  EXPECT_EQ(addresses(given, "b.test", 80), "192.0.2.2 ");
  EXPECT_EQ(addresses(given, "any.test", 443), "192.0.2.3 ");
  EXPECT_EQ(addresses(given, "c.test", 443), "192.0.2.4 ");
  EXPECT_EQ(addresses(overrides({}), "a.test", 80), "none");
}

// As URLs have them.
TEST(HostOverrides, NamesAreReadAsThoseOfUrls) {
  const auto given = HostOverrides::parse(
      {"b\u00fccher.test:80:127.0.0.1", "A.TEST:80:127.0.0.2",
       "[0:0::1]:80:127.0.0.3", "exa_mple:80:127.0.0.4"},
      {"m\u00fcller.test::stra\u00dfe.test:"});
  ASSERT_TRUE(given);
  for (const char* host :
       {"xn--bcher-kva.test", "a.test", "[::1]", "exa_mple"}) {
    EXPECT_NE(given->addresses(host, 80), nullptr) << host;
  }
  HostPort target{"xn--mller-kva.test", 80};
  EXPECT_TRUE(given->redirect(target));
  EXPECT_EQ(target.host, "xn--strae-oqa.test");
}

TEST(HostOverrides, ALaterResolveEntryCounts) {
  EXPECT_EQ(addresses(overrides({"a.test:80:192.0.2.1", "a.test:80:192.0.2.2"}),
                      "a.test", 80),
            "192.0.2.2 ");
  EXPECT_EQ(
      addresses(overrides({"a.test:80:192.0.2.1", "-A.test:80"}), "a.test", 80),
      "none");
}

TEST(HostOverrides, AResolveEntryMustBeOne) {
  for (const char* entry :
       {"", ":", "example.org", "example.org:80", "a:b:c", ":80:192.0.2.1",
        "example.org:80:", "example.org:80:not-an-address",
        "example.org:80:192.0.2.1,", "example.org:65536:192.0.2.1",
        "example.org:-1:192.0.2.1", "example.org:80:[192.0.2.1]",
        "example.org:80:[::1", "-example.org", "-example.org:80:192.0.2.1"}) {
    const auto parsed = HostOverrides::parse({entry}, {});
    ASSERT_FALSE(parsed) << entry;
    EXPECT_EQ(parsed.error().message,
              "--resolve " + std::string(entry) +
                  ": not understood; it takes HOST:PORT:ADDRESS[,ADDRESS]...");
  }
}

TEST(HostOverrides, ConnectToChangesHostAndPort) {
  const auto given = overrides(
      {}, {"a.test:80:b.test:8080", "[2001:db8::1]::c.test:", ":81::8081",
           "d.test::[::1]:", "d.test:80:never.test:1"});
  EXPECT_EQ(redirected(given, {"a.test", 80}), "b.test:8080");
  EXPECT_EQ(redirected(given, {"A.TEST.", 80}), "b.test:8080");
  EXPECT_EQ(redirected(given, {"a.test", 443}), "= a.test:443");
  EXPECT_EQ(redirected(given, {"[2001:db8::1]", 443}), "c.test:443");
  EXPECT_EQ(redirected(given, {"x.test", 81}), "x.test:8081");
  EXPECT_EQ(redirected(given, {"d.test", 80}), "[::1]:80");
  EXPECT_EQ(redirected(overrides({}, {"::127.0.0.1:9"}), {"x.test", 1}),
            "127.0.0.1:9");
}

TEST(HostOverrides, AConnectToEntryMustBeOne) {
  for (const char* entry : {"", "a.test", "a:80:b", "[::1:80:b:80", "a:b:c:d",
                            "a:80:b:65536", "a:0:b:80", "a:80:b:80:"}) {
    const auto parsed = HostOverrides::parse({}, {entry});
    ASSERT_FALSE(parsed) << entry;
    EXPECT_EQ(parsed.error().message,
              "--connect-to " + std::string(entry) +
                  ": not understood; it takes HOST1:PORT1:HOST2:PORT2");
  }
}

}  // namespace
}  // namespace crawl
