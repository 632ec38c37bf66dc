#ifndef CRAWL_TESTS_CLI_CLI_FIXTURE_H_
#define CRAWL_TESTS_CLI_CLI_FIXTURE_H_

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "support/loopback_site.h"
#include "support/process.h"
#include "support/routes/routes.h"
#include "support/temp_dir.h"

namespace crawl::testing {

// The built command, run as a process against a loopback site with every good
// and bad behaviour at a path of its own.
class CliTest : public ::testing::Test {
 protected:
  explicit CliTest(LoopbackSiteOptions site_options = {})
      : site_(std::move(site_options)) {
    add_routes(site_);
  }

  static std::vector<std::string> command(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), CRAWL_BINARY);
    return arguments;
  }
  static ProcessResult run(std::vector<std::string> arguments,
                           ProcessOptions options = {}) {
    return run_process(command(std::move(arguments)), std::move(options));
  }

  // A file of URLs, one a line; a path stands for its URL on the site.
  std::string list(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
      text += (line.starts_with('/') ? site_.url(line) : line) + "\n";
    }
    return files_.write("urls.txt", text);
  }

  static std::vector<nlohmann::json> records(const std::string& jsonl) {
    std::vector<nlohmann::json> records;
    std::istringstream lines(jsonl);
    for (std::string line; std::getline(lines, line);) {
      records.push_back(nlohmann::json::parse(line));
    }
    return records;
  }

  // The record of the only URL in a crawl of it, with `arguments`.
  nlohmann::json record_of(const std::string& url,
                           std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), {list({url}), "--retry", "0"});
    const ProcessResult result = run(std::move(arguments));
    EXPECT_FALSE(result.timed_out) << url;
    EXPECT_EQ(result.signal, 0) << url << result.err;
    const std::vector<nlohmann::json> all = records(result.out);
    EXPECT_EQ(all.size(), 1u) << url << result.err;
    return all.empty() ? nlohmann::json() : all[0];
  }

  // Kills `command` and begins it anew, at most `most` times, until it has come
  // to its end by itself: how many kills that were. They fall on moments of the
  // crawl, not of the clock: each after so many requests as `next_moment` says,
  // and the last stretch may have fewer left.
  int kill_again_and_again(const std::vector<std::string>& command, int most,
                           const std::function<std::size_t()>& next_moment) {
    int kills = 0;
    while (kills < most) {
      site_.clear_log();
      Process process(command);
      const std::size_t moment = next_moment();
      while (site_.log().size() < moment && process.running()) {
        site_.request_log().wait_for_started(moment, std::chrono::seconds(1));
      }
      if (!process.running()) break;
      process.signal(SIGKILL);
      process.wait();
      ++kills;
    }
    return kills;
  }

  LoopbackSite site_;
  TempDir files_;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_CLI_CLI_FIXTURE_H_
