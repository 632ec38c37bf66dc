#include "fetch/net/direct_dialer.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <random>
#include <string>
#include <vector>

#include "fetch/net/dial_fixture.h"
#include "support/closed_ports.h"

namespace crawl::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DirectDialerTest : public DialTest {
 protected:
  // Addresses for a name, without a name server.
  void resolve(const std::string& host, std::uint16_t port,
               const std::string& addresses) {
    options.resolve.push_back(host + ":" + std::to_string(port) + ":" +
                              addresses);
  }
  static std::string on(std::uint16_t port) { return std::to_string(port); }
};

TEST_F(DirectDialerTest, ConnectsToAnAddress) {
  Listener listener;
  Caller& caller = dial("127.0.0.1", listener.port());
  ASSERT_TRUE(caller.opened) << caller.message;
  EXPECT_EQ(caller.opened->remote_ip, "127.0.0.1");
  EXPECT_EQ(caller.opened->tunnel, nullptr);
  EXPECT_FALSE(caller.opened->to_proxy);
  EXPECT_FALSE(caller.looked_up);
  EXPECT_GE(caller.opened->namelookup, 0);
  EXPECT_GE(caller.opened->connect, caller.opened->namelookup);
  EXPECT_GE(listener.accept().get(), 0);
  EXPECT_TRUE(server.questions().empty());
}

TEST_F(DirectDialerTest, TheSocketIsReadyForUse) {
  Listener listener;
  Caller& caller = dial("127.0.0.1", listener.port());
  ASSERT_TRUE(caller.opened);
  const int fd = caller.opened->fd.get();
  EXPECT_NE(::fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
  int no_delay = 0;
  socklen_t size = sizeof no_delay;
  ASSERT_EQ(::getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &no_delay, &size), 0);
  EXPECT_NE(no_delay, 0);
}

TEST_F(DirectDialerTest, TheSocketHasNoUserUntilItIsGivenOne) {
  struct User final : SocketUser {
    void ready(int, bool, bool) override { ++calls; }
    int calls = 0;
  } user;
  Listener listener;
  Caller& caller = dial("127.0.0.1", listener.port());
  ASSERT_TRUE(caller.opened);
  const int fd = caller.opened->fd.get();
  const UniqueFd peer = listener.accept();
  ASSERT_EQ(::send(peer.get(), "x", 1, 0), 1);
  sockets.opened(fd, &user);
  sockets.watch(fd, true, false);
  wait_until([&] { return user.calls != 0; });
  EXPECT_EQ(user.calls, 1);
}

TEST_F(DirectDialerTest, ConnectsToAnIpv6Address) {
  Listener listener("::1");
  Caller& caller = dial("[::1]", listener.port());
  ASSERT_TRUE(caller.opened) << caller.message;
  EXPECT_EQ(caller.opened->remote_ip, "::1");
}

TEST_F(DirectDialerTest, ARefusedConnectionIsNamed) {
  RefusingPort port;
  Caller& caller = dial("127.0.0.1", port.port());
  EXPECT_EQ(caller.error, ErrorKind::kConnect);
  EXPECT_EQ(caller.message, "Failed to connect to 127.0.0.1 port " +
                                on(port.port()) + ": Connection refused");
}

TEST_F(DirectDialerTest, LocalhostIsThisMachineWithoutAsking) {
  Listener listener;
  for (const char* name : {"localhost", "localhost.", "a.localhost"}) {
    server.set("a.localhost", {.addresses = {"192.0.2.1"}});
    Caller& caller = dial(name, listener.port());
    ASSERT_TRUE(caller.opened) << caller.message;
    EXPECT_EQ(caller.opened->remote_ip, "127.0.0.1");
    EXPECT_THAT(caller.asked_of, ElementsAre("::1", "127.0.0.1"));
  }
  EXPECT_TRUE(server.questions().empty());
}

TEST_F(DirectDialerTest, ANameIsLookedUp) {
  Listener listener;
  server.set("site.test", {.addresses = {"127.0.0.1"}});
  Caller& first = dial("site.test", listener.port());
  ASSERT_TRUE(first.opened) << first.message;
  EXPECT_TRUE(first.looked_up);
  Caller& second = dial("site.test", listener.port());
  ASSERT_TRUE(second.opened);
  EXPECT_FALSE(second.looked_up);
  EXPECT_EQ(server.asked("site.test"), 2u);  // one question a family
}

TEST_F(DirectDialerTest, ANameThatDoesNotExistIsADnsFailure) {
  Caller& caller = dial("nowhere.test", 80);
  EXPECT_EQ(caller.error, ErrorKind::kDns);
  EXPECT_EQ(caller.message,
            "Could not resolve host: nowhere.test (no such name)");
  EXPECT_TRUE(caller.looked_up);
}

// RFC 8305 section 4: families in turn, IPv6 first.
TEST_F(DirectDialerTest, Rfc8305_FamiliesTakeTurns) {
  RefusingPort port;
  server.set("both.test", {.addresses = {"127.0.0.2", "127.0.0.3", "::1",
                                         "::ffff:127.0.0.4"}});
  // An address is tried as soon as it is known: the order can be told once all
  // of them are.
  EXPECT_EQ(dial("both.test", port.port()).error, ErrorKind::kConnect);
  Caller& caller = dial("both.test", port.port());
  EXPECT_EQ(caller.error, ErrorKind::kConnect);
  EXPECT_FALSE(caller.looked_up);
  EXPECT_THAT(caller.asked_of,
              ElementsAre("::1", "127.0.0.2", "::ffff:127.0.0.4", "127.0.0.3"));
}

TEST_F(DirectDialerTest, Rfc8305_TheNextAddressIsTriedWhenOneFails) {
  Listener listener("127.0.0.3");
  resolve("several.test", listener.port(), "127.0.0.1,127.0.0.2,127.0.0.3");
  Caller& caller = dial("several.test", listener.port());
  ASSERT_TRUE(caller.opened) << caller.message;
  EXPECT_EQ(caller.opened->remote_ip, "127.0.0.3");
}

TEST_F(DirectDialerTest, Rfc8305_TheNextAddressIsTriedWhenOneIsSilent) {
  SilentPort silent;
  Listener listener("127.0.0.2", silent.port());
  resolve("half.test", silent.port(), "127.0.0.1,127.0.0.2");
  Caller& caller = dial("half.test", silent.port());
  ASSERT_TRUE(caller.opened) << caller.message;
  EXPECT_EQ(caller.opened->remote_ip, "127.0.0.2");
}

TEST_F(DirectDialerTest, Rfc8305_Ipv4DoesNotWaitLongForIpv6) {
  Listener listener;
  server.set("slow6.test", DnsType::kA, {.addresses = {"127.0.0.1"}});
  server.set("slow6.test", DnsType::kAaaa, DnsAnswer::nothing());
  sources.patience = std::chrono::minutes(1);
  Caller& caller = dial("slow6.test", listener.port());
  ASSERT_TRUE(caller.opened) << caller.message;
  EXPECT_EQ(caller.opened->remote_ip, "127.0.0.1");
}

TEST_F(DirectDialerTest, Rfc8305_Ipv6DoesNotWaitForIpv4) {
  Listener listener("::1");
  server.set("slow4.test", DnsType::kAaaa, {.addresses = {"::1"}});
  server.set("slow4.test", DnsType::kA, DnsAnswer::nothing());
  sources.patience = std::chrono::minutes(1);
  Caller& caller = dial("slow4.test", listener.port());
  ASSERT_TRUE(caller.opened) << caller.message;
  EXPECT_EQ(caller.opened->remote_ip, "::1");
}

TEST_F(DirectDialerTest, EveryAddressIsAllowedOrNot) {
  Listener listener("127.0.0.2");
  resolve("mixed.test", listener.port(), "10.0.0.1,127.0.0.2");
  resolve("private.test", listener.port(), "10.0.0.1,10.0.0.2");
  Caller& mixed = caller();
  mixed.policy = [](const IpAddress& address) {
    return address.kind() == AddressKind::kLoopback;
  };
  start(mixed, "mixed.test", listener.port());
  wait_for(mixed);
  ASSERT_TRUE(mixed.opened) << mixed.message;

  Caller& refused = caller();
  refused.policy = mixed.policy;
  start(refused, "private.test", listener.port());
  wait_for(refused);
  EXPECT_EQ(refused.error, ErrorKind::kBlockedAddress);
  EXPECT_EQ(refused.message, kBlockedAddressMessage);
  EXPECT_THAT(refused.asked_of, ElementsAre("10.0.0.1", "10.0.0.2"));
}

TEST_F(DirectDialerTest, AnAllowedAddressThatFailsIsNoBlockedOne) {
  RefusingPort port;
  resolve("mixed.test", port.port(), "10.0.0.1,127.0.0.1");
  Caller& caller = this->caller();
  caller.policy = [](const IpAddress& address) {
    return address.kind() == AddressKind::kLoopback;
  };
  start(caller, "mixed.test", port.port());
  wait_for(caller);
  EXPECT_EQ(caller.error, ErrorKind::kConnect);
}

TEST_F(DirectDialerTest, ConnectingTakesNoLongerThanItsLimit) {
  SilentPort silent;
  options.connect_timeout = std::chrono::milliseconds(40);
  Caller& caller = dial("127.0.0.1", silent.port());
  EXPECT_EQ(caller.error, ErrorKind::kTimeout);
  EXPECT_EQ(caller.message,
            "Connection timed out after 40 milliseconds (--connect-timeout)");
}

TEST_F(DirectDialerTest, LookingUpCountsForTheLimit) {
  server.set("silent.test", DnsAnswer::nothing());
  options.connect_timeout = std::chrono::milliseconds(40);
  sources.patience = std::chrono::minutes(1);
  Caller& caller = dial("silent.test", 80);
  EXPECT_EQ(caller.error, ErrorKind::kTimeout);
  EXPECT_EQ(caller.message,
            "Resolving timed out after 40 milliseconds (--connect-timeout)");
  EXPECT_TRUE(caller.looked_up);
}

TEST_F(DirectDialerTest, ADialCanBeGivenUpAtAnyTime) {
  SilentPort silent;
  Listener listener;
  server.set("silent.test", DnsAnswer::nothing());
  server.set("site.test", {.addresses = {"127.0.0.1"}});
  Caller& connecting = caller();
  Caller& looking_up = caller();
  Caller& due = caller();
  start(connecting, "127.0.0.1", silent.port());
  start(looking_up, "silent.test", 80);
  start(due, "127.0.0.1", listener.port());
  due.dial.reset();
  ASSERT_TRUE(dial("site.test", listener.port()).opened);
  connecting.dial.reset();
  looking_up.dial.reset();
  ASSERT_TRUE(dial("site.test", listener.port()).opened);
  EXPECT_EQ(connecting.calls + looking_up.calls + due.calls, 0);
}

TEST_F(DirectDialerTest, OneAnswerMayEndOtherDialsAndStartMore) {
  Listener listener;
  server.set("site.test", {.addresses = {"127.0.0.1"}});
  Caller& first = caller();
  Caller& second = caller();
  Caller& third = caller();
  first.then = [&] {
    second.dial.reset();
    third.dial = dialer().dial("site.test", listener.port(), false, third);
  };
  second.then = [&] { first.dial.reset(); };
  start(first, "site.test", listener.port());
  start(second, "site.test", listener.port());
  wait_for(third);
  EXPECT_TRUE(third.opened);
  EXPECT_EQ(second.calls, 0);
}

TEST_F(DirectDialerTest, ResolveEntriesComeBeforeAllElse) {
  Listener listener("127.0.0.5");
  const std::string port = on(listener.port());
  options.resolve = {"site.test:" + port + ":127.0.0.5",
                     "192.0.2.7:" + port + ":127.0.0.5",
                     "localhost:" + port + ":127.0.0.5"};
  for (const char* host :
       {"site.test", "SITE.test.", "192.0.2.7", "localhost"}) {
    Caller& caller = dial(host, listener.port());
    ASSERT_TRUE(caller.opened) << host << ": " << caller.message;
    EXPECT_EQ(caller.opened->remote_ip, "127.0.0.5");
  }
  EXPECT_TRUE(server.questions().empty());
}

TEST_F(DirectDialerTest, ConnectToChangesWhereItConnects) {
  Listener listener("127.0.0.5");
  const std::string port = on(listener.port());
  options.connect_to = {"site.test:80:127.0.0.5:" + port,
                        "other.test::site.test:80", "::127.0.0.5:" + port};
  for (const char* host : {"site.test", "any.test", "[2001:db8::1]"}) {
    Caller& caller = dial(host, 80);
    ASSERT_TRUE(caller.opened) << host << ": " << caller.message;
    EXPECT_EQ(caller.opened->remote_ip, "127.0.0.5");
  }
}

// Dials of every fate at once, given up at random: alone, or by others as they
// end.
TEST_F(DirectDialerTest, InAStormEachDialEndsOnceOrIsGivenUp) {
  Listener listener;
  options.connect_timeout = std::chrono::milliseconds(500);
  std::minstd_rand random(7);
  const auto chance = [&](unsigned in) { return random() % in == 0; };
  const std::vector<DnsAnswer> fates = {
      {.addresses = {"127.0.0.1"}},
      {.addresses = {"::1", "127.0.0.1"}},
      {.addresses = {"127.0.0.9", "127.0.0.8", "::1"}},
      DnsAnswer::no_such_name(),
      DnsAnswer::server_failure(),
      DnsAnswer::nothing(),
  };
  constexpr std::size_t kNames = 40;
  for (std::size_t i = 0; i < kNames; ++i) {
    const std::string name = "h" + std::to_string(i) + ".test";
    server.set(name, DnsType::kA, fates[i % fates.size()]);
    server.set(name, DnsType::kAaaa, fates[i / 2 % fates.size()]);
  }
  std::vector<Caller*> callers;
  std::vector<bool> given_up(1500);
  const auto give_up_one = [&] {
    const std::size_t victim = random() % callers.size();
    if (callers[victim]->over()) return;
    callers[victim]->dial.reset();
    given_up[victim] = true;
  };
  const auto over = [&](std::size_t i) {
    return callers[i]->over() || given_up[i];
  };
  std::size_t done = 0;
  while (callers.size() < given_up.size()) {
    for (int i = 0; i < 50; ++i) {
      Caller& one = caller();
      callers.push_back(&one);
      one.then = [&] {
        if (chance(4)) give_up_one();
      };
      start(one, "h" + std::to_string(random() % kNames) + ".test",
            listener.port());
      if (chance(8)) give_up_one();
    }
    wait_until([&] {
      for (; done < callers.size() && over(done); ++done) {
        hang_up(*callers[done]);
      }
      return callers.size() - done < 400;
    });
  }
  wait_until([&] {
    while (done < callers.size() && over(done)) ++done;
    return done == callers.size();
  });
  std::size_t connected = 0;
  for (std::size_t i = 0; i < callers.size(); ++i) {
    EXPECT_EQ(callers[i]->calls, given_up[i] ? 0 : 1);
    if (callers[i]->error == ErrorKind::kNone && !given_up[i]) ++connected;
  }
  EXPECT_GT(connected, 100u);
  EXPECT_LT(connected, callers.size());
}

TEST_F(DirectDialerTest, ManyAddressesThatAreSilentHoldFewSockets) {
  SilentPort silent;
  std::string addresses = "127.0.0.1";
  for (int i = 0; i < 15; ++i) addresses += ",127.0.0.1";
  resolve("many.test", silent.port(), addresses);
  options.connect_timeout = std::chrono::milliseconds(1500);
  const auto count_sockets = [] {
    int count = 0;
    for (int fd = 0; fd < 200; ++fd) {
      int type = 0;
      socklen_t size = sizeof type;
      if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0) ++count;
    }
    return count;
  };
  dialer();
  const int before = count_sockets();
  Caller& caller = this->caller();
  start(caller, "many.test", silent.port());
  int most = 0;
  wait_until([&] {
    most = std::max(most, count_sockets() - before);
    return caller.over();
  });
  EXPECT_EQ(caller.error, ErrorKind::kTimeout);
  EXPECT_GT(most, 1);
  EXPECT_LE(most, 4);
}

}  // namespace
}  // namespace crawl::testing
