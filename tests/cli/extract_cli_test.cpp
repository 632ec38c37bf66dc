// --extract from outside: what it adds to records in every format, and that a
// bad selector is refused before anything is asked.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/cli_fixture.h"
#include "support/http2_transport.h"
#include "support/loopback_tls.h"

namespace crawl::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr std::string_view kPage =
    "<!DOCTYPE html><title>Lamps</title><base href='/shop/'>"
    "<h1>  Oil\n lamp </h1><p class=price>12.50</p>"
    "<a href='a.html'>A</a> <a href='b.html'>B, \"b\"</a>";

const std::vector<std::string> kExtracts = {
    "--extract", "heading=h1::text|normalize",
    "--extract", "price=//p[@class='price']/text()",
    "--extract", "links=a::attr(href)|url",
    "--extract", "none=h2::text"};

class ExtractCliTest : public CliTest {
 protected:
  ExtractCliTest() { site_.serve("/lamp.html", std::string(kPage)); }

  static std::vector<std::string> with_extracts(
      std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), kExtracts.begin(), kExtracts.end());
    return arguments;
  }
  json expected() const {
    return {{"heading", {"Oil lamp"}},
            {"price", {"12.50"}},
            {"links", {site_.url("/shop/a.html"), site_.url("/shop/b.html")}},
            {"none", json::array()}};
  }
};

TEST_F(ExtractCliTest, ARecordHasWhatWasFoundByName) {
  const json record = record_of(site_.url("/lamp.html"), kExtracts);
  EXPECT_EQ(record["extracted"], expected());
  EXPECT_EQ(record["extract_error"], nullptr);
  EXPECT_EQ(record["title"], "Lamps");
}

TEST_F(ExtractCliTest, NamesComeInTheOrderOfTheCommandLine) {
  const ProcessResult result = run(
      with_extracts({site_.url("/lamp.html"), "-q", "--fields", "extracted"}));
  EXPECT_THAT(result.out,
              ::testing::StartsWith("{\"extracted\":{\"heading\":[\"Oil lamp\"]"
                                    ",\"price\":[\"12.50\"],\"links\":["));
}

TEST_F(ExtractCliTest, OneThreadOrManyAndFollowingLinksGiveTheSame) {
  for (const std::vector<std::string>& more :
       std::vector<std::vector<std::string>>{
           {"--sync"}, {"-j", "4", "--threads", "2"}, {"-r", "-d", "0"}}) {
    std::vector<std::string> arguments = kExtracts;
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_EQ(record_of(site_.url("/lamp.html"), arguments)["extracted"],
              expected())
        << more[0];
  }
}

TEST_F(ExtractCliTest, WhatIsNoPageHasNothing) {
  site_.serve("/data.json",
              [](const HttpRequest&) { return Reply::text("{}"); });
  EXPECT_EQ(record_of(site_.url("/data.json"), kExtracts)["extracted"],
            nullptr);
  EXPECT_EQ(record_of("nonsense://", kExtracts)["extracted"], nullptr);
}

TEST_F(ExtractCliTest, APageThatIsAnErrorIsAPageToo) {
  site_.serve("/gone", [](const HttpRequest&) {
    return Reply::html("<h1>Gone</h1>", 410);
  });
  EXPECT_EQ(record_of(site_.url("/gone"), kExtracts)["extracted"]["heading"],
            json::array({"Gone"}));
}

TEST_F(ExtractCliTest, TablesHaveAColumnForEachName) {
  const std::string url = site_.url("/lamp.html");
  const ProcessResult tsv = run(with_extracts(
      {url, "-q", "--format", "tsv", "--fields", "status_code,extracted,ok"}));
  const std::string links = "[\"" + site_.url("/shop/a.html") + "\",\"" +
                            site_.url("/shop/b.html") + "\"]";
  EXPECT_EQ(tsv.out,
            "status_code\theading\tprice\tlinks\tnone\tok\n"
            "200\tOil lamp\t12.50\t" +
                links + "\t\ttrue\n");
  const ProcessResult csv =
      run(with_extracts({url, "nonsense://", "-q", "--ordered", "--format",
                         "csv", "--fields", "extracted"}));
  std::string quoted;
  for (const char c : links) quoted += c == '"' ? "\"\"" : std::string(1, c);
  EXPECT_EQ(csv.out, "heading,price,links,none\r\nOil lamp,12.50,\"" + quoted +
                         "\",\r\n,,,\r\n");
}

TEST_F(ExtractCliTest, AScreenShowsWhatWasFound) {
  const ProcessResult result =
      run(with_extracts({site_.url("/lamp.html"), "-q", "--format", "text"}));
  EXPECT_THAT(result.out, HasSubstr("200"));
  EXPECT_THAT(result.out, HasSubstr("{\"heading\":[\"Oil lamp\"]"));
}

TEST_F(ExtractCliTest, ABadSelectorIsMarkedBeforeAnythingIsAsked) {
  const std::string url = site_.url("/lamp.html");
  const ProcessResult css = run({url, "--extract", "price=div..price::text"});
  EXPECT_EQ(css.exit_status, 2);
  EXPECT_EQ(css.err,
            "crawl: --extract price: a class name is expected here\n"
            "  div..price::text\n"
            "      ^\n");
  const ProcessResult xpath = run({url, "--extract", "x=//a[size(.) > 1]"});
  EXPECT_EQ(xpath.exit_status, 2);
  EXPECT_EQ(xpath.err,
            "crawl: --extract x: XPath 1.0 has no function of this name\n"
            "  //a[size(.) > 1]\n"
            "      ^\n");
  // By columns, not bytes; without what a terminal would obey.
  const ProcessResult wide = run({url, "--extract", "x=.日\x1b[1m..b"});
  EXPECT_EQ(wide.exit_status, 2);
  EXPECT_THAT(wide.err, HasSubstr("\n  .日\xEF\xBF\xBD[1m..b\n     ^\n"));
  // Of a long one, the part around the mark.
  const ProcessResult far =
      run({url, "--extract", "x=" + std::string(300, 'a') + "..b"});
  EXPECT_THAT(far.err, HasSubstr("\n  " + std::string(59, 'a') + "..b\n  " +
                                 std::string(60, ' ') + "^\n"));
  EXPECT_EQ(site_.log().size(), 0u);
}

TEST_F(ExtractCliTest, NamesAreCheckedBeforeAnythingIsAsked) {
  const std::string url = site_.url("/lamp.html");
  struct Case {
    std::vector<std::string> arguments;
    std::string message;
  };
  for (const Case& one : std::vector<Case>{
           {{"--extract", "h1::text"}, "give NAME=SELECTOR"},
           {{"--extract", "=h1"}, "before the '=' comes a name"},
           {{"--extract", "a b=h1"}, "before the '=' comes a name"},
           {{"--extract", "a=h1", "--extract", "a=h2"}, "given twice"},
           {{"--extract", "title=h1", "--format", "csv"},
            "there is a column title already"},
           {{"--fields", "+extracted"}, "--extract NAME=SELECTOR"},
           {{"--fields", "extract_error"}, "what --extract asks for"}}) {
    std::vector<std::string> arguments = one.arguments;
    arguments.insert(arguments.begin(), url);
    const ProcessResult result = run(arguments);
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.err, HasSubstr(one.message));
  }
  EXPECT_EQ(site_.log().size(), 0u);
  // In JSON a name stands by itself.
  EXPECT_EQ(
      record_of(url, {"--extract",
                      "title=h1::text|strip|first"})["extracted"]["title"],
      json::array({"Oil\n lamp"}));
}

TEST_F(ExtractCliTest, FieldsSayWhereItStands) {
  const ProcessResult result =
      run({site_.url("/lamp.html"), "-q", "--extract", "t=title::text",
           "--fields", "extracted,ok"});
  EXPECT_EQ(result.out, "{\"extracted\":{\"t\":[\"Lamps\"]},\"ok\":true}\n");
}

TEST_F(ExtractCliTest, WhatAPageSaysOfItselfIsAFieldOnDemand) {
  site_.serve("/facts.html",
              "<meta property=og:type content=article>"
              "<link rel=alternate hreflang=de href=/de>"
              "<script type=application/ld+json>{ \"a\": [1.50, \"b\"] }"
              "</script><script type=application/ld+json>{,}</script>"
              "<h1 id=t> A  <i>b</i> </h1><h3>C</h3>");
  const std::string url = site_.url("/facts.html");
  const ProcessResult result =
      run({url, "-q", "--fields",
           "headings,meta,alternates,json_ld,json_ld_broken,extract_error"});
  EXPECT_EQ(result.out,
            R"({"headings":[{"level":1,"text":"A b","id":"t"},)"
            R"({"level":3,"text":"C","id":""}],)"
            R"("meta":[{"attribute":"property","name":"og:type",)"
            R"("content":"article"}],"alternates":[{"url":")" +
                site_.url("/de") +
                R"(","hreflang":"de","type":"","title":""}],)"
                R"("json_ld":[{"a":[1.50,"b"]}],"json_ld_broken":1,)"
                R"("extract_error":null})"
                "\n");
  const ProcessResult cells =
      run({url, "-q", "--format", "tsv", "--fields", "json_ld,json_ld_broken"});
  EXPECT_EQ(cells.out, "json_ld\tjson_ld_broken\n[{\"a\":[1.50,\"b\"]}]\t1\n");
  EXPECT_EQ(record_of("nonsense://", {"--fields", "headings"})["headings"],
            nullptr);
}

TEST_F(ExtractCliTest, WhatClosesItselfInXhtmlDoesNotSwallowThePage) {
  const std::string page =
      "<?xml version='1.0'?>\n<html xmlns='http://www.w3.org/1999/xhtml'><head>"
      "<script src='x.js'/><title>T</title><style/></head><body>"
      "<div class='a'/><a id='t'/><p><![CDATA[a < b]]></p>"
      "<p><a href='c'>c</a></p></body></html>";
  const auto serve = [&](const std::string& type) {
    return [=](const HttpRequest&) {
      return Reply::response(200, {{"Content-Type", type}}, page);
    };
  };
  site_.serve("/x", serve("application/xhtml+xml; charset=utf-8"));
  site_.serve("/h", serve("text/html"));
  const std::vector<std::string> asked = {
      "--extract",   "p=p::text", "--extract",
      "a=div.a > *", "--fields",  "title,text,links,extracted",
      "--content",   "all"};
  const json record = record_of(site_.url("/x"), asked);
  EXPECT_EQ(record["title"], "T");
  EXPECT_EQ(record["text"], "a < b\n\nc");
  EXPECT_EQ(record["links"].size(), 2u) << record["links"];
  EXPECT_EQ(record["extracted"]["p"], json({"a < b"}));
  EXPECT_EQ(record["extracted"]["a"], json::array());
  // As a browser has it.
  EXPECT_EQ(record_of(site_.url("/h"), asked)["extracted"]["p"], json::array());
}

TEST_F(ExtractCliTest, TheContentIsAFieldOnDemand) {
  site_.serve("/content.html",
              "<title>Lamps</title><meta name=author content='Ada L.'>"
              "<meta property=article:published_time content=2024-01-02>"
              "<meta property=article:modified_time content=2024-02-03>"
              "<nav><a href=/>Home</a></nav><main><h1>Lamps</h1>"
              "<p>They <b>burn</b> <a href=oil>oil</a>.</main>"
              "<footer>All rights reserved</footer>");
  const std::string url = site_.url("/content.html");
  const ProcessResult result =
      run({url, "-q", "--fields",
           "text,markdown,word_count,published,modified,author"});
  EXPECT_EQ(result.out, R"({"text":"Lamps\n\nThey burn oil.","markdown":)"
                        R"("# Lamps\n\nThey **burn** [oil]()" +
                            site_.url("/oil") +
                            R"().","word_count":4,"published":"2024-01-02",)"
                            R"("modified":"2024-02-03","author":"Ada L."})"
                            "\n");
  const std::vector<std::string> all = {"--content", "all", "--fields",
                                        "text,word_count,text_digest"};
  const json whole = record_of(url, all);
  EXPECT_EQ(whole["text"],
            "Home\n\nLamps\n\nThey burn oil.\n\nAll rights reserved");
  EXPECT_EQ(whole["word_count"], 8);
  EXPECT_EQ(whole["text_digest"],
            record_of(url, {"--fields", "text_digest"})["text_digest"]);
  EXPECT_THAT(whole["text_digest"].get<std::string>(),
              ::testing::MatchesRegex("[0-9a-f]{32}"));
  EXPECT_EQ(record_of("nonsense://", {"--fields", "text"})["text"], nullptr);
}

TEST_F(ExtractCliTest, ContentIsMainOrAllAndOfSomethingAskedFor) {
  for (const auto& [args, words] :
       std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--content", "half", "--fields", "text"}, "main or all"},
           {{"--content", "all"}, "--fields +text"},
           {{"--content", "all", "--fields", "title"}, "--fields +text"}}) {
    std::vector<std::string> all = {site_.url("/")};
    all.insert(all.end(), args.begin(), args.end());
    const ProcessResult result = run(all);
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.err, HasSubstr(words));
  }
}

TEST_F(ExtractCliTest, WhatIsLeftOutIsSaid) {
  std::string deep;
  for (int i = 0; i < 5'000; ++i) deep += "<div title=xxxxxxxx>y";
  site_.serve("/deep.html", deep);
  const json record =
      record_of(site_.url("/deep.html"), {"--extract", "divs=div"});
  EXPECT_EQ(record["ok"], true);
  EXPECT_THAT(record["extract_error"].get<std::string>(),
              HasSubstr("divs: more was found"));
}

TEST_F(ExtractCliTest, TextThatIsNotWholeIsSaidToo) {
  std::string html = "<p>first</p>";
  for (int i = 0; i < 200'000; ++i) html += "<b><i>";
  site_.serve("/deep.html", html + "<p>last</p>");
  const ProcessResult result = run({site_.url("/deep.html"), "--content", "all",
                                    "--fields", "text,extract_error"});
  const json record = json::parse(result.out);
  EXPECT_EQ(record["text"], "first");
  EXPECT_THAT(record["extract_error"].get<std::string>(),
              HasSubstr("bytes of the page are in its tree"));
  EXPECT_THAT(result.err,
              HasSubstr("\n1 page was not read whole: see the field "
                        "extract_error\n"));
}

TEST_F(ExtractCliTest, AnInterruptedCrawlGoesOnOnlyWithTheSameExtracts) {
  const auto crawl = [&](const std::string& selector) {
    std::vector<std::string> arguments = {"-r",
                                          site_.url("/lamp.html"),
                                          "-q",
                                          "-d",
                                          "0",
                                          "--state",
                                          files_.file("state.db"),
                                          "-o",
                                          files_.file("out.jsonl")};
    if (!selector.empty()) {
      arguments.insert(arguments.end(), {"--extract", selector});
    }
    return run(arguments);
  };
  EXPECT_EQ(crawl("a=h1::text").exit_status, 0);
  EXPECT_EQ(crawl("a=h1::text").exit_status, 0);
  const ProcessResult other = crawl("a=h2::text");
  EXPECT_EQ(other.exit_status, 2);
  EXPECT_THAT(other.err, HasSubstr("--extract"));
  EXPECT_EQ(crawl("").exit_status, 2);
}

// The same bytes give the same, however they came.
TEST(ExtractOverTls, GivesTheSameOverHttpsAndHttp2) {
  const LoopbackTls& tls = LoopbackTls::get();
  for (const bool http2 : {false, true}) {
    LoopbackSiteOptions options = tls.site_options();
    if (http2) options.transport = make_http2_transports(tls.make_context());
    LoopbackSite site(options);
    site.serve("/lamp.html", std::string(kPage));
    std::vector<std::string> arguments = {
        CRAWL_BINARY, site.url("/lamp.html"),  "-q", "--cacert", tls.ca_file(),
        "--fields",   "http_version,extracted"};
    arguments.insert(arguments.end(), kExtracts.begin(), kExtracts.end());
    const ProcessResult result = run_process(arguments);
    const json record = json::parse(result.out);
    EXPECT_EQ(record["http_version"], http2 ? "2" : "1.1");
    EXPECT_EQ(record["extracted"]["heading"], json::array({"Oil lamp"}));
    EXPECT_EQ(record["extracted"]["links"].size(), 2u);
  }
}

}  // namespace
}  // namespace crawl::testing
