// Archives that are read in place of fetching, from outside.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cli/archive_fixture.h"

namespace crawl::testing {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
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
  for (const std::size_t size : {1, 2, 20}) {
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

// What a check says of each target, but the seed, which an archive has none
// of: "outcome reason message".
std::map<std::string, std::string> judged(const ProcessResult& result) {
  std::map<std::string, std::string> all;
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) {
    const json entry = json::parse(line);
    if (entry["url"].get<std::string>().ends_with("/index.html")) continue;
    std::string said = entry["outcome"];
    for (const char* field : {"reason", "message"}) {
      if (entry[field].is_string())
        said += " " + entry[field].get<std::string>();
    }
    all[entry["url"]] = said;
  }
  return all;
}

TEST_F(ArchiveInputCli, ACheckLooksForTextsOfPagesBeforeAndBehindTheLink) {
  const std::string links =
      "<a href='/p#:~:text=a%20BLUE%20whale'>1</a>"
      "<a href='/p#:~:text=red'>2</a><a href='/p#id:~:text=whale,sea'>3</a>"
      "<a href='/p#no:~:text=whale'>4</a><a href='/packed#:~:text=tea'>5</a>"
      "<a href='/packed#:~:text=coffee'>6</a><a "
      "href='/later#:~:text=end'>7</a>";
  site_.serve("/index.html", links + "<a href=/later>8</a>");
  site_.serve("/p", "<p id=id>A blue <b>whale</b> in the  sea");
  serve_reply(
      site_, "/packed",
      Reply::response(
          200, {{"Content-Type", "text/html"}, {"Content-Encoding", "gzip"}},
          gzip("<p>a cup of tea")));
  site_.serve("/later", "<a href='/p#:~:text=green'>9</a><p>the end");
  for (const std::vector<std::string>& how :
       {std::vector<std::string>{}, {"--no-warc-compression"}}) {
    const TempDir dir;
    std::vector<std::string> fetch = {"-r", site_.url("/index.html"), "-q",
                                      "--warc-file", dir.file("w")};
    fetch.insert(fetch.end(), how.begin(), how.end());
    ASSERT_EQ(run(fetch).exit_status, 0);
    site_.clear_log();
    const std::string archive = dir.file(how.empty() ? "w.warc.gz" : "w.warc");
    const ProcessResult of_archive =
        run({"--check", archive, "--format", "jsonl", "-q"});
    EXPECT_EQ(site_.log().size(), 0u);
    const ProcessResult of_site =
        run({"--check", site_.url("/index.html"), "--format", "jsonl", "-q"});
    EXPECT_EQ(of_archive.exit_status, 1) << of_archive.err;
    EXPECT_EQ(judged(of_archive), judged(of_site));
    std::vector<std::string> broken;
    for (const auto& [url, said] : judged(of_archive)) {
      if (said != "ok") broken.push_back(url.substr(site_.origin().size()));
    }
    EXPECT_THAT(broken, UnorderedElementsAre(
                            "/p#:~:text=red", "/p#no:~:text=whale",
                            "/packed#:~:text=coffee", "/p#:~:text=green"));
    // What goes by is not read twice.
    ProcessOptions piped;
    piped.input = dir.read(std::filesystem::path(archive).filename().string());
    broken.clear();
    for (const auto& [url, said] :
         judged(run({"--check", "-", "--format", "jsonl", "-q"}, piped))) {
      if (said != "ok") broken.push_back(url.substr(site_.origin().size()));
    }
    EXPECT_THAT(broken, ElementsAre("/p#no:~:text=whale"));
  }
}

TEST_F(ArchiveInputCli, ACheckIgnoresWhatACheckOfTheSiteDoes) {
  site_.serve("/index.html",
              "<a href=/a>1</a><a href=/b#x>2</a><a href=/gone/1>3</a>"
              "<a href=/gone/2>4</a><a href=/to-gone>5</a>");
  site_.serve("/a", "<a href=/gone/3>1</a>");
  site_.serve("/b", "<p>b");
  serve_reply(site_, "/to-gone",
              Reply::response(302, {{"Location", "/gone/4"}}, ""));
  for (const char* path : {"/gone/1", "/gone/2", "/gone/3", "/gone/4"}) {
    serve_reply(site_, path, Reply::response(404, {}, ""));
  }
  run({"-r", site_.url("/index.html"), "-q", "--warc-file", files_.file("w")});
  struct Row {
    std::vector<std::string> options;
    std::string file;  // of patterns
    std::vector<std::string> ignored;
  };
  const Row rows[] = {
      {{}, "", {}},
      {{"--ignore", "/gone/1"}, "", {"/gone/1"}},
      {{"--ignore", "/gone/[12]"}, "", {"/gone/1", "/gone/2"}},
      {{"--ignore", "gone/1", "--ignore", "gone/2"},
       "",
       {"/gone/1", "/gone/2"}},
      {{}, "# a comment\n\n /gone/1 \r\n", {"/gone/1"}},
      {{"--ignore", "/gone/2"}, "/gone/1\n", {"/gone/1", "/gone/2"}},
      // What is only on an ignored page is not looked at.
      {{"--ignore", "/a$"}, "", {"/a"}},
      {{"--exclude", "/gone/2"}, "", {"/gone/2"}},
      {{"--ignore", "/b"}, "", {"/b"}},
  };
  for (const Row& row : rows) {
    const TempDir dir;
    if (!row.file.empty()) dir.write(".crawlignore", row.file);
    const auto check = [&](const std::string& input) {
      std::vector<std::string> all = {"--check", input, "--format", "jsonl",
                                      "-q"};
      all.insert(all.end(), row.options.begin(), row.options.end());
      return run(all, {.directory = dir.path().string()});
    };
    const ProcessResult of_archive = check(files_.file("w.warc.gz"));
    const ProcessResult of_site = check(site_.url("/index.html"));
    EXPECT_EQ(of_archive.exit_status, of_site.exit_status) << of_archive.err;
    const std::map<std::string, std::string> told = judged(of_archive);
    EXPECT_EQ(told, judged(of_site));
    std::vector<std::string> ignored;
    for (const auto& [url, said] : told) {
      if (said.starts_with("unchecked")) {
        ignored.push_back(url.substr(site_.origin().size()));
      }
    }
    EXPECT_EQ(ignored, row.ignored);
  }
}

}  // namespace
}  // namespace crawl::testing
