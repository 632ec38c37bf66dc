// Archives, from outside: what a crawl keeps, read again by another.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "archive/archive_reader.h"
#include "archive/unpacker.h"
#include "cli/cli_fixture.h"
#include "support/content_codings.h"
#include "support/http2_transport.h"
#include "support/loopback_tls.h"

namespace crawl::testing {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::string page(const std::string& title, const std::string& link) {
  return "<!doctype html><html lang=en><meta charset=utf-8><title>" + title +
         "</title><a href='" + link + "'>a link</a><p>" +
         std::string(5'000, 'x') + "</p></html>";
}

// A site whose pages come in all the ways that pages come.
void add_pages(LoopbackSite& site) {
  site.serve("/plain", page("plain", "/1"));
  const auto coded = [&](const std::string& path, const std::string& coding,
                         std::string body) {
    serve_reply(
        site, path,
        Reply::response(
            200, {{"Content-Type", "text/html"}, {"Content-Encoding", coding}},
            std::move(body)));
  };
  coded("/packed-gzip", "gzip", gzip(page("gzip", "/2")));
  coded("/packed-deflate", "deflate", deflate(page("deflate", "/3")));
  coded("/packed-br", "br", stored_brotli(page("br", "/4")));
  coded("/packed-zstd", "zstd", zstd(page("zstd", "/5")));
  serve_reply(site, "/text",
              Reply::response(200, {{"Content-Type", "text/plain"}}, "text"));
  serve_reply(site, "/moved",
              Reply::response(302, {{"Location", "/plain"}}, "gone"));
  serve_reply(site, "/missing",
              Reply::response(404, {{"Content-Type", "text/html"}},
                              page("missing", "/6")));
}

const std::vector<std::string> kPaths = {
    "/plain",       "/packed-gzip", "/packed-deflate", "/packed-br",
    "/packed-zstd", "/text",        "/missing"};

// Without what tells when and how it came.
json timeless(json record) {
  for (const char* field :
       {"input", "attempts", "timestamp", "time_queue", "time_namelookup",
        "time_connect", "time_appconnect", "time_starttransfer", "time_total",
        "worker", "warc_file", "warc_offset", "headers"}) {
    record.erase(field);
  }
  return record;
}

std::vector<ArchivedRecord> read_archive(const std::string& file) {
  ArchiveReader archive(*open_bytes(file), 1 << 24);
  std::vector<ArchivedRecord> all;
  while (auto record = archive.next()) all.push_back(*std::move(record));
  return all;
}

struct Transport {
  std::string name;
  LoopbackSiteOptions site;
  std::vector<std::string> options;
};

std::vector<Transport> transports() {
  std::vector<Transport> all;
  const LoopbackTls& tls = LoopbackTls::get();
  all.push_back({"http", {}, {}});
  all.push_back({"https", tls.site_options(), {"--cacert", tls.ca_file()}});
  all.push_back({"http2", tls.site_options(), {"--cacert", tls.ca_file()}});
  all.back().site.transport = make_http2_transports(tls.make_context());
  return all;
}

class ArchiveCli : public CliTest {};

TEST_F(ArchiveCli, ArchivedPagesLeaveTheRecordsThatTheyLeftWhenFetched) {
  for (const Transport& over : transports()) {
    SCOPED_TRACE(over.name);
    LoopbackSite site(over.site);
    add_pages(site);
    const TempDir dir;
    std::string urls;
    for (const std::string& path : kPaths) urls += site.url(path) + "\n";
    std::vector<std::string> fetch = {dir.write("urls", urls),
                                      "--ordered",
                                      "--fields",
                                      "+links,+body,+body_digest,+parser",
                                      "--warc-file",
                                      dir.file("kept")};
    fetch.insert(fetch.end(), over.options.begin(), over.options.end());
    const ProcessResult fetched = run(fetch);
    EXPECT_EQ(fetched.exit_status, 1) << fetched.err;  // one is missing
    std::vector<json> expected = records(fetched.out);
    ASSERT_THAT(expected, SizeIs(kPaths.size()));

    const ProcessResult read =
        run({dir.file("kept.warc.gz"), "-j", "4", "--fields",
             "+links,+body,+body_digest,+parser"});
    EXPECT_EQ(read.exit_status, 1) << read.err;
    std::vector<json> found = records(read.out);
    ASSERT_THAT(found, SizeIs(kPaths.size())) << read.err;
    const auto by_url = [](const json& a, const json& b) {
      return a["url"].get<std::string>() < b["url"].get<std::string>();
    };
    std::sort(expected.begin(), expected.end(), by_url);
    std::sort(found.begin(), found.end(), by_url);
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(timeless(found[i]), timeless(expected[i]));
      EXPECT_TRUE(found[i]["time_total"].is_null());
      EXPECT_EQ(found[i]["warc_file"], dir.file("kept.warc.gz"));
      EXPECT_TRUE(found[i]["warc_offset"].is_number());
      EXPECT_TRUE(found[i]["timestamp"].is_string());
    }
  }
}

TEST_F(ArchiveCli, MessagesAreThoseOfHttp1WhateverWasSpoken) {
  for (const Transport& over : transports()) {
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
  add_pages(site_);
  site_.serve("/robots.txt", [](const HttpRequest&) {
    return Reply::text("User-agent: *\nDisallow: /no\n");
  });
  site_.serve("/from", "<a href='/moved'>x</a><a href='/no'>x</a>");
  const ProcessResult result =
      run({"-r", site_.url("/from"), "--warc-file", files_.file("kept"),
           "--depth", "1", "--no-warc-compression"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  std::vector<std::string> urls;
  for (const auto& record : read_archive(files_.file("kept.warc"))) {
    urls.push_back(record.url.substr(site_.origin().size()));
  }
  EXPECT_THAT(urls,
              UnorderedElementsAre("/robots.txt", "/from", "/moved", "/plain"));
  const std::string text = files_.read("kept.warc");
  EXPECT_THAT(text, HasSubstr("hopsFromSeed: P\r\n"));
  EXPECT_THAT(text, HasSubstr("via: " + site_.url("/from") +
                              "\r\nhopsFromSeed: L\r\n"));
  EXPECT_THAT(text, HasSubstr("via: " + site_.url("/moved") +
                              "\r\nhopsFromSeed: LR\r\n"));
  EXPECT_THAT(text, HasSubstr("robots: classic\r\n"));
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
  add_pages(site_);
  std::string url = site_.url("/plain");
  url.insert(7, "me:hidden1@");
  EXPECT_EQ(
      run({files_.write("u", url + "\n" + site_.url("/text") + "\n"), "-u",
           "you:hidden2", "-H", "Cookie: c=hidden3", "-H", "X-Note: kept",
           "--warc-file", files_.file("kept"), "-q", "--no-warc-compression"})
          .exit_status,
      0);
  const std::string text = files_.read("kept.warc");
  EXPECT_THAT(text, HasSubstr("X-Note: kept\r\n"));
  for (const std::string& secret :
       {std::string("hidden1"), std::string("hidden2"), std::string("hidden3"),
        base64("me:hidden1"), base64("you:hidden2")}) {
    EXPECT_THAT(text, Not(HasSubstr(secret)));
  }
  EXPECT_THAT(text, Not(HasSubstr("Authorization")));
  EXPECT_THAT(text, Not(HasSubstr("Cookie: ")));
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

TEST_F(ArchiveCli, ArchivesAreReadFromStandardInput) {
  add_pages(site_);
  ASSERT_EQ(
      run({list({"/plain", "/text"}), "--warc-file", files_.file("kept"), "-q"})
          .exit_status,
      0);
  ProcessOptions input;
  input.input = files_.read("kept.warc.gz");
  const ProcessResult result = run({"-"}, input);
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(records(result.out), SizeIs(2));
}

TEST_F(ArchiveCli, WhatCannotBeReadIsARecordAndCounts) {
  add_pages(site_);
  ASSERT_EQ(run({list({"/plain", "/text"}), "--warc-file", files_.file("kept"),
                 "-q", "--ordered"})
                .exit_status,
            0);
  const std::string whole = files_.read("kept.warc.gz");
  const std::string half =
      files_.write("half.warc.gz", whole.substr(0, whole.size() / 3));
  const ProcessResult result = run({half, files_.file("kept.warc.gz")});
  EXPECT_EQ(result.exit_status, 1);
  const std::vector<json> all = records(result.out);
  ASSERT_THAT(all, SizeIs(3)) << result.out;
  EXPECT_EQ(all[0]["error"], "archive");
  EXPECT_EQ(all[0]["warc_file"], half);
  EXPECT_TRUE(all[0]["warc_offset"].is_number());
  EXPECT_THAT(result.err, HasSubstr("1 failed"));
}

TEST_F(ArchiveCli, WhatTellsOfNoPageIsCountedByWhatItIs) {
  const auto record = [](const std::string& type, const std::string& url) {
    return "WARC/1.0\r\nWARC-Type: " + type +
           (url.empty() ? "" : "\r\nWARC-Target-URI: " + url) +
           "\r\nWARC-Date: 2020-01-01T00:00:00Z\r\nContent-Length: 3\r\n\r\n"
           "abc\r\n\r\n";
  };
  std::string archive;
  for (const auto& [type, url] :
       std::vector<std::pair<std::string, std::string>>{
           {"warcinfo", ""},
           {"response", "dns:example.com"},
           {"Response", "DNS:example.org"},
           {"response", "ftp://example.com/"},
           {"revisit", "urn:x:y"},
           {"resource", "http://example.com/shot.png"},
           {"conversion", "http://example.com/"},
           {"request", "http://example.com/"},
           {"metadata", ""},
           {"\x1b[31m", "http://example.com/"},
           {"response", "\x1b[31m:"}}) {
    archive += record(type, url);
  }
  const ProcessResult result =
      run({files_.write("a.warc", archive), "-o", "/dev/null"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(
      result.err,
      AllOf(HasSubstr("0 URLs = "),
            HasSubstr("Passed over in archives: 2 dns:, 2 of another kind, "
                      "1 conversion, 1 ftp:, 1 metadata, 1 request, 1 "
                      "resource, 1 urn:, 1 warcinfo\n")));
}

TEST_F(ArchiveCli, RevisitsHaveTheBodyThatTheyReferTo) {
  for (const char* path : {"/one", "/two", "/three"}) {
    site_.serve(path, page("the same", "/next"));
  }
  for (const std::vector<std::string>& how :
       {std::vector<std::string>{}, {"--no-warc-compression"}}) {
    const TempDir dir;
    std::vector<std::string> fetch = {list({"/one", "/two", "/three"}),
                                      "--warc-file",
                                      dir.file("kept"),
                                      "--ordered",
                                      "-j",
                                      "1",
                                      "--fields",
                                      "+body,+links"};
    fetch.insert(fetch.end(), how.begin(), how.end());
    const ProcessResult fetched = run(fetch);
    const std::string archive =
        dir.file(how.empty() ? "kept.warc.gz" : "kept.warc");
    std::size_t revisits = 0;
    for (const auto& record : read_archive(archive)) {
      revisits += record.kind == ArchivedRecord::Kind::kRevisit;
    }
    EXPECT_EQ(revisits, 2U);
    const ProcessResult read = run({archive, "--fields", "+body,+links"});
    const std::vector<json> expected = records(fetched.out);
    const std::vector<json> found = records(read.out);
    ASSERT_THAT(found, SizeIs(3)) << read.err;
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(timeless(found[i]), timeless(expected[i]));
    }
    ProcessOptions piped;
    piped.input = dir.read(std::filesystem::path(archive).filename().string());
    const std::vector<json> through_pipe =
        records(run({"-", "--fields", "+body,+links"}, piped).out);
    ASSERT_THAT(through_pipe, SizeIs(3));
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(timeless(through_pipe[i]), timeless(expected[i]));
    }
    if (how.empty()) continue;
    // As frames, without and with a dictionary before them.
    const std::string dictionary = piped.input.substr(0, 300);
    std::string frames, by_dictionary = skippable_zstd(0xD, dictionary);
    for (std::size_t at = 0; at < piped.input.size();) {
      const std::size_t end = std::min(piped.input.find("WARC/1.1\r\n", at + 1),
                                       piped.input.size());
      const std::string record = piped.input.substr(at, end - at);
      frames += zstd(record);
      by_dictionary += zstd(record, dictionary);
      at = end;
    }
    for (const std::string& packed : {frames, by_dictionary}) {
      const std::vector<json> unpacked = records(
          run({dir.write("kept.zst", packed), "--fields", "+body,+links"}).out);
      ASSERT_THAT(unpacked, SizeIs(3));
      for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_EQ(timeless(unpacked[i]), timeless(expected[i]));
      }
    }
  }
}

TEST_F(ArchiveCli, PatternsAndRepetitionsCountForArchivesToo) {
  add_pages(site_);
  const std::string prefix = files_.file("kept");
  ASSERT_EQ(
      run({list({"/plain", "/text"}), "--warc-file", prefix, "-q"}).exit_status,
      0);
  const std::string archive = prefix + ".warc.gz";
  std::vector<std::string> told;
  for (const json& record :
       records(run({archive, archive, "--unique", "--exclude", "text"}).out)) {
    told.push_back(record["error"].is_null() ? "good" : record["error"]);
  }
  EXPECT_THAT(
      told, UnorderedElementsAre("good", "excluded", "duplicate", "duplicate"));
}

TEST_F(ArchiveCli, ComparesOneWorkerWithSeveral) {
  add_pages(site_);
  const std::string prefix = files_.file("kept");
  ASSERT_EQ(
      run({list({"/plain", "/text"}), "--warc-file", prefix, "-q"}).exit_status,
      0);
  const ProcessResult result = run({prefix + ".warc.gz", "--compare=2"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
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

TEST_F(ArchiveCli, OptionsOfFetchingHaveNoPlaceWithArchives) {
  const std::string archive =
      files_.write("a.warc", "WARC/1.0\r\nWARC-Type: warcinfo\r\n");
  const std::string urls = list({"/plain"});
  struct Case {
    std::vector<std::string> options;
    bool with_lists;  // they may stand where there is a list too
  };
  for (const Case& each : std::vector<Case>{{{"-r"}, false},
                                            {{"-p"}, false},
                                            {{"--head"}, false},
                                            {{"--state", "s"}, false},
                                            {{"--warc-file", "w"}, false},
                                            {{"--sort-query"}, false},
                                            {{"--robots", "always"}, true},
                                            {{"-H", "A: b"}, true},
                                            {{"--delay", "1ms"}, true},
                                            {{"-m", "9"}, true},
                                            {{"--http1.1"}, true}}) {
    std::vector<std::string> all = each.options;
    all.insert(all.begin(), archive);
    const ProcessResult alone = run(all);
    EXPECT_EQ(alone.exit_status, 2) << each.options[0];
    EXPECT_THAT(alone.err, HasSubstr("is an archive"));
    all.push_back(urls);
    EXPECT_EQ(run(all).exit_status == 2, !each.with_lists) << each.options[0];
  }
  // What stands in a configuration is for whoever fetches.
  const std::string config = files_.write("config", "delay = 1ms\n");
  EXPECT_NE(run({archive, "--config", config}).exit_status, 2);
}

TEST_F(ArchiveCli, ArchivesAndListsAreReadTogether) {
  add_pages(site_);
  const TempDir dir;
  ASSERT_EQ(run({list({"/plain", "/text"}), "--warc-file", dir.file("kept"),
                 "-j", "1", "-q"})
                .exit_status,
            0);
  const std::string archive = dir.file("kept.warc.gz");
  const std::string urls = list({"/packed-gzip", "/plain", "no URL"});
  // The archive comes first, wherever it is named.
  const ProcessResult both = run({urls, archive, "--ordered"});
  EXPECT_EQ(both.exit_status, 1);
  std::vector<json> all = records(both.out);
  ASSERT_THAT(all, SizeIs(5)) << both.out << both.err;
  EXPECT_EQ(all[0]["url"], site_.url("/plain"));
  EXPECT_EQ(all[0]["warc_file"], archive);
  EXPECT_EQ(all[1]["url"], site_.url("/text"));
  EXPECT_EQ(all[2]["input"], site_.url("/packed-gzip"));
  EXPECT_TRUE(all[2]["warc_file"].is_null());
  EXPECT_EQ(all[3]["title"], "plain");
  EXPECT_EQ(all[4]["error"], "invalid_url");
  EXPECT_THAT(both.err, HasSubstr("5 URLs = 4 fetched + 1 failed"));
  // A URL of the archive is not fetched again, however it is spelled.
  const ProcessResult unique =
      run({list({"/pl%61in", "/plain#x", "/packed-gzip"}), archive, "--unique",
           "--ordered"});
  EXPECT_EQ(unique.exit_status, 0) << unique.err;
  all = records(unique.out);
  ASSERT_THAT(all, SizeIs(5));
  EXPECT_EQ(all[2]["error"], "duplicate");
  EXPECT_EQ(all[3]["error"], "duplicate");
  EXPECT_EQ(all[4]["ok"], true);
  // Limits count both.
  const ProcessResult limited =
      run({urls, archive, "--ordered", "--max-pages", "3"});
  EXPECT_THAT(records(limited.out), SizeIs(3));
  EXPECT_EQ(run({urls, archive, "--compare"}).exit_status, 2);
  // A list through a pipe, and no list at all.
  ProcessOptions piped;
  piped.input = site_.url("/text") + "\n";
  EXPECT_THAT(records(run({archive, "-"}, piped).out), SizeIs(3));
  EXPECT_THAT(records(run({archive}).out), SizeIs(2));
  EXPECT_THAT(records(run({archive, archive}).out), SizeIs(4));
}

TEST_F(ArchiveCli, SpellingsOfOneUrlAreOneInArchivesToo) {
  const auto response = [](const std::string& url) {
    const std::string message =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>x</title>";
    return "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
           "WARC-Date: 2026-11-28T12:00:00Z\r\nWARC-Target-URI: " +
           url + "\r\nContent-Type: application/http\r\nContent-Length: " +
           std::to_string(message.size()) + "\r\n\r\n" + message + "\r\n\r\n";
  };
  const std::string archive = files_.write(
      "a.warc", response("http://a.test/~x") + response("http://A.test/%7Ex") +
                    response("http://a.test:80/%7ex#y") +
                    response("http://a.test/%2f") +
                    response("http://a.test/%2F") + response("http://a.test/"));
  std::vector<std::string> told;
  for (const json& each : records(run({archive, "--unique"}).out)) {
    told.push_back(each["error"].is_null() ? "" : each["error"]);
  }
  EXPECT_THAT(told,
              ElementsAre("", "duplicate", "duplicate", "", "duplicate", ""));
}

}  // namespace
}  // namespace crawl::testing
