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

#include "cli/cli_fixture.h"
#include "support/closed_ports.h"
#include "support/loopback_tls.h"
#include "support/tls_faults.h"

namespace crawl::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

struct Row {
  std::string outcome, reason, kind, html;
  int count = 0;
};

std::vector<Row> planted() {
  std::vector<Row> rows;
  std::ifstream file(std::string(CRAWL_DATA_DIR) + "/check/site.tsv");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream cells(line);
    Row row;
    std::string count;
    std::getline(cells, row.outcome, '\t');
    std::getline(cells, row.reason, '\t');
    std::getline(cells, row.kind, '\t');
    std::getline(cells, count, '\t');
    std::getline(cells, row.html);
    row.count = std::stoi(count);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string replaced(std::string text, const std::string& what,
                     const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos;
       at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

// "/a/b/c" without its first part, which `first` is set to.
std::string behind_first(const std::string& path, std::string& first) {
  if (path.empty()) return "";
  const std::size_t end = path.find('/', 1);
  first = path.substr(1, end == path.npos ? end : end - 1);
  return end == path.npos ? "" : path.substr(end);
}

Reply answer(const HttpRequest& request) {
  const bool head = request.method == "HEAD";
  std::string kind;
  std::string rest = behind_first(request.path, kind);
  const std::string number = rest.substr(std::min<std::size_t>(1, rest.size()));
  if (kind == "ok") {
    std::string page =
        "<!DOCTYPE html><title>ok</title><h1 id=sec-{n}>x</h1>"
        "<a name=old-{n}></a><p id='caf\xc3\xa9-{n}'>The quick "
        "<b>brown</b> fox jumps\nover the lazy dog"
        "<p id='50%25-{n}'><p id='a&amp;b-{n}'>";
    return Reply::html(replaced(page, "{n}", number));
  }
  if (kind == "img") {
    return Reply::response(200, {{"Content-Type", "image/png"}}, "\x89PNG");
  }
  if (kind == "file") {
    return Reply::response(200, {{"Content-Type", "application/pdf"}}, "%PDF");
  }
  if (kind == "loop") return Reply::redirect(request.path);
  if (kind == "noloc") return Reply::html("<p>x", 302);
  if (kind == "emptyloc") return Reply::redirect("");
  if (kind == "headlost") {
    return head ? Reply::redirect("/404/head") : Reply::html("<p>x");
  }
  if (kind == "part")
    return Reply::redirect("/ok/" + number + "#sec-" + number);
  if (kind == "nopart") return Reply::redirect("/ok/" + number + "#no");
  if (kind == "badloc") return Reply::redirect("http://a b/");
  if (kind == "hang") return Reply().hang();
  if (kind == "cut") return Reply().close();
  if (kind == "headcut") return head ? Reply().close() : Reply::html("<p>x");
  std::string code;
  rest = behind_first(rest, code);
  if (kind == "s") return Reply::html("<p>x", std::stoi(code));
  if (kind == "r") return Reply::redirect(rest, std::stoi(code));
  if (kind == "nohead")
    return Reply::html("<p>x", head ? std::stoi(code) : 200);
  if (kind == "chain") {
    return Reply::redirect("/chain/" + std::to_string(std::stoi(code) - 1) +
                           rest);
  }
  return Reply::html("<p>not here", 404);
}

class CheckCliTest : public CliTest {
 protected:
  explicit CheckCliTest(LoopbackSiteOptions options = {})
      : CliTest(std::move(options)) {}

  std::string own(const std::string& path) {
    return site_.url("one.test", path);
  }

  // Two sites on one server, one of them with everything that is planted.
  void plant(const std::vector<Row>& rows) {
    const std::string far = site_.url("far.test", "");
    site_.serve("/*", answer);
    site_.serve("//far.test/robots.txt",
                "User-agent: *\nDisallow: /private/\n");
    std::string index = "<!DOCTYPE html><title>index</title>\n";
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::string path = "/t/" + std::to_string(i) + ".html";
      index += "<a href=\"" + path + "\">" + rows[i].kind + "</a>\n";
      std::string page =
          "<!DOCTYPE html><meta charset=utf-8><title>t</title><body>\n";
      for (int n = 0; n < rows[i].count; ++n) {
        std::string line = replaced(rows[i].html, "{n}", std::to_string(n));
        line = replaced(line, "{farhost}", far.substr(far.find("//") + 2));
        line = replaced(line, "{far}", far);
        line = replaced(line, "{busy}", site_.url("two.test", ""));
        line = replaced(
            line, "{FAR}",
            replaced(replaced(far, "far.test", "FAR.Test"), "http", "HTTP"));
        line = replaced(line, "{closed}", std::to_string(closed_.port()));
        page += line + "\n";
      }
      site_.serve(path, page);
    }
    site_.serve("/index.html", index);
  }

  std::vector<std::string> check_arguments(std::vector<std::string> more) {
    const std::string port = std::to_string(site_.port());
    std::vector<std::string> arguments = {
        "--check",     own("/index.html"),
        "--resolve",   "one.test:" + port + ":127.0.0.1",
        "--resolve",   "far.test:" + port + ":127.0.0.1",
        "--resolve",   "two.test:" + port + ":127.0.0.1",
        "--format",    "jsonl",
        "--retry",     "0",
        "-m",          "2",
        "--per-host",  "8",
        "-j",          "16",
        "--no-config", "-q"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  void expect_all_found(std::vector<std::string> more);

  RefusingPort closed_;
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

void CheckCliTest::expect_all_found(std::vector<std::string> more) {
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

TEST_F(CheckCliTest, FindsEveryPlantedFaultAndNothingElse) {
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
  EXPECT_EQ(run({"--check", site_.url("/"), "--baseline", known, "-o", known})
                .exit_status,
            2)
      << "it would be emptied";
}

TEST_F(CheckCliTest, WhatWasThereIsNotAskedAgainAndWhatWasNotIs) {
  plant({{"ok", "", "k", "<a href={far}/ok/{n}>x</a>", 3},
         {"broken", "http", "k", "<a href={far}/404/{n}>x</a>", 2}});
  const std::string state = files_.file("links.db");
  run(check_arguments({"--state", state}));
  site_.clear_log();
  const ProcessResult again = run(check_arguments({"--state", state}));
  EXPECT_EQ(again.exit_status, 1);
  std::size_t good = 0;
  std::size_t bad = 0;
  for (const LoggedRequest& request : site_.log()) {
    good += request.request.target.starts_with("/ok/") ? 1 : 0;
    bad += request.request.target.starts_with("/404/") ? 1 : 0;
  }
  EXPECT_EQ(good, 0u);
  EXPECT_EQ(bad, 4u) << "HEAD and GET of each";
  const std::string other = files_.write("other", "something else");
  EXPECT_EQ(run(check_arguments({"--state", other})).exit_status, 2);
  EXPECT_EQ(files_.read("other"), "something else");
}

TEST_F(CheckCliTest, WhatIsToBeIgnoredIsNotAsked) {
  plant({{"ok", "", "k", "<a href={far}/404/{n}>x</a>", 2},
         {"ok", "", "k", "<a href=/404/own{n}>x</a>", 2}});
  files_.write(".crawlignore", "# of ours\n/404/own\n");
  std::vector<std::string> arguments =
      check_arguments({"--ignore", "far\\.test.*/404"});
  const ProcessResult result =
      run_process(command(arguments), {.directory = files_.path().string()});
  EXPECT_EQ(result.exit_status, 0) << result.out;
  for (const LoggedRequest& request : site_.log()) {
    EXPECT_THAT(request.request.target, Not(HasSubstr("/404/")));
  }
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

TEST_F(CheckCliTest, AListIsOfThePagesThatAreChecked) {
  site_.serve("/*", answer);
  site_.serve("/one.html", "<a href=/two.html>x</a>");
  site_.serve("/two.html", "<a href=/404/1>x</a>");
  EXPECT_EQ(run({"--check", list({"/one.html"})}).exit_status, 0);
  EXPECT_EQ(run({"--check", list({"/two.html"})}).exit_status, 1);
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

TEST_F(CheckCliTest, AFolderIsTheSiteThatItWillBe) {
  std::filesystem::create_directories(files_.path() / "public/sub");
  files_.write("public/index.html",
               "<!DOCTYPE html>\n<a href=sub/>a</a><a href=about>b</a>\n"
               "<a href=/sub/index.html#here>c</a><a href='sub/#nope'>d</a>\n"
               "<a href=missing.html>e</a><img src=pic.png>\n"
               "<a href='" +
                   site_.url("/404/far") +
                   "'>f</a><a href='%2e%2e%2fsecret.html'>g</a>\n"
                   "<a href='..%2fsecret.html'>h</a>");
  files_.write("public/about.html", "<p>about");
  files_.write("public/sub/index.html", "<p id=here><a href=../>up</a>");
  files_.write("public/lonely.html", "<a href=nowhere>x</a>");
  files_.write("public/pic.png", "PNG");
  files_.write("public/robots.txt", "User-agent: *\nDisallow: /\n");
  files_.write("secret.html", "<p>of nobody's concern");
  const std::vector<std::string> command = {"--check",  files_.file("public"),
                                            "--base",   "https://site.test/",
                                            "--retry",  "0",
                                            "--format", "jsonl",
                                            "-q"};
  const ProcessResult result = run(command);
  EXPECT_EQ(result.exit_status, 1) << result.err;
  std::map<std::string, std::string> broken;
  for (const json& entry : records(result.out)) {
    // A site that is not at a private address does not lead there.
    if (entry["url"] == site_.url("/404/far")) {
      EXPECT_EQ(entry["advice"], json({"private_address"}));
    }
    if (entry["outcome"] != "broken") continue;
    const std::string page = entry["sources"][0]["page"];
    broken[entry["url"]] = page.substr(page.rfind("public/")) + ":" +
                           entry["sources"][0]["line"].dump();
  }
  const std::string in = "public/index.html:";
  EXPECT_THAT(
      broken,
      ::testing::UnorderedElementsAre(
          ::testing::Pair("https://site.test/sub/#nope", in + "3"),
          ::testing::Pair("https://site.test/missing.html", in + "4"),
          ::testing::Pair("https://site.test/%2e%2e%2fsecret.html", in + "5"),
          ::testing::Pair("https://site.test/nowhere",
                          "public/lonely.html:1")));
  site_.clear_log();
  std::vector<std::string> offline = command;
  offline.emplace_back("--offline");
  EXPECT_EQ(run(offline).exit_status, 1);
  EXPECT_EQ(site_.log().size(), 0u);
  EXPECT_EQ(run({"--check", files_.file("public")}).exit_status, 2);
}

TEST_F(CheckCliTest, OfArchivesWhatIsInThemIsChecked) {
  site_.serve("/*", answer);
  site_.serve("/index.html",
              "<a href='/ok/1#sec-1'>1</a><a href='/ok/1#nope'>2</a>"
              "<a href=/404/1>3</a><a href=/r/301/ok/2>4</a>"
              "<a href=/r/302/404/2>5</a><img src=/img/1.png>"
              "<a href=mailto:a@b.test>6</a><a href='http://a b/'>7</a>");
  run({"-r", site_.url("/index.html"), "--warc-file", files_.file("w"), "-q",
       "-o", files_.file("x.jsonl")});
  site_.clear_log();
  const std::string archive = files_.file("w.warc.gz");
  const ProcessResult result =
      run({"--check", archive, archive, "--format", "jsonl", "-q"});
  EXPECT_EQ(result.exit_status, 1) << result.err;
  std::map<std::string, std::string> found;
  for (const json& entry : records(result.out)) {
    std::string said = entry["outcome"];
    if (!entry["reason"].is_null()) {
      said += " " + entry["reason"].get<std::string>();
    }
    for (const json& advice : entry["advice"]) {
      said += " " + advice.get<std::string>();
    }
    found[entry["url"]] = said + " " + entry["links"].dump();
  }
  using ::testing::Pair;
  EXPECT_THAT(found,
              ::testing::UnorderedElementsAre(
                  Pair(site_.url("/ok/1"), "ok 1"),
                  Pair(site_.url("/ok/1#nope"), "broken fragment 1"),
                  Pair(site_.url("/404/1"), "broken http 1"),
                  Pair(site_.url("/r/301/ok/2"), "ok moved_permanently 1"),
                  Pair(site_.url("/r/302/404/2"), "broken http 1"),
                  Pair(site_.url("/img/1.png"), "unchecked not_archived 1"),
                  Pair("mailto:a@b.test", "unchecked unsupported_scheme 1"),
                  Pair("http://a b/", "broken invalid_url 1")));
  EXPECT_EQ(site_.log().size(), 0u);
  EXPECT_EQ(run({"--check", archive, "--ignore", "/404/", "--ignore", "a b",
                 "--ignore", "nope", "-q"})
                .exit_status,
            1);
  EXPECT_EQ(run({"--check", archive, site_.url("/")}).exit_status, 2);
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

TEST_F(CheckCliTest, AFolderNeedsNoNetworkWhereverItWillBe) {
  std::filesystem::create_directories(files_.path() / "p/sub");
  files_.write("p/sub/one.html",
               "<a href=../two>2</a><a href=../two.html>2</a>"
               "<a href=/elsewhere>e</a><a href=/robots.txt>r</a>"
               "<a href=../gone.png>g</a><a href=../pic.png>p</a>"
               "<a href='../two#:~:text=here'>t</a>"
               "<a href='../two#:~:text=nowhere'>t</a>");
  files_.write("p/two.html", "<p>here<a href=lost>x</a>");
  files_.write("p/pic.png", "PNG");
  const std::string nowhere = "https://nowhere.invalid";
  for (const std::string& base :
       {nowhere + "/", nowhere + "/proj/", nowhere + "/a/b/",
        nowhere + ":8443/a/", site_.url("/"), site_.url("/proj/")}) {
    const ProcessResult result = run({"--check", files_.file("p"), "--base",
                                      base, "--offline", "--format", "jsonl"});
    EXPECT_EQ(result.exit_status, 1) << result.err;
    EXPECT_THAT(result.err, Not(HasSubstr("dns"))) << base;
    std::map<std::string, std::string> found;
    for (const json& entry : records(result.out)) {
      const std::string url = entry["url"];
      if (entry["outcome"] != "broken") {
        EXPECT_TRUE(entry["outcome"] == "ok" || !url.starts_with(base)) << url;
        continue;
      }
      ASSERT_TRUE(url.starts_with(base)) << url;
      ASSERT_EQ(entry["sources"].size(), 1u) << url;
      const std::string page = entry["sources"][0]["page"];
      found[url.substr(base.size())] = page.substr(page.rfind("p/"));
    }
    using ::testing::Pair;
    std::vector<std::pair<std::string, std::string>> wanted = {
        {"gone.png", "p/sub/one.html"},
        {"lost", "p/two.html"},
        {"two#:~:text=nowhere", "p/sub/one.html"}};
    // There, these are the folder's too.
    if (std::count(base.begin(), base.end(), '/') == 3) {
      wanted.push_back({"elsewhere", "p/sub/one.html"});
      wanted.push_back({"robots.txt", "p/sub/one.html"});
    }
    EXPECT_THAT(found, ::testing::UnorderedElementsAreArray(wanted)) << base;
  }
  EXPECT_EQ(site_.log().size(), 0u);
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

class CheckTlsCliTest : public CheckCliTest {
 protected:
  CheckTlsCliTest() : CheckCliTest(LoopbackTls::get().site_options()) {}
};

TEST_F(CheckTlsCliTest, FindsTheSameOverHttps) {
  expect_all_found({"--cacert", LoopbackTls::get().ca_file()});
}

}  // namespace
}  // namespace crawl::testing
