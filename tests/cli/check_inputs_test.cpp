// What a check takes to be checked: lists of pages, folders, archives.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cli/check_fixture.h"

namespace crawl::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

using CheckInputsTest = CheckCliTest;

TEST_F(CheckInputsTest, AListIsOfThePagesThatAreChecked) {
  site_.serve("/*", answer);
  site_.serve("/one.html", "<a href=/two.html>x</a>");
  site_.serve("/two.html", "<a href=/404/1>x</a>");
  EXPECT_EQ(run({"--check", list({"/one.html"})}).exit_status, 0);
  EXPECT_EQ(run({"--check", list({"/two.html"})}).exit_status, 1);
}

// As a server would, which is good to its authors.
TEST_F(CheckInputsTest, AFoldersFilesAreFoundByTheirUrls) {
  for (const char* folder : {"public/sub", "public/bare", "public/a b"}) {
    std::filesystem::create_directories(files_.path() / folder);
  }
  files_.write("public/sub/index.html", "<p id=in>x");
  files_.write("public/bare/page.html", "x");
  files_.write("public/a b/c d.html", "x");
  files_.write("public/Case.html", "x");
  files_.write("public/\xc3\xbc.html", "x");
  files_.write("public/100%.html", "x");
  files_.write("public/page.htm", "x");
  const struct {
    const char *href, *outcome;
  } cases[] = {
      {"sub", "ok"},   // redirects to the folder
      {"sub/", "ok"},  // its index.html
      {"sub/#in", "ok"},
      {"sub#in", "ok"},
      {"sub/index.html", "ok"},
      {"sub?q=1", "ok"},
      {"bare/", "broken"},
      {"bare", "broken"},
      {"bare/page", "ok"},
      {"a%20b/c%20d.html", "ok"},
      {"a b/c d.html", "ok"},
      {"a%20b/c%20d", "ok"},
      {"a+b/c+d.html", "broken"},
      {"Case.html", "ok"},
      {"case.html", "broken"},
      {"%C3%BC.html", "ok"},
      {"%fc.html", "broken"},
      {"100%25.html", "ok"},
      {"100%.html", "ok"},
      {"page.htm", "ok"},
      {"page", "broken"},
      {"./sub/../Case", "ok"},
      {"sub/index.html/", "broken"},
      {"%00.html", "broken"},
  };
  std::string page = "<meta charset=utf-8>\n";
  for (const auto& each : cases) {
    page += "<a href='" + std::string(each.href) + "'>x</a>\n";
  }
  files_.write("public/index.html", page);
  const ProcessResult result =
      run({"--check", files_.file("public"), "--base", "https://site.test/",
           "--offline", "--format", "jsonl", "-q"});
  std::map<int, std::string> broken;
  for (const json& entry : records(result.out)) {
    for (const json& source : entry["sources"]) {
      if (entry["outcome"] != "ok") broken[source["line"]] = entry["outcome"];
    }
  }
  int line = 2;
  for (const auto& each : cases) {
    const auto said = broken.find(line++);
    EXPECT_EQ(said == broken.end() ? "ok" : said->second, each.outcome)
        << each.href;
  }
}

// Not those of other sites: no network is asked for them.
TEST_F(CheckInputsTest, AFolderAnswersForEveryNameOfItsSite) {
  std::filesystem::create_directories(files_.path() / "public");
  files_.write("public/index.html",
               "<a href='http://site.test/b.html'>1</a>\n"
               "<a href='https://www.site.test/b.html'>2</a>\n"
               "<a href='https://site.test./none.html'>3</a>\n"
               "<a href='https://other.test/'>4</a>\n"
               "<a href='https://www.site.test:8443/'>5</a>\n");
  files_.write("public/b.html", "<a href=nowhere>x</a>");
  const ProcessResult result =
      run({"--check", files_.file("public"), "--base", "https://site.test/",
           "--offline", "--format", "jsonl", "-q"});
  EXPECT_EQ(result.exit_status, 1) << result.err;
  std::map<std::string, std::string> said;
  for (const json& entry : records(result.out)) {
    said[entry["url"]] = entry["outcome"].get<std::string>() + " " +
                         std::to_string(entry["sources"].size());
  }
  using ::testing::Pair;
  EXPECT_THAT(said, ::testing::UnorderedElementsAre(
                        Pair("http://site.test/b.html", "ok 0"),
                        Pair("https://www.site.test/b.html", "ok 0"),
                        Pair("https://site.test./none.html", "broken 1"),
                        Pair("https://other.test/", "unchecked 0"),
                        Pair("https://www.site.test:8443/", "unchecked 0"),
                        Pair("https://site.test/nowhere", "broken 1")));
}

TEST_F(CheckInputsTest, AFolderIsTheSiteThatItWillBe) {
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

TEST_F(CheckInputsTest, OfArchivesWhatIsInThemIsChecked) {
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

TEST_F(CheckInputsTest, AFolderNeedsNoNetworkWhereverItWillBe) {
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

}  // namespace
}  // namespace crawl::testing
