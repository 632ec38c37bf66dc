// What -r and the options that go with it come to.

#include "cli/site_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/options.h"
#include "support/temp_dir.h"

namespace crawl::cli {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<ParsedArgs> parsed(std::vector<std::string> words) {
  Surroundings surroundings;
  surroundings.raise_open_files_limit = [](std::size_t wanted) {
    return wanted;
  };
  words.insert(words.begin(), {"crawl", "http://a.test/"});
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  return parse_args(static_cast<int>(argv.size()), argv.data(), surroundings);
}

CrawlOptions options(const std::vector<std::string>& words) {
  const auto args = parsed(words);
  EXPECT_TRUE(args) << args.error().message;
  return args ? args->options.crawl : CrawlOptions{};
}

std::string error(const std::vector<std::string>& words) {
  const auto args = parsed(words);
  return args ? "no error" : args.error().message;
}

TEST(SiteOptions, WithoutRecursiveThereIsNoSite) {
  const CrawlOptions o = options({});
  EXPECT_FALSE(o.site);
  EXPECT_EQ(o.per_host, 0u);
  EXPECT_EQ(o.pace.delay, 0s);
}

TEST(SiteOptions, RecursiveIsPoliteByDefault) {
  const CrawlOptions o = options({"-r"});
  ASSERT_TRUE(o.site);
  EXPECT_EQ(o.per_host, 2u);
  EXPECT_EQ(o.pace.delay, 250ms);
  EXPECT_EQ(o.private_pace.delay, 0s);
  EXPECT_EQ(o.robots, RobotsMode::kLinks);
  EXPECT_EQ(o.product_token, "crawl");
  EXPECT_FALSE(o.allow_private);
  EXPECT_TRUE(o.site->obey_nofollow);
  EXPECT_FALSE(o.site->all_types);
  EXPECT_TRUE(o.site->read_sitemaps);
  EXPECT_FALSE(o.site->depth);
  EXPECT_EQ(o.site->scope.kind, ScopeKind::kHost);
  EXPECT_THAT(o.site->follow,
              ElementsAre(LinkElement::kA, LinkElement::kArea,
                          LinkElement::kFrame, LinkElement::kIframe));
}

// Two at a time, a second apart, unless somebody says otherwise.
TEST(SiteOptions, ACheckAsksLittleOfOtherSites) {
  const CrawlOptions o = options({"--check", "--no-config"});
  ASSERT_TRUE(o.leaf_pace);
  EXPECT_EQ(o.leaf_pace->delay, 1s);
  EXPECT_EQ(o.per_host, 2u);
  EXPECT_EQ(o.pace.delay, 250ms) << "its own site is crawled as by -r";
  EXPECT_EQ(options({"--check", "--delay", "5s"}).leaf_pace->delay, 5s);
  EXPECT_FALSE(options({"-r"}).leaf_pace);
}

TEST(SiteOptions, EveryTrapHasADefaultAndAnOption) {
  const TrapLimits usual = options({"-r"}).site->scope.traps;
  EXPECT_EQ(usual.url_bytes, 2083u);
  EXPECT_EQ(usual.path_depth, 20u);
  EXPECT_EQ(usual.path_repeats, 3u);
  EXPECT_EQ(usual.parameters, 32u);
  EXPECT_EQ(usual.parameter_repeats, 8u);
  EXPECT_EQ(usual.pages_per_host, 100'000u);
  EXPECT_EQ(options({"-r"}).site->max_duplicates, 50u);
  EXPECT_EQ(options({"-r", "--max-duplicates", "7"}).site->max_duplicates, 7u);
  const TrapLimits set =
      options({"-r", "--max-url-length", "1", "--max-path-depth", "2",
               "--max-path-repeats", "3", "--max-query-params", "4",
               "--max-param-repeats", "5", "--max-pages-per-host", "6"})
          .site->scope.traps;
  EXPECT_EQ(set.url_bytes, 1u);
  EXPECT_EQ(set.path_depth, 2u);
  EXPECT_EQ(set.path_repeats, 3u);
  EXPECT_EQ(set.parameters, 4u);
  EXPECT_EQ(set.parameter_repeats, 5u);
  EXPECT_EQ(set.pages_per_host, 6u);
}

TEST(SiteOptions, SessionIdsAreTakenOutUnlessWanted) {
  EXPECT_TRUE(options({"-r"}).site->cleaner.strip_session_ids);
  EXPECT_FALSE(
      options({"-r", "--keep-session-ids"}).site->cleaner.strip_session_ids);
}

TEST(SiteOptions, BudgetsAndScope) {
  const CrawlOptions o = options({"-r",
                                  "-d",
                                  "3",
                                  "--max-pages",
                                  "10",
                                  "--max-time",
                                  "1m",
                                  "--max-bytes",
                                  "1M",
                                  "--scope",
                                  "domain",
                                  "--exact-host",
                                  "--include",
                                  "a",
                                  "--include",
                                  "b",
                                  "--exclude",
                                  "c",
                                  "--follow",
                                  "a,img",
                                  "--per-host",
                                  "5",
                                  "--strip-query-param",
                                  "utm_*",
                                  "--sort-query",
                                  "--sitemap",
                                  "http://a.test/m.xml",
                                  "--allow-private"});
  const SiteOptions& site = *o.site;
  EXPECT_EQ(site.depth, 3);
  EXPECT_EQ(o.budget.max_pages, 10u);
  EXPECT_EQ(o.budget.max_time, 1min);
  EXPECT_EQ(o.budget.max_bytes, 1u << 20);
  EXPECT_EQ(site.scope.kind, ScopeKind::kDomain);
  EXPECT_TRUE(site.scope.exact_host);
  EXPECT_THAT(site.scope.include, ElementsAre("a", "b"));
  EXPECT_THAT(site.scope.exclude, ElementsAre("c"));
  EXPECT_THAT(site.follow, ElementsAre(LinkElement::kA, LinkElement::kImg));
  EXPECT_EQ(o.per_host, 5u);
  EXPECT_THAT(site.cleaner.strip_query_params, ElementsAre("utm_*"));
  EXPECT_TRUE(site.cleaner.sort_query);
  EXPECT_THAT(site.sitemaps, ElementsAre("http://a.test/m.xml"));
  EXPECT_TRUE(o.allow_private);
}

TEST(SiteOptions, DelayIsForEveryHostOrGoesByTheAnswers) {
  const CrawlOptions fixed = options({"-r", "--delay", "1s"});
  EXPECT_EQ(fixed.pace.delay, 1s);
  EXPECT_EQ(fixed.private_pace.delay, 1s);
  EXPECT_FALSE(fixed.pace.adaptive);
  const CrawlOptions adaptive = options({"-r", "--delay", "auto"});
  EXPECT_TRUE(adaptive.pace.adaptive);
  EXPECT_TRUE(adaptive.private_pace.adaptive);
  EXPECT_TRUE(options({"--delay", "auto"}).pace.adaptive);
}

TEST(SiteOptions, ProductTokenIsTheUserAgentsUnlessGiven) {
  EXPECT_EQ(options({"-A", "mybot/2.0 (x)"}).product_token, "mybot");
  EXPECT_EQ(
      options({"-A", "mybot/2", "--product-token", "other"}).product_token,
      "other");
  EXPECT_EQ(options({"-A", ""}).product_token, "crawl");
}

TEST(SiteOptions, AHostIsANameOrAnAddress) {
  EXPECT_FALSE(options({}).pace_by_address);
  EXPECT_FALSE(options({"--pace-by", "name"}).pace_by_address);
  EXPECT_TRUE(options({"--pace-by", "address"}).pace_by_address);
  EXPECT_THAT(error({"--pace-by", "ip"}), HasSubstr("name, address"));
}

TEST(SiteOptions, RobotsCanBeAskedAlwaysOrNever) {
  EXPECT_EQ(options({"--robots", "always"}).robots, RobotsMode::kAlways);
  EXPECT_EQ(options({"-r", "--no-robots"}).robots, RobotsMode::kNever);
  EXPECT_THAT(error({"--robots", "always", "--no-robots"}),
              HasSubstr("different things"));
}

TEST(SiteOptions, WhatNeedsRecursiveSaysSo) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--depth", "1"},
                                             {"--scope", "any"},
                                             {"--max-param-repeats", "1"},
                                             {"--follow", "a"},
                                             {"--explain", "http://a/"}}) {
    EXPECT_EQ(error(words), words[0] + " is for recursive crawls: add -r");
  }
  EXPECT_THAT(error({"-r", "-I"}), HasSubstr("--head is for lists"));
  for (const char* option : {"--sync", "--compare", "--ordered", "--unique"}) {
    EXPECT_EQ(error({"-r", option}),
              std::string(option) + " is for lists: leave out either it or -r");
  }
}

TEST(SiteOptions, ASitemapIsNamedWithItsOption) {
  for (const std::string url :
       {"http://b.test/sitemap.xml", "http://b.test/x/news.xml.gz",
        "http://b.test/sitemap-2.xml?a", "http://b.test/Sitemap.XML"}) {
    EXPECT_EQ(error({"-r", url}),
              url +
                  " looks like a sitemap: to crawl what it lists, give the "
                  "site, and the sitemap with --sitemap: crawl -r "
                  "http://b.test/ --sitemap " +
                  url);
    EXPECT_EQ(error({url}), "no error");  // in a list it is a URL
  }
  EXPECT_EQ(error({"-r", "http://b.test/sitemap/"}), "no error");
  EXPECT_EQ(error({"-r", "http://b.test/a.xml"}), "no error");
}

TEST(SiteOptions, ASitemapIsAUrlAndNoFile) {
  crawl::testing::TempDir files;
  const std::string file = files.write("map.xml.gz", "x");
  EXPECT_THAT(error({"-r", "--sitemap", file}),
              HasSubstr(": give the URL that the sitemap has on its site; what "
                        "a file lists can be crawled as a list: zcat "));
  for (const char* name : {"sitemap.xml", "./x/sitemap.xml", "/nowhere",
                           "~/sitemap.xml", "urls.txt"}) {
    EXPECT_THAT(error({"-r", "--sitemap", name}),
                HasSubstr("' | grep -o '<loc>[^<]*' | cut -c6- | crawl -"))
        << name;
  }
  for (const char* url : {"http://a.test/map.xml", "a.test/sitemap.xml",
                          "localhost:8080/map.xml"}) {
    EXPECT_EQ(error({"-r", "--sitemap", url}), "no error") << url;
  }
  EXPECT_THAT(error({"-r", "--sitemap", "ftp://a.test/map.xml"}),
              HasSubstr("only http and https"));
}

TEST(SiteOptions, ListsAreBoundedFilteredAndGoneOnWithToo) {
  const CrawlOptions o =
      options({"--max-pages", "5", "--max-time", "1m", "--max-bytes", "1M",
               "--exclude", "x", "--state", "s.db", "-o", "out"});
  EXPECT_FALSE(o.site);
  EXPECT_EQ(o.budget.max_pages, 5u);
  EXPECT_EQ(o.budget.max_time, 1min);
  EXPECT_EQ(o.budget.max_bytes, 1u << 20);
  ASSERT_TRUE(o.filter);
  EXPECT_THAT(o.filter->exclude, ElementsAre("x"));
  EXPECT_TRUE(o.lasting);
  EXPECT_THAT(error({"--state", "s.db", "-o", "out", "--ordered"}),
              HasSubstr("neither --compare nor --ordered"));
  EXPECT_THAT(error({"--exclude", "("}), HasSubstr("--exclude"));
}

TEST(SiteOptions, StateNeedsAnOutputFile) {
  EXPECT_THAT(error({"-r", "--state", "s.db"}),
              HasSubstr("--state needs -o FILE"));
  EXPECT_THAT(error({"-r", "--include", "(", "-o", "x"}),
              HasSubstr("--include '('"));
  EXPECT_THAT(error({"-r", "--scope", "hots"}),
              HasSubstr("did you mean 'host'"));
}

}  // namespace
}  // namespace crawl::cli
