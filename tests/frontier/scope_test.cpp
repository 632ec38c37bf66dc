#include "crawl/frontier/scope.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace crawl {
namespace {

Url url(std::string_view text) {
  auto parsed = Url::parse(text);
  EXPECT_TRUE(parsed) << text;
  return *parsed;
}

Scope make(const ScopeOptions& options, const std::vector<std::string>& seeds) {
  Result<Scope> scope = Scope::make(options);
  EXPECT_TRUE(scope) << scope.error().message;
  for (const std::string& seed : seeds) scope->add_seed(url(seed));
  return std::move(*scope);
}

Scope of_kind(ScopeKind kind, const std::vector<std::string>& seeds) {
  ScopeOptions options;
  options.kind = kind;
  return make(options, seeds);
}

bool allows(const Scope& scope, std::string_view text) {
  return scope.judge(url(text)).allowed();
}

std::string why(const Scope& scope, std::string_view text) {
  return scope.explain(scope.judge(url(text)));
}

TEST(Scope, HostIsTheDefault) {
  const Scope scope = make({}, {"https://example.org/a/b"});
  EXPECT_TRUE(allows(scope, "https://example.org/"));
  EXPECT_FALSE(allows(scope, "https://sub.example.org/"));
  EXPECT_FALSE(allows(scope, "https://example.com/"));
  EXPECT_FALSE(allows(scope, "https://example.org.evil.com/"));
  EXPECT_FALSE(allows(scope, "https://example.org@evil.com/"));
  EXPECT_EQ(why(scope, "https://example.com/"),
            "not the host of a seed (--scope host)");
  EXPECT_EQ(why(scope, "https://example.org/"), "same host as a seed");
}

TEST(Scope, SchemeAndWwwMakeNoDifference) {
  for (const char* seed : {"http://example.org/", "https://www.example.org/"}) {
    const Scope scope = make({}, {seed});
    for (const char* same :
         {"http://example.org/a", "https://example.org/a",
          "http://www.example.org/a", "https://www.example.org./a"}) {
      EXPECT_TRUE(allows(scope, same)) << seed << " " << same;
    }
    EXPECT_FALSE(allows(scope, "http://www2.example.org/"));
  }
  // Nothing is left of a name that is no more than "www.".
  EXPECT_FALSE(allows(make({}, {"http://www.com/"}), "http://com/"));
}

TEST(Scope, APortMakesADifference) {
  const Scope scope = make({}, {"http://example.org:8080/"});
  EXPECT_TRUE(allows(scope, "http://example.org:8080/a"));
  EXPECT_FALSE(allows(scope, "http://example.org/a"));
  EXPECT_FALSE(allows(scope, "http://example.org:8081/a"));
  EXPECT_TRUE(allows(make({}, {"http://h:80/"}), "https://h:443/"));
}

TEST(Scope, ExactHostTellsSchemesAndWwwApart) {
  ScopeOptions options;
  options.exact_host = true;
  const Scope scope = make(options, {"https://example.org/"});
  EXPECT_TRUE(allows(scope, "https://example.org/a"));
  EXPECT_FALSE(allows(scope, "http://example.org/a"));
  EXPECT_FALSE(allows(scope, "https://www.example.org/a"));
}

TEST(Scope, DomainIsByThePublicSuffixList) {
  const Scope scope = of_kind(ScopeKind::kDomain, {"https://www.bbc.co.uk/"});
  EXPECT_TRUE(allows(scope, "https://bbc.co.uk/"));
  EXPECT_TRUE(allows(scope, "http://news.bbc.co.uk:8080/"));
  EXPECT_FALSE(allows(scope, "https://other.co.uk/"));
  const Scope address = of_kind(ScopeKind::kDomain, {"http://10.0.0.1/"});
  EXPECT_TRUE(allows(address, "http://10.0.0.1/a"));
  EXPECT_FALSE(allows(address, "http://9.0.0.1/a"));
}

TEST(Scope, PrefixIsTheSeedsDirectory) {
  const Scope page = of_kind(ScopeKind::kPrefix, {"https://h.org/docs/a.html"});
  EXPECT_TRUE(allows(page, "http://www.h.org/docs/b/c?d"));
  EXPECT_TRUE(allows(page, "https://h.org/docs/"));
  EXPECT_FALSE(allows(page, "https://h.org/doc"));
  EXPECT_FALSE(allows(page, "https://h.org/"));
  EXPECT_FALSE(allows(page, "https://i.org/docs/"));

  const Scope slash = of_kind(ScopeKind::kPrefix, {"https://h.org/docs/"});
  EXPECT_TRUE(allows(slash, "https://h.org/docs/b"));
  EXPECT_FALSE(allows(slash, "https://h.org/docs"));
}

TEST(Scope, PrefixOfADirectoryWithoutItsSlash) {
  const Scope scope = of_kind(ScopeKind::kPrefix, {"https://h.org/docs"});
  EXPECT_TRUE(allows(scope, "https://h.org/docs"));
  EXPECT_TRUE(allows(scope, "https://h.org/docs?x"));
  EXPECT_TRUE(allows(scope, "https://h.org/docs/a"));
  EXPECT_FALSE(allows(scope, "https://h.org/docs2"));
}

TEST(Scope, EachSeedWidensIt) {
  const Scope scope =
      of_kind(ScopeKind::kPrefix, {"http://a/x/", "http://a/y/", "http://b/"});
  EXPECT_TRUE(allows(scope, "http://a/x/1"));
  EXPECT_TRUE(allows(scope, "http://a/y/1"));
  EXPECT_TRUE(allows(scope, "http://b/z"));
  EXPECT_FALSE(allows(scope, "http://a/z"));
}

TEST(Scope, AnyMeansHttpAnywhere) {
  const Scope scope = of_kind(ScopeKind::kAny, {"http://a/"});
  EXPECT_TRUE(allows(scope, "https://b.example/"));
  const ScopeDecision decision = scope.judge(url("ftp://a/"));
  EXPECT_EQ(decision.error(), ErrorKind::kUnsupportedScheme);
  EXPECT_EQ(scope.explain(decision), "neither http nor https");
}

TEST(Scope, ExcludeNamesTheExpression) {
  ScopeOptions options;
  options.exclude = {"/login", "\\.(zip|exe)$"};
  const Scope scope = make(options, {"http://a/"});
  EXPECT_TRUE(allows(scope, "http://a/zip"));
  EXPECT_EQ(why(scope, "http://a/x/login?y"), "matches --exclude /login");
  EXPECT_EQ(why(scope, "http://a/b.zip"), "matches --exclude \\.(zip|exe)$");
}

TEST(Scope, WhatTheUserLeavesOutHasAReasonOfItsOwn) {
  ScopeOptions options;
  options.include = {"/docs/"};
  options.exclude = {"old"};
  const Scope scope = make(options, {"http://a/"});
  EXPECT_EQ(scope.judge(url("http://a/docs/")).error(), ErrorKind::kNone);
  EXPECT_EQ(scope.judge(url("http://a/docs/old")).error(),
            ErrorKind::kExcluded);
  EXPECT_EQ(scope.judge(url("http://a/x")).error(), ErrorKind::kExcluded);
  EXPECT_EQ(scope.judge(url("http://b/docs/")).error(), ErrorKind::kScope);
}

TEST(Scope, ExpressionThatBeginsWithASlashIsAboutThePath) {
  struct Case {
    const char* expression;
    const char* url;
    bool found;
  };
  for (const auto& [expression, text, found] : std::vector<Case>{
           {"/login", "http://a/login", true},
           {"/login", "http://a/x/login/y", true},
           {"/login", "http://login/", false},
           {"/login", "http://a/?next=/login", false},
           {"/login", "http://a/login?next=/login", true},
           {"^/docs", "http://a/docs/x", true},
           {"^/docs", "http://a/x/docs", false},
           {"^/docs$", "http://a/docs", true},
           {"^/docs$", "http://a/docs/x", false},
           {"/x\\?page=", "http://a/x?page=2", true},
           {"^/$", "http://a/", true},
           {"^/$", "http://a/x", false},
           {"^https?://a/docs", "http://a/docs/x", true},
           {"[/]login", "http://a/?next=/login", true},
           {"\\.zip$", "http://a/?b.zip", true},
       }) {
    ScopeOptions options;
    options.exclude = {expression};
    EXPECT_EQ(!allows(make(options, {"http://a/", "http://login/"}), text),
              found)
        << expression << " " << text;
    options.include = std::exchange(options.exclude, {});
    EXPECT_EQ(allows(make(options, {"http://a/", "http://login/"}), text),
              found)
        << expression << " " << text;
  }
}

TEST(Scope, IncludeNarrowsAndExcludeWins) {
  ScopeOptions options;
  options.include = {"^https?://a/docs/"};
  options.exclude = {"old"};
  const Scope scope = make(options, {"http://a/"});
  EXPECT_TRUE(allows(scope, "http://a/docs/x"));
  EXPECT_EQ(why(scope, "http://a/x"),
            "does not match --include ^https?://a/docs/");
  EXPECT_FALSE(allows(scope, "http://a/docs/old"));
  EXPECT_FALSE(allows(scope, "http://b/http://a/docs/"));
  options.include = {"x", "y"};
  EXPECT_EQ(why(make(options, {"http://a/"}), "http://a/z"),
            "matches no --include");
}

TEST(Scope, ABadExpressionIsRefusedByName) {
  ScopeOptions options;
  options.exclude = {"("};
  const Result<Scope> scope = Scope::make(options);
  ASSERT_FALSE(scope);
  EXPECT_EQ(scope.error().message.substr(0, 30),
            "--exclude '(': missing ): (; t");
  options.exclude = {"(a)\\1"};
  EXPECT_FALSE(Scope::make(options));
}

TEST(Scope, ExpressionsTakeLinearTime) {
  ScopeOptions options;
  options.exclude = {"(a*)*b", "(a|aa)+c$"};
  options.traps.url_bytes = 0;
  const Scope scope = make(options, {"http://a/"});
  EXPECT_TRUE(allows(scope, "http://a/" + std::string(100'000, 'a')));
}

TEST(Scope, WordsForKinds) {
  for (const ScopeKind kind : {ScopeKind::kHost, ScopeKind::kDomain,
                               ScopeKind::kPrefix, ScopeKind::kAny}) {
    EXPECT_EQ(parse_scope_kind(to_string(kind)), kind);
  }
  EXPECT_EQ(parse_scope_kind("hosts"), std::nullopt);
}

TEST(Scope, SettingsTellCrawlsApart) {
  ScopeOptions options;
  const std::string plain = make(options, {}).settings();
  options.exclude = {"x"};
  EXPECT_NE(make(options, {}).settings(), plain);
  options.exclude = {};
  options.kind = ScopeKind::kAny;
  EXPECT_NE(make(options, {}).settings(), plain);
}

// ---- traps

TEST(Trap, LongUrl) {
  const Scope scope = make({}, {"http://a/"});
  EXPECT_TRUE(allows(scope, "http://a/" + std::string(2083 - 9, 'x')));
  EXPECT_EQ(why(scope, "http://a/" + std::string(2084 - 9, 'x')),
            "URL is 2084 bytes long (limit 2083)");
  EXPECT_EQ(scope.judge(url("http://a/" + std::string(3000, 'x'))).error(),
            ErrorKind::kTrap);
}

TEST(Trap, DeepPath) {
  const Scope scope = make({}, {"http://a/"});
  std::string path = "http://a";
  for (int i = 0; i < 20; ++i) path += "/" + std::to_string(i);
  EXPECT_TRUE(allows(scope, path));
  EXPECT_TRUE(allows(scope, path + "/"));
  EXPECT_EQ(why(scope, path + "/x"), "path is 21 segments deep (limit 20)");
}

TEST(Trap, RepeatedSegments) {
  const Scope scope = make({}, {"http://a/"});
  EXPECT_TRUE(allows(scope, "http://a/x/x/x"));
  EXPECT_EQ(why(scope, "http://a/x/x/x/x"),
            "path repeats itself 4 times (limit 3)");
  EXPECT_TRUE(allows(scope, "http://a/x/y/x/y/x/y"));
  EXPECT_EQ(why(scope, "http://a/0/x/y/x/y/x/y/x/y/z"),
            "path repeats itself 4 times (limit 3)");
  EXPECT_FALSE(allows(scope, "http://a/x/////y"));
  EXPECT_TRUE(allows(scope, "http://a/1/2/3/4/5/6/7/8/1/2/3/4"));
}

TEST(Trap, ManyParameters) {
  const Scope scope = make({}, {"http://a/"});
  std::string query = "http://a/?p0";
  for (int i = 1; i < 32; ++i) query += "&p" + std::to_string(i) + "=1";
  EXPECT_TRUE(allows(scope, query));
  EXPECT_EQ(why(scope, query + "&x"), "query has 33 parameters (limit 32)");
}

TEST(Trap, AParameterAgainAndAgain) {
  const Scope scope = make({}, {"http://a/"});
  std::string query = "http://a/?f=0";
  for (int i = 1; i < 8; ++i) query += "&f=" + std::to_string(i);
  EXPECT_TRUE(allows(scope, query));
  EXPECT_EQ(why(scope, query + "&f=8"),
            "query repeats a parameter 9 times (limit 8)");
}

TEST(Trap, AQueryThatNestsItself) {
  const Scope scope = make({}, {"http://a/"});
  std::string plain = "http://a/login?next=/";
  for (int i = 0; i < 9; ++i) plain += "login?next=/";
  EXPECT_EQ(why(scope, plain), "query repeats a parameter 10 times (limit 8)");
  EXPECT_TRUE(allows(scope, "http://a/?next=/b%3Fnext%3D%252F"));
  EXPECT_EQ(why(scope, "http://a/?next=/b%3Fnext%3D%25252525"),
            "query nests URLs inside each other");
}

TEST(Trap, PagesOfOneHost) {
  ScopeOptions options;
  options.traps.pages_per_host = 10;
  const Scope scope = make(options, {"http://a/"});
  EXPECT_TRUE(scope.judge_budget(9).allowed());
  const ScopeDecision decision = scope.judge_budget(10);
  EXPECT_EQ(decision.error(), ErrorKind::kLimit);
  EXPECT_EQ(scope.explain(decision),
            "the host's page budget is used up (limit 10)");
}

TEST(Trap, ZeroTurnsAGuardOff) {
  ScopeOptions options;
  options.traps = {0, 0, 0, 0, 0, 0};
  const Scope scope = make(options, {"http://a/"});
  std::string path, query;
  for (int i = 0; i < 3000; ++i) {
    path += "/x";
    query += "&y=%25252525";
  }
  EXPECT_TRUE(allows(scope, "http://a" + path + "?" + query));
  EXPECT_TRUE(scope.judge_budget(~std::uint64_t{0}).allowed());
}

}  // namespace
}  // namespace crawl
