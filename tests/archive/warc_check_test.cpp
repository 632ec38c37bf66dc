#include "crawl/archive/warc_check.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "support/content_codings.h"
#include "support/temp_dir.h"

namespace crawl {
namespace {

using ::testing::ElementsAre;
using testing::gzip;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// SHA-1 of "abc" (RFC 3174 section 7.3), in Base32.
constexpr const char* kAbc = "VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5";
constexpr const char* kAbcHex = "a9993e364706816aba3e25717850c26c9cd0d89d";

std::string record(const std::string& fields, const std::string& block,
                   const std::string& version = "WARC/1.1") {
  return fmt::format("{}\r\n{}Content-Length: {}\r\n\r\n{}\r\n\r\n", version,
                     fields, block.size(), block);
}

std::string fields(const std::string& type, const std::string& more = "") {
  static int number = 1;
  return fmt::format(
      "WARC-Type: {}\r\nWARC-Record-ID: <urn:uuid:{}>\r\nWARC-Date: "
      "2026-11-28T12:00:00Z\r\n{}",
      type, ++number, more);
}

const std::string kType = "Content-Type: text/plain\r\n";
const std::string kUrl = "WARC-Target-URI: http://a.test/\r\n";

std::vector<std::string> faults(const std::string& bytes) {
  const testing::TempDir dir;
  std::vector<std::string> all;
  const auto checked = check_warc(
      dir.write("a", bytes), [&](std::uint64_t offset, std::string_view fault) {
        all.push_back(fmt::format("{} {}", offset, fault));
      });
  EXPECT_TRUE(checked);
  EXPECT_EQ(checked->faults, all.size());
  return all;
}

TEST(WarcCheck, GoodRecordsHaveNoFaults) {
  const std::string message = "HTTP/1.1 200 OK\r\n\r\nabc";
  const std::string http = "Content-Type: application/http\r\n";
  const std::string all[] = {
      record(fields("warcinfo"), ""),
      record(fields("resource",
                    kUrl + kType + "WARC-Payload-Digest: sha1:" + kAbc +
                        "\r\nWARC-Block-Digest: sha1:" + kAbc + "\r\n"),
             "abc", "WARC/1.0"),
      record(
          fields("resource", "WARC-Target-URI: <http://a.test/>\r\n" + kType),
          "abc", "WARC/1.0"),
      // The URL Standard leaves these as they are.
      record(fields("resource",
                    "WARC-Target-URI: http://a.test/[|]^?{}`\\|\r\n" + kType),
             "abc"),
      record(
          fields("resource",
                 kUrl + kType +
                     "WARC-IP-Address: 2001:db8::1\r\nWARC-Block-Digest: "
                     "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9C"
                     "B410FF61F20015AD\r\nWARC-Payload-Digest: md5:"
                     "SAAVBGB42JH3BVUWH56SRYL7OI======\r\n"),
          "abc"),
      // White space at the end, and a kind that is not known.
      record(fields("resource", kUrl + kType +
                                    "WARC-Block-Digest: x:y\r\n"
                                    "WARC-IP-Address: 192.0.2.1 \t\r\n"),
             "abc"),
      record(fields("response", kUrl + http + "WARC-Payload-Digest: sha1:" +
                                    kAbcHex + "\r\n"),
             message),
      // What one digests of a chunked message, another does not.
      record(
          fields("response", kUrl + http + "WARC-Payload-Digest: sha1:x\r\n"),
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
      record(fields("x-unknown", "X: y\r\nX: z\r\n"), ""),
      record(fields("metadata",
                    "WARC-Concurrent-To: <a:b>\r\n"
                    "WARC-Concurrent-To: <a:c>\r\n"),
             ""),
  };
  std::string plain, packed;
  for (const std::string& each : all) {
    plain += each;
    packed += gzip(each);
  }
  EXPECT_THAT(faults(plain), IsEmpty());
  EXPECT_THAT(faults(packed), IsEmpty());
}

TEST(WarcCheck, WhatIsDamagedIsToldWhereItsMemberBegins) {
  const std::string first = gzip(record(fields("warcinfo"), ""));
  const std::string middle = gzip(record(fields("warcinfo"), ""));
  const std::string last = gzip(record(fields("warcinfo"), ""));
  const auto damaged = [&](std::size_t at) {
    std::string altered = middle;
    altered[at] = static_cast<char>(~altered[at]);
    return altered;
  };
  // In the header, in the bytes, in their sum.
  for (const std::size_t at : {std::size_t{0}, std::size_t{3}, std::size_t{10},
                               middle.size() / 2, middle.size() - 6}) {
    EXPECT_THAT(
        faults(first + damaged(at) + last),
        ElementsAre(fmt::format("{} what is packed is damaged", first.size())))
        << at;
  }
  EXPECT_THAT(
      faults(first + "garbage" + last),
      ElementsAre(fmt::format("{} what is packed is damaged", first.size())));
}

TEST(WarcCheck, EveryFaultIsTold) {
  const std::string good = record(fields("warcinfo"), "");
  const std::string at = std::to_string(good.size());
  const std::string other = std::string(32, 'A');
  const std::pair<std::string, std::string> rows[] = {
      {"", "there is no record in it"},
      {"not a WARC\r\n\r\n" + good, "no record of WARC/1.0 or WARC/1.1"},
      {"WARC/0.18\r\n\r\n", "no record of WARC/1.0"},
      {"WARC/1.1\r\nWARC-Type: x", "its head does not end"},
      {record("WARC-Type: warcinfo\r\n", ""), "it has no warc-record-id"},
      {record(fields("warcinfo", "no field\r\n"), ""), "is no field"},
      {record(fields("warcinfo", "WARC-Type: warcinfo\r\n"), ""),
       "it has warc-type more than once"},
      {record(fields("warcinfo", kUrl), ""),
       "a warcinfo may not have warc-target-uri"},
      {record(fields("response"), ""), "a response must have warc-target-uri"},
      {record(fields("revisit", kUrl), ""), "a revisit must have warc-profile"},
      {record(fields("resource", kUrl), "abc"), "it has no content-type"},
      {record("WARC-Type: warcinfo\r\nWARC-Record-ID: urn:uuid:1\r\n"
              "WARC-Date: 2026-11-28T12:00:00Z\r\n",
              ""),
       "is no URI in <>"},
      {record(fields("resource", "WARC-Target-URI: \r\n" + kType), "abc"),
       "its WARC-Target-URI is no URI"},
      {record(fields("resource", "WARC-Target-URI: a.test/x\r\n" + kType),
              "abc"),
       "its WARC-Target-URI is no URI"},
      {record(
           fields("resource", "WARC-Target-URI: http://a.test/a b\r\n" + kType),
           "abc"),
       "its WARC-Target-URI is no URI"},
      {record(fields("resource",
                     "WARC-Target-URI: http://a.test/\xe9\r\n" + kType),
              "abc"),
       "its WARC-Target-URI is no URI"},
      {record(fields("resource",
                     "WARC-Target-URI: http://a.test/\"b\"\r\n" + kType),
              "abc"),
       "its WARC-Target-URI is no URI"},
      // That is for WARC/1.0.
      {record(
           fields("resource", "WARC-Target-URI: <http://a.test/>\r\n" + kType),
           "abc"),
       "its WARC-Target-URI is no URI"},
      {record("WARC-Type: warcinfo\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
              "WARC-Date: yesterday\r\n",
              ""),
       "its WARC-Date is no date"},
      {"WARC/1.1\r\n" + fields("warcinfo") + "Content-Length: -1\r\n\r\n",
       "its Content-Length is no length"},
      {record(fields("resource", kUrl + kType + "WARC-Block-Digest: sha1:" +
                                     other + "\r\n"),
              "abc"),
       "its block digest is sha1:" + other},
      {record(fields("resource", kUrl + kType + "WARC-Payload-Digest: sha1:" +
                                     other + "\r\n"),
              "abc"),
       "its payload digest is sha1:" + other},
      {record(fields("resource", kUrl + kType + "WARC-Block-Digest: sha256:" +
                                     other + "\r\n"),
              "abc"),
       "its block digest is sha256:" + other +
           ", but that of the block is "
           "sha256:XJ4BNP4PAHH6UQKBIDPF3LRCEOYAGYNDSYLXVHFUCD7WD4QACWWQ"},
      {record(fields("resource", kUrl + kType + "WARC-Payload-Digest: md5:" +
                                     other + "\r\n"),
              "abc"),
       "that of the payload is md5:900150983cd24fb0d6963f7d28e17f72"},
      {record(fields("resource", kUrl + kType + "WARC-IP-Address: 999.1\r\n"),
              "abc"),
       "its WARC-IP-Address is no address"},
      {good, "its WARC-Record-ID is that of another record"},
      {record(fields("resource", kUrl + kType + "WARC-Block-Digest: abc\r\n"),
              "abc"),
       "its block digest names no kind"},
      {good.substr(0, good.size() - 2), "does not end with two line ends"},
      {good.substr(0, good.size() - 2) + good,
       "its Content-Length is not that"},
      {"WARC/1.1\r\n" + fields("resource", kUrl + kType) +
           "Content-Length: 10\r\n\r\nabc",
       "it ends 7 bytes before its Content-Length"},
  };
  for (const auto& [bytes, fault] : rows) {
    if (bytes.empty()) {
      EXPECT_THAT(faults(bytes), ElementsAre("0 " + fault));
      continue;
    }
    const std::vector<std::string> told = faults(good + bytes);
    EXPECT_THAT(told, ::testing::Contains(HasSubstr(fault)));
    EXPECT_THAT(told, ::testing::Contains(::testing::StartsWith(at + " ")));
  }
  EXPECT_THAT(
      faults(gzip(good + record(fields("warcinfo"), ""))),
      ElementsAre(HasSubstr("not one member"), HasSubstr("not one member")));
  EXPECT_THAT(faults(gzip(good.substr(0, 9)) + gzip(good.substr(9))),
              ElementsAre(HasSubstr("not one member")));
  // What ends too early is the last member, wherever in it that is.
  for (const std::size_t left :
       {std::size_t{3}, std::size_t{20}, good.size()}) {
    for (const bool zstd : {false, true}) {
      const std::string member = zstd ? testing::zstd(good) : gzip(good);
      const std::string part =
          member.substr(0, std::min(left, member.size() - 1));
      const std::vector<std::string> ends = faults(member + part);
      EXPECT_FALSE(ends.empty());
      for (const std::string& fault : ends) {
        EXPECT_THAT(fault,
                    ::testing::StartsWith(fmt::format("{} ", member.size())));
      }
    }
  }
  const std::string cut = gzip(good);
  EXPECT_THAT(faults(cut + cut.substr(0, cut.size() - 3)),
              ::testing::Contains(HasSubstr("ends inside a gzip member")));
}

}  // namespace
}  // namespace crawl
