#include "fetch/http/request_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"

namespace crawl {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

FetchRequest request_for(std::string_view url) {
  return {.id = 1, .url = *Url::parse(url)};
}

std::string written(const RequestWriter& writer, const FetchRequest& request,
                    const std::optional<std::string>& proxy = {}) {
  std::string text;
  writer.append_http1(request, {proxy, proxy.has_value()}, text);
  return text;
}

FetchOptions bare() {
  FetchOptions options;
  options.user_agent = "test/1.0";
  options.headers = {{"Accept", ""}, {"Accept-Encoding", ""}};
  return options;
}

TEST(RequestWriter, Rfc9112_3_OriginForm) {
  const RequestWriter writer(bare());
  EXPECT_EQ(written(writer, request_for("http://a.test:8080/x/y?q=1#f")),
            "GET /x/y?q=1 HTTP/1.1\r\nHost: a.test:8080\r\n"
            "User-Agent: test/1.0\r\n\r\n");
  EXPECT_EQ(written(writer, request_for("https://a.test")),
            "GET / HTTP/1.1\r\nHost: a.test\r\nUser-Agent: test/1.0\r\n\r\n");
}

TEST(RequestWriter, HeadDiffersByItsMethodOnly) {
  const RequestWriter writer(bare());
  FetchRequest request = request_for("http://a.test/x");
  const std::string get = written(writer, request);
  HeaderList get_fields = writer.http2_fields(request);
  request.head = true;
  EXPECT_EQ(written(writer, request), "HEAD" + get.substr(3));
  get_fields[0].second = "HEAD";
  EXPECT_EQ(writer.http2_fields(request), get_fields);
}

TEST(RequestWriter, RequestsFollowEachOther) {
  const RequestWriter writer(bare());
  std::string text = written(writer, request_for("http://a.test/"));
  const std::string once = text;
  writer.append_http1(request_for("http://a.test/"), {}, text);
  EXPECT_EQ(text, once + once);
}

TEST(RequestWriter, AnAddressIsAHostAsTheUrlWritesIt) {
  const RequestWriter writer(bare());
  EXPECT_THAT(written(writer, request_for("http://[::1]:81/")),
              HasSubstr("Host: [::1]:81\r\n"));
  EXPECT_THAT(writer.http2_fields(request_for("https://[::1]:81/")),
              Contains(Pair(":authority", "[::1]:81")));
}

TEST(RequestWriter, Rfc9112_3_2_2_AbsoluteFormToAProxy) {
  const RequestWriter writer(bare());
  const FetchRequest request = request_for("http://a.test:8080/x?q#f");
  EXPECT_EQ(written(writer, request, "Basic cHJveHk6cHc="),
            "GET http://a.test:8080/x?q HTTP/1.1\r\nHost: a.test:8080\r\n"
            "User-Agent: test/1.0\r\n"
            "Proxy-Authorization: Basic cHJveHk6cHc=\r\n\r\n");
  // And to nobody else.
  EXPECT_THAT(written(writer, request), Not(HasSubstr("Proxy-")));
  EXPECT_THAT(writer.http2_fields(request),
              Not(Contains(Key("proxy-authorization"))));
  EXPECT_THAT(written(writer, request, ""), Not(HasSubstr("Proxy-")));
}

TEST(RequestWriter, NoUserinfoIsWritten) {
  const RequestWriter writer(bare());
  const FetchRequest request = request_for("http://me:pw@a.test/");
  EXPECT_THAT(written(writer, request), Not(HasSubstr("pw")));
  EXPECT_THAT(written(writer, request, ""), Not(HasSubstr("pw")));
  EXPECT_THAT(writer.http2_fields(request),
              Contains(Pair(":authority", "a.test")));
}

TEST(RequestWriter, AHostOfTheUsersTakesThePlaceOfTheUrls) {
  FetchOptions options = bare();
  options.headers.emplace_back("host", "elsewhere.test");
  const RequestWriter writer(options);
  const FetchRequest request = request_for("https://a.test/");
  const std::string text = written(writer, request);
  EXPECT_THAT(text, HasSubstr("host: elsewhere.test\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("a.test\r\n\r\n")));
  EXPECT_THAT(text, Not(HasSubstr("Host: ")));
  const HeaderList fields = writer.http2_fields(request);
  EXPECT_THAT(fields, Contains(Pair(":authority", "elsewhere.test")));
  EXPECT_THAT(fields, Not(Contains(Key("host"))));
}

TEST(RequestWriter, Rfc9113_8_3_1_FieldsInOrder) {
  FetchOptions options = bare();
  options.headers.emplace_back("X-One", "1");
  const RequestWriter writer(options);
  const HeaderList fields =
      writer.http2_fields(request_for("https://a.test:8443/x?q#f"));
  ASSERT_GE(fields.size(), 4u);
  EXPECT_THAT(
      HeaderList(fields.begin(), fields.begin() + 4),
      ElementsAre(Pair(":method", "GET"), Pair(":scheme", "https"),
                  Pair(":authority", "a.test:8443"), Pair(":path", "/x?q")));
  EXPECT_THAT(fields, IsSupersetOf({Pair("x-one", "1"),
                                    Pair("user-agent", "test/1.0")}));
}

TEST(RequestWriter, Rfc9113_8_2_2_NoFieldsOfTheConnection) {
  FetchOptions options = bare();
  for (const char* name :
       {"Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding",
        "Upgrade", "TE", "HTTP2-Settings", "Content-Length"}) {
    options.headers.emplace_back(name, "x");
  }
  const RequestWriter writer(options);
  const FetchRequest request = request_for("https://a.test/");
  for (const auto& [name, value] : writer.http2_fields(request)) {
    EXPECT_NE(value, "x") << name;
  }
  EXPECT_THAT(written(writer, request), HasSubstr("Keep-Alive: x\r\n"));
}

TEST(RequestWriter, SecretsGoWhereTheyMay) {
  FetchOptions options = bare();
  options.origin_headers = {{"X-Secret", "s"}};
  options.headers.emplace_back("Cookie", "c=1");
  options.user_password = "user:pass";
  const RequestWriter writer(options);
  FetchRequest request = request_for("https://a.test/");
  const std::string text = written(writer, request);
  EXPECT_THAT(text, HasSubstr("X-Secret: s\r\n"));
  EXPECT_THAT(text, HasSubstr("Cookie: c=1\r\n"));
  EXPECT_THAT(text, HasSubstr("Authorization: Basic dXNlcjpwYXNz\r\n"));
  EXPECT_THAT(writer.http2_fields(request),
              IsSupersetOf({Pair("x-secret", "s"), Pair("cookie", "c=1"),
                            Pair("authorization", "Basic dXNlcjpwYXNz")}));
  request.send_credentials = false;
  EXPECT_EQ(written(writer, request),
            "GET / HTTP/1.1\r\nHost: a.test\r\nUser-Agent: test/1.0\r\n\r\n");
  const HeaderList fields = writer.http2_fields(request);
  for (const char* name : {"x-secret", "cookie", "authorization"}) {
    EXPECT_THAT(fields, Not(Contains(Key(name)))) << name;
  }
}

// It goes to a proxy, whoever is asked, and no further; where there is none, to
// the seed's origin alone.
TEST(RequestWriter, ProxyAuthorizationIsASecretOfTheProxys) {
  const struct {
    const char* way;
    std::optional<std::string> proxy;
    bool proxied;
    bool credentials;
    std::optional<std::string> given;
    const char* sent;
  } kCases[] = {
      {"to the proxy", "Basic url", true, false, "Basic own", "Basic own"},
      {"to the proxy, its URL's", "Basic url", true, true, {}, "Basic url"},
      {"to the proxy, left out", "Basic url", true, true, "", ""},
      {"through a tunnel", {}, true, true, "Basic own", ""},
      {"to the seed's origin", {}, false, true, "Basic own", "Basic own"},
      {"to another origin", {}, false, false, "Basic own", ""},
  };
  for (const auto& one : kCases) {
    for (const bool of_origin : {false, true}) {
      SCOPED_TRACE(one.way);
      FetchOptions options = bare();
      if (one.given) {
        (of_origin ? options.origin_headers : options.headers)
            .emplace_back("proxy-authorization", *one.given);
      }
      const RequestWriter writer(options);
      FetchRequest request = request_for("http://a.test/");
      request.send_credentials = one.credentials;
      std::string text;
      writer.append_http1(request, {one.proxy, one.proxied}, text);
      const std::string field = "Proxy-Authorization: ";
      const auto at = text.find(field);
      EXPECT_EQ(at == text.npos
                    ? std::string()
                    : text.substr(at + field.size(),
                                  text.find('\r', at) - at - field.size()),
                one.sent);
      EXPECT_EQ(text.find("roxy-", at == text.npos ? 0 : at + field.size()),
                text.npos);
      if (one.proxy) continue;
      const HeaderList fields = writer.http2_fields(request, one.proxied);
      if (*one.sent != '\0') {
        EXPECT_THAT(fields, Contains(Pair("proxy-authorization", one.sent)));
      } else {
        EXPECT_THAT(fields, Not(Contains(Key("proxy-authorization"))));
      }
    }
  }
}

TEST(RequestWriter, CookiesOfServersJoinTheUsers) {
  struct Case {
    std::vector<std::string> own;  // -H 'Cookie: ...', each
    bool credentials;
    const char* cookies;
    const char* sent;  // "" for none
  };
  for (const auto& [own, credentials, cookies, sent] : std::vector<Case>{
           {{}, true, "", ""},
           {{}, true, "a=1; b=2", "a=1; b=2"},
           {{}, false, "a=1", "a=1"},
           {{"u=1"}, true, "", "u=1"},
           {{"u=1"}, true, "a=1", "u=1; a=1"},
           {{"u=1"}, false, "a=1", "a=1"},
           {{"u=1"}, false, "", ""},
           // As a browser would with what a server changes.
           {{"u=1; a=0;v"}, true, "a=1", "u=1; v; a=1"},
           {{"a=0", "u=1"}, true, "a=1; b=2", "u=1; a=1; b=2"},
           {{"aa=0"}, true, "a=1", "aa=0; a=1"},
           // Cookie is left out.
           {{""}, true, "a=1", ""},
           {{""}, false, "a=1", ""},
       }) {
    FetchOptions options = bare();
    for (const std::string& value : own) {
      options.headers.emplace_back("cookie", value);
    }
    const RequestWriter writer(options);
    FetchRequest request = request_for("https://a.test/");
    request.send_credentials = credentials;
    request.cookies = cookies;
    const std::string text = lower_case(written(writer, request));
    const HeaderList fields = writer.http2_fields(request);
    if (*sent == '\0') {
      EXPECT_THAT(text, Not(HasSubstr("cookie")));
      EXPECT_THAT(fields, Not(Contains(Key("cookie"))));
      continue;
    }
    const std::string line = std::string("\r\ncookie: ") + sent + "\r\n";
    EXPECT_THAT(text, HasSubstr(line));
    EXPECT_EQ(text.find("cookie:", text.find(line) + line.size()), text.npos);
    EXPECT_THAT(fields, Contains(Pair("cookie", sent)).Times(1));
  }
}

TEST(RequestWriter, ARequestsOwnPasswordComesFirst) {
  FetchOptions options = bare();
  options.user_password = "user:pass";
  const RequestWriter writer(options);
  FetchRequest request = request_for("https://a.test/");
  request.user_password = "me:pw";
  EXPECT_THAT(written(writer, request),
              HasSubstr("Authorization: Basic bWU6cHc=\r\n"));
  EXPECT_THAT(writer.http2_fields(request),
              Contains(Pair("authorization", "Basic bWU6cHc=")));
}

}  // namespace
}  // namespace crawl
