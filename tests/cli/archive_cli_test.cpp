// What a crawl keeps in an archive, from outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "archive/unpacker.h"
#include "cli/archive_fixture.h"

namespace crawl::testing {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class ArchiveCli : public CliTest {};

TEST_F(ArchiveCli, MessagesAreThoseOfHttp1WhateverWasSpoken) {
  for (const Spoken& over : transports()) {
    SCOPED_TRACE(over.name);
    LoopbackSite site(over.site);
    add_pages(site);
    const TempDir dir;
    std::vector<std::string> fetch = {site.url("/packed-gzip"), "--warc-file",
                                      dir.file("kept"), "-q",
                                      "--no-warc-compression"};
    fetch.insert(fetch.end(), over.options.begin(), over.options.end());
    EXPECT_EQ(run(fetch).exit_status, 0);
    const auto all = read_archive(dir.file("kept.warc"));
    ASSERT_THAT(all, SizeIs(1));
    EXPECT_THAT(all[0].block, ::testing::StartsWith("HTTP/1.1 200 "));
    // The body is as it came.
    EXPECT_THAT(all[0].block,
                ::testing::EndsWith("\r\n\r\n" + gzip(page("gzip", "/2"))));
    EXPECT_EQ(all[0].http2, over.name == "http2");
    EXPECT_EQ(all[0].ip, "127.0.0.1");
    const std::string text = dir.read("kept.warc");
    EXPECT_THAT(text, HasSubstr("GET /packed-gzip HTTP/1.1\r\nHost: "));
    EXPECT_THAT(text, HasSubstr(over.name == "http2" ? "WARC-Protocol: h2\r\n"
                                                     : "WARC-Protocol: "
                                                       "http/1.1\r\n"));
    if (over.name != "http") {
      EXPECT_THAT(text, HasSubstr("WARC-Protocol: tls/1.3\r\n"));
    }
  }
}

TEST_F(ArchiveCli, EveryExchangeThatWasAnsweredIsKept) {
  for (const Spoken& over : transports()) {
    SCOPED_TRACE(over.name);
    LoopbackSite site(over.site);
    add_pages(site);
    site.serve("/robots.txt", [&site](const HttpRequest&) {
      return Reply::text("User-agent: *\nDisallow: /no\nSitemap: " +
                         site.url("/map.xml") + "\n");
    });
    site.serve("/map.xml", [&site](const HttpRequest&) {
      return Reply::response(
          200, {{"Content-Type", "application/xml"}},
          "<urlset><url><loc>" + site.url("/listed") + "</loc></url></urlset>");
    });
    site.serve("/listed", page("listed", "/no"));
    site.serve("/from", "<a href='/moved'>x</a><a href='/no'>x</a>");
    const TempDir dir;
    std::vector<std::string> fetch = {"-r",
                                      site.url("/from"),
                                      "--warc-file",
                                      dir.file("kept"),
                                      "--depth",
                                      "1",
                                      "--no-warc-compression"};
    fetch.insert(fetch.end(), over.options.begin(), over.options.end());
    const ProcessResult result = run(fetch);
    EXPECT_EQ(result.exit_status, 0) << result.err;
    std::vector<std::string> urls;
    for (const auto& record : read_archive(dir.file("kept.warc"))) {
      urls.push_back(record.url.substr(site.origin().size()));
    }
    EXPECT_THAT(urls, UnorderedElementsAre("/robots.txt", "/map.xml", "/from",
                                           "/moved", "/plain", "/listed"));
    const std::string text = dir.read("kept.warc");
    EXPECT_THAT(text, HasSubstr("hopsFromSeed: P\r\n"));
    EXPECT_THAT(text, HasSubstr("via: " + site.url("/from") +
                                "\r\nhopsFromSeed: L\r\n"));
    EXPECT_THAT(text, HasSubstr("via: " + site.url("/moved") +
                                "\r\nhopsFromSeed: LR\r\n"));
    EXPECT_THAT(text, HasSubstr("robots: classic\r\n"));
    EXPECT_EQ(run({"--warc-check", dir.file("kept.warc")}).exit_status, 0);
  }
}

TEST_F(ArchiveCli, WhatWasNotAnsweredLeavesNoRecord) {
  const std::string urls =
      list({"/close-at-once", "/close-mid-head", "/reset-at-once",
            "/reset-mid-head", "/never", "http://127.0.0.1:1/",
            "http://none.invalid/", "ftp://a.test/", "no URL"});
  const ProcessResult result =
      run({urls, "--warc-file", files_.file("kept"), "--retry", "0", "-m", "1",
           "--no-warc-compression"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(records(result.out), SizeIs(9));
  const std::string text = files_.read("kept.warc");
  EXPECT_THAT(text,
              ::testing::StartsWith("WARC/1.1\r\nWARC-Type: warcinfo\r\n"));
  EXPECT_EQ(text.find("WARC/1.1", 1), std::string::npos) << text;
}

// Each file is an archive of its own, and says what it is of.
TEST_F(ArchiveCli, EveryFileBeginsWithWhatItIsOf) {
  add_pages(site_);
  const ProcessResult result =
      run({list(kPaths), "-q", "--warc-file", files_.file("kept"),
           "--warc-max-size", "4K", "--warc-header", "operator: me <me@a.test>",
           "--warc-header", "isPartOf: all of it", "--warc-cdx"});
  EXPECT_EQ(result.exit_status, 1) << result.err;
  std::size_t responses = 0;
  int files = 0;
  for (;; ++files) {
    char name[32];
    std::snprintf(name, sizeof name, "kept-%05d.warc.gz", files);
    if (!std::filesystem::exists(files_.file(name))) break;
    Unpacker unpacker(*open_bytes(files_.file(name)));
    std::string text;
    while (unpacker.more(text)) {
    }
    const std::string first = text.substr(0, text.find("WARC/1.1", 1));
    EXPECT_THAT(
        first,
        AllOf(::testing::StartsWith("WARC/1.1\r\nWARC-Type: warcinfo\r\n"),
              HasSubstr(std::string("WARC-Filename: ") + name + "\r\n"),
              HasSubstr("operator: me <me@a.test>\r\n"),
              HasSubstr("isPartOf: all of it\r\n"),
              HasSubstr("format: WARC File Format 1.1\r\n")));
    EXPECT_EQ(text.find("WARC-Type: warcinfo", first.size()),
              std::string::npos);
    responses += read_archive(files_.file(name)).size();
    EXPECT_EQ(run({"--warc-check", files_.file(name)}).exit_status, 0);
  }
  EXPECT_GT(files, 1);
  EXPECT_EQ(responses, kPaths.size());
  const std::string index = files_.read("kept.cdxj");
  EXPECT_EQ(
      static_cast<std::size_t>(std::count(index.begin(), index.end(), '\n')),
      kPaths.size());
  EXPECT_THAT(index, HasSubstr("\"filename\":\"kept-00001.warc.gz\""));
}

TEST_F(ArchiveCli, UsualFieldsOfAnArchiveAreReplacedOrLeftOut) {
  add_pages(site_);
  ASSERT_EQ(run({list({"/text"}), "-q", "--warc-file", files_.file("kept"),
                 "--no-warc-compression", "--warc-header", "SOFTWARE: mine",
                 "--warc-header", "robots:", "--warc-header", "operator: one",
                 "--warc-header", "operator: two"})
                .exit_status,
            0);
  const std::string text = files_.read("kept.warc");
  const std::string info = text.substr(0, text.find("WARC/1.1", 1));
  EXPECT_THAT(info, HasSubstr("\r\nformat: WARC File Format 1.1\r\n"));
  EXPECT_THAT(info, HasSubstr("\r\nSOFTWARE: mine\r\noperator: "
                              "one\r\noperator: two\r\n"));
  EXPECT_THAT(info, Not(HasSubstr("software:")));
  EXPECT_THAT(info, Not(HasSubstr("robots:")));
  EXPECT_EQ(run({list({"/text"}), "--warc-file", files_.file("other"),
                 "--warc-header", "nocolon"})
                .exit_status,
            2);
}

TEST_F(ArchiveCli, BodiesOfAnEarlierArchiveAreReferredTo) {
  add_pages(site_);
  ASSERT_EQ(run({list({"/plain"}), "-q", "--warc-file", files_.file("first"),
                 "--warc-cdx"})
                .exit_status,
            0);
  ASSERT_EQ(run({list({"/plain", "/text"}), "-q", "--warc-file",
                 files_.file("second"), "--warc-dedup",
                 files_.file("first.cdxj"), "--no-warc-compression"})
                .exit_status,
            0);
  const auto second = read_archive(files_.file("second.warc"));
  ASSERT_THAT(second, SizeIs(2));
  for (const auto& record : second) {
    EXPECT_EQ(record.kind == ArchivedRecord::Kind::kRevisit,
              record.url == site_.url("/plain"));
  }
  EXPECT_THAT(files_.read("second.warc"),
              AllOf(HasSubstr("WARC-Refers-To-Target-URI: " +
                              site_.url("/plain") + "\r\n"),
                    HasSubstr("WARC-Truncated: length\r\n")));
  // With both at hand it has its body again.
  for (const json& record :
       records(run({files_.file("first.warc.gz"), files_.file("second.warc"),
                    "--fields", "url,title,truncated"})
                   .out)) {
    EXPECT_EQ(record["title"].is_null(), record["url"] == site_.url("/text"));
  }
}

TEST_F(ArchiveCli, BodiesThatBreakOffSayHow) {
  add_pages(site_);
  const std::string urls = list(
      {"/close-mid-body", "/big-body/64", "/close-at-once", "/drip?ms=500"});
  EXPECT_EQ(
      run({urls, "--warc-file", files_.file("kept"), "--retry", "0",
           "--max-filesize", "1K", "-m", "1", "-q", "--no-warc-compression"})
          .exit_status,
      1);
  const std::string text = files_.read("kept.warc");
  EXPECT_THAT(text, HasSubstr("WARC-Truncated: disconnect\r\n"));
  EXPECT_THAT(text, HasSubstr("WARC-Truncated: length\r\n"));
  EXPECT_THAT(text, HasSubstr("WARC-Truncated: time\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("close-at-once")));
  // Read again, they are as they were.
  const ProcessResult read = run({files_.file("kept.warc"), "-q"});
  EXPECT_EQ(read.exit_status, 1);
  std::map<std::string, std::pair<std::string, bool>> ends;
  for (const json& record : records(read.out)) {
    ends[record["url"]] = {
        record["error"].is_null() ? "" : record["error"].get<std::string>(),
        record["truncated"]};
  }
  EXPECT_THAT(ends, UnorderedElementsAre(
                        Pair(EndsWith("/close-mid-body"), Pair("closed", true)),
                        Pair(EndsWith("/big-body/64"), Pair("", true)),
                        Pair(HasSubstr("/drip"), Pair("timeout", true))));
}

// It was no failure when it was fetched.
TEST_F(ArchiveCli, WhatWasCutIsReadAsFarAsItGoes) {
  add_pages(site_);
  const std::vector<std::string> paths = {"/plain", "/packed-gzip",
                                          "/packed-deflate", "/packed-br",
                                          "/packed-zstd"};
  const auto told = [&](const ProcessResult& result) {
    std::vector<std::string> all;
    for (const json& record : records(result.out)) {
      all.push_back(record["url"].get<std::string>() + " " +
                    record["title"].dump() + " " + record["error"].dump() +
                    " " + record["truncated"].dump());
    }
    return all;
  };
  const ProcessResult fetched = run({list(paths), "--max-filesize", "90",
                                     "--warc-file", files_.file("kept"), "-q"});
  const std::vector<std::string> first = told(fetched);
  ASSERT_THAT(first, SizeIs(paths.size())) << fetched.err;
  for (const std::string& line : first) {
    EXPECT_THAT(line, EndsWith("null true"));
  }
  const ProcessResult read = run({files_.file("kept.warc.gz")});
  EXPECT_EQ(read.exit_status, 0) << read.out;
  for (const json& record : records(read.out)) {
    EXPECT_TRUE(record["error"].is_null()) << record;
    // What was coded had all of its bytes before it came to so many.
    EXPECT_TRUE(record["truncated"].get<bool>() ||
                record["url"] != site_.url("/plain"))
        << record;
  }
}

TEST_F(ArchiveCli, SecretsAreInNoArchive) {
  for (const Spoken& over : transports()) {
    SCOPED_TRACE(over.name);
    LoopbackSite site(over.site);
    add_pages(site);
    site.serve("/robots.txt", "");
    site.serve("/front", [](const HttpRequest&) {
      return Reply::response(
          200, {{"Content-Type", "text/html"}, {"Set-Cookie", "own=hidden5"}},
          "<a href=/plain>1</a><a href=/moved>2</a>");
    });
    std::string url = site.url("/front");
    url.insert(url.find("//") + 2, "me:hidden1@");
    std::string other = site.url("/text");
    struct Row {
      std::vector<std::string> options;
      std::vector<std::string> secrets;
    };
    const Row rows[] = {
        {{url}, {"hidden1", base64("me:hidden1")}},
        {{"-r", url}, {"hidden1", base64("me:hidden1")}},
        {{other, "-u", "you:hidden2"}, {"hidden2", base64("you:hidden2")}},
        {{other, "-H", "Cookie: c=hidden3"}, {"hidden3"}},
        {{other, "-H", "cookie: c=hidden3"}, {"hidden3"}},
        {{other, "-H", "Authorization: Bearer hidden4"}, {"hidden4"}},
        {{"-r", other, "-H", "AUTHORIZATION: Bearer hidden4"}, {"hidden4"}},
        {{other, "-H", "Proxy-Authorization: Basic hidden6"}, {"hidden6"}},
    };
    for (const Row& row : rows) {
      const TempDir dir;
      std::vector<std::string> fetch = row.options;
      for (const char* each : {"-H", "X-Note: kept", "-q", "--warc-cdx",
                               "--no-warc-compression", "--warc-file"}) {
        fetch.emplace_back(each);
      }
      fetch.push_back(dir.file("kept"));
      fetch.insert(fetch.end(), over.options.begin(), over.options.end());
      site.clear_log();
      const ProcessResult result = run(fetch);
      EXPECT_LE(result.exit_status, 1) << result.err;
      EXPECT_GT(site.log().size(), 0u);
      const std::string text = dir.read("kept.warc") + dir.read("kept.cdxj");
      EXPECT_THAT(text, HasSubstr("X-Note: kept\r\n"));
      for (const std::string& secret : row.secrets) {
        EXPECT_THAT(text, Not(HasSubstr(secret)));
      }
      EXPECT_THAT(
          text,
          Not(::testing::ContainsRegex("\n(Proxy-)?[Aa][Uu][Tt][Hh][Oo][Rr]")));
      EXPECT_THAT(text, Not(HasSubstr("\nCookie: ")));
      EXPECT_THAT(text, Not(HasSubstr("\ncookie: ")));
    }
  }
}

TEST_F(ArchiveCli, AnArchiveIsNotReplacedUnasked) {
  add_pages(site_);
  const std::string url = site_.url("/plain");
  const std::string prefix = files_.file("kept");
  EXPECT_EQ(run({url, "--warc-file", prefix, "-q"}).exit_status, 0);
  const std::string first = files_.read("kept.warc.gz");
  const ProcessResult again = run({url, "--warc-file", prefix});
  EXPECT_EQ(again.exit_status, 2);
  EXPECT_THAT(again.err, HasSubstr("is an archive already"));
  EXPECT_EQ(files_.read("kept.warc.gz"), first);
  EXPECT_EQ(run({url, "--warc-file", prefix, "--append", "-q"}).exit_status, 0);
  EXPECT_THAT(read_archive(files_.file("kept.warc.gz")), SizeIs(2));
  EXPECT_EQ(run({url, "--warc-file", prefix, "--overwrite", "-q"}).exit_status,
            0);
  EXPECT_THAT(read_archive(files_.file("kept.warc.gz")), SizeIs(1));
}

TEST_F(ArchiveCli, BodiesAreSavedAsFilesAndRecordsPacked) {
  add_pages(site_);
  ASSERT_EQ(run({list({"/plain", "/packed-br", "/missing"}), "--save",
                 files_.file("out"), "-o", files_.file("r.csv.zst"), "-q",
                 "--ordered", "--fields", "status_code,file"})
                .exit_status,
            1);
  const std::string host = site_.origin().substr(7);
  EXPECT_EQ(files_.read("out/" + host + "/plain"), page("plain", "/1"));
  EXPECT_EQ(files_.read("out/" + host + "/packed-br"), page("br", "/4"));
  EXPECT_FALSE(
      std::filesystem::exists(files_.file("out/" + host + "/missing")));
  Unpacker unpacker(*open_bytes(files_.file("r.csv.zst")));
  std::string lines;
  while (unpacker.more(lines)) {
  }
  EXPECT_EQ(lines, "status_code,file\r\n200," + host + "/plain\r\n200," + host +
                       "/packed-br\r\n404,\r\n");
}

TEST_F(ArchiveCli, WhatIsKeptPassesTheCheckAndFaultsAreTold) {
  add_pages(site_);
  site_.serve("/copy", page("plain", "/1"));
  for (const std::vector<std::string>& how : {std::vector<std::string>{},
                                              {"--no-warc-compression"},
                                              {"--warc-max-size", "5K"}}) {
    const TempDir dir;
    std::vector<std::string> fetch = {
        list({"/plain", "/copy", "/packed-br", "/moved", "/missing",
              "/close-mid-body", "/chunked", "/empty", "/lf-only",
              "/obs-fold"}),
        "-q", "--warc-file", dir.file("kept")};
    fetch.insert(fetch.end(), how.begin(), how.end());
    run(fetch);
    std::vector<std::string> check = {"--warc-check"};
    for (const auto& file : std::filesystem::directory_iterator(dir.path())) {
      check.push_back(file.path());
    }
    const ProcessResult good = run(check);
    EXPECT_EQ(good.exit_status, 0) << good.out;
    EXPECT_EQ(good.out, "");
    EXPECT_THAT(good.err, HasSubstr(" 0 faults"));
    std::string bytes = dir.read(check.back());
    bytes.resize(bytes.size() - 5);
    const std::string file = dir.write("bad", bytes);
    const ProcessResult bad = run({"--warc-check", file});
    EXPECT_EQ(bad.exit_status, 1);
    EXPECT_THAT(bad.out, ::testing::StartsWith(file + ": "));
  }
  EXPECT_EQ(run({"--warc-check", files_.file("none")}).exit_status, 2);
}

}  // namespace
}  // namespace crawl::testing
