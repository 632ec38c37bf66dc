// What archives in use hold, good and bad.
#include "archive/archive_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "crawl/archive/warc_input.h"
#include "support/content_codings.h"
#include "support/drops.h"

namespace crawl {
namespace {

using ::testing::ElementsAre;
using testing::gzip;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::size_t kMax = 1 << 20;

std::vector<ArchivedRecord> read(std::string_view bytes,
                                 std::size_t max_block = kMax) {
  ArchiveReader archive(bytes_of(bytes), max_block);
  std::vector<ArchivedRecord> all;
  while (auto record = archive.next()) {
    all.push_back(*std::move(record));
    if (all.size() > 1'000) break;
  }
  return all;
}

// "URL", or "! " and a fault.
std::vector<std::string> told(std::string_view bytes) {
  std::vector<std::string> all;
  for (const ArchivedRecord& record : read(bytes)) {
    all.push_back(record.fault.empty() ? record.url : "! " + record.fault);
  }
  return all;
}

std::string message(std::string_view body) {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{}",
                     body);
}

std::string record(std::string_view type, std::string_view fields,
                   std::string_view block) {
  return fmt::format(
      "WARC/1.0\r\nWARC-Type: {}\r\n{}Content-Length: {}\r\n\r\n{}\r\n\r\n",
      type, fields, block.size(), block);
}

std::string response(std::string_view url, std::string_view body = "x") {
  return record("response",
                fmt::format("WARC-Target-URI: {}\r\nWARC-Date: "
                            "2020-01-02T03:04:05Z\r\nContent-Type: "
                            "application/http; msgtype=response\r\n",
                            url),
                message(body));
}

std::string with_lf(std::string text) {
  std::string lines;
  for (const char c : text) {
    if (c != '\r') lines += c;
  }
  return lines;
}

const std::string kInfo =
    record("warcinfo", "Content-Type: application/warc-fields\r\n", "a: b\r\n");
const std::string kA = response("http://a.test/");
const std::string kB = response("http://b.test/");
const std::string kRequest =
    record("request", "WARC-Target-URI: http://a.test/\r\n", "GET / ...");

TEST(ArchiveReader, ReadsEveryWayThatRecordsArePacked) {
  const std::string all = kInfo + kRequest + kA + kB;
  const std::string plain[] = {
      all,
      gzip(all),
      gzip(kInfo) + gzip(kRequest) + gzip(kA) + gzip(kB),
      gzip(kInfo + kRequest) + gzip("") + gzip(kA + kB),
      gzip(kInfo) + gzip(kA) + gzip(kB) + std::string(1024, '\0'),
      testing::zstd(all),
      testing::zstd(kInfo) + testing::zstd(kA) + testing::zstd(kB),
      // A frame to be passed over, which is no dictionary.
      std::string("\x50\x2a\x4d\x18\x03\x00\x00\x00xyz", 11) +
          testing::zstd(kA) + testing::zstd(kB),
  };
  for (const std::string& bytes : plain) {
    EXPECT_TRUE(looks_like_archive(bytes.substr(0, 65'536)));
    EXPECT_THAT(told(bytes), ElementsAre("http://a.test/", "http://b.test/"));
  }
}

TEST(ArchiveReader, KnowsAnArchiveByItsBytes) {
  for (const std::string& other :
       {std::string("http://a.test/\n"), gzip("http://a.test/\n"),
        std::string("WARC/x"), std::string(), std::string("\x1f\x8b\x08"),
        std::string("# WARC/1.0\n"), testing::zstd("x")}) {
    EXPECT_FALSE(looks_like_archive(other));
  }
  EXPECT_TRUE(looks_like_archive("WARC/1.1\r\n"));
  EXPECT_TRUE(looks_like_archive("filedesc://x 0 1 t 9\n"));
  EXPECT_TRUE(
      looks_like_archive(gzip(kA + kA).substr(0, gzip(kA + kA).size() - 20)));
  // The first block of what does not get smaller is longer than what is seen.
  std::string noise = kA;
  for (unsigned seed = 1; noise.size() < 300'000;) {
    seed = seed * 1'103'515'245 + 12'345;
    noise += static_cast<char>(seed >> 16U);
  }
  EXPECT_TRUE(looks_like_archive(
      testing::zstd(noise).substr(0, std::size_t{64} << 10U)));
  // A dictionary, whatever it is.
  for (const char* rest : {"", "\x04", "\x04\x01\x01\x01garbage"}) {
    EXPECT_TRUE(looks_like_archive(std::string("\x5d\x2a\x4d\x18") + rest));
  }
  std::string urls;
  for (int i = 0; i < 100'000; ++i) {
    urls += "http://a.test/" + std::to_string(i * 7'919) + "\n";
  }
  EXPECT_FALSE(looks_like_archive(
      testing::zstd(urls).substr(0, std::size_t{64} << 10U)));
}

TEST(ArchiveReader, ReadsDamagedZstdTheSameHoweverItsBytesCome) {
  std::string page;
  while (page.size() < 150'000) page += fmt::format("{} and ", page.size());
  const std::string dictionary = kInfo + kA;
  const std::string packed =
      testing::skippable_zstd(0xD, dictionary) + testing::zstd(kA, dictionary) +
      testing::zstd(response("http://long.test/", page), dictionary) +
      testing::zstd(kB, dictionary);
  for (std::size_t at = 0; at < packed.size(); at += at < 600 ? 11 : 1'009) {
    std::string damaged = packed;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    ArchiveReader by_drops(std::make_unique<testing::Drops>(damaged), kMax);
    for (const ArchivedRecord& each : read(damaged)) {
      const auto other = by_drops.next();
      ASSERT_TRUE(other) << at;
      ASSERT_EQ(std::tie(each.url, each.fault, each.block, each.offset),
                std::tie(other->url, other->fault, other->block, other->offset))
          << at;
    }
    ASSERT_FALSE(by_drops.next()) << at;
  }
}

// A last block that is longer than what is unpacked at once, with nothing
// behind it.
TEST(ArchiveReader, ReadsZstdToItsLastByte) {
  std::string page;
  while (page.size() < 300'000) page += fmt::format("{} and ", page.size());
  EXPECT_THAT(told(testing::skippable_zstd(0xD, kInfo) +
                   testing::zstd(response("http://long.test/", page), kInfo)),
              ElementsAre("http://long.test/"));
}

// However few bytes are there at first, what is one is not taken for a list.
TEST(ArchiveReader, SaysWhatTooFewBytesCannotTell) {
  for (const std::string& archive :
       {kA, "\r\n" + kA, gzip(kA), testing::zstd(kA),
        testing::skippable_zstd(0xD, "words") + testing::zstd(kA),
        std::string("filedesc://x 0 1 t 9\n")}) {
    bool known = false;
    for (std::size_t size = 0; size <= archive.size(); ++size) {
      const auto told = tell_archive(std::string_view(archive).substr(0, size));
      EXPECT_TRUE(told.value_or(true)) << size;
      EXPECT_TRUE(told || !known) << size;
      known = told.has_value();
    }
    EXPECT_TRUE(known);
  }
  for (const std::string list :
       {"h", "# x", "\n\nh", "WARD", "WARC/x", "filet", "\x1fx", "(x"}) {
    EXPECT_EQ(tell_archive(list), false) << list;
  }
}

TEST(ArchiveReader, TellsWhereARecordBegins) {
  const std::string first = gzip(kInfo);
  const std::string second = gzip(kA);
  const auto packed = read(first + second + gzip(kB));
  ASSERT_THAT(packed, SizeIs(2));
  EXPECT_EQ(packed[0].offset, first.size());
  EXPECT_EQ(packed[1].offset, first.size() + second.size());
  const auto plain = read(kInfo + kA + kB);
  ASSERT_THAT(plain, SizeIs(2));
  EXPECT_EQ(plain[0].offset, kInfo.size());
  EXPECT_EQ(plain[1].offset, kInfo.size() + kA.size());
}

TEST(ArchiveReader, ReadsWhatTheFieldsSay) {
  const auto all = read(
      "WARC/1.1\r\nwarc-type: Response\r\nWARC-Target-URI: <http://a.test/a "
      "b>\r\nWARC-Date: 2020-01-02T03:04:05.678Z\r\nWARC-IP-Address: "
      "::1\r\nWARC-Protocol: h2\r\nWARC-Protocol: tls/1.3\r\nWARC-Truncated: "
      "length\r\nContent-Type: application/http;\r\n "
      "msgtype=response\r\nContent-Length: 15\r\n\r\nHTTP/1.1 200 "
      "OK\r\n\r\n\r\n");
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].kind, ArchivedRecord::Kind::kResponse);
  EXPECT_EQ(all[0].url, "http://a.test/a b");
  EXPECT_EQ(all[0].date, "2020-01-02T03:04:05.678Z");
  EXPECT_EQ(all[0].ip, "::1");
  EXPECT_TRUE(all[0].http2);
  EXPECT_TRUE(all[0].cut);
  EXPECT_EQ(all[0].block, "HTTP/1.1 200 OK");
}

TEST(ArchiveReader, TakesWhatOldAndOddWritersWrote) {
  const std::string clueweb = with_lf(
      "WARC/0.18\r\nWARC-Type: response\r\nWARC-Target-URI: "
      "http://a.test/\r\nContent-Length: 26\r\n\r\n"
      "HTTP/1.1 200 OK\r\nX: y\r\n\r\n<b>\r\n");
  EXPECT_THAT(told(clueweb + kB),
              ElementsAre("http://a.test/", "http://b.test/"));
  // A warcinfo without a length.
  EXPECT_THAT(
      told("WARC/1.0\r\nWARC-Type: warcinfo\r\n\r\nsoftware: x\r\n\r\n" + kA),
      ElementsAre("http://a.test/"));
  // Bare HTML, said to be a message, or said to be HTML.
  for (const char* type : {"application/http;msgtype=response", "text/html"}) {
    const auto all = read(record(
        "response",
        fmt::format("WARC-Target-URI: http://a.test/\r\nContent-Type: {}\r\n",
                    type),
        "<title>a</title>"));
    ASSERT_THAT(all, SizeIs(1));
    EXPECT_EQ(all[0].kind, ArchivedRecord::Kind::kBare);
    EXPECT_EQ(all[0].block, "<title>a</title>");
  }
  // No empty lines between records, or many.
  EXPECT_THAT(
      told(kA.substr(0, kA.size() - 4) + kB + "\r\n\r\n\n\n" + kA),
      ElementsAre("http://a.test/", "http://b.test/", "http://a.test/"));
  // Looked up names are no pages.
  EXPECT_THAT(
      told(record("response", "WARC-Target-URI: dns:a.test\r\n", "x") + kA),
      ElementsAre("http://a.test/"));
}

std::string with_length(std::string text, const std::string& length) {
  const std::size_t at = text.find("Content-Length: ") + 16;
  return text.replace(at, text.find('\r', at) - at, length);
}

TEST(ArchiveReader, GoesOnBehindWhatItCannotRead) {
  const std::string size = std::to_string(message("x").size());
  struct Row {
    std::string bytes;
    std::vector<std::string> told;
  };
  const Row rows[] = {
      {with_length(kA, "-1") + kB,
       {"! its Content-Length is no length", "http://b.test/"}},
      {with_length(kA, "abc") + kB,
       {"! its Content-Length is no length", "http://b.test/"}},
      {with_length(kA, "99999999999999999999999") + kB,
       {"! its Content-Length is no length", "http://b.test/"}},
      {"WARC/1.0\r\nWARC-Type: response\r\n\r\nHTTP/1.1 200\r\n\r\n" + kB,
       {"! it has no Content-Length", "http://b.test/"}},
      {record("response", "", message("x")) + kB,
       {"! it has no WARC-Target-URI", "http://b.test/"}},
      {kA + std::string(100, 'x') + "\r\n" + kB,
       {"http://a.test/", "! 102 bytes that are no record", "http://b.test/"}},
      {kA + kB.substr(0, kB.size() - 10),
       {"http://a.test/", "! it ends inside a record"}},
      {kA + kB.substr(0, 30),
       {"http://a.test/", "! it ends inside a record's head"}},
      // Much too short: the record is at fault, and no other.
      {with_length(response("http://a.test/", std::string(200, 'a')), "20") +
           kB,
       {"! its Content-Length is not that of its block", "http://b.test/"}},
      {with_length(response("http://a.test/", std::string(200, 'a')), "17") +
           kB,
       {"! its Content-Length is not that of its block", "http://b.test/"}},
      {with_length(response("http://a.test/", std::string(200, 'a')), "99"),
       {"! its Content-Length is not that of its block"}},
      {gzip(with_length(response("http://a.test/", std::string(200, 'a')),
                        "20")) +
           gzip(kB),
       {"! its Content-Length is not that of its block", "http://b.test/"}},
      // In a member of its own a record ends with that.
      {gzip(with_length(kA, "9999")) + gzip(kB),
       {"! its Content-Length is not that of its block", "http://b.test/"}},
      {gzip(with_length(kA, "-5")) + gzip(kB),
       {"! its Content-Length is no length", "http://b.test/"}},
  };
  for (const Row& row : rows) {
    EXPECT_THAT(told(row.bytes), ::testing::ElementsAreArray(row.told));
  }
}

// A frame of so much that a dictionary, or a part, is worth it.
const std::string kLong =
    response("http://long.test/", std::string(300'000, 'x') + "the end of it");

TEST(ArchiveReader, GoesOnWithTheNextFrameBehindADamagedOne) {
  const std::string good = testing::zstd(kA);
  for (const std::size_t at :
       {std::size_t{0}, std::size_t{5}, good.size() / 2, good.size() - 2}) {
    std::string damaged = testing::zstd(kLong);
    damaged[at] = static_cast<char>(~damaged[at]);
    const auto all = read(good + damaged + testing::zstd(kB) + good);
    std::vector<std::string> urls;
    bool bad = false;
    for (const ArchivedRecord& each : all) {
      bad =
          bad || each.kind == ArchivedRecord::Kind::kBad || !each.fault.empty();
      if (each.kind == ArchivedRecord::Kind::kResponse && each.fault.empty()) {
        urls.push_back(each.url);
      }
    }
    EXPECT_TRUE(bad) << at;
    EXPECT_THAT(
        urls, ElementsAre("http://a.test/", "http://b.test/", "http://a.test/"))
        << at;
  }
  // What only looks like a frame is passed over, however often it comes.
  std::string magics;
  for (int i = 0; i < 100'000; ++i) magics += "\x28\xb5\x2f\xfd\x04\x58";
  EXPECT_THAT(read(good + magics + good), SizeIs(3));
}

TEST(ArchiveReader, WhatIsLostBetweenWholeRecordsIsTold) {
  std::string no_header = gzip(kA);
  no_header[1] = 'x';
  std::string bad_request = gzip(kRequest);
  bad_request[bad_request.size() / 2] ^= 0x55;
  for (const std::string& damaged : {no_header, bad_request}) {
    const std::string before = gzip(kA);
    const auto all = read(before + damaged + gzip(kB));
    ASSERT_THAT(all, SizeIs(3));
    EXPECT_EQ(all[0].url, "http://a.test/");
    EXPECT_EQ(all[1].kind, ArchivedRecord::Kind::kBad);
    EXPECT_EQ(all[1].offset, before.size());
    EXPECT_EQ(all[2].url, "http://b.test/");
    EXPECT_EQ(all[2].fault, "");
  }
}

TEST(ArchiveReader, GoesOnWithTheNextMemberBehindADamagedOne) {
  std::string damaged =
      gzip(response("http://a.test/", std::string(5'000, 'a') + "abcdefgh"));
  for (const std::size_t at : {damaged.size() / 2, damaged.size() / 2 + 1}) {
    damaged[at] = static_cast<char>(~damaged[at]);
  }
  const auto all = read(gzip(kA) + damaged + gzip(kB) + gzip(kA));
  ASSERT_GE(all.size(), 4U);
  EXPECT_EQ(all.front().url, "http://a.test/");
  EXPECT_EQ(all.back().url, "http://a.test/");
  EXPECT_EQ(all[all.size() - 2].url, "http://b.test/");
  std::size_t faults = 0;
  for (const ArchivedRecord& record : all) faults += !record.fault.empty();
  EXPECT_EQ(faults, 1U);
}

// Whatever a length is, and however the record is packed: it is one record that
// failed, with its whole block, and costs no other.
TEST(ArchiveReader, ALengthThatIsWrongCostsNothingButItsRecord) {
  const std::string page = "<title>a</title>" + std::string(2'000, 'a') +
                           "\r\n\r\n" + std::string(300'000, 'b') + "the end";
  const std::string block = fmt::format(
      "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: "
      "{}\r\n\r\n{}",
      page.size(), page);
  const auto of_length = [&](std::size_t length) {
    return with_length(
        record("response",
               "WARC-Target-URI: http://a.test/\r\nContent-Type: "
               "application/http; msgtype=response\r\n",
               block),
        std::to_string(length));
  };
  const std::size_t right = block.size();
  std::vector<std::size_t> lengths = {0,   1,     5,       17,
                                      140, 1'000, 200'000, 100'000'000};
  for (std::size_t off = 1; off <= 40; ++off) {
    lengths.push_back(right - off);
    lengths.push_back(right + off);
  }
  lengths.push_back(right + kB.size());
  lengths.push_back(right + 2 * kB.size() + 4);
  for (const std::size_t length : lengths) {
    const std::string wrong = of_length(length);
    for (const std::string& bytes :
         {wrong + kB + kB, gzip(wrong) + gzip(kB) + gzip(kB),
          gzip(wrong + kB + kB),
          testing::zstd(wrong) + testing::zstd(kB + kB)}) {
      const auto all = read(bytes);
      ASSERT_THAT(all, SizeIs(3)) << length << " and not " << right;
      EXPECT_EQ(all[0].url, "http://a.test/");
      EXPECT_EQ(all[0].fault, "its Content-Length is not that of its block")
          << length << " and not " << right;
      EXPECT_EQ(all[0].block.size(), block.size()) << length;
      EXPECT_TRUE(all[0].block == block) << length;
      EXPECT_EQ(all[0].offset, 0u);
      EXPECT_FALSE(all[0].cut);
      for (std::size_t i = 1; i < all.size(); ++i) {
        EXPECT_EQ(all[i].url, "http://b.test/");
        EXPECT_EQ(all[i].fault, "");
        EXPECT_EQ(all[i].block, message("x"));
      }
    }
    // No more than there is room for; what is behind it is not kept then.
    const auto cut = read(wrong + kB, 5'000);
    EXPECT_LE(cut[0].block.size(), 5'000u);
    if (length < right) {
      ASSERT_THAT(cut, SizeIs(2));
      EXPECT_EQ(cut[1].url, "http://b.test/");
    }
  }
  EXPECT_THAT(told(of_length(right) + kB),
              ElementsAre("http://a.test/", "http://b.test/"));
}

// What line ends are missing is no fault of the length.
TEST(ArchiveReader, MissingLineEndsAreNoFault) {
  const std::string blocks[] = {
      "HTTP/1.1 200 OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\n\r\n<b>\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n<b>\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
      // Those of a body that was coded.
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n<b>\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<b>\r\n",
      "HTTP/1.1 200 OK\nContent-Length: 4\n\n<b>\n",
  };
  for (const std::string& block : blocks) {
    for (const char* ends :
         {"", "\r\n", "\n", "\r\n\r\n", "\n\n", "\r\n\r\n\r\n"}) {
      std::string odd = record("response",
                               "WARC-Target-URI: http://a.test/\r\nContent-"
                               "Type: application/http\r\n",
                               block);
      odd.resize(odd.size() - 4);
      const auto all = read(odd + ends + kB);
      ASSERT_THAT(all, SizeIs(2));
      EXPECT_EQ(all[0].fault, "") << block << "|" << ends;
      EXPECT_EQ(all[0].block, block);
      EXPECT_EQ(all[1].url, "http://b.test/");
    }
  }
}

TEST(ArchiveReader, ALengthThatIsTooLongCostsNoOtherRecord) {
  const std::string bad = response("http://bad.test/");
  const std::string nested = response("http://nest.test/", "\r\n\r\n" + kA);
  for (const char* length : {"100", "200", "500", "700", "1000000000"}) {
    const std::string wrong = with_length(bad, length);
    for (const std::string& bytes :
         {wrong + kA + kB + kA, gzip(wrong + kA + kB + kA)}) {
      const auto all = read(bytes);
      ASSERT_EQ(all.size(), 4u) << length;
      EXPECT_EQ(all[0].url, "http://bad.test/");
      EXPECT_THAT(all[0].fault, HasSubstr("Content-Length"));
      EXPECT_EQ(all[0].block, message("x"));
      EXPECT_EQ(all[1].url, "http://a.test/");
      EXPECT_EQ(all[1].fault, "");
      EXPECT_EQ(all[2].url, "http://b.test/");
      EXPECT_EQ(all[3].url, "http://a.test/");
    }
    EXPECT_EQ(read(wrong + kA)[1].offset, wrong.size());
  }
  // A page may show a record.
  EXPECT_THAT(told(nested + kB),
              ElementsAre("http://nest.test/", "http://b.test/"));
}

// Whatever becomes of one member, the others' records are there, as they were,
// and it is told of once, where it begins.
TEST(ArchiveReader, TellsOfEachDamageOnceAndLosesNothingElse) {
  const std::string a = gzip(response("http://h.test/a"));
  const std::string b = gzip(response("http://h.test/b"));
  const std::string c = gzip(response("http://h.test/c"));
  const auto expect_one = [&](const std::string& middle,
                              const std::string& what) {
    const auto all = read(a + middle + c);
    ASSERT_GE(all.size(), 2u) << what;
    EXPECT_EQ(all.front().url, "http://h.test/a") << what;
    EXPECT_EQ(all.front().fault, "") << what;
    EXPECT_EQ(all.back().url, "http://h.test/c") << what;
    EXPECT_EQ(all.back().fault, "") << what;
    EXPECT_EQ(all.back().block, message("x")) << what;
    EXPECT_EQ(all.back().offset, a.size() + middle.size()) << what;
    ASSERT_EQ(all.size(), 3u) << what;
    EXPECT_EQ(all[1].offset, a.size()) << what;
    EXPECT_THAT(all[1].fault, HasSubstr("damaged")) << what;
  };
  // What says nothing about the bytes does not matter: in the header whether
  // they are text, when they were packed, how well, and where; the last bits
  // before the sum.
  const auto matters = [&](std::size_t at, int change = 0xff) {
    if (at == 3) return change != 0x01;
    return at < 4 || (at > 9 && at != b.size() - 9);
  };
  for (std::size_t at = 0; at < b.size(); ++at) {
    for (const int change : {0xff, 0x01, 0x10}) {
      std::string altered = b;
      altered[at] = static_cast<char>(altered[at] ^ change);
      if (matters(at, change)) {
        expect_one(altered, fmt::format("byte {} ^ {}", at, change));
      }
    }
    std::string without = b;
    without.erase(at, 1);
    if (matters(at)) expect_one(without, fmt::format("without byte {}", at));
    if (at > 0) expect_one(b.substr(0, at), fmt::format("{} bytes of it", at));
  }
  for (const std::string_view bytes : {"garbage", "\x1f\x8b", "\x1f\x8b\x08"}) {
    expect_one(std::string(bytes), "between members");
  }
}

TEST(ArchiveReader, SaysThatAFileEndsInsideAMember) {
  const std::string whole = gzip(kA) + gzip(kB);
  const auto all = told(whole.substr(0, whole.size() - 30));
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0], "http://a.test/");
  EXPECT_THAT(all[1], HasSubstr("ends inside"));
}

TEST(ArchiveReader, KeepsNoMoreOfARecordThanItsLimit) {
  const std::string big = response("http://a.test/", std::string(300'000, 'a'));
  for (const std::string& bytes : {big + kB, gzip(big) + gzip(kB)}) {
    const auto all = read(bytes, 1'000);
    ASSERT_THAT(all, SizeIs(2));
    EXPECT_EQ(all[0].block.size(), 1'000U);
    EXPECT_TRUE(all[0].cut);
    EXPECT_EQ(all[1].url, "http://b.test/");
    EXPECT_FALSE(all[1].cut);
  }
}

TEST(ArchiveReader, ReadsMembersOfAnySize) {
  std::string big;
  for (int i = 0; i < 4'000'000; ++i) {
    big += static_cast<char>('a' + i * 7 % 26);
  }
  const auto all =
      read(gzip(response("http://a.test/", big)) + gzip(kB), 16 << 20);
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].block, message(big));
  EXPECT_EQ(all[0].fault, "");
  EXPECT_EQ(all[1].url, "http://b.test/");
}

// Members of a byte each, and empty ones: as much work as there are bytes.
TEST(ArchiveReader, ManyMembersCostNoMoreThanTheirBytes) {
  const std::string one = gzip("x");
  const std::string none = gzip("");
  std::string bytes = gzip(with_length(kA, "100000000"));
  for (int i = 0; i < 200'000; ++i) bytes += one;
  const auto inside = read(bytes);
  ASSERT_THAT(inside, SizeIs(1));
  EXPECT_EQ(inside[0].fault, "it ends inside a record");
  bytes = gzip(kA);
  for (int i = 0; i < 200'000; ++i) bytes += i % 2 == 0 ? one : none;
  EXPECT_THAT(told(bytes + gzip("\n") + gzip(kB)),
              ElementsAre("http://a.test/", HasSubstr("that are no record"),
                          "http://b.test/"));
}

TEST(ArchiveReader, ReadsArcFiles) {
  const std::string first =
      "filedesc://a.arc 0.0.0.0 20080430204825 text/plain 3\n1 0\n\n";
  const std::string page = message("<title>x</title>");
  const std::string body = fmt::format(
      "http://a.test/with a space 1.2.3.4 20080430204826 text/html {}\n{}\n",
      page.size(), page);
  const std::string name =
      "dns:a.test 1.2.3.4 20080430204826 text/dns 4\nabcd\n";
  const std::string version2 = fmt::format(
      "http://b.test/ 1.2.3.4 20080430204826 text/html 200 - - 55 a.arc {}\n"
      "{}\n",
      page.size(), page);
  for (const std::string& bytes :
       {first + name + body + version2,
        gzip(first) + gzip(name) + gzip(body) + gzip(version2)}) {
    const auto all = read(bytes);
    ASSERT_THAT(all, SizeIs(2));
    EXPECT_EQ(all[0].url, "http://a.test/with a space");
    EXPECT_EQ(all[0].date, "20080430204826");
    EXPECT_EQ(all[0].ip, "1.2.3.4");
    EXPECT_EQ(all[0].block, page);
    EXPECT_EQ(all[1].url, "http://b.test/");
    EXPECT_EQ(all[1].fault, "");
  }
  EXPECT_THAT(told(first + "rubbish here\n" + body),
              ElementsAre("http://a.test/with a space"));
  EXPECT_THAT(
      told(first + std::string(200, 'x') + "\n" + body),
      ElementsAre(HasSubstr("no record"), "http://a.test/with a space"));
}

}  // namespace
}  // namespace crawl
