#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "support/data_file.h"
#include "support/process.h"
#include "support/raw_client.h"
#include "support/temp_dir.h"

namespace crawl::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The demo site as a program, on a port of the system's choice.
class DemoSiteTest : public ::testing::Test {
 protected:
  void start(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), CRAWL_DEMO_SITE);
    process_ = std::make_unique<Process>(arguments);
    const auto line = process_->wait_for_output("\n");
    ASSERT_TRUE(line.has_value());
    ASSERT_THAT(*line, StartsWith("listening on http://127.0.0.1:"));
    port_ = static_cast<std::uint16_t>(
        std::stoi(line->substr(line->rfind(':') + 1)));
  }

  std::unique_ptr<Process> process_;
  std::uint16_t port_ = 0;
};

TEST_F(DemoSiteTest, ServesTheSiteGeneratedPagesAndBehaviours) {
  start({"--pages", "10", "--page-size", "600", "--latency", "1ms"});
  RawClient client(port_);
  client.get("/");
  EXPECT_THAT(client.read_response(), HasSubstr("<title>Skerry Lights"));
  client.get("/p/10.html");
  EXPECT_THAT(client.read_response(), HasSubstr("Content-Length: 600\r\n"));
  client.get("/status/503");
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 503"));
  client.get("/urls.txt");
  EXPECT_THAT(client.read_to_end(), EndsWith("http://raw.test/p/10.html\n"));
}

TEST_F(DemoSiteTest, WritesItsLogAndEndsOnSigterm) {
  const TempDir directory;
  const std::string log = directory.file("access.tsv");
  start({"--log", log});
  RawClient client(port_);
  client.get("/nothing?here");
  client.read_response();
  process_->signal(SIGTERM);
  EXPECT_EQ(process_->wait().exit_status, 0);
  const std::string text = read_bytes(log);
  EXPECT_THAT(text, StartsWith("start\tduration\tconnection\t"));
  EXPECT_THAT(text, HasSubstr("\t1\tGET\traw.test\t/nothing?here\t404\t"));
}

TEST_F(DemoSiteTest, HoldsTwoThousandFiveHundredConnections) {
  start({});
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 2500; ++i) {
    clients.push_back(std::make_unique<RawClient>(port_));
    clients.back()->get("/about.html");
  }
  for (auto& client : clients) {
    EXPECT_THAT(client->read_response(), HasSubstr("About this site"));
  }
  // All are still there.
  for (auto& client : clients) {
    client->get("/status/204");
    EXPECT_THAT(client->read_response(), StartsWith("HTTP/1.1 204"));
  }
}

TEST_F(DemoSiteTest, BadArgumentsAreErrors) {
  EXPECT_NE(run_process({CRAWL_DEMO_SITE, "--root", "/no/such"}).exit_status,
            0);
  EXPECT_EQ(run_process({CRAWL_DEMO_SITE, "--log", "/no/such/log"}).exit_status,
            2);
}

}  // namespace
}  // namespace crawl::testing
