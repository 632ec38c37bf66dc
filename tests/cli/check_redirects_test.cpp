// What a check says of redirects does not depend on which link it met first.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cli/check_fixture.h"

namespace crawl::testing {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kPart = "<title>t</title><p id=yes>x<p id=id2>";

// Each URL of a small site, what redirects from where, and what is to be said
// of one: "outcome reason final-path".
struct Case {
  std::string name;
  std::vector<std::pair<std::string, std::string>> pages, redirects;
  std::string asked, said;
};

std::vector<Case> cases() {
  std::vector<Case> all = {
      {"its own part is looked for though nothing else links there",
       {{"/", "<a href=/r>1</a>"}, {"/t", kPart}},
       {{"/r", "/t#nope"}},
       "/r",
       "broken fragment /t#nope"},
      {"and with a link to the page itself",
       {{"/", "<a href=/r>1</a><a href=/t>2</a>"}, {"/t", kPart}},
       {{"/r", "/t#nope"}},
       "/r",
       "broken fragment /t#nope"},
      {"a part that is there",
       {{"/", "<a href=/r>1</a>"}, {"/t", kPart}},
       {{"/r", "/t#yes"}},
       "/r",
       "ok  /t#yes"},
      {"each redirect has its own part",
       {{"/", "<a href=/r>1</a><a href=/q>2</a>"}, {"/t", kPart}},
       {{"/r", "/t#nope"}, {"/q", "/t#id2"}},
       "/q",
       "ok  /t#id2"},
      {"the page that it leads to has no part",
       {{"/", "<a href=/r>1</a><a href=/x>2</a>"},
        {"/x", "<a href=/t>3</a>"},
        {"/t", kPart}},
       {{"/r", "/t#yes"}},
       "/t",
       "ok  /t"},
      {"a part of that page that is not there is found",
       {{"/", "<a href=/r>1</a><a href=/x>2</a>"},
        {"/x", "<a href=/t#missing>y</a><a href=/t#yes>z</a>"},
        {"/t", kPart}},
       {{"/r", "/t#yes"}},
       "/t#missing",
       "broken fragment /t"},
      {"what robots.txt forbids is so whoever leads there",
       {{"/", "<a href=/r>1</a><a href=/x>2</a>"},
        {"/x", "<a href=/no>3</a>"},
        {"/no", "x"}},
       {{"/r", "/no"}},
       "/no",
       "inconclusive robots /no"},
      {"and the redirect there",
       {{"/", "<a href=/r>1</a><a href=/x>2</a>"},
        {"/x", "<a href=/no>3</a>"},
        {"/no", "x"}},
       {{"/r", "/no"}},
       "/r",
       "inconclusive robots /no"},
  };
  // 12 redirects, of which 10 are followed.
  std::vector<std::pair<std::string, std::string>> chain;
  for (int i = 0; i < 12; ++i) {
    chain.emplace_back("/ch" + std::to_string(i),
                       "/ch" + std::to_string(i + 1));
  }
  const auto of_chain = [&](const std::string& index, const std::string& asked,
                            const std::string& said) {
    all.push_back({"a chain that is too long: " + index,
                   {{"/", index}, {"/x", "<a href=/ch3>2</a>"}, {"/ch12", "x"}},
                   chain,
                   asked,
                   said});
  };
  of_chain("<a href=/ch0>2</a>", "/ch0", "broken too_many_redirects /ch10");
  of_chain("<a href=/ch3>1</a><a href=/ch0>2</a>", "/ch0",
           "broken too_many_redirects /ch12");
  of_chain("<a href=/ch3>1</a><a href=/ch0>2</a>", "/ch3", "ok  /ch12");
  of_chain("<a href=/ch0>1</a><a href=/x>2</a>", "/ch3",
           "inconclusive too_many_redirects /ch10");
  all.push_back({"a circle that was met elsewhere",
                 {{"/", "<a href=/a>1</a><a href=/b>2</a>"}},
                 {{"/a", "/b"}, {"/b", "/a"}},
                 "/b",
                 "broken too_many_redirects /a"});
  return all;
}

Handler leads_to(const std::string& target, int status) {
  return [=](const HttpRequest&) { return Reply::redirect(target, status); };
}

class CheckRedirectsTest : public CheckCliTest {
 protected:
  std::string path_of(const json& url) {
    const std::string text = url.is_null() ? "" : url.get<std::string>();
    return text.substr(std::min(text.size(), site_.url("").size()));
  }
};

TEST_F(CheckRedirectsTest, AreJudgedTheSameWhateverCameFirst) {
  for (const Case& each : cases()) {
    site_.serve("/*", answer);
    site_.serve("/robots.txt", "User-agent: *\nDisallow: /no\n");
    for (const auto& [path, body] : each.pages) site_.serve(path, body);
    for (const auto& [path, to] : each.redirects) {
      site_.serve(path, leads_to(to, 301));
    }
    const ProcessResult result =
        run({"--check", site_.url("/"), "--format", "jsonl", "--delay", "0",
             "-j", "1", "--per-host", "1", "-q"});
    std::map<std::string, std::string> said;
    for (const json& entry : records(result.out)) {
      const json reason = entry["reason"];
      said[path_of(entry["url"])] =
          entry["outcome"].get<std::string>() + " " +
          (reason.is_null() ? "" : reason.get<std::string>()) + " " +
          path_of(entry["final_url"]);
      for (const json& source : entry["sources"]) {
        EXPECT_THAT(source["page"].get<std::string>(), Not(HasSubstr("#")));
      }
    }
    EXPECT_EQ(said[each.asked], each.said) << each.name << "\n" << result.out;
    EXPECT_THAT(result.err, Not(HasSubstr("partial"))) << each.name;
  }
}

// What the user gave and is elsewhere now has no links of the site, but is
// listed.
TEST_F(CheckRedirectsTest, OfAnInputToAnotherHostAreFollowedAndListed) {
  site_.serve("/*", answer);
  site_.serve("//one.test/", leads_to(site_.url("far.test", "/home"), 302));
  site_.serve("//far.test/home", "<a href=/404/not-asked>x</a>");
  const std::string port = std::to_string(site_.port());
  const ProcessResult result =
      run({"--check", site_.url("one.test", "/"), "--resolve",
           "one.test:" + port + ":127.0.0.1", "--resolve",
           "far.test:" + port + ":127.0.0.1", "--delay", "0"});
  EXPECT_EQ(result.exit_status, 2) << "nothing of the site was there to check";
  EXPECT_THAT(result.out, HasSubstr("redirects (302) to " +
                                    site_.url("far.test", "/home")));
  EXPECT_THAT(result.out, HasSubstr("0 pages"));
  EXPECT_THAT(result.out, Not(HasSubstr("not-asked")));
}

// More texts of a page than are looked for are not passed over in silence.
TEST_F(CheckRedirectsTest, TextsThatAreTooManyAreInconclusive) {
  std::string links;
  for (int i = 0; i < 1'200; ++i) {
    links += "<a href='/t#:~:text=none" + std::to_string(i) + "'>x</a>";
  }
  site_.serve("/", links);
  site_.serve("/t", kPart);
  const ProcessResult result =
      run({"--check", site_.url("/"), "--delay", "0", "--format", "jsonl"});
  std::map<std::string, int> outcomes;
  for (const json& entry : records(result.out)) {
    if (entry["reason"] == "text") ++outcomes[entry["outcome"]];
  }
  EXPECT_EQ(outcomes["broken"], 1'000);
  EXPECT_EQ(outcomes["inconclusive"], 200);
}

TEST_F(CheckRedirectsTest, WhoGaveAUrlIsNamed) {
  site_.serve("/*", answer);
  const std::string list =
      files_.write("urls.txt", "http://h:99999/\n" + site_.url("/ok/1") + "\n");
  const ProcessResult of_list = run({"--check", list, "--format", "jsonl"});
  EXPECT_EQ(records(of_list.out)[0]["sources"][0]["page"], list);
  const ProcessResult of_pipe =
      run_process(command({"--check", "-", "--format", "jsonl"}),
                  {.input = "http://h:99999/\n" + site_.url("/ok/1") + "\n"});
  EXPECT_EQ(records(of_pipe.out)[0]["sources"][0]["page"], "standard input");
  const ProcessResult of_url =
      run({"--check", site_.url("/404/1"), "--format", "jsonl"});
  EXPECT_EQ(records(of_url.out)[0]["sources"][0]["page"], "the command line");
}

}  // namespace
}  // namespace crawl::testing
