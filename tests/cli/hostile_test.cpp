// Every way a server can misbehave ends in exactly one record with the right
// word, no hang and no crash, and holds up nothing else.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/cli_fixture.h"
#include "support/closed_ports.h"
#include "support/http2_transport.h"
#include "support/loopback_tls.h"

namespace crawl::testing {
namespace {

using nlohmann::json;

// What HTTP/2 has no words for.
const std::string kNotSaid = "not said";

struct Case {
  std::string url;
  std::string error;            // "null" for none
  std::string over_http2 = {};  // if it differs
};

class HostileTest : public CliTest,
                    public ::testing::WithParamInterface<std::string> {
 protected:
  HostileTest() : CliTest(site_options()) {}

  static bool is_tls() { return GetParam() != "http"; }
  static bool is_http2() { return GetParam() == "http2"; }
  static LoopbackSiteOptions site_options() {
    if (!is_tls()) return {};
    LoopbackSiteOptions made = LoopbackTls::get().site_options();
    if (is_http2()) {
      made.transport = make_http2_transports(LoopbackTls::get().make_context());
    }
    return made;
  }

  // The limits that make a test of endless things short; `seconds`: of a
  // transfer.
  static std::vector<std::string> limits(const std::string& seconds) {
    return {"--retry",
            "0",
            "-m",
            seconds,
            "--connect-timeout",
            "2",
            "--max-filesize",
            "1M",
            "-j",
            "64",
            "-q",
            "--cacert",
            LoopbackTls::get().ca_file()};
  }

  void expect(const std::vector<Case>& cases,
              const std::string& seconds = "3") {
    std::vector<std::string> lines;
    std::map<std::string, std::string> expected;
    for (const Case& each : cases) {
      const bool differs = is_http2() && !each.over_http2.empty();
      if (differs && each.over_http2 == kNotSaid) continue;
      lines.push_back(each.url);
      expected[each.url.starts_with('/') ? site_.url(each.url) : each.url] =
          differs ? each.over_http2 : each.error;
    }
    std::vector<std::string> arguments = limits(seconds);
    arguments.insert(arguments.begin(), list(lines));
    const ProcessResult result = run(arguments);
    EXPECT_FALSE(result.timed_out);
    EXPECT_EQ(result.signal, 0);
    const std::vector<json> all = records(result.out);
    EXPECT_EQ(all.size(), lines.size()) << result.err;
    for (const json& record : all) {
      const std::string input = record["input"];
      const std::string word = record["error"].is_null()
                                   ? "null"
                                   : record["error"].get<std::string>();
      EXPECT_EQ(word, expected[input]) << input << ' ' << record.dump();
      EXPECT_EQ(word == "null", record["error_message"].is_null()) << input;
    }
  }
};

INSTANTIATE_TEST_SUITE_P(, HostileTest,
                         ::testing::Values("http", "https", "http2"),
                         [](const auto& parameter) { return parameter.param; });

TEST_P(HostileTest, Framing) {
  expect({{"/length-long", "closed"},
          {"/length-short", "null"},
          {"/close-at-once", "closed"},
          {"/close-mid-head", "closed"},
          {"/close-mid-body", "closed"},
          {"/reset-at-once", "closed"},
          {"/reset-mid-head", "closed"},
          {"/reset-mid-body", "closed"},
          {"/chunked", "null"},
          {"/chunked-trailers", "null"},
          {"/chunked-extensions", "null"},
          {"/chunked-bad-size", "protocol", kNotSaid},
          {"/chunked-truncated", "closed"},
          {"/http10", "null"},
          {"/until-close", "null"}});
}

TEST_P(HostileTest, ContentCodings) {
  expect({{"/gzip", "null"},
          {"/deflate", "null"},
          {"/br", "null"},
          {"/gzip-not", "decode"},
          {"/gzip-corrupt", "decode"},
          {"/br-not", "decode"},
          {"/coding-unknown", "null"}});
}

TEST_P(HostileTest, MalformedHeads) {
  expect({{"/http09", "protocol", kNotSaid},
          {"/garbage", "protocol", kNotSaid},
          {"/continue-first", "null"},
          {"/early-hints", "null"},
          // HTTP/2 has no length that the content need not have.
          {"/no-content-body/204", "null", "protocol"},
          {"/obs-fold", "null"}});
}

// Their own limits end these, long before the time is up.
TEST_P(HostileTest, EndlessHeads) {
  expect({{"/endless-headers", "protocol"},
          {"/endless-header-line", "protocol"},
          {"/endless-1xx", "protocol"},
          {"/big-header/512", "protocol"}},
         "60");
}

TEST_P(HostileTest, EndlessWaits) {
  expect({{"/never", "timeout"},
          {"/never-body", "timeout"},
          {"/drip", "timeout"},
          {"/drip-head", "timeout"}});
}

TEST_P(HostileTest, BodyLimitIsAfterDecodingAndSaysTruncated) {
  for (const char* path : {"/endless-body", "/endless-chunks", "/gzip-bomb/64",
                           "/big-body/2048"}) {
    const json record = record_of(path, {"--max-filesize", "64k", "--cacert",
                                         LoopbackTls::get().ca_file()});
    EXPECT_EQ(record["truncated"], true) << path;
    EXPECT_EQ(record["size_body"], 65'536) << path;
  }
  EXPECT_EQ(record_of("/big-body/16",
                      {"--cacert", LoopbackTls::get().ca_file()})["truncated"],
            false);
}

TEST_P(HostileTest, Redirects) {
  expect({{"/redirect/3", "null"},
          {"/redirect/11", "too_many_redirects"},
          {"/redirect-loop", "too_many_redirects"},
          {"/redirect-file", "unsupported_scheme"},
          {"/redirect-invalid", "redirect"},
          {"/redirect-none", "null"},
          {"/status/404", "http"},
          {"/status/500", "http"}});
}

TEST_P(HostileTest, Connections) {
  const RefusingPort refusing;
  const SilentPort silent;
  expect({{refusing.url("/"), "connect"},
          {silent.url("/"), "timeout"},
          {"http://no-such-host.invalid/", "dns"},
          {"ftp://127.0.0.1/", "unsupported_scheme"},
          // TLS is spoken to who does not speak it, and the other way round.
          {(is_tls() ? "http" : "https") + std::string("://127.0.0.1:") +
               std::to_string(site_.port()) + "/",
           is_tls() ? "closed" : "tls"}});
}

TEST_P(HostileTest, Pages) {
  expect({{"/no-content-type", "null"},
          {"/wrong-charset", "null"},
          {"/title-escapes", "null"},
          {"/title-nul", "null"},
          {"/title-huge/512", "null"},
          {"/deep/100000", "null"},
          {"/many-links/20000", "null"},
          {"/set-cookies", "null"},
          {"/binary", "null"},
          {"/empty", "null"}});
}

TEST_P(HostileTest, TransientFailuresAreRetried) {
  // One at a time: on a connection that an earlier answer came over, what
  // breaks it is no attempt that failed.
  for (const char* path :
       {"/flaky/2/503/a", "/flaky-reset/1/b", "/flaky-close/1/c"}) {
    const ProcessResult result =
        run({list({path}), "--retry", "2", "-q", "--cacert",
             LoopbackTls::get().ca_file()});
    EXPECT_EQ(result.exit_status, 0) << result.out;
    for (const json& record : records(result.out)) {
      EXPECT_GT(record["attempts"].get<int>(), 1) << path;
    }
  }
}

}  // namespace
}  // namespace crawl::testing
