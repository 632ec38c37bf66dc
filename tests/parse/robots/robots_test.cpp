#include "crawl/parse/robots.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "support/base64.h"
#include "support/reference_robots.h"

namespace crawl {
namespace {

using std::chrono::milliseconds;

// Parses a copy of exactly the body's size, so that ASan sees a byte too far.
RobotsRules parse(std::string_view body, std::string_view token = "crawl",
                  const RobotsOptions& options = {}) {
  const std::unique_ptr<char[]> copy(new char[body.size()]);
  if (!body.empty()) std::memcpy(copy.get(), body.data(), body.size());
  return RobotsRules::parse({copy.get(), body.size()}, token, options);
}

bool allowed(std::string_view body, std::string_view path,
             std::string_view token = "crawl") {
  return parse(body, token).decide(path).allowed;
}

// ---- 2.1 and 2.2: lines and groups

TEST(Robots, Rfc9309_2_1_RulesBelongToTheGroupTheyFollow) {
  const std::string body =
      "User-agent: other\nDisallow: /a\n\nUser-agent: crawl\nDisallow: /b\n";
  EXPECT_TRUE(allowed(body, "/a"));
  EXPECT_FALSE(allowed(body, "/b"));
}

TEST(Robots, Rfc9309_2_1_SeveralAgentsShareOneGroup) {
  const std::string body = "User-agent: x\nUser-agent: crawl\nDisallow: /\n";
  EXPECT_FALSE(allowed(body, "/a"));
  EXPECT_FALSE(allowed(body, "/a", "x"));
  EXPECT_TRUE(allowed(body, "/a", "y"));
}

TEST(Robots, Rfc9309_2_2_AnyLineEndAndNoneAtTheEnd) {
  for (const std::string end : {"\n", "\r", "\r\n"}) {
    const RobotsRules rules = parse("User-agent: *" + end + end +
                                    "Disallow: /a" + end + "Disallow: /b");
    EXPECT_FALSE(rules.decide("/a").allowed);
    EXPECT_FALSE(rules.decide("/b").allowed);
    EXPECT_EQ(rules.decide("/a").line, 3u);
    EXPECT_EQ(rules.decide("/b").line, 4u);
  }
}

TEST(Robots, Rfc9309_2_2_BlankSpaceAndKeyCaseDoNotMatter) {
  EXPECT_FALSE(allowed("  uSER-aGENT \t:  *  \n\tDISallow:/a  \n", "/a"));
}

TEST(Robots, Rfc9309_2_2_BlankLinesAndCommentsEndNoGroup) {
  EXPECT_FALSE(allowed(
      "User-agent: crawl\n\n# pause\n\nDisallow: /a\n\nDisallow: /b\n", "/b"));
}

// ---- 2.2.1: the User-Agent line

TEST(Robots, Rfc9309_2_2_1_TokenInAnyCase) {
  EXPECT_FALSE(allowed("User-agent: CrAwL\nDisallow: /\n", "/a"));
  EXPECT_FALSE(allowed("User-agent: crawl\nDisallow: /\n", "/a", "CRAWL"));
}

TEST(Robots, Rfc9309_2_2_1_WholeTokenOnly) {
  EXPECT_TRUE(allowed("User-agent: craw\nDisallow: /\n", "/a"));
  EXPECT_TRUE(allowed("User-agent: crawler\nDisallow: /\n", "/a"));
  EXPECT_TRUE(allowed("User-agent: crawl-news\nDisallow: /\n", "/a"));
}

TEST(Robots, Rfc9309_2_2_1_TokenEndsBeforeItsVersion) {
  EXPECT_FALSE(allowed("User-agent: crawl/1.0 (x)\nDisallow: /\n", "/a"));
  EXPECT_FALSE(allowed("User-agent: crawl bot\nDisallow: /\n", "/a"));
}

TEST(Robots, Rfc9309_2_2_1_GroupsOfOneTokenAreMerged) {
  const std::string body =
      "User-agent: crawl\nDisallow: /a\nUser-agent: x\nDisallow: /x\n"
      "User-agent: Crawl\nDisallow: /b\nAllow: /a/c\n";
  EXPECT_FALSE(allowed(body, "/a"));
  EXPECT_FALSE(allowed(body, "/b"));
  EXPECT_TRUE(allowed(body, "/a/c"));
  EXPECT_TRUE(allowed(body, "/x"));
}

TEST(Robots, Rfc9309_2_2_1_StarOnlyWithoutAGroupOfItsOwn) {
  const std::string body =
      "User-agent: *\nDisallow: /\n\nUser-agent: crawl\nDisallow: /a\n";
  EXPECT_TRUE(allowed(body, "/b"));
  EXPECT_FALSE(allowed(body, "/a"));
  EXPECT_FALSE(allowed(body, "/b", "other"));
}

TEST(Robots, Rfc9309_2_2_1_AnEmptyGroupOfItsOwnStillCounts) {
  EXPECT_TRUE(allowed("User-agent: *\nDisallow: /\nUser-agent: crawl\n", "/a"));
}

TEST(Robots, Rfc9309_2_2_1_StarGroupsAreMerged) {
  const std::string body =
      "User-agent: *\nDisallow: /a\nUser-agent: x\nDisallow: /\n"
      "User-agent: *\nDisallow: /b\n";
  EXPECT_FALSE(allowed(body, "/a"));
  EXPECT_FALSE(allowed(body, "/b"));
  EXPECT_TRUE(allowed(body, "/c"));
}

TEST(Robots, Rfc9309_2_2_1_NoGroupNoRules) {
  EXPECT_TRUE(allowed("User-agent: x\nDisallow: /\n", "/a"));
  EXPECT_TRUE(allowed("", "/a"));
}

// ---- 2.2.2: Allow and Disallow

TEST(Robots, Rfc9309_2_2_2_LongestMatchWins) {
  const std::string body =
      "User-agent: *\nDisallow: /x\nAllow: /x/y\n"
      "Disallow: /x/y/z\n";
  EXPECT_FALSE(allowed(body, "/x/w"));
  EXPECT_TRUE(allowed(body, "/x/y"));
  EXPECT_FALSE(allowed(body, "/x/y/z"));
}

TEST(Robots, Rfc9309_2_2_2_OrderDoesNotMatter) {
  EXPECT_TRUE(allowed("User-agent: *\nAllow: /x/y\nDisallow: /x\n", "/x/y"));
  EXPECT_TRUE(allowed("User-agent: *\nDisallow: /x\nAllow: /x/y\n", "/x/y"));
}

TEST(Robots, Rfc9309_2_2_2_LengthIsInOctetsNotCharacters) {
  // The snowman is three octets, nine when encoded: longer than the other rule.
  EXPECT_FALSE(
      allowed("User-agent: *\nAllow: /*56789\nDisallow: /\xe2\x98\x83\n",
              "/%E2%98%8356789"));
}

TEST(Robots, Rfc9309_2_2_2_AllowWinsATie) {
  EXPECT_TRUE(allowed("User-agent: *\nDisallow: /a\nAllow: /a\n", "/a"));
  EXPECT_TRUE(allowed("User-agent: *\nAllow: /*b\nDisallow: /ab\n", "/ab"));
}

TEST(Robots, Rfc9309_2_2_2_NoMatchIsAllowed) {
  EXPECT_TRUE(allowed("User-agent: *\nDisallow: /a\n", "/b"));
}

TEST(Robots, Rfc9309_2_2_2_EmptyRuleSaysNothing) {
  EXPECT_TRUE(allowed("User-agent: *\nDisallow:\n", "/a"));
  EXPECT_FALSE(allowed("User-agent: *\nDisallow: /\nAllow:\n", "/a"));
}

TEST(Robots, Rfc9309_2_2_2_CaseOfThePathMatters) {
  EXPECT_TRUE(allowed("User-agent: *\nDisallow: /Fish\n", "/fish"));
}

TEST(Robots, Rfc9309_2_2_2_MatchStartsAtTheFirstOctet) {
  EXPECT_TRUE(allowed("User-agent: *\nDisallow: /b\n", "/a/b"));
  EXPECT_TRUE(allowed("User-agent: *\nDisallow: b\n", "/b"));
  EXPECT_TRUE(allowed("User-agent: *\nDisallow: http://h/b\n", "/b"));
}

TEST(Robots, Rfc9309_2_2_2_TheQueryBelongsToThePath) {
  const std::string body = "User-agent: *\nDisallow: /a?id=1\n";
  EXPECT_FALSE(allowed(body, "/a?id=12"));
  EXPECT_TRUE(allowed(body, "/a?id=2"));
}

TEST(Robots, Rfc9309_2_2_2_RobotsTxtItselfIsAllowed) {
  EXPECT_TRUE(allowed("User-agent: *\nDisallow: /\n", "/robots.txt"));
  EXPECT_FALSE(allowed("User-agent: *\nDisallow: /\n", "/robots.txt2"));
}

TEST(Robots, Rfc9309_2_2_2_EmptyPathIsTheRoot) {
  EXPECT_FALSE(allowed("User-agent: *\nDisallow: /\n", ""));
  EXPECT_FALSE(allowed("User-agent: *\nDisallow: /$\n", ""));
}

TEST(Robots, Rfc9309_2_2_2_RulesBeforeAnyGroupAreIgnored) {
  EXPECT_TRUE(allowed("Disallow: /\nUser-agent: *\nDisallow: /a\n", "/b"));
}

// The section's table of encodings, both ways round.
TEST(Robots, Rfc9309_2_2_2_OctetsOutsideAsciiAreComparedEncoded) {
  for (const char* rule :
       {"/foo/bar/\xe3\x83\x84", "/foo/bar/%E3%83%84", "/foo/bar/%e3%83%84"}) {
    const std::string body = std::string("User-agent: *\nDisallow: ") + rule;
    EXPECT_FALSE(allowed(body, "/foo/bar/%E3%83%84"));
    EXPECT_FALSE(allowed(body, "/foo/bar/%e3%83%84"));
    EXPECT_FALSE(allowed(body, "/foo/bar/\xe3\x83\x84"));
    EXPECT_TRUE(allowed(body, "/foo/bar/%E3%83%85"));
  }
}

TEST(Robots, Rfc9309_2_2_2_EncodedUnreservedOctetsAreDecoded) {
  EXPECT_FALSE(
      allowed("User-agent: *\nDisallow: /foo/bar/%62%61%7A\n", "/foo/bar/baz"));
  EXPECT_FALSE(
      allowed("User-agent: *\nDisallow: /foo/bar/baz\n", "/foo/bar/%62%61%7a"));
  EXPECT_FALSE(allowed("User-agent: *\nDisallow: /~joe\n", "/%7Ejoe"));
}

TEST(Robots, Rfc9309_2_2_2_ReservedOctetsInAQueryInEitherForm) {
  const char* const paths[] = {"/foo/bar?baz=https://foo.bar",
                               "/foo/bar?baz=https%3A%2F%2Ffoo.bar"};
  for (const char* rule : paths) {
    for (const char* path : paths) {
      EXPECT_FALSE(
          allowed(std::string("User-agent: *\nDisallow: ") + rule, path))
          << rule << " " << path;
    }
  }
  EXPECT_FALSE(allowed("User-agent: *\nDisallow: /foo/bar?baz=quz\n",
                       "/foo/bar?baz=quz"));
}

TEST(Robots, Rfc9309_2_2_2_EncodedDelimitersAreData) {
  EXPECT_TRUE(allowed("User-agent: *\nDisallow: /a/b\n", "/a%2Fb"));
  EXPECT_TRUE(allowed("User-agent: *\nDisallow: /*?\n", "/why%3F"));
  EXPECT_FALSE(allowed("User-agent: *\nDisallow: /*?\n", "/why?"));
  EXPECT_FALSE(allowed("User-agent: *\nDisallow: /a%2fb\n", "/a%2Fb"));
  EXPECT_FALSE(allowed("User-agent: *\nDisallow: /*u=%2f\n", "/a?u=%2Fb"));
}

TEST(Robots, Rfc9309_2_2_2_BrokenEscapesAreTakenAsTheyAre) {
  EXPECT_FALSE(allowed("User-agent: *\nDisallow: /100%\n", "/100%"));
  EXPECT_FALSE(allowed("User-agent: *\nDisallow: /%zz\n", "/%zz"));
  EXPECT_FALSE(allowed("User-agent: *\nDisallow: /%4\n", "/%4"));
  EXPECT_FALSE(allowed("User-agent: *\nDisallow: /100%\n", "/100%25"));
}

// ---- 2.2.3: special characters

TEST(Robots, Rfc9309_2_2_3_CommentEndsTheLine) {
  EXPECT_FALSE(allowed("User-agent: * # all\nDisallow: /a # not b\n", "/a"));
  EXPECT_TRUE(allowed("User-agent: *\n# Disallow: /a\n", "/a"));
  EXPECT_FALSE(allowed("User-agent: *\nDisallow: /a#b\n", "/ac"));
}

TEST(Robots, Rfc9309_2_2_3_DollarAnchorsTheEnd) {
  const std::string body = "User-agent: *\nDisallow: /a.php$\n";
  EXPECT_FALSE(allowed(body, "/a.php"));
  EXPECT_TRUE(allowed(body, "/a.php?x"));
  EXPECT_TRUE(allowed(body, "/a.php5"));
}

TEST(Robots, Rfc9309_2_2_3_DollarInTheMiddleIsItself) {
  EXPECT_FALSE(allowed("User-agent: *\nDisallow: /a$b\n", "/a$bc"));
  EXPECT_TRUE(allowed("User-agent: *\nDisallow: /a$b\n", "/a"));
}

TEST(Robots, Rfc9309_2_2_3_StarIsAnyNumberOfOctets) {
  const std::string body = "User-agent: *\nDisallow: /a*b*c\n";
  EXPECT_FALSE(allowed(body, "/abc"));
  EXPECT_FALSE(allowed(body, "/a/x/b?y&c=1"));
  EXPECT_TRUE(allowed(body, "/acb"));
}

TEST(Robots, Rfc9309_2_2_3_StarAndDollarTogether) {
  const std::string body = "User-agent: *\nDisallow: /*.pdf$\n";
  EXPECT_FALSE(allowed(body, "/a/b.pdf"));
  EXPECT_FALSE(allowed(body, "/a.pdf.pdf"));
  EXPECT_TRUE(allowed(body, "/a.pdf.html"));
  EXPECT_FALSE(allowed("User-agent: *\nDisallow: *\n", "/x"));
  EXPECT_FALSE(allowed("User-agent: *\nDisallow: /*$\n", "/x"));
  EXPECT_TRUE(allowed("User-agent: *\nDisallow: /ab*b$\n", "/ab"));
}

TEST(Robots, Rfc9309_2_2_3_EncodedSpecialCharactersAreThemselves) {
  const std::string body =
      "User-agent: *\nDisallow: /path/file-with-a-%2A.html\n"
      "Disallow: /path/foo-%24\n";
  EXPECT_FALSE(allowed(body, "/path/file-with-a-*.html"));
  EXPECT_FALSE(allowed(body, "/path/file-with-a-%2a.html"));
  EXPECT_TRUE(allowed(body, "/path/file-with-a-x.html"));
  EXPECT_FALSE(allowed(body, "/path/foo-$"));
  EXPECT_TRUE(allowed(body, "/path/foo-"));
}

// ---- 2.2.4: other records

TEST(Robots, Rfc9309_2_2_4_OtherRecordsEndNoGroup) {
  const std::string body =
      "User-agent: crawl\nSitemap: https://h/s.xml\nCrawl-delay: 1\n"
      "Host: h\nUser-agent: x\nNoise: 1\nDisallow: /a\n";
  EXPECT_FALSE(allowed(body, "/a"));
  EXPECT_FALSE(allowed(body, "/a", "x"));
}

TEST(Robots, Rfc9309_2_2_4_SitemapsOfAnyGroup) {
  RobotsRules rules = parse(
      "Sitemap: https://h/1.xml\nUser-agent: x\nDisallow: /\n"
      "sitemap:https://h/2.xml#f\nSITE-MAP: /3.xml\nSitemap:\n");
  EXPECT_EQ(rules.sitemaps(),
            (std::vector<std::string>{"https://h/1.xml", "https://h/2.xml",
                                      "/3.xml"}));
  EXPECT_EQ(rules.take_sitemaps().size(), 3u);
  EXPECT_TRUE(rules.sitemaps().empty());
}

TEST(Robots, Rfc9309_2_2_4_CrawlDelayOfOurGroup) {
  const std::string body =
      "User-agent: *\nCrawl-delay: 10\nDisallow: /a\n"
      "User-agent: crawl\nCrawl-delay: 2.5\nAllow: /\n";
  EXPECT_EQ(parse(body).crawl_delay(), milliseconds(2500));
  EXPECT_EQ(parse(body).crawl_delay_line(), 5u);
  EXPECT_EQ(parse(body, "x").crawl_delay(), milliseconds(10'000));
}

TEST(Robots, Rfc9309_2_2_4_CrawlDelayCountsForAgentsNamedBeforeIt) {
  const std::string body =
      "User-agent: x\nCrawl-delay: 10\nUser-agent: crawl\nDisallow: /a\n";
  EXPECT_EQ(parse(body).crawl_delay(), std::nullopt);
  EXPECT_EQ(parse(body, "x").crawl_delay(), milliseconds(10'000));
}

TEST(Robots, Rfc9309_2_2_4_CrawlDelayThatIsNoNumber) {
  for (const char* value : {"", "x", "-1", "nan", "inf", "1e-400x", "."}) {
    const auto delay =
        parse(std::string("User-agent: *\nCrawl-delay: ") + value)
            .crawl_delay();
    EXPECT_TRUE(!delay || *delay <= milliseconds(1000)) << value;
  }
  EXPECT_EQ(parse("User-agent: *\nCrawl-delay: 99999999999\n").crawl_delay(),
            std::chrono::hours(24));
  EXPECT_EQ(parse("User-agent: *\nCrawl-delay: 5 # s\nCrawl-delay: 2\n")
                .crawl_delay(),
            milliseconds(5000));
}

// ---- 2.3.1.5: parse what can be parsed

TEST(Robots, Rfc9309_2_3_1_5_ReadsOnAfterRubbish) {
  std::string body = "<html>\xff\xfe\n:\n: /\nx\nUser-agent\nDisallow\n";
  body.push_back('\0');
  body += "\nUser-agent: *\n\xc3\x28\nDisallow: /a\n";
  EXPECT_FALSE(allowed(body, "/a"));
  EXPECT_TRUE(allowed(body, "/b"));
}

TEST(Robots, Rfc9309_2_3_1_5_AnHtmlPageHasNoRules) {
  EXPECT_TRUE(
      allowed("<!doctype html><html><head><title>404: not here"
              "</title></head>\n<body>User-agent: none</body></html>",
              "/a"));
}

// ---- 2.5: limits

std::string padded(std::size_t size, const std::string& tail) {
  std::string body = "User-agent: *\n";
  while (body.size() + tail.size() < size) {
    body += std::string(
                std::min<std::size_t>(99, size - tail.size() - body.size() - 1),
                '#') +
            "\n";
  }
  return body + tail;
}

TEST(Robots, Rfc9309_2_5_FiveHundredKibibytesAreRead) {
  const std::string body = padded(kRobotsMinBytes, "Disallow: /a\n");
  ASSERT_EQ(body.size(), kRobotsMinBytes);
  EXPECT_FALSE(allowed(body, "/a"));
  RobotsOptions small;
  small.max_bytes = 10;
  EXPECT_FALSE(parse(body, "crawl", small).decide("/a").allowed);
}

TEST(Robots, Rfc9309_2_5_TheCutFallsOnALineEnd) {
  // Half the line would forbid far more than it means to.
  const std::string body =
      padded(kRobotsMinBytes, "Disallow: /a") + "/private\nDisallow: /b\n";
  EXPECT_TRUE(allowed(body, "/a"));
  EXPECT_TRUE(allowed(body, "/b"));
  RobotsOptions more;
  more.max_bytes = 1 << 20;
  EXPECT_FALSE(parse(body, "crawl", more).decide("/a/private").allowed);
}

TEST(Robots, Rfc9309_2_5_TheLastLineOfACutBodyIsDropped) {
  RobotsOptions cut;
  cut.truncated = true;
  const RobotsRules rules =
      parse("User-agent: *\nDisallow: /a\nDisallow: /b", "crawl", cut);
  EXPECT_FALSE(rules.decide("/a").allowed);
  EXPECT_TRUE(rules.decide("/b").allowed);
  EXPECT_TRUE(parse("Disallow: /", "crawl", cut).decide("/").allowed);
}

// ---- Beyond the RFC, as Google's parser does

TEST(Robots, Lenient_ByteOrderMark) {
  EXPECT_FALSE(allowed("\xef\xbb\xbfUser-agent: *\nDisallow: /\n", "/a"));
  EXPECT_FALSE(allowed("\xef\xbbUser-agent: *\nDisallow: /\n", "/a"));
  EXPECT_FALSE(allowed("\xefUser-agent: *\nDisallow: /\n", "/a"));
}

TEST(Robots, Lenient_MissingColon) {
  EXPECT_FALSE(allowed("user-agent crawl\ndisallow /a\n", "/a"));
  EXPECT_TRUE(allowed("user-agent crawl\ndisallow /a b\n", "/a"));
}

TEST(Robots, Lenient_Misspellings) {
  for (const char* key : {"Disallow", "Dissallow", "Dissalow", "Disalow",
                          "Diasllow", "Disallaw"}) {
    for (const char* agent : {"User-agent", "Useragent", "User agent"}) {
      EXPECT_FALSE(allowed(std::string(agent) + ": *\n" + key + ": /a\n", "/a"))
          << key << " " << agent;
    }
  }
  EXPECT_TRUE(allowed("User-agent: *\nDesallow: /a\n", "/a"));
}

TEST(Robots, Lenient_IndexPageStandsForItsDirectory) {
  const std::string body =
      "User-agent: *\nAllow: /dir/index.html\nDisallow: /\n";
  EXPECT_TRUE(allowed(body, "/dir/"));
  EXPECT_TRUE(allowed(body, "/dir/index.html"));
  EXPECT_FALSE(allowed(body, "/dir/index"));
  EXPECT_FALSE(allowed(body, "/dir"));
  EXPECT_EQ(to_string(parse(body).decide("/dir/")),
            "line 2: Allow: /dir/index.html");
}

TEST(Robots, Lenient_OverlongLineIsCut) {
  const std::string prefix = "/a/" + std::string(16'000, 'x');
  const std::string body = "User-agent: *\nDisallow: " + prefix +
                           std::string(20'000, 'y') + "\nDisallow: /b\n";
  EXPECT_FALSE(allowed(body, prefix + std::string(650, 'y')));
  EXPECT_TRUE(allowed(body, prefix + std::string(649, 'y')));
  EXPECT_FALSE(allowed(body, "/b"));
}

TEST(Robots, Lenient_BlanksInsideAPathAreEncoded) {
  EXPECT_FALSE(allowed("User-agent: *\nDisallow: /a b\n", "/a%20bc"));
}

TEST(Robots, Lenient_TokenWithDigitsIsComparedWhole) {
  EXPECT_FALSE(allowed("User-agent: my2bot/3\nDisallow: /\n", "/a", "my2bot"));
  EXPECT_FALSE(allowed("User-agent: my2bot\nDisallow: /\n", "/a", "my2bot"));
  EXPECT_TRUE(allowed("User-agent: my\nDisallow: /\n", "/a", "my2bot"));
}

// ---- Ours

TEST(Robots, SaysWhichLineDecided) {
  const RobotsRules rules =
      parse("User-agent: *\n\nDisallow: /a\nAllow: /a/b$\n");
  EXPECT_EQ(to_string(rules.decide("/a/x")), "line 3: Disallow: /a");
  EXPECT_EQ(to_string(rules.decide("/a/b")), "line 4: Allow: /a/b$");
  EXPECT_EQ(to_string(rules.decide("/c")), "no rule matches");
}

TEST(Robots, WhatItSaysCannotUpsetATerminal) {
  EXPECT_EQ(to_string(parse("User-agent: *\nDisallow: /\x1b[2J\xff\n")
                          .decide("/\x1b[2J\xff")),
            "line 2: Disallow: /%1B[2J%FF");
}

TEST(Robots, KeepsOnlyWhatIsForUs) {
  std::string body = "User-agent: other\n";
  for (int i = 0; i < 1000; ++i) {
    body += "Disallow: /" + std::to_string(i) + "\n";
  }
  body += "User-agent: *\nDisallow: /a\n";
  const RobotsRules rules = parse(body);
  EXPECT_EQ(rules.size(), 1u);
  EXPECT_LT(rules.memory_use(), 200u);
}

TEST(Robots, ProductTokenOfAUserAgent) {
  EXPECT_EQ(product_token("crawl/0.1 (+https://h/)"), "crawl");
  EXPECT_EQ(product_token("my-bot"), "my-bot");
  EXPECT_EQ(product_token("Big Bot 1"), "Big");
  EXPECT_EQ(product_token(""), "");
}

// A pattern that makes a backtracking matcher take years.
TEST(Robots, MatchingDoesNotBacktrack) {
  std::string pattern = "/";
  for (int i = 0; i < 2000; ++i) pattern += "a*";
  const RobotsRules rules =
      parse("User-agent: *\nDisallow: " + pattern + "b$\n");
  EXPECT_TRUE(rules.decide("/" + std::string(8000, 'a')).allowed);
  EXPECT_FALSE(rules.decide("/" + std::string(8000, 'a') + "b").allowed);
}

TEST(Robots, AgreesWithThreeOtherParsers) {
  std::ifstream file(CRAWL_DATA_DIR "/robots/cases.jsonl");
  std::string line;
  int cases = 0;
  while (std::getline(file, line)) {
    const auto json = nlohmann::json::parse(line);
    const std::string body =
        testing::base64_decode(json["robots_b64"].get<std::string>());
    const std::string url = json["url"].get<std::string>();
    std::size_t path = url.find_first_of("/?", url.find("://") + 3);
    if (path == std::string::npos) path = url.size();
    const std::size_t end = std::min(url.find('#'), url.size());
    const std::string agent = json["agent"].get<std::string>();
    EXPECT_EQ(allowed(body, url.substr(path, end - path), agent),
              json["allowed"].get<bool>())
        << json["id"] << " " << agent << " " << url << "\n"
        << body;
    ++cases;
  }
  EXPECT_EQ(cases, 324);
}

TEST(Robots, AgreesWithTheReferenceOnRandomFiles) {
  std::mt19937 random(9309);
  static const char* const kPieces[] = {
      "/",      "a",   "b", "*",  "$", "?",          "%2F",
      "%2f",    "%61", "%", "%2", ":", "%3A",        "\xc3\xa4",
      "%C3%A4", "&",   "=", " ",  "#", "index.html", "%25"};
  static const char* const kKeys[] = {
      "User-agent: *",  "User-agent: crawl", "User-agent: x",  "Disallow: /",
      "Allow: /",       "Disallow: ",        "Allow:/",        "disallow /",
      "Crawl-delay: 1", "Sitemap: /",        "User-agent: *x", ""};
  static const char* const kEnds[] = {"\n", "\r", "\r\n", "\n\n"};
  const auto pick = [&](const auto& of) {
    return of[random() % std::size(of)];
  };
  for (int i = 0; i < 20'000; ++i) {
    std::string body, path = "/";
    for (auto n = random() % 8; n > 0; --n) {
      body += pick(kKeys);
      for (auto m = random() % 6; m > 0; --m) body += pick(kPieces);
      body += pick(kEnds);
    }
    for (auto n = random() % 8; n > 0; --n) path += pick(kPieces);
    EXPECT_EQ(allowed(body, path),
              testing::ReferenceRobots(body, "crawl").allowed(path))
        << body << "\n---\n"
        << path;
  }
}

}  // namespace
}  // namespace crawl
