#include "crawl/writer/har_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "support/temp_dir.h"
#include "writer/har_entry.h"

namespace crawl {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

WireExchange exchange(const std::string& url = "http://a.test/x?q=1&b&=2") {
  WireExchange made;
  made.url = url;
  made.request = "GET /x?q=1 HTTP/1.1\r\nHost: a.test\r\nAccept: */*\r\n\r\n";
  made.head =
      "HTTP/1.1 200 All well\r\nContent-Type: text/html\r\n"
      "Set-Cookie: sid=secret\r\nX-Two:  a b \r\n\r\n";
  made.body = "packed";
  made.size_body = 10;
  made.status_code = 200;
  made.content_type = "text/html";
  made.http_version = "1.1";
  made.remote_ip = "192.0.2.7";
  made.sent = made.looked_up = true;
  made.times = {.blocked = 0.01,
                .namelookup = 0.03,
                .connect = 0.06,
                .appconnect = 0.1,
                .pretransfer = 0.11,
                .sent = 0.12,
                .starttransfer = 0.2,
                .total = 0.25};
  made.begun = std::chrono::sys_days{std::chrono::year{2026} / 11 / 28} +
               std::chrono::milliseconds(1'250);
  return made;
}

json entry(const WireExchange& of) { return json::parse(har_entry(of)); }

TEST(HarEntry, HasWhatTheSpecificationAsksFor) {
  const json made = entry(exchange());
  EXPECT_EQ(made["startedDateTime"], "2026-11-28T00:00:01.250Z");
  EXPECT_EQ(made["time"], 250.0);
  EXPECT_EQ(made["serverIPAddress"], "192.0.2.7");
  EXPECT_TRUE(made["cache"].is_object());
  const json& request = made["request"];
  EXPECT_EQ(request["method"], "GET");
  EXPECT_EQ(request["url"], "http://a.test/x?q=1&b&=2");
  EXPECT_EQ(request["httpVersion"], "HTTP/1.1");
  EXPECT_EQ(request["bodySize"], 0);
  EXPECT_EQ(request["headers"][0],
            json({{"name", "Host"}, {"value", "a.test"}}));
  EXPECT_EQ(request["queryString"],
            json::parse(R"([{"name":"q","value":"1"},{"name":"b","value":""},
                            {"name":"","value":"2"}])"));
  const json& response = made["response"];
  EXPECT_EQ(response["status"], 200);
  EXPECT_EQ(response["statusText"], "All well");
  EXPECT_EQ(response["redirectURL"], "");
  EXPECT_EQ(response["headersSize"], exchange().head.size());
  EXPECT_EQ(response["bodySize"], 6);
  EXPECT_EQ(
      response["content"],
      json({{"size", 10}, {"compression", 4}, {"mimeType", "text/html"}}));
  EXPECT_EQ(response["headers"][1],
            json({{"name", "X-Two"}, {"value", "a b"}}));
}

// HAR 1.2: what is not optional there, and its type, whatever came of it.
TEST(HarEntry, HasEachFieldThatTheSpecificationRequires) {
  WireExchange failed = exchange();
  failed.request = failed.head = failed.body = failed.content_type = "";
  failed.http_version = failed.remote_ip = "";
  failed.status_code = 0;
  failed.sent = false;
  failed.times = {};
  failed.error = ErrorKind::kDns;
  WireExchange moved = exchange();
  moved.status_code = 301;
  moved.head = "HTTP/1.1 301\r\nLocation: /there\r\n\r\n";
  struct Required {
    const char* where;
    char type;  // string, number, integer, object, array
  };
  static constexpr Required kRequired[] = {
      {"/startedDateTime", 's'},
      {"/time", 'n'},
      {"/request", 'o'},
      {"/request/method", 's'},
      {"/request/url", 's'},
      {"/request/httpVersion", 's'},
      {"/request/cookies", 'a'},
      {"/request/headers", 'a'},
      {"/request/queryString", 'a'},
      {"/request/headersSize", 'i'},
      {"/request/bodySize", 'i'},
      {"/response", 'o'},
      {"/response/status", 'i'},
      {"/response/statusText", 's'},
      {"/response/httpVersion", 's'},
      {"/response/cookies", 'a'},
      {"/response/headers", 'a'},
      {"/response/content", 'o'},
      {"/response/content/size", 'i'},
      {"/response/content/mimeType", 's'},
      {"/response/redirectURL", 's'},
      {"/response/headersSize", 'i'},
      {"/response/bodySize", 'i'},
      {"/cache", 'o'},
      {"/timings", 'o'},
      {"/timings/send", 'n'},
      {"/timings/wait", 'n'},
      {"/timings/receive", 'n'},
  };
  const auto is = [](char type, const json& value) {
    switch (type) {
      case 's':
        return value.is_string();
      case 'n':
        return value.is_number();
      case 'i':
        return value.is_number_integer();
      case 'o':
        return value.is_object();
      default:
        return value.is_array();
    }
  };
  for (const WireExchange& each : {exchange(), failed, moved}) {
    const json made = entry(each);
    for (const Required& field : kRequired) {
      const json::json_pointer at(field.where);
      ASSERT_TRUE(made.contains(at)) << field.where << made;
      EXPECT_TRUE(is(field.type, made.at(at))) << field.where << made;
    }
    // Unlike others, these are never "does not apply".
    for (const char* phase : {"send", "wait", "receive"}) {
      EXPECT_GE(made["timings"][phase], 0) << made;
    }
  }
  EXPECT_EQ(entry(moved)["response"]["redirectURL"], "/there");
}

// In all that is known of the times of an exchange.
TEST(HarEntry, PhasesAddUpToTheTimeSslAside) {
  WireExchange fresh = exchange();
  WireExchange known = exchange();  // no look-up, no TLS
  known.looked_up = false;
  known.times.appconnect = 0;
  WireExchange reused = exchange();
  reused.reused_connection = true;
  reused.times.namelookup = reused.times.connect = reused.times.appconnect = 0;
  WireExchange silent = exchange();  // timed out after the request
  silent.times.starttransfer = 0;
  WireExchange unsent = exchange();  // no connection came about
  unsent.sent = false;
  WireExchange odd = exchange();  // the clock's readings cross
  odd.times = {.blocked = 0.5,
               .namelookup = 0.1,
               .connect = 0.4,
               .appconnect = 0.2,
               .pretransfer = 0.05,
               .starttransfer = 0.3,
               .total = 0.25};
  for (const WireExchange& each : {fresh, known, reused, silent, unsent, odd}) {
    const json made = entry(each);
    double sum = 0;
    for (const auto& [name, value] : made["timings"].items()) {
      EXPECT_TRUE(value == -1 || value >= 0) << made;
      if (name != "ssl" && value != -1) sum += value.get<double>();
    }
    EXPECT_NEAR(sum, made["time"].get<double>(), 0.001) << made;
  }
  EXPECT_EQ(entry(fresh)["timings"], json({{"blocked", 20.0},
                                           {"dns", 20.0},
                                           {"connect", 70.0},
                                           {"ssl", 40.0},
                                           {"send", 10.0},
                                           {"wait", 80.0},
                                           {"receive", 50.0}}));
  EXPECT_EQ(entry(known)["timings"]["dns"], -1);
  EXPECT_EQ(entry(known)["timings"]["ssl"], -1);
  EXPECT_EQ(entry(reused)["timings"]["connect"], -1);
  EXPECT_EQ(entry(silent)["timings"]["receive"], 0.0);
  EXPECT_EQ(entry(unsent)["timings"]["blocked"], 250.0);
}

TEST(HarEntry, SaysWhatFailed) {
  WireExchange failed = exchange();
  failed.head = failed.body = failed.content_type = failed.http_version = "";
  failed.status_code = 0;
  failed.error = ErrorKind::kTimeout;
  failed.error_message = "no answer";
  const json response = entry(failed)["response"];
  EXPECT_EQ(response["status"], 0);
  EXPECT_EQ(response["_error"], "timeout: no answer");
  EXPECT_EQ(response["content"]["mimeType"], "x-unknown");
  EXPECT_EQ(response["headersSize"], -1);
  EXPECT_EQ(response["bodySize"], -1);
  EXPECT_THAT(response["headers"], IsEmpty());
}

TEST(HarEntry, HasNoSecrets) {
  WireExchange secret = exchange();
  secret.status_code = 302;
  secret.request =
      "GET / HTTP/1.1\r\nauthorization: secret\r\nCOOKIE: a=secret\r\n"
      "Proxy-Authorization : secret\r\nHost: a.test\r\n\r\n";
  secret.head =
      "HTTP/1.1 302 Found\r\nset-cookie:sid=secret\r\nSet-Cookie2: secret\r\n"
      "Location: http://me:secret@b.test/\r\n\r\n";
  const std::string made = har_entry(secret);
  EXPECT_THAT(made, Not(HasSubstr("secret")));
  EXPECT_EQ(json::parse(made)["response"]["redirectURL"],
            "http://me:***@b.test/");
}

TEST(HarEntry, IsOneLineOfJsonWhateverAServerSends) {
  const std::string hostile =
      "\"\\\x01\x1b[31m\xff\xfe\xe2\x80\xa8\xe2\x80\xae</script>{}[]";
  WireExchange made = exchange("http://a.test/?" + hostile);
  made.head = "HTTP/1.1 200 " + hostile + "\r\n" + hostile + ": " + hostile +
              "\r\nno colon\r\n:\r\n";
  made.content_type = made.error_message = hostile;
  made.error = ErrorKind::kProtocol;
  const std::string text = har_entry(made);
  EXPECT_TRUE(json::accept(text)) << text;
  for (const char* obeyed : {"\n", "\x1b", "\xe2\x80\xa8", "\xe2\x80\xae"}) {
    EXPECT_THAT(text, Not(HasSubstr(obeyed)));
  }
  for (const char* head : {"", "\r\n", "HTTP/1.1", "\n\n\n", " ", "a b"}) {
    made.head = made.request = head;
    EXPECT_TRUE(json::accept(har_entry(made))) << head;
  }
}

class HarOutput : public ::testing::Test {
 protected:
  std::unique_ptr<Sink> open(
      std::optional<std::uint64_t> position = std::nullopt,
      OutputMode mode = OutputMode::kReplace) {
    auto sink = open_har({dir_.file("a.har"), mode, position, "crawl/1"});
    EXPECT_TRUE(sink) << sink.error().message;
    return sink ? *std::move(sink) : nullptr;
  }
  static void keep(Sink& sink, int number) {
    static const auto keeper = make_har_keeper();
    ASSERT_TRUE(sink.keep(
        *keeper->keep(exchange("http://a.test/" + std::to_string(number)))));
  }
  // The last parts of the URLs, of a file that is whole.
  std::vector<std::string> kept() const {
    const json log = json::parse(dir_.read("a.har"))["log"];
    EXPECT_EQ(log["version"], "1.2");
    EXPECT_EQ(log["creator"],
              json({{"name", "crawl"}, {"version", "crawl/1"}}));
    std::vector<std::string> all;
    for (const json& each : log["entries"]) {
      const std::string url = each["request"]["url"];
      all.push_back(url.substr(url.rfind('/') + 1));
    }
    return all;
  }
  std::string refused(std::optional<std::uint64_t> position) const {
    const std::string before = dir_.read("a.har");
    auto sink = open_har(
        {dir_.file("a.har"), OutputMode::kAppend, position, "crawl/1"});
    EXPECT_FALSE(sink);
    EXPECT_EQ(dir_.read("a.har"), before);
    return sink ? "" : sink.error().message;
  }

  testing::TempDir dir_;
};

TEST_F(HarOutput, IsWholeAtEverySyncAndGoesOnBehindIt) {
  const auto sink = open();
  ASSERT_TRUE(sink->sync());
  EXPECT_THAT(kept(), IsEmpty());
  keep(*sink, 1);
  ASSERT_TRUE(sink->sync());
  ASSERT_TRUE(sink->sync());
  EXPECT_THAT(kept(), ElementsAre("1"));
  keep(*sink, 2);
  keep(*sink, 3);
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(kept(), ElementsAre("1", "2", "3"));
}

TEST_F(HarOutput, GoesOnBehindItsEndAndBehindTheEmptyOne) {
  std::uint64_t position = 0;
  for (int i = 1; i <= 3; ++i) {
    const auto sink = i == 1 ? open() : open(position);
    const Result<std::uint64_t> at = sink->sync();
    ASSERT_TRUE(at);
    if (i == 2) keep(*sink, i);
    position = *sink->sync();
    ASSERT_TRUE(sink->close());
  }
  const auto sink = open(std::nullopt, OutputMode::kAppend);
  keep(*sink, 4);
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(kept(), ElementsAre("2", "4"));
}

TEST_F(HarOutput, IsWholeThoughNobodyClosedIt) {
  {
    const auto sink = open();
    keep(*sink, 1);
  }
  EXPECT_THAT(kept(), ElementsAre("1"));
}

TEST_F(HarOutput, IsWholeFromTheBeginningOnAndAfterEachPiece) {
  const auto sink = open();
  EXPECT_THAT(kept(), IsEmpty());
  int entries = 0;
  for (std::size_t size = dir_.read("a.har").size();
       dir_.read("a.har").size() == size;) {
    keep(*sink, ++entries);
  }
  EXPECT_THAT(kept(), ::testing::SizeIs(static_cast<std::size_t>(entries)));
  keep(*sink, ++entries);
  ASSERT_TRUE(sink->flush());
  EXPECT_THAT(kept(), ::testing::SizeIs(static_cast<std::size_t>(entries)));
}

// No file may grow past a size: as good as a full disk.
TEST_F(HarOutput, OnAFullDiskWhatWasThereStaysWhole) {
  const auto sink = open();
  keep(*sink, 1);
  ASSERT_TRUE(sink->sync());
  const auto before_signal = signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = dir_.read("a.har").size() + 100;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  keep(*sink, 2);
  const Result<void> flushed = sink->flush();
  const Result<void> closed = sink->close();
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  signal(SIGXFSZ, before_signal);
  EXPECT_FALSE(flushed);
  EXPECT_FALSE(closed);
  EXPECT_THAT(kept(), ElementsAre("1"));
}

TEST_F(HarOutput, LeavesAloneWhatItCannotGoOnWith) {
  {
    const auto sink = open();
    keep(*sink, 1);
    ASSERT_TRUE(sink->close());
  }
  const std::string whole = dir_.read("a.har");
  EXPECT_THAT(refused(whole.size() + 1), HasSubstr("but had"));
  dir_.write("a.har", whole.substr(0, whole.size() - 3));
  EXPECT_THAT(refused(std::nullopt), HasSubstr("its end is missing"));
  for (const char* other : {"{}", "text of somebody's\n]}}\n", "\n"}) {
    dir_.write("a.har", other);
    EXPECT_THAT(refused(std::nullopt), HasSubstr("none that crawl"));
    EXPECT_THAT(refused(1), HasSubstr("none that crawl"));
  }
}

}  // namespace
}  // namespace crawl
