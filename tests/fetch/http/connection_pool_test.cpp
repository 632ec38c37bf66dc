// Which connection carries the next exchange, and which is closed.
#include "fetch/http/connection_pool.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <string>
#include <system_error>
#include <vector>

namespace crawl {
namespace {

using namespace std::chrono_literals;

class ConnectionPoolTest : public testing::Test {
 protected:
  ~ConnectionPoolTest() override {
    for (const int fd : peers_) ::close(fd);
  }

  PlainConnection& open(const char* url, const char* ip = "192.0.2.1") {
    std::array<int, 2> fds{};
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds.data()) != 0) {
      throw std::system_error(errno, std::generic_category());
    }
    peers_.push_back(fds[1]);
    sockets_.opened(fds[0]);
    return pool.add(*Url::parse(url), NewConnection{Fd(fds[0]), ip, 0, 0});
  }
  PlainConnection* take(const char* url) {
    return pool.take_idle(*Url::parse(url), now,
                          [](const PlainConnection&) { return true; });
  }

 private:
  SocketSet sockets_;
  std::vector<int> peers_;

 protected:
  ConnectionPool pool{sockets_, 8};
  ConnectionPool::time_point now = std::chrono::steady_clock::now();
};

TEST_F(ConnectionPoolTest, NewOnesAreNotIdle) {
  open("http://a.test/");
  EXPECT_EQ(take("http://a.test/"), nullptr);
  EXPECT_EQ(pool.busy().size(), 1u);
}

TEST_F(ConnectionPoolTest, TheOneUsedLastGoesFirst) {
  PlainConnection& first = open("http://a.test/1");
  PlainConnection& second = open("http://a.test/2");
  EXPECT_FALSE(first.reused);
  pool.give_back(second, now);
  pool.give_back(first, now);
  EXPECT_EQ(take("http://a.test/3"), &first);
  EXPECT_TRUE(first.reused);
  EXPECT_EQ(take("http://a.test/3"), &second);
  EXPECT_EQ(take("http://a.test/3"), nullptr);
}

TEST_F(ConnectionPoolTest, HostAndPortMustBeTheSame) {
  pool.give_back(open("http://a.test:81/"), now);
  EXPECT_EQ(take("http://a.test/"), nullptr);
  EXPECT_EQ(take("http://b.test:81/"), nullptr);
  EXPECT_EQ(take("http://www.a.test:81/"), nullptr);
  EXPECT_NE(take("http://A.TEST:81/x"), nullptr);
}

TEST_F(ConnectionPoolTest, OneWhoseAddressIsNotAllowedStaysIdle) {
  PlainConnection& inside = open("http://a.test/", "10.0.0.1");
  PlainConnection& outside = open("http://a.test/", "192.0.2.7");
  pool.give_back(outside, now);
  pool.give_back(inside, now);
  const auto allowed = [](const PlainConnection& connection) {
    return connection.remote_ip != "10.0.0.1";
  };
  const Url url = *Url::parse("http://a.test/");
  EXPECT_EQ(pool.take_idle(url, now, allowed), &outside);
  EXPECT_EQ(pool.take_idle(url, now, allowed), nullptr);
  EXPECT_EQ(take("http://a.test/"), &inside);
}

TEST_F(ConnectionPoolTest, OneIdleForTooLongIsNotTrusted) {
  pool.give_back(open("http://a.test/"), now);
  now += 10min;
  EXPECT_EQ(take("http://a.test/"), nullptr);
}

TEST_F(ConnectionPoolTest, TheLongestIdleIsClosedWhenThereAreTooMany) {
  std::vector<PlainConnection*> open_ones;
  for (const char* url : {"http://a.test/", "http://b.test/", "http://c.test/"})
    open_ones.push_back(&open(url));
  pool.set_max_open(2);
  pool.give_back(*open_ones[1], now);
  EXPECT_EQ(pool.size(), 2u);
  EXPECT_EQ(take("http://b.test/"), nullptr);
  pool.give_back(*open_ones[0], now);
  EXPECT_EQ(pool.size(), 2u);
  EXPECT_EQ(take("http://a.test/"), open_ones[0]);
}

TEST_F(ConnectionPoolTest, ClosedOnesAreForgotten) {
  PlainConnection& idle = open("http://a.test/");
  PlainConnection& busy = open("http://a.test/");
  const int idle_fd = idle.fd.get();
  const int busy_fd = busy.fd.get();
  EXPECT_EQ(pool.find(idle_fd), &idle);
  pool.give_back(idle, now);
  pool.close(idle);
  pool.close(busy);
  EXPECT_EQ(pool.find(idle_fd), nullptr);
  EXPECT_EQ(pool.find(busy_fd), nullptr);
  EXPECT_EQ(pool.find(100'000), nullptr);
  EXPECT_EQ(take("http://a.test/"), nullptr);
  EXPECT_EQ(pool.size(), 0u);
}

}  // namespace
}  // namespace crawl
