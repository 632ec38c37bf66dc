// What an exchange with a well-behaved server brings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "fetch/fetch_fixture.h"

namespace crawl::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

class Exchange : public FetchTest {
 protected:
  // A field's name as it comes over: HTTP/2 has lower case only.
  std::string as_sent(std::string name) const {
    return is_http2() ? lower_case(std::move(name)) : name;
  }
  // The headers that reach the server with this request.
  HeaderList sent_with(FetchRequest wanted) {
    wanted.keep_body = true;
    wanted.url = *wanted.url.resolve("/echo");
    const FetchResult result = fetch(std::move(wanted));
    HeaderList headers;
    const auto echo = nlohmann::json::parse(result.body);
    for (const auto& header : echo["headers"]) {
      headers.emplace_back(header[0], header[1]);
    }
    return headers;
  }
  HeaderList sent() { return sent_with(request("/echo")); }
};
INSTANTIATE_TEST_SUITE_P(, Exchange, all_ways_and_http2(), NameOfParameter());

// What HTTP/2 has no words for.
class ExchangeOverHttp1 : public Exchange {};
INSTANTIATE_TEST_SUITE_P(, ExchangeOverHttp1, all_ways(), NameOfParameter());

bool has(const HeaderList& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(), [&](const auto& header) {
    return equals_ignoring_case(header.first, name);
  });
}

TEST_P(Exchange, BringsTheWholeStory) {
  site.serve("/page", "<!DOCTYPE html><title>hello</title><a href=x>x</a>");
  const FetchResult result = fetch("/page");
  EXPECT_EQ(result.id, 1u);
  EXPECT_EQ(result.error, ErrorKind::kNone) << result.error_message;
  EXPECT_EQ(result.error_message, "");
  EXPECT_EQ(result.status_code, 200);
  EXPECT_EQ(result.http_version, is_http2() ? "2" : "1.1");
  EXPECT_EQ(result.remote_ip, "127.0.0.1");
  EXPECT_THAT(result.content_type, HasSubstr("text/html"));
  EXPECT_EQ(result.size_body, 50u);
  EXPECT_EQ(result.size_download, 50u);
  EXPECT_FALSE(result.truncated);
  EXPECT_FALSE(result.reused_connection);
  EXPECT_GT(result.times.total, 0);
  EXPECT_GT(result.times.sent, result.times.pretransfer);
  EXPECT_GE(result.times.total, result.times.starttransfer);
  EXPECT_GE(result.times.starttransfer, result.times.connect);
  EXPECT_EQ(result.times.appconnect > 0, is_tls());
  ASSERT_TRUE(result.page.has_value());
  EXPECT_EQ(result.page->title, "hello");
  EXPECT_EQ(result.page->link_count, 1u);
  EXPECT_EQ(result.body, "");
  EXPECT_TRUE(result.headers.empty());
  EXPECT_FALSE(result.body_digest.has_value());
}

TEST_P(Exchange, HeadBringsWhatTheHeadersSayAndNoBody) {
  options.keep_body = options.body_digest = true;
  site.serve("/page", [](const HttpRequest& request) {
    EXPECT_EQ(request.method, "HEAD");
    return Reply::html("<title>hello</title>");
  });
  site.serve("/packed", [](const HttpRequest&) {
    return Reply::response(
        200, {{"Content-Encoding", "gzip"}, {"Content-Type", "text/html"}},
        std::string(70'000, 'x'));
  });
  site.serve("/moved",
             [](const HttpRequest&) { return Reply::redirect("/page", 301); });
  const auto head = [&](std::string_view path) {
    FetchRequest wanted = request(path);
    wanted.head = true;
    return fetch(std::move(wanted));
  };
  for (const auto& [path, status, length] : {std::tuple{"/page", 200, 20},
                                             {"/packed", 200, 70'000},
                                             {"/moved", 301, 0},
                                             {"/page", 200, 20}}) {
    const FetchResult result = head(path);
    EXPECT_EQ(result.error, ErrorKind::kNone) << path << result.error_message;
    EXPECT_EQ(result.status_code, status) << path;
    EXPECT_TRUE(result.head);
    EXPECT_TRUE(result.headers_complete) << path;
    if (status == 200) {
      EXPECT_THAT(result.content_type, HasSubstr("text/html")) << path;
      EXPECT_EQ(result.content_length, length) << path;
    } else {
      EXPECT_EQ(result.location, "/page");
    }
    EXPECT_EQ(result.size_body, 0u) << path;
    EXPECT_EQ(result.size_download, 0u) << path;
    EXPECT_EQ(result.body, "") << path;
    EXPECT_FALSE(result.truncated) << path;
    EXPECT_FALSE(result.page) << path;
    EXPECT_FALSE(result.body_digest) << path;
  }
  // Whole answers all: the connection was good for every one.
  EXPECT_EQ(site.log().size(), 4u);
  EXPECT_EQ(head("/page").reused_connection, true);
}

// Of servers that are wrong about HEAD, the body answers nothing.
TEST_P(ExchangeOverHttp1, ABodyBehindTheAnswerToHeadIsNobodysAnswer) {
  site.serve("/wrong", [](const HttpRequest&) {
    return Reply().send(
        "HTTP/1.1 200 OK\r\nContent-Length: 38\r\n\r\n"
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  site.serve("/page", "<title>hello</title>");
  FetchRequest wanted = request("/wrong");
  wanted.head = true;
  const FetchResult result = fetch(std::move(wanted));
  EXPECT_EQ(result.error, ErrorKind::kNone) << result.error_message;
  EXPECT_EQ(result.content_length, 38u);
  const FetchResult next = fetch("/page");
  EXPECT_FALSE(next.reused_connection);
  EXPECT_EQ(next.size_body, 20u);
}

TEST_P(Exchange, HeadersSayWhatThePageDoesNot) {
  options.page.links = true;
  site.serve("/dir/page", [](const HttpRequest&) {
    return Reply::response(
        200,
        {{"Content-Type", "text/html, text/html; charset=windows-1251"},
         {"Link", "<first>; rel=prev"},
         {"Link", "<caf\xE9>; rel=canonical"},
         {"Refresh", "0; url=next"}},
        "<title>\xCF\xF0\xE8\xE2\xE5\xF2</title><a href=x>x</a>");
  });
  const FetchResult result = fetch("/dir/page");
  EXPECT_TRUE(result.headers_complete);
  EXPECT_EQ(result.content_type, "text/html; charset=windows-1251");
  ASSERT_TRUE(result.page.has_value());
  EXPECT_EQ(result.page->charset, "windows-1251");
  EXPECT_EQ(result.page->title, "Привет");
  EXPECT_EQ(result.page->canonical, site.url("/dir/caf%E9"));
  EXPECT_EQ(result.page->refresh, site.url("/dir/next"));
  EXPECT_EQ(result.page->link_count, 1u);
  ASSERT_EQ(result.page->links.size(), 2u);
  EXPECT_EQ(result.page->links[1].url, site.url("/dir/next"));
}

TEST_P(Exchange, WhatSaysNothingOfItsTypeIsSniffed) {
  for (const std::string type : {"*/*", "unknown/unknown", "nonsense"}) {
    site.serve("/page", [type](const HttpRequest&) {
      return Reply::response(200, {{"Content-Type", type}},
                             "<!-- x --><p>text</p>");
    });
    EXPECT_TRUE(fetch("/page").page.has_value()) << type;
  }
}

TEST_P(Exchange, ConnectionsAreUsedAgain) {
  EXPECT_FALSE(fetch("/status/200").reused_connection);
  EXPECT_TRUE(fetch("/status/404").reused_connection);
  EXPECT_TRUE(fetch("/gzip").reused_connection);
  // Over HTTP/2 the site sees what its transport makes of them.
  if (!is_http2()) {
    EXPECT_EQ(site.log().connections(), 1u);
  }
}

TEST_P(Exchange, AnErrorStatusIsAnAnswer) {
  for (const int status : {400, 404, 429, 500, 503}) {
    const FetchResult result = fetch("/status/" + std::to_string(status));
    EXPECT_EQ(result.error, ErrorKind::kNone);
    EXPECT_EQ(result.status_code, status);
  }
}

TEST_P(Exchange, ARedirectIsNotFollowed) {
  const FetchResult result = fetch("/redirect-to?url=/there&code=301");
  EXPECT_EQ(result.status_code, 301);
  EXPECT_EQ(result.location, "/there");
  EXPECT_FALSE(result.page.has_value());
  EXPECT_EQ(site.log().size(), 1u);
}

TEST_P(Exchange, CookiesOfARedirectAreHandedOnAndSentWhereTold) {
  site.serve("/wall", [](const HttpRequest& got) {
    if (got.header("cookie") == "u=0; a=1; b=2") return Reply::html("let in");
    return Reply::response(302,
                           {{"Location", "/wall"},
                            {"Set-Cookie", "a=1; Path=/, or so"},
                            {"Set-Cookie", "b=2"}},
                           "");
  });
  options.headers = {{"Cookie", "u=0"}};
  FetchRequest wanted = request("/wall");
  const FetchResult first = fetch(wanted);
  EXPECT_EQ(first.status_code, 302);
  EXPECT_THAT(first.set_cookies,
              ::testing::ElementsAre("a=1; Path=/, or so", "b=2"));
  wanted.cookies = "a=1; b=2";
  EXPECT_EQ(fetch(wanted).status_code, 200);
  // To whom the user's own is not to go.
  wanted.send_credentials = false;
  EXPECT_EQ(fetch(wanted).status_code, 302);
  wanted.cookies.clear();
  EXPECT_FALSE(has(sent_with(wanted), "Cookie"));
}

TEST_P(Exchange, RetryAfterIsPassedOn) {
  const FetchResult result = fetch("/retry-after/503/17");
  EXPECT_EQ(result.status_code, 503);
  EXPECT_EQ(result.retry_after, "17");
}

TEST_P(Exchange, KeepsBodyHeadersAndDigestWhenAsked) {
  options.keep_body = true;
  options.keep_headers = true;
  options.body_digest = true;
  site.serve("/page", [](const HttpRequest&) {
    return Reply::response(
        200, {{"Content-Type", "text/html"}, {"X-Robots-Tag", "noindex"}},
        "<title>kept</title>");
  });
  const FetchResult result = fetch("/page");
  EXPECT_EQ(result.body, "<title>kept</title>");
  EXPECT_EQ(result.body_digest, fingerprint("<title>kept</title>"));
  EXPECT_EQ(result.x_robots_tag, "noindex");
  EXPECT_THAT(result.headers,
              Contains(Pair(as_sent("X-Robots-Tag"), "noindex")));
  ASSERT_TRUE(result.page.has_value());
  EXPECT_EQ(result.page->title, "kept");
}

TEST_P(Exchange, TheDigestNeedsNoBodyToBeKept) {
  options.body_digest = true;
  std::string bytes;
  for (int i = 0; i < 300'000; ++i) bytes += static_cast<char>(i * 31 % 251);
  site.serve("/image", [&](const HttpRequest&) {
    return Reply::response(200, {{"Content-Type", "image/png"}}, bytes);
  });
  site.serve("/untyped", [&](const HttpRequest&) {
    return Reply::response(200, {}, bytes);
  });
  for (const char* path : {"/image", "/untyped"}) {
    const FetchResult result = fetch(path);
    EXPECT_EQ(result.body_digest, fingerprint(bytes)) << path;
    EXPECT_EQ(result.body, "");
    EXPECT_FALSE(result.page.has_value());
    EXPECT_EQ(result.size_body, bytes.size());
  }
  EXPECT_EQ(fetch("/status/204").body_digest, fingerprint(""));
}

TEST_P(Exchange, ABodyWithoutATypeIsSniffed) {
  EXPECT_EQ(fetch("/no-content-type").page->title, "untyped");
  site.serve("/text", [](const HttpRequest&) {
    return Reply::response(200, {}, "plain <title>words</title>");
  });
  EXPECT_FALSE(fetch("/text").page.has_value());
}

TEST_P(Exchange, OneRequestMayAskForItsBodyAndNoPage) {
  FetchRequest wanted = request("/gzip");
  wanted.keep_body = true;
  wanted.parse_page = false;
  const FetchResult result = fetch(std::move(wanted));
  EXPECT_FALSE(result.page.has_value());
  EXPECT_THAT(result.body, HasSubstr("<title>coded</title>"));
  EXPECT_EQ(fetch("/gzip").body, "");
}

TEST_P(Exchange, ContentCodingsAreDecoded) {
  options.body_digest = true;
  const FetchResult plain = fetch("/gzip");
  EXPECT_EQ(plain.page->title, "coded");
  EXPECT_LT(plain.size_download, plain.size_body);
  for (const char* path : {"/deflate", "/deflate-raw", "/br", "/gzip-gzip"}) {
    const FetchResult result = fetch(path);
    EXPECT_EQ(result.error, ErrorKind::kNone)
        << path << ": " << result.error_message;
    EXPECT_EQ(result.body_digest, plain.body_digest) << path;
    EXPECT_EQ(result.size_body, plain.size_body) << path;
  }
}

TEST_P(Exchange, InterimResponsesAndTrailersArePassedOver) {
  EXPECT_EQ(fetch("/continue-first").page->title, "continued");
  const FetchResult hints = fetch("/early-hints");
  EXPECT_EQ(hints.status_code, 200);
  EXPECT_EQ(hints.page->title, "after hints");
  EXPECT_EQ(fetch("/chunked-trailers").page->title, "framed");
}

TEST_P(ExchangeOverHttp1, UnusualFramingsThatAreFine) {
  for (const char* path : {"/chunked", "/chunked-extensions", "/http10",
                           "/until-close", "/chunked-and-length"}) {
    const FetchResult result = fetch(path);
    EXPECT_EQ(result.error, ErrorKind::kNone)
        << path << ": " << result.error_message;
    ASSERT_TRUE(result.page.has_value()) << path;
    EXPECT_EQ(result.page->title, "framed") << path;
  }
  EXPECT_EQ(fetch("/http10").http_version, "1.0");
}

TEST_P(Exchange, AnEmptyBodyIsAPageThatSaysNothing) {
  const FetchResult result = fetch("/empty");
  EXPECT_EQ(result.size_body, 0u);
  ASSERT_TRUE(result.page.has_value());
  EXPECT_FALSE(result.page->title.has_value());
}

TEST_P(Exchange, ABodyOverTheLimitIsCutAndRead) {
  options.max_body = 100;
  options.keep_body = true;
  site.serve("/page", "<title>cut</title>" + std::string(1'000, 'x'));
  const FetchResult result = fetch("/page");
  EXPECT_EQ(result.error, ErrorKind::kNone);
  EXPECT_TRUE(result.truncated);
  EXPECT_EQ(result.size_body, 100u);
  EXPECT_EQ(result.body.size(), 100u);
  EXPECT_EQ(result.page->title, "cut");

  site.serve("/exact", std::string(100, 'x'));
  EXPECT_FALSE(fetch("/exact").truncated);

  FetchRequest wanted = request("/page");
  wanted.max_body = 2'000;
  const FetchResult whole = fetch(std::move(wanted));
  EXPECT_FALSE(whole.truncated);
  EXPECT_EQ(whole.size_body, 1'018u);
}

TEST_P(Exchange, OnlyHtmlEndsAfterTheHeadersOfOtherTypes) {
  FetchRequest wanted = request("/binary");
  wanted.only_html = true;
  FetchResult result = fetch(wanted);
  EXPECT_EQ(result.error, ErrorKind::kContentType);
  EXPECT_EQ(result.status_code, 200);
  EXPECT_EQ(result.content_type, "image/png");
  EXPECT_EQ(result.size_body, 0u);

  site.serve("/text", [](const HttpRequest&) {
    return Reply::response(200, {}, std::string(2'000, 'x'));
  });
  wanted.url = url_of(site.url("/text"));
  EXPECT_EQ(fetch(wanted).error, ErrorKind::kContentType);

  for (const char* path : {"/gzip", "/no-content-type", "/status/404"}) {
    wanted.url = url_of(site.url(path));
    EXPECT_EQ(fetch(wanted).error, ErrorKind::kNone) << path;
  }
  site.serve("/gone", [](const HttpRequest&) {
    return Reply::response(410, {{"Content-Type", "text/plain"}}, "gone");
  });
  wanted.url = url_of(site.url("/gone"));
  result = fetch(wanted);
  EXPECT_EQ(result.error, ErrorKind::kNone);
  EXPECT_EQ(result.status_code, 410);
}

TEST_P(Exchange, SendsWhatItWasToldTo) {
  options.user_agent = "test/1.0";
  options.headers = {{"X-One", "1"}, {"Accept", ""}};
  const HeaderList headers = sent();
  EXPECT_THAT(headers, Contains(Pair(as_sent("User-Agent"), "test/1.0")));
  EXPECT_THAT(headers, Contains(Pair(as_sent("X-One"), "1")));
  EXPECT_THAT(headers, Contains(Pair(as_sent("Accept-Encoding"),
                                     "gzip, deflate, br, zstd")));
  EXPECT_FALSE(has(headers, "Accept"));
  EXPECT_FALSE(has(headers, "Cookie"));
  EXPECT_FALSE(has(headers, "Authorization"));
}

TEST_P(Exchange, AHeaderGivenTakesThePlaceOfTheUsualOne) {
  options.user_agent = "test/1.0";
  options.headers = {{"user-agent", "other/2"}, {"accept-encoding", ""}};
  const HeaderList headers = sent();
  EXPECT_THAT(headers, Contains(Pair("user-agent", "other/2")));
  EXPECT_THAT(headers, Not(Contains(Pair(as_sent("User-Agent"), "test/1.0"))));
  EXPECT_FALSE(has(headers, "Accept-Encoding"));
}

TEST_P(Exchange, CredentialsGoToTheSeedsOriginOnly) {
  options.headers = {{"X-All", "yes"}, {"cookie", "a=1"}};
  options.origin_headers = {{"Authorization", "Bearer secret"}};
  FetchRequest wanted = request("/echo");
  // One handle makes all of these: what one was allowed must not stick.
  for (const bool seed_origin : {true, false, true, false}) {
    wanted.send_credentials = seed_origin;
    const HeaderList headers = sent_with(wanted);
    EXPECT_TRUE(has(headers, "X-All"));
    EXPECT_EQ(has(headers, "Authorization"), seed_origin);
    EXPECT_EQ(has(headers, "Cookie"), seed_origin);
  }
}

TEST_P(Exchange, UserAndPasswordGoToTheSeedsOriginOnly) {
  options.user_password = "user:pass";
  FetchRequest wanted = request("/auth/basic/user/pass");
  for (const bool seed_origin : {false, true, false, true, false}) {
    wanted.send_credentials = seed_origin;
    EXPECT_EQ(fetch(wanted).status_code, seed_origin ? 200 : 401);
  }
}

TEST_P(Exchange, ARequestsOwnPasswordStaysWithIt) {
  FetchRequest wanted = request("/auth/basic/user/pass");
  wanted.send_credentials = false;
  const FetchRequest without = wanted;
  wanted.user_password = "user:pass";
  EXPECT_EQ(fetch(without).status_code, 401);
  EXPECT_EQ(fetch(wanted).status_code, 200);
  EXPECT_EQ(fetch(without).status_code, 401);
}

TEST_P(Exchange, ARequestsOwnPasswordComesBeforeThatOfAll) {
  options.user_password = "other:word";
  FetchRequest wanted = request("/auth/basic/user/pass");
  EXPECT_EQ(fetch(wanted).status_code, 401);
  wanted.user_password = "user:pass";
  EXPECT_EQ(fetch(wanted).status_code, 200);
}

// Whoever wrote it there: what may be sent is the crawl's to decide.
TEST_P(Exchange, CredentialsInAUrlAreNotSent) {
  FetchRequest wanted{
      .id = 1,
      .url = url_of(scheme() + "://user:pass@127.0.0.1:" +
                    std::to_string(site.port()) + "/auth/basic/user/pass")};
  EXPECT_EQ(fetch(wanted).status_code, 401);
}

// Several of HTTP/2's frames.
TEST_P(Exchange, ARequestMayBeLong) {
  options.headers = {{"X-Long", std::string(100'000, 'a')}};
  site.serve("/", [](const HttpRequest& got) {
    return Reply::html(got.target.size() > 60'000 ? "<title>long</title>" : "");
  });
  const FetchResult result = fetch("/?" + std::string(65'000, 'b'));
  EXPECT_EQ(result.error, ErrorKind::kNone) << result.error_message;
  ASSERT_TRUE(result.page.has_value());
  EXPECT_EQ(result.page->title, "long");
}

TEST_P(Exchange, CookiesAreNotKept) {
  EXPECT_EQ(fetch("/set-cookies").status_code, 200);
  EXPECT_FALSE(has(sent(), "Cookie"));
}

TEST_P(Exchange, TheUrlIsSentAsItIsWritten) {
  fetch("/a/%2e%2E/b//c;d=%7e?q=%20+&r=[]#fragment");
  const auto target = site.log()[0].request.target;
  EXPECT_EQ(
      target,
      url_of(site.url("/a/%2e%2E/b//c;d=%7e?q=%20+&r=[]")).path_and_query());
}

TEST_P(Exchange, ResolveGivesANameItsAddress) {
  const std::string port = std::to_string(site.port());
  options.resolve = {"one.test:" + port + ":127.0.0.1",
                     "two.test:" + port + ":127.0.0.1"};
  for (const char* host : {"one.test", "two.test", "one.test"}) {
    FetchRequest wanted{.id = 1, .url = url_of(site.url(host, "/echo"))};
    EXPECT_EQ(fetch(wanted).status_code, 200) << host;
    const auto log = site.log();
    EXPECT_EQ(log[log.size() - 1].request.host, std::string(host) + ":" + port);
  }
}

TEST_P(Exchange, AWildcardResolvesEveryName) {
  const std::string port = std::to_string(site.port());
  options.resolve = {"*:" + port + ":127.0.0.1"};
  for (int i = 0; i < 20; ++i) {
    FetchRequest wanted{.id = static_cast<std::uint64_t>(i),
                        .url = url_of(site.url(
                            "h" + std::to_string(i) + ".sites.test", "/echo"))};
    fetcher().start(std::move(wanted));
  }
  for (const FetchResult& result : collect(20)) {
    EXPECT_EQ(result.status_code, 200) << result.error_message;
  }
}

TEST_P(Exchange, ConnectToChangesWhereItGoes) {
  options.connect_to = {"::127.0.0.1:" + std::to_string(site.port())};
  FetchRequest wanted{.id = 1, .url = url_of(scheme() + "://far.test/echo")};
  EXPECT_EQ(fetch(wanted).status_code, 200);
  EXPECT_EQ(site.log()[0].request.host, "far.test");
}

// With TLS it would be asked for a tunnel.
class ExchangeInTheClear : public Exchange {};
INSTANTIATE_TEST_SUITE_P(, ExchangeInTheClear, ways_in_the_clear(),
                         NameOfParameter());

TEST_P(ExchangeInTheClear, AProxyIsAskedAndGetsNoSecrets) {
  LoopbackSite proxy;
  proxy.serve("/*", "<title>by proxy</title>");
  options.proxy = proxy.origin();
  options.user_password = "user:pass";
  const FetchResult result = fetch({.id = 1,
                                    .url = url_of("http://far.test/page"),
                                    .send_credentials = false});
  EXPECT_EQ(result.status_code, 200) << result.error_message;
  ASSERT_EQ(proxy.log().size(), 1u);
  EXPECT_EQ(proxy.log()[0].request.target, "http://far.test/page");
  EXPECT_FALSE(proxy.log()[0].request.has_header("Authorization"));
  EXPECT_FALSE(proxy.log()[0].request.has_header("Proxy-Authorization"));
}

TEST_P(ExchangeInTheClear, AProxyIsGivenTheUsersOwnProxyAuthorization) {
  LoopbackSite proxy;
  proxy.serve("/*", "<title>by proxy</title>");
  options.proxy = "http://me:secret@127.0.0.1:" + std::to_string(proxy.port());
  options.headers = {{"Proxy-Authorization", "Basic own"}};
  for (const bool seed : {true, false}) {
    fetch({.id = 1,
           .url = url_of("http://far.test/page"),
           .send_credentials = seed});
  }
  ASSERT_EQ(proxy.log().size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(proxy.log()[i].request.header("Proxy-Authorization"),
              "Basic own");
  }
}

TEST_P(Exchange, ProxiesOfTheEnvironmentAreNotUsed) {
  ::setenv("http_proxy", "http://127.0.0.1:1/", 1);
  ::setenv("all_proxy", "http://127.0.0.1:1/", 1);
  EXPECT_EQ(fetch("/echo").status_code, 200);
  ::unsetenv("http_proxy");
  ::unsetenv("all_proxy");
}

}  // namespace
}  // namespace crawl::testing
