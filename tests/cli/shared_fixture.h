#ifndef CRAWL_TESTS_CLI_SHARED_FIXTURE_H_
#define CRAWL_TESTS_CLI_SHARED_FIXTURE_H_

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/cli_fixture.h"
#include "support/redis_server.h"

namespace crawl::testing {

// Page n is at host n % hosts, and leads to three others, elsewhere too; some
// redirect, on their host or to another, some are missing, some lead out of the
// crawl.
class SharedCliTest : public CliTest {
 protected:
  void serve(std::size_t pages, std::size_t hosts) {
    pages_ = pages;
    hosts_ = hosts;
    site_.serve("/w/*", [this](const HttpRequest& request) {
      return answer(request.target);
    });
  }

  std::string page_url(std::size_t n, std::string_view folder = "w") const {
    return fmt::format("http://h{}.test:{}/{}/{}", n % hosts_, site_.port(),
                       folder, n);
  }

  Reply answer(const std::string& target) const {
    const bool moved = target.starts_with("/w/m");
    const std::size_t n = std::stoul(target.substr(moved ? 4 : 3));
    if (!moved && n % 13 == 6) {
      return Reply::redirect(fmt::format("http://h{}.test:{}/w/m{}",
                                         (n + n / 13 % 2) % hosts_,
                                         site_.port(), n));
    }
    std::string html = fmt::format("<title>{}</title>", n);
    for (std::size_t next = 3 * n + 1; next <= 3 * n + 3; ++next) {
      if (next < pages_) {
        html += fmt::format("<a href=\"{}\">x</a>", page_url(next));
      }
    }
    html += fmt::format(
        "<a href=\"http://h0.test:{}/w/0\">0</a>"
        "<a href=\"ftp://x/\">f</a>"
        "<a rel=nofollow href=\"/not/{}\">n</a>",
        site_.port(), n % 10);
    // Those of others that are missing would lead nowhere.
    return n % 11 == 5 && 3 * n + 1 >= pages_ ? Reply::html(html, 404)
                                              : Reply::html(html);
  }

  std::vector<std::string> worker_command(int worker,
                                          std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {
        "-r",
        page_url(0),
        "--shared",
        address_,
        "--scope",
        "any",
        "--connect-to",
        fmt::format("::127.0.0.1:{}", site_.port()),
        "-o",
        output(worker),
        "--skipped",
        files_.file(fmt::format("s{}.jsonl", worker)),
        "--no-robots",
        "-j",
        "4",
        "--per-host",
        "2",
        "-q"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return command(std::move(arguments));
  }
  std::string output(int worker) const {
    return files_.file(fmt::format("o{}{}", worker, ending_of(worker)));
  }
  // Of a worker's -o; what else is added to its command.
  virtual std::string ending_of(int /*worker*/) const { return ".jsonl"; }

  std::multiset<std::string> urls(int workers, const char* kind = "o") const {
    std::multiset<std::string> urls;
    for (int i = 0; i < workers; ++i) {
      for (const nlohmann::json& record :
           records(files_.read(fmt::format("{}{}.jsonl", kind, i)))) {
        urls.insert(record["url"]);
      }
    }
    return urls;
  }

  // Those of a crawl by one process that nobody disturbed.
  std::multiset<std::string> undisturbed() {
    const ProcessResult whole =
        run({"-r", page_url(0), "--scope", "any", "--connect-to",
             fmt::format("::127.0.0.1:{}", site_.port()), "--no-robots", "-q"});
    std::multiset<std::string> urls;
    for (const nlohmann::json& record : records(whole.out))
      urls.insert(record["url"]);
    return urls;
  }

  // When requests of a host began, by the site's log.
  std::vector<LoggedRequest::time_point> starts_at(std::size_t host) const {
    const std::string name = fmt::format("h{}.test:{}", host, site_.port());
    std::vector<LoggedRequest::time_point> starts;
    for (const LoggedRequest& each : site_.log()) {
      if (each.request.header("host") == name) starts.push_back(each.started);
    }
    return starts;
  }

  using CommandOf = std::function<std::vector<std::string>(int worker)>;
  using Workers = std::vector<std::unique_ptr<Process>>;

  static Workers begin_workers(int count, const CommandOf& command_of) {
    Workers workers;
    for (int i = 0; i < count; ++i) {
      workers.push_back(std::make_unique<Process>(command_of(i)));
    }
    return workers;
  }
  // Each comes to its end by itself, with failures among its URLs at most.
  static void expect_ends(const Workers& workers) {
    for (const auto& worker : workers) {
      const ProcessResult result = worker->wait();
      EXPECT_LE(result.exit_status, 1) << result.err;
      EXPECT_EQ(result.signal, 0) << result.err;
    }
  }
  // While workers are at it: of 1,500 pages.
  void restart_redis_again_and_again() {
    for (std::size_t moment = 100; moment <= 1'000; moment += 150) {
      if (!site_.request_log().wait_for_started(moment)) break;
      redis_.kill();
      redis_.start();
    }
  }

  // Workers are killed at random and begun again, until all have come to their
  // end: how many were killed.
  int kill_at_random(int count, const CommandOf& command_of, int most) {
    std::minstd_rand random(20261128);
    Workers workers(static_cast<std::size_t>(count));
    int kills = 0;
    while (kills < most) {
      for (int i = 0; i < count; ++i) {
        auto& worker = workers[static_cast<std::size_t>(i)];
        if (!worker) worker = std::make_unique<Process>(command_of(i));
      }
      site_.clear_log();
      const std::size_t moment =
          std::uniform_int_distribution<std::size_t>(1, 90)(random);
      const auto running = [&] {
        return std::any_of(workers.begin(), workers.end(),
                           [](const auto& w) { return w->running(); });
      };
      while (site_.log().size() < moment && running()) {
        site_.request_log().wait_for_started(moment, std::chrono::seconds(1));
      }
      if (!running()) break;
      auto& victim = workers[std::uniform_int_distribution<std::size_t>(
          0, workers.size() - 1)(random)];
      victim->signal(SIGKILL);
      victim->wait();
      victim.reset();
      ++kills;
    }
    for (auto& worker : workers) {
      if (worker) worker->wait();
    }
    // Those that were killed last come back to what is left.
    for (int i = 0; i < count; ++i) {
      const ProcessResult last = run_process(command_of(i));
      EXPECT_LE(last.exit_status, 1) << last.err;
    }
    return kills;
  }

  void expect_whole(int workers) {
    const auto all = urls(workers);
    EXPECT_EQ(all.size(), pages_);
    EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), pages_);
    EXPECT_EQ(all, undisturbed());
    const auto skipped = urls(workers, "s");
    EXPECT_EQ(skipped.size(),
              std::set<std::string>(skipped.begin(), skipped.end()).size());
  }

  RedisServer redis_;
  std::string address_ = redis_.url();
  std::size_t pages_ = 0, hosts_ = 1;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_CLI_SHARED_FIXTURE_H_
