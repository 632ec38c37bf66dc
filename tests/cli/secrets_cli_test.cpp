// What the user keeps secret, and where it goes: watched from outside, by the
// servers that are asked and in every file that is left.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/cli_fixture.h"
#include "support/base64.h"
#include "support/tls_faults.h"

namespace crawl::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// "GET /x me:pw k=v": a request and the secrets in it.
std::vector<std::string> told(const LoopbackSite& site) {
  std::vector<std::string> all;
  for (const LoggedRequest& each : site.log()) {
    const HttpRequest& request = each.request;
    std::string text = request.path;
    if (const std::string_view value = request.header("Authorization");
        value.starts_with("Basic ")) {
      text += " " + base64_decode(value.substr(6));
    } else {
      text.append(value);
    }
    if (request.has_header("Cookie")) {
      text.append(" ").append(request.header("Cookie"));
    }
    all.push_back(text);
  }
  return all;
}

Reply urlset(const std::vector<std::string>& urls, bool index = false) {
  std::string text = index ? "<sitemapindex>" : "<urlset>";
  for (const std::string& url : urls) {
    text += index ? "<sitemap><loc>" + url + "</loc></sitemap>"
                  : "<url><loc>" + url + "</loc></url>";
  }
  text += index ? "</sitemapindex>" : "</urlset>";
  return Reply::response(200, {{"Content-Type", "application/xml"}}, text);
}

std::string link_to(const std::string& url) {
  return "<title>x</title><a href='" + url + "'>x</a>";
}

std::string with_userinfo(std::string url, const std::string& userinfo) {
  return url.insert(url.find("//") + 2, userinfo + "@");
}

// The seed's origin, and one that differs from it in host, port or scheme.
struct Origins {
  std::string name;
  std::unique_ptr<TlsFaults> tls;
  std::unique_ptr<LoopbackSite> first, second;
  LoopbackSite* seed = nullptr;
  LoopbackSite* other = nullptr;
  std::vector<std::string> options;
};

Origins make_origins(const std::string& name) {
  Origins origins;
  origins.name = name;
  origins.first = std::make_unique<LoopbackSite>();
  origins.seed = origins.first.get();
  if (name == "other port" || name == "other host") {
    LoopbackSiteOptions options;
    if (name == "other host") {
      options.address = "127.0.0.2";
      options.port = origins.first->port();
    }
    origins.second = std::make_unique<LoopbackSite>(options);
    origins.other = origins.second.get();
    return origins;
  }
  origins.tls = std::make_unique<TlsFaults>();
  origins.options = {"--cacert", origins.tls->ca_file()};
  origins.other = &origins.tls->site("valid");
  if (name == "http from https") std::swap(origins.seed, origins.other);
  return origins;
}

constexpr const char* kOrigins[] = {"other port", "other host",
                                    "https from http", "http from https"};

// One kind of request: how the seed's site leads to /there on the other, and
// what is asked for at the other for it. Arguments follow the seed's URL.
struct Way {
  const char* name;
  std::function<void(LoopbackSite& seed, const LoopbackSite& other)> prepare;
  std::vector<std::string> arguments;  // "OTHER/x" is a URL there
  std::vector<std::string> asked;      // at the other
  std::vector<std::string> also = {};  // at the seed's
};

const std::vector<Way>& ways() {
  using Site = LoopbackSite;
  const auto redirects = [](const char* path) {
    return [path](Site& seed, const Site& other) {
      seed.serve(path, [to = other.url("/there")](const HttpRequest&) {
        return Reply::redirect(to);
      });
    };
  };
  const auto links = [](Site& seed, const Site& other) {
    seed.serve("/", link_to(other.url("/there")) + "<a href=/here>");
  };
  static const std::vector<Way> all = {
      {"a redirect of a listed page", redirects("/"), {}, {"/there"}},
      {"a redirect, and back",
       [](Site& seed, const Site& other) {
         seed.serve("/", [to = other.url("/back")](const HttpRequest&) {
           return Reply::redirect(to);
         });
       },
       {},
       {"/back"},
       {"/", "/here"}},
      {"a redirect of a crawl's page",
       redirects("/"),
       {"-r", "--scope", "any"},
       {"/robots.txt", "/there"},
       {"/robots.txt", "/"}},
      {"a link",
       links,
       {"-r", "--scope", "any"},
       {"/robots.txt", "/there"},
       {"/robots.txt", "/", "/here"}},
      {"a refresh",
       [](Site& seed, const Site& other) {
         seed.serve("/", "<meta http-equiv=refresh content='0; url=" +
                             other.url("/there") + "'>");
       },
       {"-r", "--scope", "any"},
       {"/robots.txt", "/there"}},
      {"a Refresh header",
       [](Site& seed, const Site& other) {
         seed.serve("/", [to = other.url("/there")](const HttpRequest&) {
           return Reply::response(
               200,
               {{"Content-Type", "text/html"}, {"Refresh", "0; url=" + to}},
               "<title>x</title>");
         });
       },
       {"-r", "--scope", "any"},
       {"/robots.txt", "/there"}},
      {"robots.txt of a listed page, after a redirect",
       redirects("/"),
       {"--robots", "always"},
       {"/robots.txt", "/there"},
       {"/robots.txt", "/"}},
      {"robots.txt's redirect",
       redirects("/robots.txt"),
       {"-r"},
       {"/there"},
       {"/robots.txt", "/"}},
      {"robots.txt's redirect, of a list",
       redirects("/robots.txt"),
       {"--robots", "always"},
       {"/there"},
       {"/robots.txt", "/"}},
      {"a sitemap that robots.txt names",
       [](Site& seed, const Site& other) {
         seed.serve("/robots.txt", "Sitemap: " + other.url("/there"));
       },
       {"-r"},
       {"/there"},
       {"/robots.txt"}},
      {"a sitemap's redirect",
       [redirects](Site& seed, const Site& other) {
         seed.serve("/robots.txt", "Sitemap: /map");
         redirects("/map")(seed, other);
       },
       {"-r"},
       {"/there"},
       {"/map"}},
      {"a sitemap that an index names",
       [](Site& seed, const Site& other) {
         seed.serve("/robots.txt", "Sitemap: /map");
         seed.serve("/map", [to = other.url("/there")](const HttpRequest&) {
           return urlset({to}, true);
         });
       },
       {"-r"},
       {"/there"},
       {"/map"}},
      {"a page that a sitemap names",
       [](Site& seed, const Site& other) {
         seed.serve("/robots.txt", "Sitemap: /map");
         seed.serve("/map", [to = other.url("/there")](const HttpRequest&) {
           return urlset({to});
         });
       },
       {"-r", "--scope", "any"},
       {"/robots.txt", "/there"},
       {"/map"}},
      {"--sitemap",
       [](Site&, const Site&) {},
       {"-r", "--sitemap", "OTHER/there"},
       {"/there"}},
      {"a retry",
       [redirects](Site& seed, const Site& other) {
         redirects("/")(seed, other);
       },
       {"--robots", "never"},
       {"/there", "/there"}},
  };
  return all;
}

// Serves what every way ends in.
void prepare_ends(LoopbackSite& seed, LoopbackSite& other, bool fails_once) {
  seed.serve("/", "<title>seed</title>");
  seed.serve("/here", "<title>here</title>");
  other.serve("/robots.txt", "User-agent: *\nAllow: /\n");
  other.serve("/back", [to = seed.url("/here")](const HttpRequest&) {
    return Reply::redirect(to);
  });
  const auto failed = std::make_shared<bool>(!fails_once);
  other.serve("/there", [failed](const HttpRequest&) {
    if (!std::exchange(*failed, true)) {
      return Reply::response(503, {{"Retry-After", "0"}}, "");
    }
    return Reply::html("<title>there</title>");
  });
}

class SecretsCliTest : public CliTest {
 protected:
  // Everything that a run left: files and streams, but what it was given.
  std::string left_by(const ProcessResult& result) const {
    std::string all = result.out + result.err;
    for (const auto& entry :
         std::filesystem::directory_iterator(files_.path())) {
      if (entry.path().filename() == "urls.txt") continue;
      all += files_.read(entry.path().filename().string());
    }
    return all;
  }
};

class SecretsTo : public SecretsCliTest,
                  public ::testing::WithParamInterface<const char*> {
 protected:
  // With `userinfo` the seed has it, else -u is given.
  void check(const Way& way, bool userinfo) {
    const Origins origins = make_origins(GetParam());
    prepare_ends(*origins.seed, *origins.other,
                 std::string_view(way.name) == "a retry");
    way.prepare(*origins.seed, *origins.other);
    const std::string seed = origins.seed->url("/");
    std::vector<std::string> arguments = {
        userinfo ? with_userinfo(seed, "me:p%77") : seed,
        "-q",
        "-H",
        "Cookie: k=v",
        "--retry",
        "1"};
    if (!userinfo) arguments.insert(arguments.end(), {"-u", "me:pw"});
    arguments.insert(arguments.end(), origins.options.begin(),
                     origins.options.end());
    for (std::string argument : way.arguments) {
      if (argument.starts_with("OTHER")) {
        argument.replace(0, 5, origins.other->origin());
      }
      arguments.push_back(std::move(argument));
    }
    const ProcessResult result = run(arguments);
    EXPECT_EQ(told(*origins.other), way.asked) << result.out << result.err;
    const std::vector<std::string> at_seed = told(*origins.seed);
    EXPECT_THAT(at_seed, Not(IsEmpty()));
    EXPECT_THAT(at_seed, Each(::testing::EndsWith(" me:pw k=v")));
    for (const std::string& path : way.also) {
      EXPECT_THAT(at_seed, Contains(path + " me:pw k=v"));
    }
  }
};

TEST_P(SecretsTo, NoOtherOriginWhateverLeadsThere) {
  for (const Way& way : ways()) {
    for (const bool userinfo : {false, true}) {
      SCOPED_TRACE(std::string(way.name) + (userinfo ? ", userinfo" : ", -u"));
      check(way, userinfo);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, SecretsTo, ::testing::ValuesIn(kOrigins),
                         [](const auto& origins) {
                           std::string name = origins.param;
                           std::erase(name, ' ');
                           return name;
                         });

// A host's ports share its cookies (RFC 6265 section 8.5).
TEST_P(SecretsTo, CookiesOfAServerGoToItsHostAndNeverFromHttpsToHttp) {
  const std::string_view name = GetParam();
  const bool sent = name == "other port" || name == "https from http";
  for (const char* how : {"list", "site"}) {
    const Origins origins = make_origins(GetParam());
    prepare_ends(*origins.seed, *origins.other, false);
    origins.seed->serve("/", [to = origins.other->url("/back")](
                                 const HttpRequest&) {
      return Reply::response(
          302, {{"Location", to}, {"Set-Cookie", "sid=secret; Path=/"}}, "");
    });
    std::vector<std::string> arguments = {
        origins.seed->url("/"),  "-v", "--fields", "+headers", "-o",
        files_.file("out.jsonl")};
    arguments.insert(arguments.end(), origins.options.begin(),
                     origins.options.end());
    if (how == std::string_view("site")) {
      arguments.insert(arguments.end(),
                       {"-r", "--scope", "any", "--no-robots"});
    }
    const ProcessResult result = run(arguments);
    EXPECT_THAT(told(*origins.other),
                ElementsAre(sent ? "/back sid=secret" : "/back"))
        << how << result.err;
    EXPECT_THAT(told(*origins.seed), ElementsAre("/", "/here sid=secret"))
        << how;
    EXPECT_THAT(left_by(result), Not(HasSubstr("secret"))) << how;
  }
}

TEST_F(SecretsCliTest, AnotherPortOfTheSeedsDomainIsAnotherOrigin) {
  LoopbackSite other;
  other.serve("/there", "<title>there</title>");
  site_.serve("/robots.txt", "");
  site_.serve("/seed", link_to(other.url("/there")));
  run({site_.url("/seed"), "-q", "-r", "--scope", "domain", "-u", "me:pw"});
  EXPECT_THAT(told(other), ElementsAre("/robots.txt", "/there"));
}

TEST_F(SecretsCliTest, EveryOriginOfTheSeedsGetsItsOwn) {
  for (const bool recursive : {false, true}) {
    LoopbackSite second, third, none;
    for (LoopbackSite* site : {&second, &third, &none}) {
      site->serve("/", link_to(none.url("/")) + link_to(second.url("/b")));
    }
    second.serve("/b", "<title>b</title>");
    second.serve("/there", [&none](const HttpRequest&) {
      return Reply::redirect(none.url("/there"));
    });
    std::vector<std::string> arguments = {
        list({with_userinfo(second.url("/"), "you:2"),
              with_userinfo(second.url("/there"), "you:2"), third.url("/")}),
        "-q",
        "-u",
        "me:pw",
        "-H",
        "Cookie: k=v"};
    if (recursive) arguments.insert(arguments.end(), {"-r", "--scope", "any"});
    const ProcessResult result = run(arguments);
    EXPECT_THAT(told(second),
                AllOf(Contains("/ you:2 k=v"), Each(HasSubstr(" you:2 k=v"))));
    EXPECT_THAT(told(third),
                AllOf(Contains("/ me:pw k=v"), Each(HasSubstr(" me:pw k=v"))));
    EXPECT_THAT(told(none),
                AllOf(Contains("/there"), Each(Not(HasSubstr(" ")))))
        << result.out << result.err;
    EXPECT_EQ(second.log().count("/b"), recursive ? 1u : 0u);
  }
}

TEST_F(SecretsCliTest, ASitemapsUserinfoIsForItAlone) {
  LoopbackSite other;
  other.serve("/map",
              [](const HttpRequest&) { return Reply::redirect("/moved"); });
  other.serve("/moved", [&](const HttpRequest&) {
    return urlset({with_userinfo(other.url("/page"), "x:y")});
  });
  other.serve("/page", "<title>p</title>");
  site_.serve("/robots.txt", "");
  site_.serve("/seed", "<title>s</title>");
  const ProcessResult result =
      run({site_.url("/seed"), "-q", "-r", "--scope", "any", "-u", "me:pw",
           "--sitemap", with_userinfo(other.url("/map"), "you:2")});
  EXPECT_THAT(told(site_), ElementsAre("/robots.txt me:pw", "/seed me:pw"));
  EXPECT_THAT(told(other),
              ElementsAre("/map you:2", "/moved you:2", "/robots.txt", "/page"))
      << result.err;
}

TEST_F(SecretsCliTest, UserinfoThatAServerNamesIsNobodysSecret) {
  site_.serve("/robots.txt",
              "Sitemap: " + with_userinfo(site_.url("/map"), "x:s3cret") +
                  "\nSitemap: " + with_userinfo("http://[", "x:s3cret"));
  site_.serve("/map", [this](const HttpRequest&) {
    return urlset({with_userinfo(site_.url("/page"), "x:s3cret"),
                   with_userinfo("http://[", "x:s3cret"),
                   "ftp://x:s3cret@host/", "x:s3cret@host"});
  });
  site_.serve("/seed",
              "<base href='" + with_userinfo(site_.url("/"), "x:s3cret") +
                  "'><link rel=canonical href=/c>" +
                  link_to(with_userinfo(site_.url("/link"), "x:s3cret")) +
                  "<a href=more>m</a><a rel=nofollow href=/no>");
  for (const char* path : {"/page", "/more"}) site_.serve(path, "<title>x");
  site_.serve("/link", [this](const HttpRequest&) {
    return Reply::redirect(with_userinfo(site_.url("/end"), "x:s3cret"));
  });
  site_.serve("/end", "<title>end</title>");
  const ProcessResult result =
      run({site_.url("/seed"), "-vr", "--state", files_.file("state.db"), "-o",
           files_.file("out.jsonl"), "--skipped", files_.file("skipped.jsonl"),
           "--har", files_.file("a.har"), "--fields", "+links"});
  for (const char* path :
       {"/robots.txt", "/map", "/page", "/more", "/link", "/end"}) {
    EXPECT_THAT(told(site_), Contains(path));
  }
  EXPECT_THAT(told(site_), Each(Not(HasSubstr("s3cret"))));
  const std::string all = left_by(result);
  EXPECT_THAT(all, Not(HasSubstr("s3cret")));
  EXPECT_THAT(all, HasSubstr(site_.url("/no")));
  EXPECT_EQ(result.exit_status, 0) << result.err;
}

TEST_F(SecretsCliTest, NoFileOrLineOfAListsCrawlHasAPassword) {
  site_.serve("/ok", "<title>x</title><link rel=canonical href=c><a href=l>");
  site_.serve("/moved",
              [](const HttpRequest&) { return Reply::redirect("/ok"); });
  site_.serve("/lost", [](const HttpRequest&) {
    return Reply::redirect(with_userinfo("http://[", "x:s3cret"));
  });
  site_.serve("/ftp", [](const HttpRequest&) {
    return Reply::redirect("ftp://x:s3cret@host/");
  });
  const auto mine = [this](const char* path) {
    return with_userinfo(site_.url(path), "me:s3cret");
  };
  const ProcessResult result =
      run({list({mine("/ok"), mine("/ok"), mine("/moved"), mine("/lost"),
                 mine("/ftp"), mine("/status/503"), mine("/close-at-once"),
                 "ftp://me:s3cret@host/", "scheme://a:s3cret@",
                 "me:s3cret@host", "http://me:s3cret/x@host",
                 "http://me:s3cret@[", "http://me:s3cret@127.0.0.1:1/"}),
           "-v", "--ordered", "--unique", "--retry", "1", "--log-file",
           files_.file("log"), "-o", files_.file("out.jsonl"), "--har",
           files_.file("a.har"), "--fields", "+links,+headers"});
  std::string all = left_by(result);
  // What a server sent is written down as it came.
  for (const char* sent : {"http://x:s3cret@[", "ftp://x:s3cret@host/"}) {
    const std::string field = std::string("\"") + sent + "\"";
    for (std::size_t at = 0; (at = all.find(field)) != all.npos;) {
      all.erase(at, field.size());
    }
  }
  EXPECT_THAT(all, Not(HasSubstr("s3cret")));
  const auto out = records(files_.read("out.jsonl"));
  ASSERT_EQ(out.size(), 13u) << result.err;
  EXPECT_EQ(out[0]["input"], with_userinfo(site_.url("/ok"), "me:***"));
  EXPECT_EQ(out[0]["url"], site_.url("/ok"));
  EXPECT_EQ(out[1]["error"], "duplicate");
  EXPECT_EQ(out[2]["final_url"], site_.url("/ok"));
  EXPECT_EQ(out[7]["input"], "ftp://me:***@host/");
  EXPECT_EQ(out[8]["input"], "scheme://a:***@");
  EXPECT_EQ(out[9]["input"], "me:***@host");
  for (const std::string& each : told(site_)) {
    EXPECT_THAT(each, HasSubstr(" me:s3cret"));
  }
}

TEST_F(SecretsCliTest, AStateHasNoPasswordAndGoesOnWithAnother) {
  site_.serve("/robots.txt", "");
  std::string links;
  for (int i = 0; i < 5; ++i) {
    const std::string path = "/n" + std::to_string(i);
    links += "<a href=" + path + ">x</a>";
    site_.serve(path, "<title>n</title>");
  }
  site_.serve("/seed", links);
  site_.serve("/map", site_.url("/n0") + "\n");
  const auto crawl = [this](const std::string& userinfo,
                            std::vector<std::string> more) {
    std::vector<std::string> arguments = {
        with_userinfo(site_.url("/seed"), userinfo),
        "-vr",
        "-j1",
        "--retry",
        "0",
        "--state",
        files_.file("state.db"),
        "-o",
        files_.file("out.jsonl"),
        "--skipped",
        files_.file("skipped.jsonl"),
        "--log-file",
        files_.file("log"),
        "--sitemap",
        with_userinfo(site_.url("/map"), userinfo)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(std::move(arguments));
  };
  const ProcessResult first = crawl("me:s3cret", {"--max-pages", "3"});
  EXPECT_THAT(left_by(first), Not(HasSubstr("s3cret")));
  EXPECT_THAT(told(site_), Each(HasSubstr(" me:s3cret")));
  site_.clear_log();
  const ProcessResult second = crawl("me:s3cret2", {});
  EXPECT_THAT(left_by(second), Not(HasSubstr("s3cret")));
  EXPECT_EQ(second.exit_status, 0) << second.err;
  EXPECT_THAT(told(site_),
              AllOf(Contains("/n4 me:s3cret2"), Contains("/map me:s3cret2"),
                    Each(HasSubstr(" me:s3cret2"))));
  EXPECT_EQ(records(files_.read("out.jsonl")).size(), 6u);
}

// As that of a list does; no state could say it after a restart.
TEST_F(SecretsCliTest, ARecordOfASeedNamesItAsItsLineDoes) {
  site_.serve("/robots.txt", "");
  std::vector<std::string> lines;
  std::set<std::string> expected;
  for (const char* path : {"/n0", "/n1", "/n2"}) {
    site_.serve(path, std::string("<title>") + path + "</title>");
    lines.push_back(with_userinfo(site_.url(path), "me:s3cret") + "#part");
    expected.insert(with_userinfo(site_.url(path), "me:***") + "#part");
  }
  const std::string seeds = list(lines);
  std::set<std::string> inputs;
  for (const char* pages : {"1", "2", "9"}) {
    const ProcessResult result =
        run({"-r", seeds, "-j1", "--state", files_.file("state.db"), "-o",
             files_.file("out.jsonl"), "--max-pages", pages});
    EXPECT_THAT(left_by(result), Not(HasSubstr("s3cret")));
  }
  for (const auto& record : records(files_.read("out.jsonl"))) {
    inputs.insert(record["input"]);
  }
  EXPECT_EQ(inputs, expected);
}

TEST_F(SecretsCliTest, NoComplaintQuotesAPassword) {
  const std::string seed = with_userinfo(site_.url("/a"), "me:s3cret");
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{
           {"me:s3cret@host/x"},
           {seed, "-x", "gopher://me:s3cret@proxy"},
           {seed, "-x", "http://me:s3cret@:bad"},
           {seed, "-x", "http://me:s3cret@127.0.0.1:1", "--retry", "0"},
           {seed, "-x", "socks5://me:s3cret@127.0.0.1:1", "--retry", "0"},
           {seed, "-r", "--explain", "http://me:s3cret@["},
           {seed, "-r", "--explain", seed},
           {seed, "-r", "--sitemap", "http://me:s3cret@127.0.0.1:1/x"},
       }) {
    const ProcessResult result = run(arguments);
    EXPECT_FALSE(result.out.empty() && result.err.empty());
    EXPECT_THAT(left_by(result), Not(HasSubstr("s3cret"))) << arguments.back();
  }
}

TEST_F(SecretsCliTest, ExplainAsksRobotsTxtAsTheCrawlWould) {
  LoopbackSite other;
  site_.serve("/robots.txt", "");
  const std::string seed = with_userinfo(site_.url("/a"), "me:pw");
  for (const LoopbackSite* site : {&site_, &other}) {
    run({seed, "-r", "--scope", "any", "-u", "you:2", "--explain",
         site->url("/x")});
  }
  EXPECT_THAT(told(site_), ElementsAre("/robots.txt me:pw"));
  EXPECT_THAT(told(other), ElementsAre("/robots.txt"));
}

}  // namespace
}  // namespace crawl::testing
