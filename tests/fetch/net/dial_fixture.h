#ifndef CRAWL_TESTS_FETCH_NET_DIAL_FIXTURE_H_
#define CRAWL_TESTS_FETCH_NET_DIAL_FIXTURE_H_

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "fetch/net/net_setup.h"
#include "support/event_loop.h"
#include "support/fake_name_server.h"
#include "support/ports.h"

namespace crawl::testing {

// A listening socket on an address of this machine.
class Listener {
 public:
  explicit Listener(const std::string& address = "127.0.0.1",
                    std::uint16_t port = 0)
      : bound_(listen_on(address, port)) {}
  std::uint16_t port() const { return bound_.port; }
  UniqueFd accept() const {
    return UniqueFd(::accept(bound_.socket.get(), nullptr, nullptr));
  }

 private:
  BoundSocket bound_;
};

// Someone who wants a connection, and what came of it.
class Caller final : public DialUser {
 public:
  bool may_reach(const IpAddress& address) const override {
    asked_of.push_back(address.to_string());
    return !policy || policy(address);
  }
  void connected(NewConnection connection) override {
    ++calls;
    opened.emplace(std::move(connection));
    looked_up = opened->looked_up;
    dial.reset();
    if (then) then();
  }
  void not_connected(ErrorKind kind, std::string text,
                     bool was_looked_up) override {
    ++calls;
    error = kind;
    message = std::move(text);
    looked_up = was_looked_up;
    dial.reset();
    if (then) then();
  }
  bool over() const { return calls != 0; }

  std::function<bool(const IpAddress&)> policy;
  std::function<void()> then;
  std::unique_ptr<Dial> dial;
  int calls = 0;
  std::optional<NewConnection> opened;
  ErrorKind error = ErrorKind::kNone;
  std::string message;
  bool looked_up = false;
  mutable std::vector<std::string> asked_of;
};

// A dialer on the test's thread, which asks `server` for names. The options
// count when the dialer is first used.
class DialTest : public ::testing::Test {
 protected:
  DialTest() {
    sources.servers = server.address();
    sources.hosts = "/dev/null";
    sources.nsswitch = "/dev/null";
    sources.resolv_conf = "/dev/null";
    sources.has_ipv6 = true;
    sources.patience = std::chrono::milliseconds(60);
  }
  ~DialTest() override {
    for (auto& caller : callers_) hang_up(*caller);
  }

  Dialer& dialer() {
    if (!dialer_) {
      auto made = NetSetup::create(options, sources);
      if (!made) throw std::runtime_error(made.error().message);
      setup_ = std::move(*made);
      dialer_ = make_dialer(*setup_, sockets);
    }
    return *dialer_;
  }

  // The next one is made of the options as they are then.
  void forget_dialer() {
    for (auto& caller : callers_) hang_up(*caller);
    dialer_.reset();
    setup_.reset();
  }

  // Destroyed by the fixture, and before the dialer.
  Caller& caller() {
    callers_.push_back(std::make_unique<Caller>());
    return *callers_.back();
  }
  void start(Caller& caller, std::string_view host, std::uint16_t port,
             bool tls = false) {
    caller.dial = dialer().dial(host, port, tls, caller);
    EXPECT_EQ(caller.calls, 0) << "called back by dial()";
  }
  Caller& dial(std::string_view host, std::uint16_t port, bool tls = false) {
    Caller& one = caller();
    start(one, host, port, tls);
    wait_for(one);
    return one;
  }
  void hang_up(Caller& caller) {
    caller.dial.reset();
    if (!caller.opened) return;
    sockets.closing(caller.opened->fd.get());
    caller.opened.reset();
  }

  void turn(std::chrono::steady_clock::time_point limit) {
    auto until = dialer().deadline();
    if (!until || limit < *until) until = limit;
    for (const auto ready : sockets.wait(until)) sockets.dispatch(ready);
    const auto now = std::chrono::steady_clock::now();
    const auto due = dialer().deadline();
    if (due && *due <= now) dialer().run(now);
  }
  template <class Done>
  void wait_until(Done done) {
    // Only a test that has already failed waits so long.
    const auto limit =
        std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (!done()) {
      if (std::chrono::steady_clock::now() >= limit) {
        FAIL() << "it does not happen";
      }
      turn(limit);
    }
  }
  void wait_for(Caller& caller) {
    wait_until([&] { return caller.over(); });
  }

  FakeNameServer server;
  FetchOptions options;
  NetSources sources;
  SocketSet sockets;

 private:
  std::unique_ptr<const NetSetup> setup_;
  std::unique_ptr<Dialer> dialer_;
  std::vector<std::unique_ptr<Caller>> callers_;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_FETCH_NET_DIAL_FIXTURE_H_
