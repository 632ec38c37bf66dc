#include "crawl/base/ip_address.h"

#include <gtest/gtest.h>

#include <string>

namespace crawl {
namespace {

AddressKind kind_of(std::string_view text) {
  const auto address = IpAddress::parse(text);
  EXPECT_TRUE(address.has_value()) << text;
  return address ? address->kind() : AddressKind::kPublic;
}

TEST(IpAddress, ReadsBothFamiliesAndBrackets) {
  EXPECT_EQ(IpAddress::parse("192.0.2.7")->to_string(), "192.0.2.7");
  EXPECT_EQ(IpAddress::parse("2001:DB8:0:0::1")->to_string(), "2001:db8::1");
  EXPECT_EQ(IpAddress::parse("[::1]")->to_string(), "::1");
  EXPECT_TRUE(IpAddress::parse("10.0.0.1")->is_v4());
  EXPECT_FALSE(IpAddress::parse("::ffff:10.0.0.1")->is_v4());
}

TEST(IpAddress, RefusesWhatIsNoAddress) {
  for (const char* text :
       {"", "example.org", "1.2.3", "1.2.3.4.5", "256.1.1.1", "0x7f.0.0.1",
        "[1.2.3.4]", "[::1", "::1]", "1::2::3", "fe80::1%eth0", " 1.2.3.4",
        "::ffff:1.2.3.4:5:6:7:8:9:a:b:c:d:e:f:0:1:2:3:4"}) {
    EXPECT_FALSE(IpAddress::parse(text).has_value()) << text;
  }
  EXPECT_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0x", 9)).has_value());
}

TEST(IpAddress, Rfc6890_KindsOfIpv4) {
  EXPECT_EQ(kind_of("0.0.0.0"), AddressKind::kUnspecified);
  EXPECT_EQ(kind_of("0.1.2.3"), AddressKind::kUnspecified);
  EXPECT_EQ(kind_of("127.0.0.1"), AddressKind::kLoopback);
  EXPECT_EQ(kind_of("127.255.255.254"), AddressKind::kLoopback);
  EXPECT_EQ(kind_of("10.1.2.3"), AddressKind::kPrivate);
  EXPECT_EQ(kind_of("172.16.0.1"), AddressKind::kPrivate);
  EXPECT_EQ(kind_of("172.31.255.255"), AddressKind::kPrivate);
  EXPECT_EQ(kind_of("172.32.0.1"), AddressKind::kPublic);
  EXPECT_EQ(kind_of("192.168.5.6"), AddressKind::kPrivate);
  EXPECT_EQ(kind_of("169.254.169.254"), AddressKind::kLinkLocal);
  EXPECT_EQ(kind_of("100.64.0.1"), AddressKind::kShared);
  EXPECT_EQ(kind_of("100.127.255.255"), AddressKind::kShared);
  EXPECT_EQ(kind_of("100.128.0.1"), AddressKind::kPublic);
  EXPECT_EQ(kind_of("224.0.0.1"), AddressKind::kMulticast);
  EXPECT_EQ(kind_of("239.255.255.255"), AddressKind::kMulticast);
  EXPECT_EQ(kind_of("255.255.255.255"), AddressKind::kMulticast);
  EXPECT_EQ(kind_of("192.0.0.8"), AddressKind::kReserved);
  EXPECT_EQ(kind_of("192.0.2.1"), AddressKind::kReserved);
  EXPECT_EQ(kind_of("198.19.0.1"), AddressKind::kReserved);
  EXPECT_EQ(kind_of("198.20.0.1"), AddressKind::kPublic);
  EXPECT_EQ(kind_of("198.51.100.1"), AddressKind::kReserved);
  EXPECT_EQ(kind_of("203.0.113.1"), AddressKind::kReserved);
  EXPECT_EQ(kind_of("240.0.0.1"), AddressKind::kReserved);
  EXPECT_EQ(kind_of("1.1.1.1"), AddressKind::kPublic);
  EXPECT_EQ(kind_of("193.0.0.1"), AddressKind::kPublic);
}

TEST(IpAddress, Rfc6890_KindsOfIpv6) {
  EXPECT_EQ(kind_of("::"), AddressKind::kUnspecified);
  EXPECT_EQ(kind_of("::1"), AddressKind::kLoopback);
  EXPECT_EQ(kind_of("fc00::1"), AddressKind::kPrivate);
  EXPECT_EQ(kind_of("fdff:ffff::1"), AddressKind::kPrivate);
  EXPECT_EQ(kind_of("fec0::1"), AddressKind::kPrivate);
  EXPECT_EQ(kind_of("64:ff9b:1::1"), AddressKind::kPrivate);
  EXPECT_EQ(kind_of("fe80::1"), AddressKind::kLinkLocal);
  EXPECT_EQ(kind_of("febf::1"), AddressKind::kLinkLocal);
  EXPECT_EQ(kind_of("ff02::1"), AddressKind::kMulticast);
  EXPECT_EQ(kind_of("100::1"), AddressKind::kReserved);
  EXPECT_EQ(kind_of("2001::1"), AddressKind::kReserved);
  EXPECT_EQ(kind_of("2001:db8::1"), AddressKind::kReserved);
  EXPECT_EQ(kind_of("3fff:fff::1"), AddressKind::kReserved);
  EXPECT_EQ(kind_of("4000::1"), AddressKind::kReserved);
  EXPECT_EQ(kind_of("2606:4700::1111"), AddressKind::kPublic);
  EXPECT_EQ(kind_of("2001:4860:4860::8888"), AddressKind::kPublic);
}

// What a packet to it would reach decides, not how it is written.
TEST(IpAddress, AnEmbeddedIpv4AddressDecides) {
  EXPECT_EQ(kind_of("::ffff:127.0.0.1"), AddressKind::kLoopback);
  EXPECT_EQ(kind_of("::ffff:10.0.0.1"), AddressKind::kPrivate);
  EXPECT_EQ(kind_of("::ffff:1.1.1.1"), AddressKind::kPublic);
  EXPECT_EQ(kind_of("::127.0.0.1"), AddressKind::kLoopback);
  EXPECT_EQ(kind_of("64:ff9b::192.168.1.1"), AddressKind::kPrivate);
  EXPECT_EQ(kind_of("64:ff9b::1.1.1.1"), AddressKind::kPublic);
  EXPECT_EQ(kind_of("2002:a9fe:a9fe::1"), AddressKind::kLinkLocal);
  EXPECT_EQ(kind_of("2002:101:101::1"), AddressKind::kPublic);
}

}  // namespace
}  // namespace crawl
