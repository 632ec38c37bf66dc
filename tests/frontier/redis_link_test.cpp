// What servers answer that are starting, failing over, of a cluster, or no
// Redis at all.
#include "frontier/redis_link.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/ports.h"

namespace crawl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

// Answers commands as a test says, one connection at a time.
class FakeRedis {
 public:
  // What to answer to the command's first word, as RESP; "" closes.
  using Answers = std::function<std::string(const std::string& word)>;
  explicit FakeRedis(Answers answers)
      : answers_(std::move(answers)), thread_([this] { run(); }) {}
  ~FakeRedis() {
    ends_ = true;
    {
      const std::lock_guard lock(mutex_);
      if (client_ >= 0) ::shutdown(client_, SHUT_RDWR);
    }
    ::shutdown(bound_.socket.get(), SHUT_RDWR);
    thread_.join();
  }

  int port() const { return bound_.port; }
  RedisAddress address() const {
    RedisAddress address;
    address.node = {"127.0.0.1", port()};
    return address;
  }
  // The first words that came, but for the link's own questions.
  std::vector<std::string> heard() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  void run() {
    while (!ends_) {
      testing::UniqueFd client(::accept(bound_.socket.get(), nullptr, nullptr));
      if (client.get() < 0) return;
      {
        const std::lock_guard lock(mutex_);
        client_ = client.get();
        if (ends_) return;
      }
      serve(client.get());
      const std::lock_guard lock(mutex_);
      client_ = -1;
    }
  }

  // A command comes as "*N\r\n$SIZE\r\nWORD\r\n...", and at once.
  void serve(int client) {
    char data[4096];
    for (ssize_t size = 0; (size = ::recv(client, data, sizeof data, 0)) > 0;) {
      const std::string text(data, static_cast<std::size_t>(size));
      const std::size_t begin = text.find("\r\n", text.find('$')) + 2;
      const std::string word =
          text.substr(begin, text.find('\r', begin) - begin);
      if (word != "CLUSTER") {
        const std::lock_guard lock(mutex_);
        heard_.push_back(word);
      }
      const std::string answer = answers_(word);
      if (answer.empty()) return;
      ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
  }

  testing::BoundSocket bound_ = testing::listen_on();
  const Answers answers_;
  std::mutex mutex_;
  std::vector<std::string> heard_;
  int client_ = -1;
  std::atomic<bool> ends_{false};
  std::thread thread_;
};

constexpr const char* kNoCluster =
    "-ERR This instance has cluster support disabled\r\n";

Result<RedisReply> ask(const RedisAddress& address) {
  RedisLink link(address, nullptr, "library", [] {});
  link.send({"GET", "x"});
  if (auto answer = link.wait(20s)) return *std::move(answer);
  return make_error("nothing came");
}

TEST(RedisLink, WhatPassesIsWaitedFor) {
  for (const std::string first :
       {"-LOADING Redis is loading the dataset in memory\r\n",
        "-READONLY You can't write against a read only replica.\r\n",
        "-MASTERDOWN Link with MASTER is down\r\n",
        "-CLUSTERDOWN The cluster is down\r\n",
        "-CLUSTERDOWN Hash slot not\r\n",
        "-TRYAGAIN Multiple keys request during rehashing of slot\r\n",
        "-ASK 7 127.0.0.1:1\r\n", "-BUSY Redis is busy\r\n",
        "-OOM command not allowed\r\n", "-MISCONF Redis is configured\r\n",
        "-NOREPLICAS Not enough good replicas to write.\r\n",
        // A cluster that does not know whom to name.
        "-MOVED 7 ?:1\r\n", "-MOVED\r\n", "-MOVED 7\r\n", "-MOVED 7 h:\r\n",
        "-MOVED 7 h:0\r\n", "-MOVED 7 h:99999999999\r\n", "-MOVED 7:1 h\r\n",
        // It breaks off, or speaks something else.
        "", "HTTP/1.1 400 Bad Request\r\n\r\n", "*-7\r\n", "!?\r\n",
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"}) {
    std::atomic<int> asked{0};
    FakeRedis redis([&](const std::string& word) -> std::string {
      if (word == "CLUSTER") return kNoCluster;
      return ++asked == 1 ? first : "+good\r\n";
    });
    const auto answer = ask(redis.address());
    ASSERT_TRUE(answer) << first << answer.error().message;
    EXPECT_EQ(answer->text, "good") << first;
  }
}

TEST(RedisLink, OtherErrorsAreForGood) {
  for (const std::string error :
       {"-WRONGTYPE Operation\r\n", "-NOPERM this user\r\n", "-ERR x\r\n",
        "-NOAUTH Authentication required.\r\n", "-\r\n", "-ASKED\r\n"}) {
    FakeRedis redis([&](const std::string& word) {
      return word == "CLUSTER" ? kNoCluster : error;
    });
    const auto answer = ask(redis.address());
    ASSERT_FALSE(answer) << error;
    EXPECT_THAT(answer.error().message,
                HasSubstr(error.substr(1, error.size() - 3)));
  }
}

TEST(RedisLink, GoesWhereAClusterSaysAndStaysThere) {
  FakeRedis right([](const std::string& word) {
    return word == "CLUSTER" ? kNoCluster : "+right\r\n";
  });
  FakeRedis wrong([&](const std::string& word) {
    return word == "CLUSTER"
               ? kNoCluster
               : fmt::format("-MOVED 7 127.0.0.1:{}\r\n", right.port());
  });
  RedisLink link(wrong.address(), nullptr, "library", [] {});
  for (int i = 0; i < 2; ++i) {
    link.send({"GET", "x"});
    const auto answer = link.wait(20s);
    ASSERT_TRUE(answer && *answer);
    EXPECT_EQ((*answer)->text, "right");
  }
  EXPECT_THAT(wrong.heard(), ElementsAre("GET"));
  EXPECT_THAT(right.heard(), ElementsAre("GET", "GET"));
}

// Redis 7 names no host where it is the one that was asked.
TEST(RedisLink, ANodeWithoutAHostIsAtTheOneThatSaysSo) {
  FakeRedis right([](const std::string& word) {
    return word == "CLUSTER" ? kNoCluster : "+right\r\n";
  });
  FakeRedis wrong([&](const std::string& word) {
    return word == "CLUSTER" ? kNoCluster
                             : fmt::format("-MOVED 7 :{}\r\n", right.port());
  });
  const auto answer = ask(wrong.address());
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->text, "right");
}

TEST(RedisLink, TheOthersAreAskedWhenANodeIsGone) {
  FakeRedis other([](const std::string& word) {
    return word == "CLUSTER" ? kNoCluster : "+other\r\n";
  });
  // Nonsense among the nodes is passed over.
  const std::string slots = fmt::format(
      "*4\r\n:7\r\n*3\r\n:0\r\n:1\r\n*2\r\n$1\r\nh\r\n:4294967303\r\n*3\r\n:"
      "0\r\n:1\r\n*2\r\n$1\r\n?\r\n:99999999\r\n"
      "*4\r\n:0\r\n:1\r\n*2\r\n$1\r\n?\r\n:7\r\n"
      "*3\r\n$-1\r\n:{}\r\n$2\r\nid\r\n",
      other.port());
  auto dies = std::make_unique<FakeRedis>([&](const std::string& word) {
    return word == "CLUSTER" ? slots : "+first\r\n";
  });
  RedisLink link(dies->address(), nullptr, "library", [] {});
  link.send({"GET", "x"});
  auto answer = link.wait(20s);
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->text, "first");
  dies.reset();
  link.send({"GET", "x"});
  answer = link.wait(20s);
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->text, "other");
}

TEST(RedisLink, WhoIsSentRoundInCirclesIsToldSoAndCanLeave) {
  std::string self;
  FakeRedis redis([&](const std::string& word) {
    return word == "CLUSTER" ? std::string(kNoCluster) : self;
  });
  self = fmt::format("-MOVED 7 127.0.0.1:{}\r\n", redis.port());
  RedisLink link(redis.address(), nullptr, "library", [] {});
  link.send({"GET", "x"});
  std::vector<std::string> news;
  while (news.empty()) {
    EXPECT_FALSE(link.wait(10ms));
    news = link.take_news();
  }
  EXPECT_THAT(news[0], HasSubstr("MOVED 7"));
}

}  // namespace
}  // namespace crawl
