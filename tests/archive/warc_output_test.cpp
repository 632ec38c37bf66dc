// What is written, against WARC/1.1: read back by nothing of ours but inflate.
#include "crawl/archive/warc_output.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/sha.h>
#include <zlib.h>

#include <algorithm>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/cdxj.h"
#include "support/temp_dir.h"

namespace crawl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::SizeIs;
using testing::TempDir;

struct Record {
  std::vector<std::pair<std::string, std::string>> fields;
  std::string block;
  std::string file;

  std::string get(const std::string& name) const {
    for (const auto& [n, value] : fields) {
      if (n == name) return value;
    }
    return "";
  }
  std::string type() const { return get("WARC-Type"); }
  // Behind the head of the message that the block is.
  std::string payload() const {
    const std::size_t end = block.find("\r\n\r\n");
    return end == std::string::npos ? "" : block.substr(end + 4);
  }
};

// The members of a gzip file, each by itself.
std::vector<std::string> members(std::string_view packed) {
  std::vector<std::string> all;
  while (!packed.empty()) {
    z_stream stream{};
    EXPECT_EQ(inflateInit2(&stream, 31), Z_OK);
    std::string text(1 << 22, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(text.data());
    stream.avail_out = static_cast<uInt>(text.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    text.resize(stream.total_out);
    packed.remove_prefix(stream.total_in);
    inflateEnd(&stream);
    all.push_back(std::move(text));
  }
  return all;
}

// Exactly one record, by the grammar of section 4.
Record parse_record(std::string_view text) {
  Record record;
  EXPECT_TRUE(text.starts_with("WARC/1.1\r\n"));
  text.remove_prefix(10);
  while (!text.starts_with("\r\n")) {
    const std::size_t end = text.find("\r\n");
    const std::string line(text.substr(0, end));
    const std::size_t colon = line.find(": ");
    EXPECT_NE(colon, std::string::npos) << line;
    if (colon == std::string::npos) return record;
    record.fields.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    text.remove_prefix(end + 2);
  }
  text.remove_prefix(2);
  const std::size_t length = std::stoul(record.get("Content-Length"));
  EXPECT_EQ(text.size(), length + 4);
  EXPECT_EQ(text.substr(length), "\r\n\r\n");
  record.block = text.substr(0, length);
  return record;
}

std::string sha1(std::string_view bytes) {
  unsigned char digest[20];
  SHA1(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
       digest);
  std::string bits;
  for (const unsigned char byte : digest) {
    for (int i = 7; i >= 0; --i) bits += (byte >> i & 1) != 0 ? '1' : '0';
  }
  std::string text = "sha1:";
  for (std::size_t i = 0; i < bits.size(); i += 5) {
    text += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[std::stoul(bits.substr(i, 5),
                                                          nullptr, 2)];
  }
  return text;
}

WireExchange exchange(const std::string& url, std::string body = "") {
  WireExchange made;
  made.url = url;
  made.request = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
  made.head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
  made.body = body.empty() ? "the body of " + url : std::move(body);
  made.status_code = 200;
  made.content_type = "text/html";
  made.http_version = "1.1";
  made.remote_ip = "192.0.2.7";
  made.begun = std::chrono::sys_days{std::chrono::year{2026} / 11 / 28} +
               std::chrono::microseconds(1'250'007);
  made.times.total = 0.0421;
  return made;
}

class WarcOutput : public ::testing::Test {
 protected:
  WarcOptions options(std::uint64_t max_file_bytes = 0, bool pack = true) {
    WarcOptions made;
    made.prefix = dir_.file("a");
    made.max_file_bytes = max_file_bytes;
    made.pack = pack;
    made.info = {{"software", "crawl/1"}, {"robots", "classic"}};
    return made;
  }

  void write(const std::vector<WireExchange>& exchanges,
             const WarcOptions& warc, OutputMode mode = OutputMode::kReplace) {
    const auto sink = open_warc(warc, std::nullopt, mode);
    ASSERT_TRUE(sink) << sink.error().message;
    const auto keeper = make_warc_keeper(warc);
    for (const WireExchange& each : exchanges) {
      ASSERT_TRUE((*sink)->keep(*keeper->keep(each)));
    }
    ASSERT_TRUE((*sink)->close());
  }

  std::vector<Record> read(const WarcOptions& warc) {
    std::vector<Record> all;
    for (const std::string& file : warc_files(warc)) {
      for (const std::string& member : members(dir_.read(file))) {
        all.push_back(parse_record(member));
        all.back().file = std::filesystem::path(file).filename();
      }
    }
    return all;
  }

  static std::vector<std::string> types(const std::vector<Record>& records) {
    std::vector<std::string> all;
    for (const Record& record : records) all.push_back(record.type());
    return all;
  }

  TempDir dir_;
};

// Sections 5 and 6: what each type must have, may have, and nothing else.
TEST_F(WarcOutput, RecordsHaveTheFieldsThatTheStandardHasForTheirType) {
  struct Rule {
    std::set<std::string> must, may;
    std::string content_type;
  };
  const std::set<std::string> all = {"WARC-Type", "WARC-Record-ID", "WARC-Date",
                                     "Content-Length", "Content-Type"};
  const std::set<std::string> message = {"WARC-Target-URI", "WARC-IP-Address",
                                         "WARC-Concurrent-To",
                                         "WARC-Block-Digest"};
  const auto with = [](std::set<std::string> names,
                       const std::set<std::string>& more) {
    names.insert(more.begin(), more.end());
    return names;
  };
  const std::map<std::string, Rule> rules = {
      {"warcinfo",
       {{"WARC-Filename"}, {"WARC-Block-Digest"}, "application/warc-fields"}},
      {"request", {message, {}, "application/http;msgtype=request"}},
      {"response",
       {with(message, {"WARC-Payload-Digest", "WARC-Protocol"}),
        {"WARC-Truncated"},
        "application/http;msgtype=response"}},
      {"metadata", {{"WARC-Concurrent-To"}, {}, "application/warc-fields"}},
      {"revisit",
       {{"WARC-Target-URI", "WARC-Profile", "WARC-Payload-Digest",
         "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date", "WARC-Truncated",
         "WARC-IP-Address", "WARC-Concurrent-To", "WARC-Block-Digest",
         "WARC-Protocol"},
        {},
        "application/http;msgtype=response"}}};
  WireExchange cut = exchange("http://a.test/cut");
  cut.truncated = "length";
  cut.http_version = "2";
  cut.tls_version = "TLSv1.3";
  write({exchange("http://a.test/1"), exchange("http://a.test/2", "same"),
         exchange("http://b.test/3", "same"), cut},
        options());
  const std::vector<Record> records = read(options());
  EXPECT_THAT(
      types(records),
      ElementsAre("warcinfo", "request", "response", "metadata", "request",
                  "response", "metadata", "request", "revisit", "metadata",
                  "request", "response", "metadata"));
  std::set<std::string> ids;
  for (const Record& record : records) {
    const Rule& rule = rules.at(record.type());
    std::multiset<std::string> names;
    for (const auto& [name, value] : record.fields) {
      names.insert(name);
      EXPECT_TRUE(all.contains(name) || rule.must.contains(name) ||
                  rule.may.contains(name))
          << record.type() << " has " << name;
    }
    for (const std::string& name : all) EXPECT_EQ(names.count(name), 1U);
    for (const std::string& name : rule.must) {
      EXPECT_GE(names.count(name), 1U) << record.type() << " " << name;
      // Only these may be there several times.
      if (name != "WARC-Concurrent-To" && name != "WARC-Protocol") {
        EXPECT_EQ(names.count(name), 1U);
      }
    }
    EXPECT_EQ(record.get("Content-Type"), rule.content_type);
    if (record.type() != "metadata") {
      EXPECT_EQ(record.get("WARC-Block-Digest"), sha1(record.block));
    }
    EXPECT_TRUE(std::regex_match(
        record.get("WARC-Record-ID"),
        std::regex("<urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]"
                   "[0-9a-f]{3}-[0-9a-f]{12}>")));
    EXPECT_TRUE(ids.insert(record.get("WARC-Record-ID")).second);
    EXPECT_TRUE(std::regex_match(
        record.get("WARC-Date"),
        std::regex("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z")));
  }
}

TEST_F(WarcOutput, RecordsOfAnExchangeNameEachOther) {
  WireExchange made = exchange("https://a.test/x?y");
  made.http_version = "2";
  made.tls_version = "TLSv1.3";
  made.via = "http://a.test/";
  made.hops = "LR";
  write({made}, options());
  const std::vector<Record> records = read(options());
  ASSERT_THAT(records, SizeIs(4));
  const Record& request = records[1];
  const Record& response = records[2];
  const Record& metadata = records[3];
  EXPECT_EQ(request.get("WARC-Concurrent-To"), response.get("WARC-Record-ID"));
  EXPECT_EQ(response.get("WARC-Concurrent-To"), request.get("WARC-Record-ID"));
  EXPECT_EQ(metadata.get("WARC-Concurrent-To"), response.get("WARC-Record-ID"));
  for (const Record* record : {&request, &response, &metadata}) {
    EXPECT_EQ(record->get("WARC-Target-URI"),
              record == &metadata ? "" : "https://a.test/x?y");
    EXPECT_EQ(record->get("WARC-Date"), "2026-11-28T00:00:01.250007Z");
  }
  EXPECT_EQ(request.block, made.request);
  EXPECT_EQ(response.block, made.head + made.body);
  EXPECT_EQ(response.get("WARC-Payload-Digest"), sha1(made.body));
  EXPECT_EQ(response.get("WARC-IP-Address"), "192.0.2.7");
  EXPECT_EQ(metadata.block,
            "via: http://a.test/\r\nhopsFromSeed: LR\r\nfetchTimeMs: 42\r\n");
  std::vector<std::string> protocols;
  for (const auto& [name, value] : response.fields) {
    if (name == "WARC-Protocol") protocols.push_back(value);
  }
  EXPECT_THAT(protocols, ElementsAre("h2", "tls/1.3"));
}

TEST_F(WarcOutput, APayloadThatIsThereIsReferredTo) {
  WireExchange cut = exchange("http://a.test/cut", "same");
  cut.truncated = "disconnect";
  WireExchange empty = exchange("http://a.test/empty");
  empty.body.clear();
  WireExchange other = exchange("http://b.test/2", "same");
  other.head = "HTTP/1.1 200 OK\r\nServer: b\r\n\r\n";
  write({cut, empty, empty, exchange("http://a.test/1", "same"), other},
        options());
  std::vector<Record> revisits = read(options());
  std::erase_if(revisits,
                [](const Record& r) { return r.type() != "revisit"; });
  ASSERT_THAT(revisits, SizeIs(1));
  const Record& revisit = revisits[0];
  EXPECT_EQ(revisit.get("WARC-Target-URI"), "http://b.test/2");
  EXPECT_EQ(revisit.get("WARC-Profile"),
            "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest");
  EXPECT_EQ(revisit.get("WARC-Refers-To-Target-URI"), "http://a.test/1");
  EXPECT_EQ(revisit.get("WARC-Refers-To-Date"), "2026-11-28T00:00:01.250007Z");
  EXPECT_EQ(revisit.get("WARC-Truncated"), "length");
  EXPECT_EQ(revisit.get("WARC-Payload-Digest"), sha1("same"));
  EXPECT_EQ(revisit.block, other.head);
}

TEST_F(WarcOutput, AFileIsNoLongerThanItMayBe) {
  std::vector<WireExchange> exchanges;
  for (int i = 0; i < 50; ++i) {
    exchanges.push_back(exchange(fmt::format("http://a.test/{}", i)));
  }
  const WarcOptions warc = options(6'000);
  write(exchanges, warc);
  const std::vector<std::string> files = warc_files(warc);
  EXPECT_GT(files.size(), 5U);
  EXPECT_EQ(files[1], dir_.file("a-00001.warc.gz"));
  std::vector<std::string> urls;
  std::string file;
  for (const Record& record : read(warc)) {
    // Each is an archive of its own.
    EXPECT_EQ(record.type() == "warcinfo", record.file != file);
    file = record.file;
    if (record.type() == "warcinfo") {
      EXPECT_EQ(record.get("WARC-Filename"), record.file);
      EXPECT_EQ(record.block, "software: crawl/1\r\nrobots: classic\r\n");
    }
    if (record.type() == "response") {
      urls.push_back(record.get("WARC-Target-URI"));
    }
  }
  EXPECT_EQ(urls.size(), 50U);
  for (const std::string& name : files) {
    EXPECT_LE(std::filesystem::file_size(name), 6'000U);
  }
}

TEST_F(WarcOutput, GoesOnBehindWhatIsThere) {
  for (const std::uint64_t max : {std::uint64_t{0}, std::uint64_t{6'000}}) {
    write({exchange("http://a.test/1")}, options(max));
    write({exchange("http://a.test/2")}, options(max), OutputMode::kAppend);
    EXPECT_THAT(types(read(options(max))),
                ElementsAre("warcinfo", "request", "response", "metadata",
                            "warcinfo", "request", "response", "metadata"));
    write({exchange("http://a.test/3")}, options(max), OutputMode::kReplace);
    EXPECT_THAT(read(options(max)), SizeIs(4));
  }
}

// Half a record is not buried under whole ones.
TEST_F(WarcOutput, NothingIsWrittenBehindHalfARecord) {
  for (const bool pack : {true, false}) {
    const WarcOptions warc = options(0, pack);
    for (const std::size_t cut : {1U, 4U, 10U, 200U}) {
      write({exchange("http://a.test/1"), exchange("http://a.test/2")}, warc);
      const std::string file = warc_files(warc)[0];
      const auto size = std::filesystem::file_size(file) - cut;
      std::filesystem::resize_file(file, size);
      const auto sink = open_warc(warc, std::nullopt, OutputMode::kAppend);
      ASSERT_FALSE(sink) << cut;
      EXPECT_THAT(sink.error().message, HasSubstr("whole record"));
      EXPECT_EQ(std::filesystem::file_size(file), size);
    }
    // Of nothing there is no end.
    std::filesystem::resize_file(warc_files(warc)[0], 0);
    EXPECT_TRUE(open_warc(warc, std::nullopt, OutputMode::kAppend));
  }
}

// An index leads to nothing that is gone.
TEST_F(WarcOutput, TheIndexOfWhatIsReplacedGoesToo) {
  WarcOptions warc = options(3'000);
  warc.cdx = true;
  write({exchange("http://a.test/1"), exchange("http://a.test/2")}, warc);
  EXPECT_TRUE(std::filesystem::exists(dir_.file("a.cdxj")));
  warc.cdx = false;
  write({exchange("http://a.test/3")}, warc);
  EXPECT_FALSE(std::filesystem::exists(dir_.file("a.cdxj")));
}

TEST_F(WarcOutput, IsWrittenAsItIsToo) {
  const WarcOptions warc = options(0, false);
  write({exchange("http://a.test/1")}, warc);
  const std::string text = dir_.read(dir_.file("a.warc"));
  EXPECT_TRUE(text.starts_with("WARC/1.1\r\nWARC-Type: warcinfo\r\n"));
  EXPECT_THAT(text, HasSubstr("the body of http://a.test/1\r\n\r\nWARC/1.1"));
}

TEST_F(WarcOutput, BodiesThatArePackedAreKeptAsTheyAre) {
  std::vector<WireExchange> exchanges;
  for (const std::size_t size :
       {1U, 1'000U, 65'530U, 65'531U, 65'532U, 200'000U}) {
    WireExchange made = exchange(fmt::format("http://a.test/{}", size));
    made.head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: "
        "br\r\n\r\n";
    made.body.clear();
    unsigned state = 7;
    for (std::size_t i = 0; i < size; ++i) {
      state = state * 1'103'515'245U + 12'345U;
      made.body += static_cast<char>(state >> 24U);
    }
    exchanges.push_back(std::move(made));
  }
  exchanges.push_back(exchange("http://a.test/gzip", "\x1f\x8b and so on"));
  write(exchanges, options());
  std::vector<Record> responses = read(options());
  std::erase_if(responses,
                [](const Record& r) { return r.type() != "response"; });
  ASSERT_EQ(responses.size(), exchanges.size());
  for (std::size_t i = 0; i < exchanges.size(); ++i) {
    EXPECT_EQ(responses[i].block, exchanges[i].head + exchanges[i].body);
  }
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  return all;
}

// The index leads to the records, is sorted, and holds what was appended to.
TEST_F(WarcOutput, IndexLeadsToTheRecords) {
  for (const std::uint64_t max : {std::uint64_t{0}, std::uint64_t{3'000}}) {
    WarcOptions warc = options(max);
    warc.cdx = true;
    write({exchange("http://b.test/2"), exchange("http://a.test/1", "same"),
           exchange("http://www.a.test/2", "same")},
          warc);
    write({exchange("http://a.test/0")}, warc, OutputMode::kAppend);
    const std::vector<std::string> lines = lines_of(dir_.read("a.cdxj"));
    ASSERT_THAT(lines, SizeIs(4));
    EXPECT_TRUE(std::is_sorted(lines.begin(), lines.end()));
    EXPECT_THAT(lines[0], ::testing::StartsWith(
                              "test,a)/0 20261128000001 {\"url\":\"http://"
                              "a.test/0\",\"mime\":\"text/html\",\"status\":"
                              "\"200\",\"digest\":\"sha1:"));
    EXPECT_THAT(lines[2], HasSubstr("\"mime\":\"warc/revisit\""));
    for (const std::string& line : lines) {
      const auto capture = read_cdxj_line(line);
      ASSERT_TRUE(capture) << line;
      const std::string file = dir_.read(capture->filename);
      const auto found = members(
          std::string_view(file).substr(capture->offset, capture->length));
      ASSERT_THAT(found, SizeIs(1));
      const Record record = parse_record(found[0]);
      EXPECT_EQ(record.get("WARC-Target-URI"), capture->url);
      EXPECT_EQ(record.get("WARC-Payload-Digest"), capture->digest);
      EXPECT_EQ(record.type(),
                capture->mime == "warc/revisit" ? "revisit" : "response");
    }
    write({}, warc);
  }
}

// Of a crawl that was killed it leads to all that the archive has.
TEST_F(WarcOutput, AnIndexIsThereThoughItIsNeverClosed) {
  WarcOptions warc = options();
  warc.cdx = true;
  warc.index_file = dir_.file("payloads");
  dir_.write("a.cdxj", "of an earlier crawl\n");
  const auto keeper = make_warc_keeper(warc);
  const auto urls = [&] {
    std::vector<std::string> all;
    const std::string file = dir_.read("a.warc.gz");
    for (const std::string& line : lines_of(dir_.read("a.cdxj"))) {
      const auto capture = read_cdxj_line(line);
      if (!capture) return std::vector<std::string>{"no index: " + line};
      const auto found = members(
          std::string_view(file).substr(capture->offset, capture->length));
      EXPECT_THAT(found, SizeIs(1));
      EXPECT_EQ(parse_record(found[0]).get("WARC-Target-URI"), capture->url);
      all.push_back(capture->url);
    }
    return all;
  };
  auto sink = *open_warc(warc, std::nullopt);
  for (const char* url : {"http://b.test/", "http://a.test/"}) {
    ASSERT_TRUE(sink->keep(*keeper->keep(exchange(url))));
  }
  const std::uint64_t position = *sink->sync();
  ASSERT_TRUE(sink->keep(*keeper->keep(exchange("http://gone.test/"))));
  ASSERT_TRUE(sink->flush());
  EXPECT_THAT(urls(), ElementsAre("http://b.test/", "http://a.test/",
                                  "http://gone.test/"));
  sink.reset();
  // Of an archive that is only cut, too.
  ASSERT_TRUE(cut_warc(warc, position));
  EXPECT_THAT(urls(), ElementsAre("http://b.test/", "http://a.test/"));
  // Gone on with, it has what is left.
  sink = *open_warc(warc, position);
  EXPECT_THAT(urls(), ElementsAre("http://a.test/", "http://b.test/"));
  ASSERT_TRUE(sink->keep(*keeper->keep(exchange("http://0.test/"))));
  ASSERT_TRUE(sink->flush());
  EXPECT_THAT(urls(), ElementsAre("http://a.test/", "http://b.test/",
                                  "http://0.test/"));
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(urls(), ElementsAre("http://0.test/", "http://a.test/",
                                  "http://b.test/"));
}

TEST_F(WarcOutput, WhatAnEarlierArchiveHasIsReferredTo) {
  WarcOptions first = options();
  first.cdx = true;
  write({exchange("http://a.test/1", "same")}, first);
  WarcOptions second = options();
  second.prefix = dir_.file("b");
  second.known = {dir_.file("a.cdxj")};
  write({exchange("http://a.test/2", "same")}, second);
  const std::vector<Record> records = read(second);
  EXPECT_THAT(types(records),
              ElementsAre("warcinfo", "request", "revisit", "metadata"));
  EXPECT_EQ(records[2].get("WARC-Refers-To-Target-URI"), "http://a.test/1");
  EXPECT_EQ(records[2].get("WARC-Refers-To-Date"), "2026-11-28T00:00:01Z");

  second.known = {dir_.write("no.cdxj", "http://a.test/\n")};
  EXPECT_FALSE(open_warc(second, std::nullopt));
  second.known = {dir_.file("not there")};
  EXPECT_FALSE(open_warc(second, std::nullopt));
}

TEST_F(WarcOutput, NoFieldCanBeBrokenOutOf) {
  WireExchange made = exchange("http://a.test/");
  made.content_type = "text/html\r\nWARC-Type: x";
  made.truncated = "length";
  write({made}, options());
  EXPECT_THAT(read(options()), SizeIs(4));
}

}  // namespace
}  // namespace crawl
