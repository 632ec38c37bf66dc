// What styles refer to is in order too, and what texts cite: of the site's own
// pages and sheets, wherever those stand.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/check_fixture.h"

namespace crawl::testing {
namespace {

using nlohmann::json;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class CheckStylesTest : public CheckCliTest {
 protected:
  void SetUp() override {
    site_.serve("/*", answer);
    sheet("/css/main.css",
          "@import 'more';\na{b:url(/404/main.png)}\n"
          "@import url(main.css);/*\xc3\xa9*/@font-face{src:url(x.woff)}");
    // Known for a sheet by what it says it is.
    sheet("/css/more",
          "a{b:url(data:image/png;base64,AA)}\na{b:url(../404/more)}");
    sheet("//far.test/far.css", "a{b:url(/404/far.png)}");
    site_.serve("/index.html",
                "<!DOCTYPE html>\n<link rel=stylesheet href=/css/main.css>"
                "<link rel=stylesheet href=" +
                    site_.url("far.test", "/far.css") +
                    "><style>\n a{b:url(/404/el.png)}</style>\n"
                    "<p style='a:url(/404/at.png)'>"
                    "<blockquote cite=/404/cite>x</blockquote>");
  }

  void sheet(const std::string& path, const std::string& css) {
    site_.serve(path, [css](const HttpRequest&) {
      return Reply::response(200, {{"Content-Type", "text/css; charset=utf-8"}},
                             css);
    });
  }

  // Its "url <- page:line:column element attribute" of all that is broken.
  static std::vector<std::string> broken(const ProcessResult& result) {
    std::vector<std::string> found;
    const auto path = [](const std::string& url) {
      const std::size_t sheet = url.find("/css/");
      return url.substr(
          sheet != url.npos ? sheet : std::min(url.size(), url.find('/', 8)));
    };
    for (const json& entry : records(result.out)) {
      if (entry["outcome"] != "broken") continue;
      for (const json& source : entry["sources"]) {
        const std::string attribute =
            source["attribute"].is_null() ? "" : source["attribute"];
        found.push_back(path(entry["url"]) + " <- " + path(source["page"]) +
                        ":" + source["line"].dump() + ":" +
                        source["column"].dump() + " " +
                        source["element"].get<std::string>() + " " + attribute);
      }
    }
    return found;
  }
};

constexpr const char* kOfElement = "/404/el.png <- /index.html:3:6 style url";
constexpr const char* kOfAttribute =
    "/404/at.png <- /index.html:4:1 style style";
constexpr const char* kCited = "/404/cite <- /index.html:4:31 blockquote cite";
constexpr const char* kOfSheet = "/404/main.png <- /css/main.css:2:5 css url";
constexpr const char* kFont = "/css/x.woff <- /css/main.css:3:43 css url";
constexpr const char* kOfImport = "/404/more <- /css/more:2:5 css url";

TEST_F(CheckStylesTest, OfPagesAndOfSheetsOfTheSite) {
  const ProcessResult result = run(check_arguments({}));
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(broken(result),
              UnorderedElementsAre(kOfElement, kOfAttribute, kCited, kOfSheet,
                                   kFont, kOfImport));
  std::size_t sheets = 0;
  for (const LoggedRequest& request : site_.log()) {
    sheets += request.request.target == "/css/main.css" ? 1 : 0;
  }
  EXPECT_EQ(sheets, 1u) << "GET, and no HEAD before";
  EXPECT_THAT(run(check_arguments({"--format", "text"})).out,
              ::testing::HasSubstr("1 page"));
}

TEST_F(CheckStylesTest, OfAListsPagesToo) {
  std::vector<std::string> arguments = check_arguments({});
  arguments[1] = files_.write("urls.txt", own("/index.html") + "\n");
  EXPECT_THAT(broken(run(arguments)),
              UnorderedElementsAre(kOfElement, kOfAttribute, kCited, kOfSheet,
                                   kFont, kOfImport));
}

TEST_F(CheckStylesTest, NotIfOnlyPagesAre) {
  std::vector<std::string> arguments = check_arguments({});
  arguments[0] = "--check=pages";
  const ProcessResult result = run(arguments);
  EXPECT_THAT(broken(result), IsEmpty());
  EXPECT_EQ(result.exit_status, 0);
}

TEST_F(CheckStylesTest, NeverWithoutEnd) {
  site_.serve("/css/*", [](const HttpRequest& request) {
    return Reply::response(200, {{"Content-Type", "text/css"}},
                           "@import '" + request.path + "x.css';");
  });
  for (const bool is_list : {true, false}) {
    std::vector<std::string> arguments =
        check_arguments({"--depth", "1", "--max-url-length", "200"});
    if (is_list) {
      arguments[1] = files_.write("urls.txt", own("/index.html") + "\n");
    }
    const ProcessResult result = run(arguments);
    EXPECT_FALSE(result.timed_out) << result.err;
  }
}

TEST_F(CheckStylesTest, OfFolders) {
  std::filesystem::create_directories(files_.path() / "p/css");
  files_.write("p/index.html", "<link rel=stylesheet href=css/a.css>");
  files_.write("p/css/a.css", "@import 'b.css';a{b:url(gone.png)}");
  files_.write("p/css/b.css", "a{b:url(../index.html),url(lost.png)}");
  EXPECT_THAT(
      broken(run({"--check", files_.file("p"), "--base", "https://site.test/",
                  "--offline", "--format", "jsonl", "-q"})),
      UnorderedElementsAre("/css/gone.png <- /css/a.css:1:21 css url",
                           "/css/lost.png <- /css/b.css:1:24 css url"));
}

TEST_F(CheckStylesTest, OfArchives) {
  const std::string port = std::to_string(site_.port());
  run({"-r", own("/index.html"), "-p", "--resolve",
       "one.test:" + port + ":127.0.0.1", "--resolve",
       "far.test:" + port + ":127.0.0.1", "--warc-file", files_.file("w"), "-q",
       "--no-config", "-o", files_.file("x.jsonl")});
  const std::vector<std::string> found =
      broken(run({"--check", files_.file("w.warc.gz"), "--format", "jsonl",
                  "-q", "--no-config"}));
  EXPECT_THAT(found, ::testing::IsSupersetOf(
                         {kOfElement, kOfAttribute, kOfSheet, kFont}));
}

}  // namespace
}  // namespace crawl::testing
