// --page-requisites, from outside: what is asked for, kept and saved.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "archive/archive_reader.h"
#include "cli/cli_fixture.h"
#include "support/content_codings.h"
#include "support/redis_server.h"

namespace crawl::testing {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAreArray;

// A site whose pages need all that pages need, of it and of another host.
class RequisitesCli : public CliTest {
 protected:
  RequisitesCli() : cdn_(elsewhere()) {
    page_.serve("/robots.txt",
                text("User-agent: *\nDisallow: /private/\n", "text/plain"));
    page_.serve(
        "/",
        "<!doctype html><title>front</title><link rel=stylesheet "
        "href=/main.css><link rel=icon href=/icon.png><link rel=next "
        "href=/next><script src='" +
            cdn_.url("/x.js") +
            "'></script>"
            "<style>body{background:url(/inline.png)}</style>"
            "<p style=\"background:url('/attribute.png')\"><img src=/a.png "
            "srcset='/a.png 1x, /a2.png 2x'><img src=/private/no.png>"
            "<a href=/two>two</a><a href=/linked.png>an image</a>"
            "<a href=/paper.pdf>a paper</a><video src='" +
            cdn_.url("/v.mp4") + "'></video><iframe src='" +
            cdn_.url("/frame") + "'></iframe>");
    page_.serve("/two",
                "<title>two</title><img src=/a.png><link rel="
                "stylesheet href=/main.css>");
    page_.serve("/main.css", [](const HttpRequest&) {
      return Reply::response(
          200, {{"Content-Type", "text/css"}, {"Content-Encoding", "gzip"}},
          gzip("@import 'more.css'; @font-face{src:url(/f.woff2)}"));
    });
    page_.serve("/more.css", text("a{b:url(/sheet.png)}@import '/main.css';",
                                  "text/css; charset=utf-8"));
    page_.serve("/f.woff2", text("font", "font/woff2"));
    for (const char* image :
         {"/icon.png", "/inline.png", "/attribute.png", "/a.png", "/a2.png",
          "/linked.png", "/sheet.png", "/private/no.png"}) {
      page_.serve(image, text(std::string("image ") + image, "image/png"));
    }
    page_.serve("/paper.pdf", text("paper", "application/pdf"));
    cdn_.serve("/x.js", text("code()", "text/javascript"));
    cdn_.serve("/v.mp4", text("film", "video/mp4"));
    cdn_.serve("/frame",
               "<title>frame</title><img src=/in-frame.png><a href="
               "/not-followed>x</a>");
    cdn_.serve("/in-frame.png", text("image in frame", "image/png"));
  }

  static LoopbackSiteOptions elsewhere() {
    LoopbackSiteOptions options;
    options.address = "127.0.0.2";
    return options;
  }
  static Handler text(std::string body, std::string type) {
    return
        [body = std::move(body), type = std::move(type)](const HttpRequest&) {
          return Reply::response(200, {{"Content-Type", type}}, body);
        };
  }

  std::vector<std::string> parts() const {
    std::vector<std::string> all;
    for (const char* path :
         {"/main.css", "/more.css", "/f.woff2", "/icon.png", "/inline.png",
          "/attribute.png", "/a.png", "/a2.png", "/sheet.png"}) {
      all.push_back(page_.url(path));
    }
    for (const char* path : {"/x.js", "/v.mp4", "/frame", "/in-frame.png"}) {
      all.push_back(cdn_.url(path));
    }
    return all;
  }

  static std::vector<std::string> asked(const LoopbackSite& site) {
    std::vector<std::string> all;
    for (const LoggedRequest& each : site.log()) {
      if (each.request.target != "/robots.txt")
        all.push_back(site.url(each.request.target));
    }
    return all;
  }

  LoopbackSite page_, cdn_;
};

TEST_F(RequisitesCli, AreInEveryOutputOfASiteOnce) {
  const std::string prefix = files_.file("kept");
  const std::string folder = files_.file("saved");
  const ProcessResult result =
      run({"-r", "-p", page_.url("/"), "--warc-file", prefix, "--save", folder,
           "--skipped", files_.file("skipped")});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  std::vector<std::string> expected = parts();
  for (const char* path : {"/", "/two", "/linked.png"}) {
    expected.push_back(page_.url(path));
  }
  std::vector<std::string> found;
  for (const json& each : records(result.out)) {
    found.push_back(each["url"]);
    EXPECT_TRUE(std::filesystem::exists(folder + "/" +
                                        each["file"].get<std::string>()));
  }
  EXPECT_THAT(found, UnorderedElementsAreArray(expected));

  std::vector<std::string> requests = asked(page_);
  for (std::string& url : asked(cdn_)) requests.push_back(std::move(url));
  expected.push_back(page_.url("/paper.pdf"));  // its headers
  EXPECT_THAT(requests, UnorderedElementsAreArray(expected));

  ArchiveReader archive(*open_bytes(prefix + ".warc.gz"), 1 << 20);
  std::vector<std::string> kept;
  while (const auto record = archive.next()) {
    if (!record->url.ends_with("robots.txt")) kept.push_back(record->url);
  }
  EXPECT_THAT(kept, IsSupersetOf(found));
  EXPECT_EQ(run({"--warc-check", prefix + ".warc.gz"}).exit_status, 0);

  std::vector<std::string> skipped;
  for (const json& each : records(files_.read("skipped"))) {
    skipped.push_back(each["url"].get<std::string>() + " " +
                      each["error"].get<std::string>());
  }
  EXPECT_THAT(skipped, Contains(page_.url("/private/no.png") + " robots"));
  EXPECT_THAT(skipped, Contains(page_.url("/paper.pdf") + " content_type"));
}

// With the steps that count from a page, whichever worker has their host.
TEST_F(RequisitesCli, AreFetchedOnceByWorkersOfOneCrawl) {
  RedisServer redis;
  for (const std::string shards : {"1", "3"}) {
    page_.clear_log();
    cdn_.clear_log();
    std::vector<std::unique_ptr<Process>> workers;
    for (const std::string worker : {"a", "b"}) {
      workers.push_back(std::make_unique<Process>(command(
          {"-r", "-p", page_.url("/"), "--shared", redis.url("of" + shards),
           "--shards", shards, "-o", files_.file(worker + shards), "--format",
           "jsonl", "--skipped", files_.file("skipped" + worker + shards),
           "--warc-file", files_.file("kept" + worker + shards),
           "--no-warc-compression", "-q"})));
    }
    for (const auto& worker : workers) {
      const ProcessResult result = worker->wait();
      EXPECT_EQ(result.exit_status, 0) << result.err;
    }
    std::vector<std::string> expected = parts();
    for (const char* path : {"/", "/two", "/linked.png"}) {
      expected.push_back(page_.url(path));
    }
    std::vector<std::string> found, skipped;
    std::string archives;
    for (const std::string worker : {"a", "b"}) {
      for (const json& each : records(files_.read(worker + shards))) {
        found.push_back(each["url"]);
      }
      for (const json& each :
           records(files_.read("skipped" + worker + shards))) {
        skipped.push_back(each["url"].get<std::string>() + " " +
                          each["error"].get<std::string>());
      }
      archives += files_.read("kept" + worker + shards + ".warc");
    }
    EXPECT_THAT(found, UnorderedElementsAreArray(expected));
    std::vector<std::string> requests = asked(page_);
    for (std::string& url : asked(cdn_)) requests.push_back(std::move(url));
    expected.push_back(page_.url("/paper.pdf"));  // its headers
    EXPECT_THAT(requests, UnorderedElementsAreArray(expected));
    EXPECT_THAT(skipped, Contains(page_.url("/private/no.png") + " robots"));
    EXPECT_THAT(skipped, Contains(page_.url("/paper.pdf") + " content_type"));
    EXPECT_THAT(archives, HasSubstr("hopsFromSeed: EEE\r\n"));
  }
}

TEST_F(RequisitesCli, AllTypesKeepsWhatPagesLinkToInTheArchive) {
  const std::string prefix = files_.file("kept");
  const ProcessResult result =
      run({"-r", "--all-types", page_.url("/"), "--warc-file", prefix,
           "--no-warc-compression"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  const std::string archive = files_.read("kept.warc");
  EXPECT_THAT(archive, HasSubstr("\r\n\r\npaper\r\n"));
  EXPECT_THAT(archive, HasSubstr("\r\n\r\nimage /linked.png\r\n"));
  EXPECT_THAT(archive, Not(HasSubstr("/main.css HTTP/1.1")));
}

TEST_F(RequisitesCli, OfAListAreFetchedAndItsLinksAreNot) {
  const ProcessResult result =
      run({list({page_.url("/"), page_.url("/two"), "no url://",
                 page_.url("/two"), page_.url("/paper.pdf")}),
           "-p", "-q"});
  EXPECT_EQ(result.exit_status, 1) << result.err;
  std::multiset<std::string> errors;
  std::vector<std::string> found;
  for (const json& each : records(result.out)) {
    if (each["ok"] == true) {
      found.push_back(each["url"]);
    } else {
      errors.insert(each["error"]);
    }
  }
  std::vector<std::string> expected = parts();
  for (const char* path : {"/", "/two", "/paper.pdf"}) {
    expected.push_back(page_.url(path));
  }
  EXPECT_THAT(found, UnorderedElementsAreArray(expected));
  EXPECT_THAT(errors, ElementsAre("duplicate", "invalid_url"));
}

TEST_F(RequisitesCli, SayHowTheyWereComeToInTheArchive) {
  const std::string prefix = files_.file("kept");
  run({"-r", "-p", page_.url("/"), "--warc-file", prefix, "-q",
       "--no-warc-compression"});
  const std::string archive = files_.read("kept.warc");
  // A page's style sheet's font; an image of a frame; a page that is linked to.
  for (const auto& [url, hops] : {std::pair{page_.url("/f.woff2"), "EE"},
                                  {page_.url("/sheet.png"), "EEE"},
                                  {cdn_.url("/in-frame.png"), "EE"},
                                  {page_.url("/two"), "L"}}) {
    const std::size_t about = archive.find("WARC-Type: metadata\r\n");
    ASSERT_NE(about, std::string::npos);
    std::size_t at = archive.find("WARC-Target-URI: " + url + "\r\n");
    std::size_t last = at;
    while (at != std::string::npos) {
      last = at;
      at = archive.find("WARC-Target-URI: " + url + "\r\n", at + 1);
    }
    ASSERT_NE(last, std::string::npos) << url;
    const std::string metadata = archive.substr(last, 1'000);
    EXPECT_THAT(metadata,
                HasSubstr(std::string("hopsFromSeed: ") + hops + "\r\n"))
        << url;
  }
}

// Sheets that import without end or in circles, and one with a million parts.
TEST_F(RequisitesCli, HostileSheetsEnd) {
  for (int i = 0; i < 40; ++i) {
    const std::string number = std::to_string(i);
    page_.serve(
        "/chain" + number,
        text("@import url(/chain" + std::to_string(i + 1) + ");", "text/css"));
    page_.serve("/circle" + number,
                text("@import '/circle" + std::to_string((i + 1) % 3) +
                         "';@import '/circle" + number + "';",
                     "text/css"));
  }
  std::string parts = "@import '/chain0';";
  for (int i = 0; parts.size() < 10'000'000; ++i) {
    parts += "a{b:url(/" + std::to_string(i) + ")}";
  }
  page_.serve("/parts", text(parts, "text/css"));
  page_.serve("/open", text("a{b:url(/x" + std::string(1'000'000, '\\') +
                                "@import '" + std::string(1'000'000, '('),
                            "text/css"));
  page_.serve("/hostile",
              "<title>t</title><link rel=stylesheet href=/chain0>"
              "<link rel=stylesheet href=/circle0>"
              "<link rel=stylesheet href=/open>");
  page_.serve("/many", "<title>t</title><link rel=stylesheet href=/parts>");

  const ProcessResult ends =
      run({"-p", page_.url("/hostile"), "--fields", "url", "--skipped",
           files_.file("skipped"), "--warc-file", files_.file("kept")});
  // A page, 8 of the chain, 3 of the circle, and what does not end itself.
  EXPECT_THAT(records(ends.out), SizeIs(1 + 8 + 3 + 1)) << ends.out;
  EXPECT_THAT(files_.read("skipped"), HasSubstr("/chain8\",\"error\":\"limit"));

  page_.clear_log();
  const ProcessResult many =
      run({"-p", page_.url("/many"), "--max-pages", "50", "--fields", "url"});
  EXPECT_THAT(records(many.out), SizeIs(50));
  EXPECT_THAT(many.err, HasSubstr("--max-pages ended it"));
}

TEST_F(RequisitesCli, ExplainSaysThatPagesMayNeedWhatIsElsewhere) {
  const auto explain = [&](std::vector<std::string> more) {
    more.insert(more.begin(),
                {"-r", page_.url("/"), "--explain", cdn_.url("/a.png")});
    return run(more).out;
  };
  EXPECT_THAT(explain({"-p"}), HasSubstr("needed   ?    if a page needs it"));
  EXPECT_THAT(explain({}), Not(HasSubstr("needed")));
}

TEST_F(RequisitesCli, DoNotGoWithWhatOnlyListsHave) {
  for (const std::vector<std::string>& options :
       std::vector<std::vector<std::string>>{
           {"--sync"}, {"--compare"}, {"--ordered"}, {"--head"}}) {
    std::vector<std::string> arguments = {"-p", page_.url("/")};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const ProcessResult result = run(arguments);
    EXPECT_EQ(result.exit_status, 2) << options[0];
    EXPECT_THAT(result.err, HasSubstr(options[0] + " is for lists"));
    EXPECT_THAT(result.err, HasSubstr("either it or -p"));
  }
}

}  // namespace
}  // namespace crawl::testing
