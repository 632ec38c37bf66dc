// A check of links from outside: a site with planted faults, and many links
// that look like faults and are none (data/check/site.tsv).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cli/check_fixture.h"
#include "support/loopback_tls.h"
#include "support/tls_faults.h"

namespace crawl::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class PlantedCheckTest : public CheckCliTest {
 protected:
  using CheckCliTest::CheckCliTest;
  void expect_all_found(std::vector<std::string> more);
};

// What is said of each line of each page: the worst.
std::map<std::pair<std::string, int>, std::string> by_line(
    const std::vector<json>& entries) {
  std::map<std::pair<std::string, int>, std::string> found;
  for (const json& entry : entries) {
    std::string said = entry["outcome"];
    if (said == "ok") {
      if (!entry["advice"].empty()) {
        said = "advice " + entry["advice"][0].get<std::string>();
      } else if (!entry["redirects"].empty()) {
        said = "advice redirect";
      } else {
        continue;
      }
    } else {
      said += " " + entry["reason"].get<std::string>();
    }
    for (const json& source : entry["sources"]) {
      if (source["line"].is_null()) continue;
      const std::string page = source["page"];
      std::string& at = found[{page.substr(page.find("/t/")), source["line"]}];
      if (at.empty() || said.starts_with("broken")) at = said;
    }
  }
  return found;
}

void PlantedCheckTest::expect_all_found(std::vector<std::string> more) {
  const std::vector<Row> rows = planted();
  plant(rows);
  const ProcessResult result = run(check_arguments(std::move(more)));
  ASSERT_FALSE(result.timed_out) << result.err;
  ASSERT_EQ(result.exit_status, 1) << result.err << result.out;
  const auto found = by_line(records(result.out));
  std::size_t faults = 0;
  std::size_t traps = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string path = "/t/" + std::to_string(i) + ".html";
    (rows[i].outcome == "ok" ? traps : faults) +=
        static_cast<std::size_t>(rows[i].count);
    for (int n = 0; n < rows[i].count; ++n) {
      const auto at = found.find({path, n + 2});
      std::string said = at == found.end() ? "ok " : at->second;
      // Of a redirect that keeps a fragment, only the fragment is looked at.
      if (rows[i].outcome == "ok" && said == "advice redirect") said = "ok ";
      EXPECT_EQ(said, rows[i].outcome + " " + rows[i].reason)
          << rows[i].kind << ": " << path << ", line " << n + 2;
    }
  }
  EXPECT_GE(faults, 100u);
  EXPECT_GE(traps, 400u);
}

TEST_F(PlantedCheckTest, FindsEveryPlantedFaultAndNothingElse) {
  expect_all_found({});
}

TEST_F(CheckCliTest, TheStatusSaysWhetherSomethingIsBroken) {
  site_.serve("/*", answer);
  site_.serve("/good.html", "<a href=/ok/1>x</a><a href=/s/403/1>y</a>");
  site_.serve("/bad.html", "<a href=/404/1>x</a>");
  EXPECT_EQ(run({"--check", site_.url("/good.html")}).exit_status, 0);
  EXPECT_EQ(run({"--check", site_.url("/bad.html")}).exit_status, 1);
  const ProcessResult none =
      run({"--check", "http://127.0.0.1:1/", "--retry", "0"});
  EXPECT_EQ(none.exit_status, 1) << "the URL given is a link too";
  EXPECT_THAT(none.out, HasSubstr("the command line"));
  EXPECT_EQ(run({"--check", site_.url("/file/x")}).exit_status, 2);
}

TEST_F(CheckCliTest, OnlyWhatTheBaselineHasNotFails) {
  site_.serve("/*", answer);
  site_.serve("/index.html", "<a href=/404/1>x</a>");
  const std::string known = files_.file("known.jsonl");
  EXPECT_EQ(run({"--check", site_.url("/index.html"), "-o", known}).exit_status,
            1);
  const std::vector<std::string> again = {"--check", site_.url("/index.html"),
                                          "--baseline", known};
  const ProcessResult same = run(again);
  EXPECT_EQ(same.exit_status, 0) << same.out;
  EXPECT_THAT(same.out, HasSubstr("1 of the broken were so in the baseline"));
  site_.serve("/index.html", "<a href=/404/1>x</a><a href=/404/2>y</a>");
  EXPECT_EQ(run(again).exit_status, 1);
  const ProcessResult wrong =
      run({"--check", site_.url("/"), "--baseline", files_.write("x", "no\n")});
  EXPECT_EQ(wrong.exit_status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("--baseline"));
  const ProcessResult folder =
      run({"--check", site_.url("/"), "--baseline", files_.path().string()});
  EXPECT_EQ(folder.exit_status, 2);
  EXPECT_THAT(folder.err, HasSubstr("is a folder"));
  const ProcessResult packed = run({"--check", site_.url("/"), "--baseline",
                                    files_.write("known.jsonl.gz", "\x1f")});
  EXPECT_EQ(packed.exit_status, 2);
  EXPECT_THAT(packed.err, HasSubstr("is packed"));
  EXPECT_EQ(run({"--check", site_.url("/"), "--baseline", known, "-o", known})
                .exit_status,
            2)
      << "it would be emptied";
}

TEST_F(CheckCliTest, WhatWasThereIsNotAskedAgainAndWhatWasNotIs) {
  plant({{"ok", "", "k", "<a href={far}/ok/{n}>x</a>", 3},
         {"broken", "http", "k", "<a href={far}/404/{n}>x</a>", 2},
         {"broken", "redirect", "k", "<a href={far}/noloc/{n}>x</a>", 2}});
  const std::string state = files_.file("links.db");
  run(check_arguments({"--state", state}));
  site_.clear_log();
  const ProcessResult again = run(check_arguments({"--state", state}));
  EXPECT_EQ(again.exit_status, 1);
  for (const json& entry : records(again.out)) {
    if (entry["outcome"] != "ok") continue;
    EXPECT_EQ(entry["status_code"], 200) << entry;
  }
  std::size_t good = 0;
  std::size_t bad = 0;
  std::size_t nowhere = 0;
  for (const LoggedRequest& request : site_.log()) {
    good += request.request.target.starts_with("/ok/") ? 1 : 0;
    bad += request.request.target.starts_with("/404/") ? 1 : 0;
    nowhere += request.request.target.starts_with("/noloc/") ? 1 : 0;
  }
  EXPECT_EQ(good, 0u);
  EXPECT_EQ(bad, 4u) << "HEAD and GET of each";
  EXPECT_EQ(nowhere, 4u) << "redirects that do not say where to";
  const std::string other = files_.write("other", "something else");
  EXPECT_EQ(run(check_arguments({"--state", other})).exit_status, 2);
  EXPECT_EQ(files_.read("other"), "something else");
}

TEST_F(CheckCliTest, WhatIsToBeIgnoredIsNotAsked) {
  plant({{"ok", "", "k", "<a href={far}/404/{n}>x</a>", 2},
         {"ok", "", "k", "<a href=/404/own{n}>x</a>", 2}});
  files_.write(".crawlignore", "\xef\xbb\xbf/404/own\n# of ours\n");
  std::vector<std::string> arguments =
      check_arguments({"--ignore", "far\\.test.*/404"});
  const ProcessResult result =
      run_process(command(arguments), {.directory = files_.path().string()});
  EXPECT_EQ(result.exit_status, 0) << result.out;
  for (const LoggedRequest& request : site_.log()) {
    EXPECT_THAT(request.request.target, Not(HasSubstr("/404/")));
  }
}

TEST_F(CheckCliTest, AnIgnoreFileThatCannotBeReadIsNotPassedOver) {
  std::filesystem::create_directory(files_.path() / ".crawlignore");
  const ProcessResult result =
      run_process(command({"--check", site_.url("/")}),
                  {.directory = files_.path().string()});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, HasSubstr(".crawlignore: is a folder"));
}

TEST_F(CheckCliTest, AFileOfAnotherBesideItsOwnIsNoneOfIts) {
  site_.serve("/*", answer);
  site_.serve("/index.html", "<a href=/ok/1>x</a>");
  const std::string state = files_.file("links.db");
  const std::string other = files_.write("links.db-crawl", "precious");
  const std::vector<std::string> arguments = {
      "--check", site_.url("/index.html"), "--state", state};
  const ProcessResult refused = run(arguments);
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err,
              HasSubstr("links.db-crawl is no file of this check"));
  EXPECT_EQ(files_.read("links.db-crawl"), "precious");
  // Nor one that comes there between two checks.
  std::filesystem::remove(other);
  EXPECT_EQ(run(arguments).exit_status, 0);
  EXPECT_FALSE(std::filesystem::exists(other));
  files_.write("links.db-crawl", "precious");
  EXPECT_EQ(run(arguments).exit_status, 2);
  EXPECT_EQ(files_.read("links.db-crawl"), "precious");
}

TEST_F(CheckCliTest, AStateThatIsNoneIsSaidToBeWhatItIs) {
  site_.serve("/*", answer);
  site_.serve("/index.html", "<a href=/ok/1>x</a>");
  const auto refused = [&](const std::string& state) {
    const ProcessResult result =
        run({"--check", site_.url("/index.html"), "--state", state});
    EXPECT_EQ(result.exit_status, 2);
    return result.err;
  };
  EXPECT_THAT(refused(files_.path().string()), HasSubstr("is a folder"));
  const std::string state = files_.file("links.db");
  EXPECT_EQ(
      run({"--check", site_.url("/index.html"), "--state", state}).exit_status,
      0);
  const std::string whole = files_.read("links.db");
  files_.write("links.db", whole.substr(0, whole.size() / 2));
  EXPECT_THAT(refused(state), HasSubstr("is damaged"));
  EXPECT_EQ(files_.read("links.db"), whole.substr(0, whole.size() / 2));
}

TEST_F(CheckCliTest, WhyAUrlIsIgnoredIsSaidWithTheOptionsName) {
  site_.serve("/index.html",
              "<a href=/one>1</a><a href=/two>2</a><a href=/three>3</a>");
  site_.serve("/*", answer);
  files_.write(".crawlignore", "# of ours\n\n/one\r\n");
  const ProcessResult result =
      run_process(command({"--check", site_.url("/index.html"), "--ignore",
                           "/two", "--exclude", "/three", "--format", "jsonl",
                           "-q", "--skipped", files_.file("skipped.jsonl")}),
                  {.directory = files_.path().string()});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  std::map<std::string, std::string> said;
  for (const json& entry : records(result.out)) {
    if (entry["outcome"] == "unchecked") said[entry["url"]] = entry["message"];
  }
  using ::testing::Pair;
  EXPECT_THAT(said, ::testing::UnorderedElementsAre(
                        Pair(site_.url("/one"), "matches .crawlignore:3 /one"),
                        Pair(site_.url("/two"), "matches --ignore /two"),
                        Pair(site_.url("/three"), "matches --exclude /three")));
  EXPECT_EQ(records(files_.read("skipped.jsonl")).size(), 3u);
}

TEST_F(CheckCliTest, NoPasswordIsInAResult) {
  site_.serve("/index.html",
              "<a href='http://me:SECRET@[bad/'>1</a>"
              "<a href='http://me:SECRET@127.0.0.1:99999/'>2</a>"
              "<a href='ftp://me:SECRET@a.test/'>3</a>"
              "<a href='htttp://me:SECRET@a.test/'>4</a>");
  for (const char* format : {"text", "jsonl", "junit", "markdown", "sarif"}) {
    const ProcessResult result =
        run({"--check", site_.url("/index.html"), "--format", format, "-vv"});
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_THAT(result.out + result.err, Not(HasSubstr("SECRET"))) << format;
  }
}

TEST_F(CheckCliTest, GetAfterHeadIsNoRetry) {
  site_.serve("/*", answer);
  site_.serve("/index.html", "<a href=/nohead/405/1.pdf>x</a>");
  EXPECT_THAT(run({"--check", site_.url("/index.html")}).err,
              Not(HasSubstr("retr")));
}

TEST_F(CheckCliTest, OnlyAnchorsOfPagesIfOneWantsThat) {
  site_.serve("/*", answer);
  site_.serve("/index.html", "<a href=/ok/1>x</a><img src=/404/x.png>");
  EXPECT_EQ(run({"--check=pages", site_.url("/index.html")}).exit_status, 0);
  EXPECT_EQ(run({"--check", site_.url("/index.html")}).exit_status, 1);
}

TEST_F(CheckCliTest, RedirectsAreListedUnlessNobodyWantsThem) {
  site_.serve("/*", answer);
  site_.serve("/index.html", "<a href=/r/301/ok/1>x</a>");
  const std::string url = site_.url("/index.html");
  EXPECT_THAT(run({"--check", url}).out, HasSubstr("redirects (301) to"));
  EXPECT_THAT(run({"--check", url, "--no-redirects-report"}).out,
              Not(HasSubstr("redirects (301)")));
}

TEST_F(CheckCliTest, WhatCannotBeAskedIsCountedBySchemeAndListed) {
  site_.serve(
      "/index.html",
      "<a href=mailto:a@b.test>x</a><a href=mailto:a@b.test>x</a>"
      "<a href=mailto:c@d.test>x</a><a href='javascript:f()'>x</a>"
      "<img src='data:image/gif;base64,R0lGODlhAQAB'>"
      "<a href='File:///etc/motd'>f</a><form action='mailto:no@b.test'>");
  const std::string url = site_.url("/index.html");
  const ProcessResult result = run({"--check", url});
  EXPECT_EQ(result.exit_status, 0) << result.out;
  EXPECT_THAT(
      result.out,
      HasSubstr(
          "5 not checked (mailto 2, file 1, data 1, javascript 1); 0 redirect, "
          "1 with advice"));
  EXPECT_THAT(result.out, HasSubstr("<a> \"f\""));
  std::map<std::string, int> links;
  for (const json& entry :
       records(run({"--check", url, "--format", "jsonl", "-q"}).out)) {
    if (entry["outcome"] != "unchecked") continue;
    EXPECT_EQ(entry["reason"], "unsupported_scheme");
    links[entry["url"]] = entry["links"];
  }
  EXPECT_THAT(links, ::testing::UnorderedElementsAre(
                         ::testing::Pair("mailto:a@b.test", 2),
                         ::testing::Pair("mailto:c@d.test", 1),
                         ::testing::Pair("javascript:f()", 1),
                         ::testing::Pair(HasSubstr("data:image"), 1),
                         ::testing::Pair("File:///etc/motd", 1)));
}

TEST_F(CheckCliTest, APageWithTwoNamesIsToldOfOnce) {
  for (const char* path : {"/a/", "/a/index.html", "/a/x", "/a/x.html"}) {
    site_.serve(path, "<a href=gone>x</a>");
  }
  site_.serve("/b/", "<a href=gone>x</a>");
  site_.serve("/",
              "<a href=/a/>1</a><a href=/a/index.html>2</a>"
              "<a href='/a/x?id=1'>3</a><a href='/a/x?id=2'>3</a>"
              "<a href=/a/x.html>3</a><a href=/b/>4</a>");
  std::map<std::string, std::size_t> sources;
  for (const json& entry :
       records(run({"--check", site_.url("/"), "--format", "jsonl", "-q"}).out))
    if (entry["outcome"] == "broken") {
      sources[entry["url"]] = entry["sources"].size();
    }
  EXPECT_THAT(sources, ::testing::UnorderedElementsAre(
                           ::testing::Pair(site_.url("/a/gone"), 2u),
                           ::testing::Pair(site_.url("/b/gone"), 1u)));
}

TEST_F(CheckCliTest, APartOfAResultSaysThatItIsOne) {
  site_.serve("/", "<a href=1>1</a><a href=2>2</a><a href=3>3</a>");
  site_.serve("/*", "<title>here</title>");
  const std::vector<std::string> command = {"--check", site_.url("/"),
                                            "--max-pages", "2"};
  EXPECT_THAT(run(command).out,
              HasSubstr("0 inconclusive, 2 not checked; partial: the crawl "
                        "ended before it asked for 2"));
  std::vector<std::string> sarif = command;
  sarif.insert(sarif.end(), {"--format", "sarif", "-q"});
  EXPECT_EQ(
      json::parse(
          run(sarif).out)["runs"][0]["invocations"][0]["executionSuccessful"],
      false);
}

TEST_F(CheckCliTest, OnlyAChainThatBrowsersMendIsInconclusive) {
  TlsFaults servers;
  std::string index = "<!DOCTYPE html>";
  for (const std::string& name : servers.names()) {
    index += "<a href='" + servers.url(name) + "'>" + name + "</a>\n";
  }
  site_.serve("/index.html", index);
  const ProcessResult result =
      run({"--check", site_.url("/index.html"), "--format", "jsonl", "-q",
           "--cacert", servers.ca_file(), "--retry", "0"});
  EXPECT_EQ(result.exit_status, 1) << result.err;
  std::map<std::string, std::string> found;
  for (const json& entry : records(result.out)) {
    found[entry["url"]] = entry["outcome"].get<std::string>() + " " +
                          entry.value("reason", json()).dump();
  }
  for (const std::string& name : servers.names()) {
    EXPECT_EQ(found[servers.url(name)], TlsFaults::is_right(name) ? "ok null"
                                        : name == "chain-to-mend"
                                            ? "inconclusive \"tls_chain\""
                                            : "broken \"tls\"")
        << name;
  }
}

TEST_F(CheckCliTest, OneEntryForATargetHoweverManyLinkToIt) {
  site_.serve("/*", answer);
  std::string index = "<!DOCTYPE html>\n";
  for (int i = 0; i < 50; ++i) index += "<a href=/404/same>link</a>\n";
  site_.serve("/index.html", index);
  const ProcessResult result =
      run({"--check", site_.url("/index.html"), "--format", "jsonl", "-q"});
  std::size_t broken = 0;
  for (const json& entry : records(result.out)) {
    if (entry["outcome"] != "broken") continue;
    ++broken;
    EXPECT_EQ(entry["links"], 50);
    ASSERT_EQ(entry["sources"].size(), 50u);
    EXPECT_EQ(entry["sources"][49]["line"], 51);
    EXPECT_EQ(entry["sources"][49]["text"], "link");
  }
  EXPECT_EQ(broken, 1u);
}

TEST_F(CheckCliTest, AFileThatItDoesNotWriteIsNotNamedAsOne) {
  for (const char* name : {"x.csv", "x.db", "x.HTML", "x.json.gz", "x.tsv"}) {
    const ProcessResult result =
        run({"--check", site_.url("/"), "-o", files_.file(name)});
    EXPECT_EQ(result.exit_status, 2) << name;
    EXPECT_THAT(result.err, HasSubstr("a check does not write")) << name;
    EXPECT_FALSE(std::filesystem::exists(files_.file(name))) << name;
  }
  EXPECT_EQ(run({"--check", site_.url("/"), "-o", files_.file("x.json"),
                 "--format", "sarif", "-q"})
                .exit_status,
            1)
      << "the page is not there";
}

TEST_F(CheckCliTest, WhatMayStandBehindACutIsInconclusive) {
  site_.serve("/index.html",
              "<a href='/long#early'>1</a><a href='/long#late'>"
              "2</a><a href='/long#:~:text=words'>3</a>");
  site_.serve("/long",
              "<p id=early>" + std::string(4'000, 'x') + "<p id=late>words");
  std::map<std::string, std::string> found;
  for (const json& entry :
       records(run({"--check", site_.url("/index.html"), "--max-filesize",
                    "1000", "--format", "jsonl", "-q"})
                   .out)) {
    found[entry["url"]] = entry["outcome"];
  }
  using ::testing::Pair;
  EXPECT_THAT(found,
              ::testing::IsSupersetOf(
                  {Pair(site_.url("/long"), "ok"),
                   Pair(site_.url("/long#late"), "inconclusive"),
                   Pair(site_.url("/long#:~:text=words"), "inconclusive")}));
}

TEST_F(CheckCliTest, APatternThatFitsAllIsRefused) {
  for (const char* option : {"--ignore", "--exclude", "--include"}) {
    const ProcessResult result = run({"--check", site_.url("/"), option, ""});
    EXPECT_EQ(result.exit_status, 2) << option;
    EXPECT_THAT(result.err, HasSubstr(std::string(option) + " ''")) << option;
  }
  const ProcessResult wrong = run({"--check", site_.url("/"), "--ignore", "("});
  EXPECT_EQ(wrong.exit_status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("--ignore '(': missing )"));
  EXPECT_THAT(run({"--check", site_.url("/"), "--ordered"}).err,
              HasSubstr("leave out either it or --check"));
}

class CheckTlsCliTest : public PlantedCheckTest {
 protected:
  CheckTlsCliTest() : PlantedCheckTest(LoopbackTls::get().site_options()) {}
};

TEST_F(CheckTlsCliTest, FindsTheSameOverHttps) {
  expect_all_found({"--cacert", LoopbackTls::get().ca_file()});
}

// What works and could be better, of pages that come over https.
TEST_F(CheckTlsCliTest, WhatLeavesHttpsIsAdvice) {
  LoopbackSite plain;
  plain.serve("/*", answer);
  site_.serve("/*", answer);
  const std::string away = plain.url("/ok/1");
  site_.serve("/away", [away](const HttpRequest&) {
    return Reply::redirect(away, 302);
  });
  site_.serve("/index.html", "<a href=/away>1</a>\n<img src='" +
                                 plain.url("/img/1.png") + "'>\n<a href='" +
                                 plain.url("/ok/2") +
                                 "'>3</a>\n<a href=/r/301/ok/3>4</a>\n"
                                 "<p style=\"background:url('" +
                                 plain.url("/img/2.png") + "')\">\n");
  const ProcessResult result =
      run({"--check", site_.url("/index.html"), "--format", "jsonl", "-q",
           "--cacert", LoopbackTls::get().ca_file(), "--delay", "0"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  std::map<std::string, json> advice;
  for (const json& entry : records(result.out)) {
    EXPECT_EQ(entry["outcome"], "ok") << entry;
    if (!entry["advice"].empty()) advice[entry["url"]] = entry["advice"];
  }
  using ::testing::Pair;
  EXPECT_THAT(advice,
              ::testing::UnorderedElementsAre(
                  Pair(site_.url("/away"), json({"loses_tls"})),
                  Pair(plain.url("/img/1.png"), json({"mixed_content"})),
                  Pair(plain.url("/img/2.png"), json({"mixed_content"})),
                  Pair(site_.url("/r/301/ok/3"), json({"moved_permanently"}))));
}

}  // namespace
}  // namespace crawl::testing
