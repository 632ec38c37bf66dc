// One crawl, many workers: what is in their outputs together, whatever befalls
// them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "cli/shared_fixture.h"
#include "support/redis_cluster.h"

namespace crawl::testing {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(SharedCliTest, WorkersFetchEachPageOnceBetweenThem) {
  serve(600, 9);
  auto workers = begin_workers(3, [&](int i) { return worker_command(i); });
  expect_ends(workers);
  const LogView log = site_.log();
  for (std::size_t host = 0; host < hosts_; ++host) {
    EXPECT_LE(
        log.max_concurrent(fmt::format("h{}.test:{}", host, site_.port())), 2u);
  }
  expect_whole(3);
}

TEST_F(SharedCliTest, AWorkerAloneIsAWholeCrawl) {
  serve(200, 1);
  const ProcessResult result = run_process(worker_command(0));
  EXPECT_LE(result.exit_status, 1) << result.err;
  expect_whole(1);
  // Run again, it has nothing to add.
  const std::string before = files_.read(output(0));
  EXPECT_LE(run_process(worker_command(0)).exit_status, 1);
  EXPECT_EQ(files_.read(output(0)), before);
}

TEST_F(SharedCliTest, WorkersKilledAtRandomLeaveEveryPageExactlyOnce) {
  serve(1'500, 12);
  EXPECT_GT(kill_at_random(
                3, [this](int worker) { return worker_command(worker); }, 60),
            10);
  expect_whole(3);
}

TEST_F(SharedCliTest, RedisKilledAndStartedAgainCostsNothing) {
  serve(1'500, 12);
  auto workers = begin_workers(2, [&](int i) { return worker_command(i); });
  restart_redis_again_and_again();
  expect_ends(workers);
  expect_whole(2);
}

TEST_F(SharedCliTest, AMasterOfAClusterKilledCostsNothing) {
  serve(1'500, 12);
  RedisCluster cluster;
  const std::string key = "crawl:{c}:meta";
  const std::size_t owner = cluster.owner(key);
  address_ = cluster.node(cluster.stranger(key)).url("c");
  auto workers = begin_workers(3, [&](int i) { return worker_command(i); });
  ASSERT_TRUE(site_.request_log().wait_for_started(400));
  cluster.node(owner).kill();
  expect_ends(workers);
  EXPECT_EQ(cluster.owner(key), RedisCluster::kMasters + owner);
  expect_whole(3);
}

TEST_F(SharedCliTest, WhenRedisIsGoneForLongTheWorkersGoOnAfterwards) {
  serve(600, 5);
  auto arguments = worker_command(0, {"--lease", "500ms"});
  std::erase(arguments, "-q");
  Process worker(arguments);
  ASSERT_TRUE(site_.request_log().wait_for_started(100));
  redis_.kill();
  ASSERT_TRUE(worker.wait_for_error_output("going on from the last"));
  redis_.start();
  const ProcessResult result = worker.wait();
  EXPECT_LE(result.exit_status, 1) << result.err;
  expect_whole(1);
}

TEST_F(SharedCliTest, AWorkerThatNeverComesBackIsReplaced) {
  serve(400, 6);
  auto lost =
      std::make_unique<Process>(worker_command(0, {"--lease", "300ms"}));
  ASSERT_TRUE(site_.request_log().wait_for_started(60));
  lost->signal(SIGKILL);
  lost->wait();
  const ProcessResult other =
      run_process(worker_command(1, {"--lease", "300ms"}));
  EXPECT_LE(other.exit_status, 1) << other.err;
  // Its output has what counts, and what does not behind it: cut when it is
  // begun once more.
  EXPECT_LE(run_process(worker_command(0)).exit_status, 1);
  expect_whole(2);
}

// Whether it is there, or is named from another folder, its name is the same.
// As one on a machine that slept.
TEST_F(SharedCliTest, AWorkerThatStoodStillForLongGoesOn) {
  serve(300, 6);
  Process first(worker_command(0, {"--lease", "400ms"}));
  ASSERT_TRUE(site_.request_log().wait_for_started(60));
  first.signal(SIGSTOP);
  EXPECT_LE(run_process(worker_command(1)).exit_status, 1);
  first.signal(SIGCONT);
  const ProcessResult result = first.wait();
  EXPECT_LE(result.exit_status, 1) << result.err;
  EXPECT_FALSE(result.timed_out);
  expect_whole(2);
}

TEST_F(SharedCliTest, AnOutputMayBeNamedInAnyWay) {
  serve(400, 6);
  const ProcessOptions here = {.directory = files_.path().string()};
  const auto with_output = [&](const std::string& name) {
    std::vector<std::string> arguments = worker_command(0);
    *std::find(arguments.begin(), arguments.end(), output(0)) = name;
    return arguments;
  };
  std::size_t moment = 0;
  for (const std::string& name :
       {std::string("o0.jsonl"), std::string("./o0.jsonl"), output(0)}) {
    Process worker(with_output(name), here);
    moment += 60;
    ASSERT_TRUE(site_.request_log().wait_for_started(moment)) << name;
    worker.signal(SIGKILL);
    worker.wait();
  }
  const ProcessResult last = run_process(with_output("o0.jsonl"), here);
  EXPECT_LE(last.exit_status, 1) << last.err;
  expect_whole(1);
  const ProcessResult finished = run({"--shared", address_, "--finish"});
  EXPECT_EQ(finished.exit_status, 0) << finished.err;
  expect_whole(1);
}

TEST_F(SharedCliTest, CtrlCGivesTheHostsBackAtOnce) {
  serve(800, 6);
  Process first(worker_command(0));
  ASSERT_TRUE(site_.request_log().wait_for_started(60));
  first.signal(SIGINT);
  const ProcessResult stopped = first.wait();
  EXPECT_EQ(stopped.signal, 0);
  const ProcessResult second = run_process(worker_command(1));
  EXPECT_LE(second.exit_status, 1) << second.err;
  expect_whole(2);
}

TEST_F(SharedCliTest, ARobotsTxtIsAskedForOnceWhoeverHasItsHost) {
  serve(400, 5);
  site_.serve("/robots.txt", [](const HttpRequest&) {
    return Reply::text("User-agent: *\nDisallow: /w/7\n");
  });
  const auto with_robots = [&](int worker) {
    auto arguments = worker_command(worker);
    std::erase(arguments, "--no-robots");
    return arguments;
  };
  Process first(with_robots(0));
  ASSERT_TRUE(site_.request_log().wait_for_started(80));
  first.signal(SIGINT);
  first.wait();
  EXPECT_LE(run_process(with_robots(1)).exit_status, 1);
  EXPECT_LE(site_.log().count("/robots.txt"), hosts_);
  EXPECT_EQ(site_.log().count("/w/7"), 0u);
}

TEST_F(SharedCliTest, StatusSaysHowTheCrawlGoes) {
  serve(300, 4);
  const auto status = [&](std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"--shared", redis_.url(), "--status"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  };
  EXPECT_THAT(status().err, HasSubstr("no such crawl"));
  EXPECT_EQ(status().exit_status, 2);
  EXPECT_LE(run_process(worker_command(0)).exit_status, 1);
  const ProcessResult text = status();
  EXPECT_EQ(text.exit_status, 0);
  EXPECT_THAT(text.out, AllOf(HasSubstr("ended"), HasSubstr("300 "),
                              HasSubstr(output(0)), HasSubstr("gone")));
  const json said = json::parse(status({"--format", "jsonl", "--watch"}).out);
  EXPECT_EQ(said["left"], 0);
  EXPECT_EQ(said["records"], 300);
  EXPECT_EQ(said["workers"][0]["records"], 300);
  EXPECT_EQ(said["workers"][0]["alive"], false);
  EXPECT_EQ(said["fetched"].get<int>() + said["failed"].get<int>(), 300);
}

TEST_F(SharedCliTest, WithoutRedisItIsSaidThatItIsWaitedFor) {
  serve(10, 1);
  const std::vector<std::string> status =
      command({"--shared", redis_.url(), "--status"});
  auto worker = worker_command(0);
  std::erase(worker, "-q");
  redis_.kill();
  for (const std::vector<std::string>& arguments : {worker, status}) {
    Process waits(arguments);
    EXPECT_TRUE(waits.wait_for_error_output("waiting for it")) << arguments[1];
    waits.signal(SIGKILL);
    waits.wait();
  }
}

TEST_F(SharedCliTest, PauseResumeAndStopAreForAllWorkers) {
  serve(600, 6);
  const auto order = [&](const char* what) {
    EXPECT_EQ(run({"--shared", redis_.url(), what}).exit_status, 0) << what;
  };
  // However slowly the order comes, there is more to do when it does.
  std::atomic<int> asked = 0;
  site_.serve("/w/*", [&](const HttpRequest& request) {
    Reply reply = answer(request.target);
    return ++asked < 50 ? reply : Reply().wait_for("stop").then(reply);
  });
  auto first = std::make_unique<Process>(worker_command(0));
  ASSERT_TRUE(site_.request_log().wait_for_started(50));
  order("--stop");
  site_.open_gate("stop");
  const ProcessResult stopped = first->wait();
  EXPECT_EQ(stopped.exit_status, 1) << stopped.err;
  EXPECT_EQ(stopped.signal, 0);
  // Nobody is at work: there is nothing to watch.
  EXPECT_THAT(run({"--shared", redis_.url(), "--status", "--watch"}).out,
              HasSubstr("stopped"));
  EXPECT_LT(urls(1).size(), 600u);
  // Who comes to a crawl that was stopped has nothing to do.
  EXPECT_LE(run_process(worker_command(1)).exit_status, 1);
  EXPECT_EQ(urls(2).size(), urls(1).size());
  order("--pause");
  auto waits = std::make_unique<Process>(worker_command(1));
  const json paused = json::parse(
      run({"--shared", redis_.url(), "--status", "--format", "jsonl"}).out);
  EXPECT_EQ(paused["order"], "pause");
  EXPECT_GT(paused["left"], 0);
  order("--resume");
  EXPECT_LE(waits->wait().exit_status, 1);
  EXPECT_LE(run_process(worker_command(0)).exit_status, 1);
  expect_whole(2);
}

TEST_F(SharedCliTest, FinishCutsTheOutputsOfThoseThatNeverCameBack) {
  serve(400, 6);
  Process lost(worker_command(0, {"--lease", "300ms"}));
  ASSERT_TRUE(site_.request_log().wait_for_started(60));
  lost.signal(SIGKILL);
  lost.wait();
  EXPECT_LE(run_process(worker_command(1)).exit_status, 1);
  std::ofstream(output(0), std::ios::app) << "{\"half";
  const ProcessResult finished = run({"--shared", redis_.url(), "--finish"});
  EXPECT_EQ(finished.exit_status, 0) << finished.out << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("cut off"));
  expect_whole(2);
  EXPECT_THAT(run({"--shared", redis_.url(), "--finish"}).out,
              Not(HasSubstr("cut off")));
}

// What it was refused for is not the crawl's, nor what it would have written.
TEST_F(SharedCliTest, FinishLeavesTheFilesOfWhoWasRefused) {
  serve(60, 3);
  EXPECT_LE(run_process(worker_command(0)).exit_status, 1);
  const std::string skipped = files_.read("s0.jsonl");
  files_.write("o1.jsonl", "{\"url\":\"precious\"}\n");
  files_.write("kept.warc.gz", "precious");
  const std::vector<std::vector<std::string>> refused = {
      worker_command(1),
      worker_command(2, {"--skipped", files_.file("s0.jsonl")}),
      worker_command(3, {"--warc-file", files_.file("kept")})};
  for (const auto& worker : refused) {
    const ProcessResult result = run_process(worker);
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.err, HasSubstr("name another"));
  }
  const ProcessResult finished = run({"--shared", redis_.url(), "--finish"});
  EXPECT_EQ(finished.exit_status, 0) << finished.out << finished.err;
  EXPECT_EQ(files_.read("o1.jsonl"), "{\"url\":\"precious\"}\n");
  EXPECT_EQ(files_.read("kept.warc.gz"), "precious");
  EXPECT_EQ(files_.read("s0.jsonl"), skipped);
  expect_whole(1);
}

// Which may not know the latest positions.
TEST_F(SharedCliTest, FinishDoesNotBelieveAReplica) {
  serve(60, 3);
  EXPECT_LE(run_process(worker_command(0)).exit_status, 1);
  RedisServer replica(
      {"--replicaof", "127.0.0.1", std::to_string(redis_.port())});
  replica.wait_to_have(redis_);
  const ProcessResult status =
      run({"--shared", replica.url(), "--status", "--format", "jsonl"});
  EXPECT_EQ(status.exit_status, 0) << status.err;
  std::ofstream(output(0), std::ios::app) << "{\"half";
  const std::string before = files_.read(output(0));
  const ProcessResult finished = run({"--shared", replica.url(), "--finish"});
  EXPECT_EQ(finished.exit_status, 2);
  EXPECT_THAT(finished.err,
              HasSubstr("is a replica, which may not know the latest"));
  EXPECT_EQ(files_.read(output(0)), before);
}

TEST_F(SharedCliTest, SitemapsAreReadOnceByOneWorker) {
  serve(60, 6);
  const auto url_in_map = [&](std::size_t n) { return page_url(n, "s"); };
  site_.serve("/robots.txt", [this](const HttpRequest&) {
    return Reply::text(
        fmt::format("Sitemap: http://h0.test:{}/map.xml\n", site_.port()));
  });
  site_.serve("/map.xml", [&](const HttpRequest&) {
    std::string text;
    for (std::size_t n = 0; n < 30; ++n) text += url_in_map(n) + "\n";
    return Reply::text(text);
  });
  site_.serve("/s/*", "<title>s</title>");
  auto workers = begin_workers(3, [&](int i) {
    auto arguments = worker_command(i);
    std::erase(arguments, "--no-robots");
    return arguments;
  });
  expect_ends(workers);
  EXPECT_EQ(site_.log().count("/map.xml"), 1u);
  const auto all = urls(3);
  EXPECT_EQ(all.size(), 90u);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 90u);
}

TEST_F(SharedCliTest, SitemapsOfTheCommandLineAreReadOnceByOneWorker) {
  serve(60, 6);
  site_.serve("/map.xml", [&](const HttpRequest& request) {
    if (request.header("authorization").empty()) return Reply::text("", 401);
    std::string text;
    for (std::size_t n = 0; n < 30; ++n) text += page_url(n, "s") + "\n";
    return Reply::text(text);
  });
  site_.serve("/s/*", "<title>s</title>");
  const std::vector<std::string> map = {
      "--sitemap",
      fmt::format("http://me:sesame@h3.test:{}/map.xml", site_.port())};
  auto workers =
      begin_workers(3, [&](int i) { return worker_command(i, map); });
  expect_ends(workers);
  EXPECT_EQ(site_.log().count("/map.xml"), 1u);
  const auto all = urls(3);
  EXPECT_EQ(all.size(), 90u);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 90u);
  EXPECT_THAT(redis_.ask({"KEYS", "*"}), Not(HasSubstr("sesame")));
  // One that cannot be read is a failure, as without --shared.
  EXPECT_EQ(
      run_process(worker_command(
                      3, {"--sitemap", fmt::format("http://h3.test:{}/none.xml",
                                                   site_.port())}))
          .exit_status,
      1);
}

TEST_F(SharedCliTest, SeedsOfAPipeAreCrawledThoughRedisWasGoneForLong) {
  serve(300, 5);
  auto arguments = worker_command(0, {"--lease", "300ms"});
  std::erase(arguments, "-q");
  std::replace(arguments.begin(), arguments.end(), page_url(0),
               std::string("-"));
  ProcessOptions pipe;
  pipe.input = page_url(0) + "\n" + page_url(299) + "\n";
  pipe.keep_stdin_open = true;
  Process worker(arguments, std::move(pipe));
  // Begun, since it is known by name.
  while (redis_.ask({"KEYS", "*w:*"}).find("w:") == std::string::npos &&
         worker.running()) {
  }
  redis_.kill();
  ASSERT_TRUE(worker.wait_for_error_output("going on from the last"));
  redis_.start();
  worker.close_stdin();
  const ProcessResult result = worker.wait();
  EXPECT_LE(result.exit_status, 1) << result.err;
  const auto all = urls(1);
  EXPECT_EQ(all.size(), 300u);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 300u);
}

TEST_F(SharedCliTest, AWorkerWithNothingToDoWaitsForAnothersInput) {
  serve(300, 5);
  auto arguments = worker_command(0);
  std::replace(arguments.begin(), arguments.end(), page_url(0),
               std::string("-"));
  ProcessOptions pipe;
  pipe.input = page_url(299) + "\n";
  pipe.keep_stdin_open = true;
  Process reader(arguments, std::move(pipe));
  while (redis_.ask({"HGET", "crawl:{test}:meta", "known"}) != "1\n" &&
         reader.running()) {
  }
  // It fetches what there is, and has nothing to do then.
  arguments = worker_command(1);
  std::replace(arguments.begin(), arguments.end(), page_url(0), page_url(298));
  Process waits(arguments);
  while (redis_.ask({"HGET", "crawl:{test}:meta", "records"}) != "300\n" &&
         waits.running()) {
  }
  EXPECT_TRUE(waits.running());
  const ProcessResult status = run({"--shared", address_, "--status"});
  EXPECT_THAT(status.out, AllOf(HasSubstr("going"), HasSubstr(" 0 left"),
                                HasSubstr("1 worker still reads it")));
  EXPECT_TRUE(waits.running());
  reader.close_stdin();
  EXPECT_LE(reader.wait().exit_status, 1);
  EXPECT_LE(waits.wait().exit_status, 1);
}

TEST_F(SharedCliTest, TheDelayHoldsWhoeverHasTheHostAndIsKilled) {
  serve(60, 2);
  const std::vector<std::string> slowly = {"--delay", "20ms"};
  auto workers =
      begin_workers(2, [&](int i) { return worker_command(i, slowly); });
  for (std::size_t kill = 0; kill < 8; ++kill) {
    if (!site_.request_log().wait_for_started(7 * (kill + 1))) break;
    auto& victim = workers[kill % 2];
    victim->signal(SIGKILL);
    victim->wait();
    victim = std::make_unique<Process>(
        worker_command(static_cast<int>(kill % 2), slowly));
  }
  for (auto& worker : workers) EXPECT_LE(worker->wait().exit_status, 1);
  for (std::size_t host = 0; host < hosts_; ++host) {
    const auto starts = starts_at(host);
    ASSERT_GE(starts.size(), 30u);
    EXPECT_GE(starts.back() - starts.front(),
              std::chrono::milliseconds(20) * (starts.size() - 2));
  }
  expect_whole(2);
}

TEST_F(SharedCliTest, CookiesOfARedirectGoWithThePageFromHostToHost) {
  serve(1, 2);
  const auto url = [&](int host, const char* path) {
    return fmt::format("http://h{}.test:{}/{}", host, site_.port(), path);
  };
  site_.serve("/w/0", fmt::format("<a href=\"{}\">x</a>", url(0, "door")));
  site_.serve("/door", [&](const HttpRequest& request) {
    if (request.header("cookie") == "seen=yes") {
      return Reply::html("<title>in</title>");
    }
    return Reply::response(
        302, {{"Location", url(1, "guard")}, {"Set-Cookie", "seen=yes"}}, "");
  });
  site_.serve("/guard", [&](const HttpRequest& request) {
    EXPECT_EQ(request.header("cookie"), "");
    return Reply::redirect(url(0, "door"));
  });
  EXPECT_LE(run_process(worker_command(0)).exit_status, 1);
  const auto all = records(files_.read("o0.jsonl"));
  ASSERT_EQ(all.size(), 2u);
  const auto& door = all[0]["url"] == url(0, "door") ? all[0] : all[1];
  EXPECT_EQ(door["status_code"], 200) << door;
  EXPECT_EQ(door["title"], "in");
  EXPECT_EQ(door["redirects"].size(), 2u);
  EXPECT_EQ(door["final_url"], url(0, "door"));
}

// Each page is the same and leads to two more. Nobody has a host for long
// enough to see that alone.
TEST_F(SharedCliTest, CopiesThatLeadToCopiesAreCountedByWhoeverHasTheirHost) {
  serve(1, 2);
  site_.serve("/w/0", fmt::format("<a href=\"http://h0.test:{0}/t/a/\">x</a>"
                                  "<a href=\"http://h1.test:{0}/t/b/\">x</a>",
                                  site_.port()));
  site_.serve("/t/*",
              "<title>t</title><a href=\"a/\">x</a><a href=\"b/\">y</a>");
  const std::vector<std::string> limit = {"--max-duplicates", "30"};
  bool ended = false;
  for (int turn = 0; turn < 40 && !ended; ++turn) {
    site_.clear_log();
    Process worker(worker_command(turn % 2, limit));
    while (site_.log().size() < 10 && worker.running()) {
      site_.request_log().wait_for_started(10, std::chrono::seconds(1));
    }
    worker.signal(SIGINT);
    worker.wait();
    ended = json::parse(
                run({"--shared", redis_.url(), "--status", "--format", "jsonl"})
                    .out)["left"] == 0;
  }
  EXPECT_TRUE(ended);
  EXPECT_LT(urls(2).size(), 250u);
}

TEST_F(SharedCliTest, ExplainSaysWhetherTheCrawlKnowsAUrl) {
  serve(30, 3);
  const auto explain = [&](const std::string& url) {
    return run({"-r", page_url(0), "--shared", redis_.url(), "--scope", "any",
                "--no-robots", "--explain", url});
  };
  EXPECT_THAT(explain(page_url(7)).out, HasSubstr("nobody has begun"));
  EXPECT_LE(run_process(worker_command(0)).exit_status, 1);
  const ProcessResult known = explain(page_url(7));
  EXPECT_EQ(known.exit_status, 1) << known.err;
  EXPECT_THAT(known.out, HasSubstr("the crawl knows it"));
  const ProcessResult other = explain(page_url(999));
  EXPECT_EQ(other.exit_status, 0) << other.out;
  EXPECT_THAT(other.out, HasSubstr("not in the crawl"));
  // It has no part in it.
  EXPECT_THAT(run({"--shared", redis_.url(), "--status"}).out,
              HasSubstr("30 records"));
}

// One that finds nothing to fetch, or nothing that fits, since others had it
// all before, has not failed; where nobody found any, it has.
TEST_F(SharedCliTest, AWorkerThatCameTooLateForMoreHasNotFailed) {
  site_.serve("/paper.pdf", [](const HttpRequest&) {
    return Reply::response(200, {{"Content-Type", "application/pdf"}}, "paper");
  });
  const auto held = [](std::string body) {
    return [body = std::move(body)](const HttpRequest& request) {
      return Reply().wait_for(request.target).then(Reply::html(body));
    };
  };
  site_.serve("/a", held("<a href=/paper.pdf>paper</a>"));
  site_.serve("/b", held("<a href=/next>next</a>"));
  site_.serve("/next", "<a href=/other>no</a>");
  struct Case {
    std::string seed, include;
    bool has_predecessor;  // that fetches the seed, and is told to end
    int exit_status;
  };
  for (const Case& one : std::vector<Case>{{"/a", ".", true, 0},
                                           {"/paper.pdf", ".", false, 1},
                                           {"/b", "next", true, 0},
                                           {"/next", "no", false, 1}}) {
    SCOPED_TRACE(one.seed);
    const auto worker = [&](const char* name) {
      return command({"-r", site_.url(one.seed), "--include", one.include,
                      "--shared", redis_.url(one.seed.substr(1)), "--no-robots",
                      "-o", files_.file(name + one.seed.substr(1))});
    };
    if (one.has_predecessor) {
      site_.clear_log();
      Process first(worker("first"));
      ASSERT_TRUE(site_.request_log().wait_for_started(1));
      first.signal(SIGINT);
      ASSERT_TRUE(first.wait_for_error_output("interrupted"));
      site_.open_gate(one.seed);
      EXPECT_EQ(first.wait().exit_status, 130);
    }
    const ProcessResult last = run_process(worker("last"));
    EXPECT_EQ(last.exit_status, one.exit_status) << last.err;
  }
}

TEST_F(SharedCliTest, OptionsThatOneWorkerCouldNotKeepToAreRefused) {
  serve(5, 1);
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{"--state", "x"},
        {"--pace-by", "address"},
        {"--commit-interval", "1s"},
        {"--lease", "1ms"},
        {"-o", "-"},
        {"--status"},
        {"--watch"},
        {"--shared", "http://h/"}}) {
    const ProcessResult result = run_process(worker_command(0, more));
    EXPECT_EQ(result.exit_status, 2) << more[0] << result.err;
    EXPECT_EQ(result.err.find("crawl: "), 0u) << result.err;
  }
  EXPECT_THAT(run({"--resume"}).err, HasSubstr("--state FILE"));
  EXPECT_EQ(run({"-r", "http://a/", "--lease", "1s"}).exit_status, 2);
}

TEST_F(SharedCliTest, TheSameOutputTwiceIsRefused) {
  serve(50, 1);
  site_.serve("/w/0", [](const HttpRequest&) {
    return Reply().wait_for("held").then(Reply::html("<title>1</title>"));
  });
  Process first(worker_command(0));
  ASSERT_TRUE(site_.request_log().wait_for_started(1));
  const ProcessResult second = run_process(worker_command(0));
  EXPECT_EQ(second.exit_status, 2);
  EXPECT_THAT(second.err, HasSubstr("is being written"));
  site_.open_gate("held");
  EXPECT_LE(first.wait().exit_status, 1);
}

TEST_F(SharedCliTest, AWorkerOfOtherMannersIsRefusedByTheirName) {
  serve(10, 1);
  EXPECT_LE(run_process(worker_command(0)).exit_status, 1);
  for (const std::vector<std::string>& other :
       std::vector<std::vector<std::string>>{{"--delay", "20ms"},
                                             {"--per-host", "1"},
                                             {"--product-token", "other"},
                                             {"-A", "other"},
                                             {"--follow", "a,link"},
                                             {"--ignore-nofollow"},
                                             {"--all-types"},
                                             {"--no-sitemaps"},
                                             {"--max-duplicates", "7"},
                                             {"--max-redirs", "3"},
                                             {"--allow-private"}}) {
    const ProcessResult result = run_process(worker_command(1, other));
    EXPECT_EQ(result.exit_status, 2) << other[0];
    EXPECT_THAT(result.err, HasSubstr(other[0] + " ")) << result.err;
  }
}

TEST_F(SharedCliTest, OtherOptionsAreRefusedAndNothingIsTouched) {
  serve(50, 1);
  EXPECT_LE(run_process(worker_command(0)).exit_status, 1);
  const std::string before = files_.read(output(0));
  const ProcessResult other = run_process(worker_command(0, {"--depth", "1"}));
  EXPECT_EQ(other.exit_status, 2);
  EXPECT_THAT(other.err, HasSubstr("--depth"));
  EXPECT_EQ(files_.read(output(0)), before);
  // An output that the crawl does not know is somebody's.
  files_.write("o1.jsonl", "mine\n");
  const ProcessResult foreign = run_process(worker_command(1));
  EXPECT_EQ(foreign.exit_status, 2);
  EXPECT_THAT(foreign.err, HasSubstr("does not know"));
  EXPECT_EQ(files_.read("o1.jsonl"), "mine\n");
}

TEST_F(SharedCliTest, APasswordIsInNoMessage) {
  serve(5, 1);
  for (const auto& [scheme, who, query] :
       {std::tuple{"redis", "me:sesame@", ""},
        {"redis", ":sesame@", ""},
        {"redis", "sesame@", ""},
        {"rediss", "me:sesame@", "?cacert=/there/is/none"},
        {"rediss", "sesame@", "?cacert=/there/is/none"}}) {
    address_ = fmt::format("{}://{}127.0.0.1:{}/0/x{}", scheme, who,
                           redis_.port(), query);
    auto arguments = worker_command(0, {"-v"});
    std::erase(arguments, "-q");
    const ProcessResult result = run_process(arguments);
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.err + result.out,
                AllOf(HasSubstr(fmt::format("{}://127.0.0.1", scheme)),
                      Not(HasSubstr("sesame"))));
    arguments.push_back("--print-config");
    EXPECT_THAT(run_process(arguments).out,
                AllOf(HasSubstr("shared"), Not(HasSubstr("sesame"))));
    const ProcessResult status = run({"--shared", address_, "--status"});
    EXPECT_EQ(status.exit_status, 2);
    EXPECT_THAT(status.err + status.out, Not(HasSubstr("sesame")));
  }
}

}  // namespace
}  // namespace crawl::testing
