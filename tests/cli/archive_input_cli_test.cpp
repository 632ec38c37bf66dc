// Archives that are read in place of fetching, from outside.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "cli/archive_fixture.h"

namespace crawl::testing {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class ArchiveInputCli : public CliTest {};

TEST_F(ArchiveInputCli, ArchivedPagesLeaveTheRecordsThatTheyLeftWhenFetched) {
  for (const Spoken& over : transports()) {
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

TEST_F(ArchiveInputCli, ArchivesAreReadFromStandardInput) {
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

// A file that the shell has opened need not be waited for.
TEST_F(ArchiveInputCli, AFileAsStandardInputMayStandBesideOthers) {
  add_pages(site_);
  ASSERT_EQ(
      run({list({"/plain", "/text"}), "--warc-file", files_.file("kept"), "-q"})
          .exit_status,
      0);
  const std::string urls = list({"/packed-br"});
  const ProcessResult result =
      run_process({"sh", "-c", "exec \"$0\" - \"$1\" --ordered <\"$2\"",
                   CRAWL_BINARY, urls, files_.file("kept.warc.gz")});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(records(result.out), SizeIs(3));
}

// As for pages that were fetched, and where its record is by number.
TEST_F(ArchiveInputCli, PeopleSeeTheColumnsOfFetchedPages) {
  add_pages(site_);
  ASSERT_EQ(run({list({"/plain"}), "--warc-file", files_.file("kept"), "-q"})
                .exit_status,
            0);
  const std::string archive = files_.file("kept.warc.gz");
  const ProcessResult all = run({archive, "--format", "text", "-q"});
  EXPECT_THAT(all.out, ::testing::StartsWith("200 "));
  EXPECT_THAT(all.out, HasSubstr("KiB  " + site_.url("/plain") + "  "));
  EXPECT_THAT(all.out, EndsWith("  plain\n"));
  const json record = records(run({archive, "-q"}).out)[0];
  const ProcessResult offset =
      run({archive, "--format", "text", "--fields", "warc_offset", "-q"});
  EXPECT_THAT(offset.out, HasSubstr(record["warc_offset"].dump() + "\n"));
}

// A body that cannot be had is not taken for an empty one.
TEST_F(ArchiveInputCli, ARevisitWithoutItsOriginalIsNoWholePage) {
  for (const char* path : {"/one", "/two"}) {
    site_.serve(path, page("the same", "/next"));
  }
  ASSERT_EQ(run({list({"/one"}), "-q", "--warc-file", files_.file("first"),
                 "--warc-cdx"})
                .exit_status,
            0);
  ASSERT_EQ(run({list({"/two"}), "-q", "--warc-file", files_.file("second"),
                 "--warc-dedup", files_.file("first.cdxj")})
                .exit_status,
            0);
  const std::string second = files_.file("second.warc.gz");
  const ProcessResult alone = run({second});
  const std::vector<json> found = records(alone.out);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0]["truncated"], true);
  EXPECT_EQ(found[0]["status_code"], 200);
  EXPECT_THAT(alone.err, HasSubstr("1 body was cut"));
  const ProcessResult both = run({files_.file("first.warc.gz"), second});
  for (const json& record : records(both.out)) {
    EXPECT_EQ(record["truncated"], false);
    EXPECT_EQ(record["title"], "the same");
  }
}

TEST_F(ArchiveInputCli, WhatCannotBeReadIsARecordAndCounts) {
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

TEST_F(ArchiveInputCli, WhatIsOnlyNamedAsAnArchiveIsNoList) {
  for (const char* name : {"a.warc", "a.WARC.gz", "a.warc.zst", "a.arc"}) {
    const ProcessResult result = run({files_.write(name, "x\x8f\ny\n")});
    EXPECT_EQ(result.exit_status, 2) << name;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr("does not begin as one")) << name;
  }
}

TEST_F(ArchiveInputCli, WhatTellsOfNoPageIsCountedByWhatItIs) {
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
           {"\x1b[31m", "http://example.com/"}}) {
    archive += record(type, url);
  }
  const ProcessResult result =
      run({files_.write("a.warc", archive), "-o", "/dev/null"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(
      result.err,
      AllOf(HasSubstr("0 URLs = "),
            HasSubstr("Passed over in archives: 2 dns:, 1 conversion, 1 ftp:, "
                      "1 metadata, 1 of another kind, 1 request, 1 resource, 1 "
                      "urn:, 1 warcinfo\n")));
}

// Of what broke off, what came, and that it did.
TEST_F(ArchiveInputCli, BodiesThatBreakOffAreNoWholeOnes) {
  const std::string page = "<title>t</title><p>text";
  struct Row {
    std::string head, body, more, error, title;
  };
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  const std::string coded = "Content-Encoding: gzip\r\n";
  const std::string packed = gzip(page);
  const std::string cut = "WARC-Truncated: length\r\n";
  const Row rows[] = {
      {chunked, "17\r\n" + page + "\r\n0\r\n\r\n", "", "", "t"},
      // Trailers; an extension; the last line end.
      {chunked, "17;a=b\r\n" + page + "\r\n0\r\nX: y\r\n\r\n", "", "", "t"},
      {chunked, "17\r\n" + page + "\r\n0", "", "closed", "t"},
      {chunked, "17\r\n" + page + "\r\n0\r\n", "", "", "t"},
      {chunked, "17\r\n" + page + "\r\n", "", "closed", "t"},
      {chunked, "17\r\n" + page, "", "closed", "t"},
      {chunked, "99\r\n" + page, "", "closed", "t"},
      {chunked, "17\r\n" + page + "\r\nno size\r\n", "", "closed", "t"},
      // It is not chunked.
      {chunked, page, "", "", "t"},
      {chunked, "", "", "", ""},
      {coded, packed, "", "", "t"},
      {coded, page, "", "", "t"},
      {coded, packed.substr(0, packed.size() - 9), "", "decode", "t"},
      // Whoever archived it cut it.
      {chunked, "99\r\n" + page, cut, "", "t"},
      {coded, packed.substr(0, packed.size() - 9), cut, "", "t"},
  };
  for (const Row& row : rows) {
    const std::string block = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" +
                              row.head + "\r\n" + row.body;
    const std::string archive = files_.write(
        "a.warc",
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: "
        "http://a.test/\r\nWARC-Date: 2020\r\nContent-Type: "
        "application/http\r\n" +
            row.more + "Content-Length: " + std::to_string(block.size()) +
            "\r\n\r\n" + block + "\r\n\r\n");
    const std::vector<json> all = records(run({archive}).out);
    ASSERT_THAT(all, SizeIs(1));
    const json& record = all[0];
    EXPECT_EQ(record["error"].is_null() ? "" : record["error"], row.error)
        << row.head << row.body;
    if (!row.title.empty() && row.error != "decode") {
      EXPECT_EQ(record["title"], row.title) << row.head << row.body;
    }
    EXPECT_EQ(record["truncated"], !row.error.empty() || !row.more.empty())
        << row.head << row.body;
    // A date may be a year.
    EXPECT_EQ(record["timestamp"], "2020-01-01T00:00:00.000Z");
  }
}

// What should be a page's URL and is none is a bad record, not another kind.
TEST_F(ArchiveInputCli, AResponseWithoutAUrlIsAFailedRecord) {
  for (const char* url : {"not a url", "\x1b[31m:", "a.test/page", "/page",
                          "http://a b/", "http://"}) {
    const std::string archive = files_.write(
        "a.warc",
        std::string("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: ") +
            url +
            "\r\nWARC-Date: 2020-01-01T00:00:00Z\r\nContent-Type: "
            "application/http\r\nContent-Length: 19\r\n\r\nHTTP/1.1 200 "
            "OK\r\n\r\n\r\n\r\n");
    const ProcessResult result = run({archive});
    EXPECT_EQ(result.exit_status, 1) << result.err;
    const std::vector<json> all = records(result.out);
    ASSERT_THAT(all, SizeIs(1)) << url;
    EXPECT_EQ(all[0]["error"], "invalid_url") << url;
    EXPECT_EQ(all[0]["warc_offset"], 0) << url;
    EXPECT_THAT(result.out, Not(HasSubstr("\x1b")));
  }
}

TEST_F(ArchiveInputCli, RevisitsHaveTheBodyThatTheyReferTo) {
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

TEST_F(ArchiveInputCli, PatternsAndRepetitionsCountForArchivesToo) {
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

TEST_F(ArchiveInputCli, ComparesOneWorkerWithSeveral) {
  add_pages(site_);
  const std::string prefix = files_.file("kept");
  ASSERT_EQ(
      run({list({"/plain", "/text"}), "--warc-file", prefix, "-q"}).exit_status,
      0);
  const ProcessResult result = run({prefix + ".warc.gz", "--compare=2"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
}

TEST_F(ArchiveInputCli, OptionsOfFetchingHaveNoPlaceWithArchives) {
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

TEST_F(ArchiveInputCli, ArchivesAndListsAreReadTogether) {
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

// As of `curl URL | crawl -`, whose first piece may be short, and whatever is
// named behind it.
TEST_F(ArchiveInputCli, WhatComesByPiecesThroughAPipeIsRead) {
  const TempDir dir;
  ASSERT_EQ(
      run({list({"/status/200"}), "--warc-file", dir.file("kept")}).exit_status,
      0);
  const std::string archive = dir.read("kept.warc.gz");
  ASSERT_EQ(mkfifo(dir.file("fifo").c_str(), 0600), 0);
  for (const std::size_t size : {1u, 2u, 20u}) {
    UniqueFd writer(open(dir.file("fifo").c_str(), O_RDWR | O_CLOEXEC));
    Process process({"sh", "-c", "exec \"$@\" < " + dir.file("fifo"), "sh",
                     CRAWL_BINARY, "-", list({"/status/200"}), "-q"});
    ASSERT_EQ(write(writer.get(), archive.data(), size),
              static_cast<ssize_t>(size));
    ASSERT_TRUE(wait_for_call(process, SYS_clock_nanosleep));
    ASSERT_EQ(write(writer.get(), archive.data() + size, archive.size() - size),
              static_cast<ssize_t>(archive.size() - size));
    writer.reset();
    const ProcessResult result = process.wait();
    EXPECT_EQ(result.exit_status, 0) << result.err;
    EXPECT_THAT(records(result.out), SizeIs(2));
  }
  ProcessOptions piped;
  piped.input = "WARC/1.1\r\n";
  EXPECT_THAT(run({list({"/status/200"}), "-"}, piped).err,
              HasSubstr("is an archive, which is to be named before any list"));
}

TEST_F(ArchiveInputCli, SpellingsOfOneUrlAreOneInArchivesToo) {
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
