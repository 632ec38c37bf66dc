#include "support/site_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "support/data_file.h"
#include "support/raw_client.h"
#include "support/temp_dir.h"

namespace crawl::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class SiteFilesTest : public ::testing::Test {
 protected:
  std::string ask(const std::string& path, const std::string& headers = "") {
    RawClient client(site_.port());
    client.send("GET " + path + " HTTP/1.1\r\nHost: raw.test:1\r\n" + headers +
                "\r\n");
    return client.read_response();
  }

  LoopbackSite site_;
  TempDir files_;
};

TEST_F(SiteFilesTest, ServesFilesDirectoriesAndTheirTypes) {
  std::filesystem::create_directory(files_.path() / "a");
  files_.write("a/index.html", "<title>in a</title>");
  files_.write("index.html", "<title>home</title>");
  files_.write("b.css", "b{}");
  files_.write("\xE6\x97\xA5 .html", "day");
  EXPECT_THAT(serve_files(site_, files_.path()),
              ElementsAre("/", "/%E6%97%A5%20.html", "/a/", "/b.css"));
  EXPECT_THAT(ask("/"), EndsWith("<title>home</title>"));
  EXPECT_THAT(ask("/index.html"), EndsWith("<title>home</title>"));
  EXPECT_THAT(ask("/a/"), EndsWith("<title>in a</title>"));
  EXPECT_THAT(ask("/a"), HasSubstr("301 Moved Permanently\r\nLocation: /a/\r"));
  EXPECT_THAT(ask("/b.css"), HasSubstr("Content-Type: text/css\r\n"));
  EXPECT_THAT(ask("/%E6%97%A5%20.html"), EndsWith("day"));
  EXPECT_THAT(ask("/c"), StartsWith("HTTP/1.1 404"));
}

TEST_F(SiteFilesTest, RoutesFileRedirectsAndNamesTypes) {
  files_.write("a.html", "a");
  files_.write("_routes.tsv",
               "# a comment\n/old\t308 {{origin}}/a.html\n"
               "/a.html\ttype text/html; charset=ISO-8859-1\n");
  serve_files(site_, files_.path());
  EXPECT_THAT(ask("/old"),
              StartsWith("HTTP/1.1 308 Permanent Redirect\r\n"
                         "Location: http://raw.test:1/a.html\r\n"));
  EXPECT_THAT(ask("/a.html"),
              HasSubstr("Content-Type: text/html; charset=ISO-8859-1\r\n"));
  EXPECT_THAT(ask("/_routes.tsv"), StartsWith("HTTP/1.1 404"));
}

TEST_F(SiteFilesTest, ABadRoutesFileIsAnError) {
  files_.write("_routes.tsv", "/old 301 /new\n");
  EXPECT_THROW(serve_files(site_, files_.path()), std::runtime_error);
}

TEST_F(SiteFilesTest, OriginIsTheOneTheClientAsked) {
  files_.write("a.html", "<a href=\"{{origin}}/b\">{{origin}}</a>");
  serve_files(site_, files_.path());
  EXPECT_THAT(
      ask("/a.html"),
      EndsWith("<a href=\"http://raw.test:1/b\">http://raw.test:1</a>"));
}

TEST_F(SiteFilesTest, AnUnchangedFileIs304) {
  files_.write("a.html", "a");
  serve_files(site_, files_.path());
  const std::string whole = ask("/a.html");
  const std::size_t begin = whole.find("ETag: ") + 6;
  const std::string etag =
      whole.substr(begin, whole.find("\r\n", begin) - begin);
  EXPECT_THAT(ask("/a.html", "If-None-Match: " + etag + "\r\n"),
              StartsWith("HTTP/1.1 304 Not Modified\r\n"));
  EXPECT_THAT(ask("/a.html", "If-None-Match: \"other\"\r\n"),
              StartsWith("HTTP/1.1 200"));
}

TEST_F(SiteFilesTest, ThePageListHasEveryPageOfTheDemoSite) {
  serve_page_list(site_, "/pages.txt",
                  serve_files(site_, data_path("sites/demo")));
  const std::string list = ask("/pages.txt");
  EXPECT_THAT(list, HasSubstr("\r\n\r\nhttp://raw.test:1/\n"));
  EXPECT_THAT(list, HasSubstr("http://raw.test:1/lights/sandway.html\n"));
  EXPECT_THAT(list, Not(HasSubstr(".css")));
  EXPECT_GE(std::count(list.begin(), list.end(), '\n'), 40 + 5);
}

}  // namespace
}  // namespace crawl::testing
