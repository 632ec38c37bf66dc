#include "fetch/net/resolver.h"

#include <gmock/gmock.h>
#include <netdb.h>

#include <algorithm>
#include <future>
#include <mutex>
#include <random>
#include <string>

#include "fetch/net/dial_fixture.h"
#include "support/temp_dir.h"

namespace crawl::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Asker final : public NameUser {
 public:
  void answered(const HostAnswer& given) override {
    ++calls;
    answer = given;
  }
  bool done() const { return answer.complete(); }
  std::vector<std::string> addresses() const {
    std::vector<std::string> texts;
    for (const auto& address : answer.v6) texts.push_back(address.text());
    for (const auto& address : answer.v4) texts.push_back(address.text());
    return texts;
  }
  HostAnswer answer;
  bool asked = false;
  int calls = 0;
};

class ResolverTest : public ::testing::Test {
 protected:
  ResolverTest() {
    sources.servers = server.address();
    sources.hosts = sources.nsswitch = sources.resolv_conf = "/dev/null";
    sources.has_ipv6 = true;
    sources.patience = std::chrono::milliseconds(60);
  }

  Resolver& resolver() {
    if (!resolver_) {
      setup_ = *NetSetup::create(options, sources);
      resolver_.emplace(*setup_, sockets);
    }
    return *resolver_;
  }
  void ask(Asker& asker, const std::string& name) {
    const HostAnswer* const known =
        resolver().find({name, 80}, asker, asker.asked);
    if (known != nullptr) asker.answered(*known);
  }
  template <class Done>
  void wait_until(Done done) {
    const auto limit =
        std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (!done()) {
      if (std::chrono::steady_clock::now() >= limit) {
        FAIL() << "it does not happen";
      }
      auto until = resolver().deadline();
      if (!until) until = limit;
      for (const auto ready : sockets.wait(until)) sockets.dispatch(ready);
      resolver().run(std::chrono::steady_clock::now());
    }
  }
  Asker look_up(const std::string& name) {
    Asker asker;
    ask(asker, name);
    wait_until([&] { return asker.done(); });
    return asker;
  }
  std::string file(const std::string& name, const std::string& text) {
    return directory.write(name, text);
  }
  void drop_resolver() {
    resolver_.reset();
    setup_.reset();
  }

  TempDir directory;
  FakeNameServer server;
  FetchOptions options;
  NetSources sources;
  SocketSet sockets;

 private:
  std::unique_ptr<const NetSetup> setup_;
  std::optional<Resolver> resolver_;
};

TEST_F(ResolverTest, BothFamiliesAreAskedFor) {
  server.set("site.test",
             {.addresses = {"192.0.2.1", "192.0.2.2", "2001:db8::1"}});
  const Asker asker = look_up("site.test");
  EXPECT_THAT(asker.addresses(),
              ElementsAre("2001:db8::1", "192.0.2.1", "192.0.2.2"));
  EXPECT_TRUE(asker.asked);
  EXPECT_EQ(server.asked("site.test", DnsType::kA), 1u);
  EXPECT_EQ(server.asked("site.test", DnsType::kAaaa), 1u);
}

TEST_F(ResolverTest, WhatHasComeOfOneFamilyIsToldAtOnce) {
  server.set("half.test", DnsType::kA, {.addresses = {"192.0.2.1"}});
  server.set("half.test", DnsType::kAaaa, DnsAnswer::nothing());
  sources.patience = std::chrono::minutes(1);
  Asker first;
  ask(first, "half.test");
  wait_until([&] { return first.calls != 0; });
  EXPECT_FALSE(first.done());
  EXPECT_THAT(first.addresses(), ElementsAre("192.0.2.1"));
  Asker second;  // who comes later is told what is known
  ask(second, "half.test");
  EXPECT_THAT(second.addresses(), ElementsAre("192.0.2.1"));
  EXPECT_FALSE(second.asked);
  EXPECT_EQ(resolver().active(), 0u);  // it is in nobody's way
}

TEST_F(ResolverTest, WithoutIpv6ItIsAskedForOnlyWhereThereIsNothingElse) {
  sources.has_ipv6 = false;
  server.set("both.test", {.addresses = {"192.0.2.1", "2001:db8::1"}});
  server.set("six.test", {.addresses = {"2001:db8::1"}});
  EXPECT_THAT(look_up("both.test").addresses(), ElementsAre("192.0.2.1"));
  EXPECT_THAT(look_up("six.test").addresses(), ElementsAre("2001:db8::1"));
  EXPECT_EQ(look_up("none.test").answer.failure, NameFailure::kNoSuchName);
  EXPECT_EQ(server.asked("both.test", DnsType::kAaaa), 0u);
  EXPECT_EQ(server.asked("none.test", DnsType::kAaaa), 0u);
}

TEST_F(ResolverTest, AnAliasIsFollowed) {
  server.set("alias.test", {.addresses = {"192.0.2.9"},
                            .aliases = {"b.test", "c.test", "d.test"}});
  EXPECT_THAT(look_up("alias.test").addresses(), ElementsAre("192.0.2.9"));
}

TEST_F(ResolverTest, AnAliasOfNothingIsNoAddress) {
  server.set("dangling.test", {.aliases = {"gone.test"}});
  EXPECT_EQ(look_up("dangling.test").answer.failure, NameFailure::kNoAddress);
}

TEST_F(ResolverTest, FailuresAreToldApart) {
  sources.rounds = 1;
  server.set("empty.test", {});
  server.set("broken.test", DnsAnswer::server_failure());
  server.set("refused.test", {.rcode = 5});
  server.set("silent.test", DnsAnswer::nothing());
  const std::pair<const char*, NameFailure> cases[] = {
      {"nowhere.test", NameFailure::kNoSuchName},
      {"empty.test", NameFailure::kNoAddress},
      {"broken.test", NameFailure::kServerFailed},
      {"refused.test", NameFailure::kServerFailed},
      {"silent.test", NameFailure::kNoAnswer},
      {"x.onion", NameFailure::kNoSuchName},
      {"x.invalid.", NameFailure::kNoSuchName},
  };
  for (const auto& [name, failure] : cases) {
    const Asker asker = look_up(name);
    EXPECT_EQ(asker.answer.failure, failure)
        << name << ": " << to_string(asker.answer.failure);
    EXPECT_THAT(asker.addresses(), IsEmpty());
  }
  EXPECT_EQ(server.asked("x.onion") + server.asked("x.invalid"), 0u);
}

TEST_F(ResolverTest, NamesThatCannotBeAskedForAreAnError) {
  for (const std::string& name :
       {std::string(), std::string("."), std::string("a..b"),
        std::string(".a.test"), std::string("a b.test"),
        std::string("a\\.test"), std::string("a\0b.test", 8),
        std::string("a\x7f.test"), std::string("a\xff.test"),
        std::string(64, 'a') + ".test", std::string(300, 'a'),
        std::string("[::1"), std::string("\n")}) {
    EXPECT_EQ(look_up(name).answer.failure,
              name == "[::1" ? NameFailure::kNoSuchName : NameFailure::kBadName)
        << name;
  }
  std::string longest;  // 254 bytes: too long by one with its last dot
  while (longest.size() < 254) longest += "a.";
  EXPECT_EQ(look_up(longest).answer.failure, NameFailure::kNoSuchName);
  longest.back() = 'b';
  EXPECT_EQ(look_up(longest + "cd").answer.failure, NameFailure::kBadName);
}

TEST_F(ResolverTest, AFamilyThatFailsDoesNotHideTheOther) {
  sources.rounds = 1;
  for (const auto& failure :
       {DnsAnswer::no_such_name(), DnsAnswer::server_failure(),
        DnsAnswer::nothing(), DnsAnswer{}}) {
    const std::string name =
        "six" + std::to_string(server.questions().size()) + ".test";
    server.set(name, DnsType::kAaaa, {.addresses = {"2001:db8::1"}});
    server.set(name, DnsType::kA, failure);
    EXPECT_THAT(look_up(name).addresses(), ElementsAre("2001:db8::1"));
  }
}

TEST_F(ResolverTest, ATruncatedAnswerIsFetchedOverTcp) {
  DnsAnswer answer{.truncated = true};
  for (int i = 1; i <= 200; ++i) {
    answer.addresses.push_back("192.0.2." + std::to_string(i));
  }
  server.set("large.test", answer);
  const Asker asker = look_up("large.test");
  // Thousands of addresses are bounded to some.
  EXPECT_EQ(asker.answer.v4.size(), HostAnswer::kMaxAddresses);
  EXPECT_EQ(server.asked("large.test", DnsType::kA), 2u);
}

TEST_F(ResolverTest, WhatIsNoAnswerToTheQuestionIsNoAnswer) {
  sources.rounds = 1;
  server.set("id.test", {.addresses = {"192.0.2.1"}, .wrong_id = true});
  server.set("question.test",
             {.addresses = {"192.0.2.1"}, .wrong_question = true});
  server.set("short.test", {.garbage = "x"});
  for (const char* name : {"id.test", "question.test", "short.test"}) {
    const Asker asker = look_up(name);
    EXPECT_EQ(asker.answer.failure, NameFailure::kNoAnswer) << name;
    EXPECT_THAT(asker.addresses(), IsEmpty()) << name;
  }
}

TEST_F(ResolverTest, GarbageIsAnErrorAndNoCrash) {
  sources.rounds = 1;
  // Whole headers with counts that the rest does not keep, names that point at
  // themselves, and records that end beyond the end.
  const std::string question(
      "\x05"
      "evil?\x04test\0\0\x01\0\x01",
      16);
  const std::string header("\x81\x80\0\x01\xff\xff\0\0\0\0", 10);
  const std::string one("\xc0\x0c\0\x01\0\x01\0\0\0\x01\0\x04", 12);
  const std::vector<std::string> cases = {
      header + question,
      header + question + one,
      header + question + one.substr(0, 6),
      header + question + "\xc0\xff",
      header + question + std::string(400, '\xc0'),
      header + question + std::string(400, '\x3f'),
      std::string("\x81\x80\xff\xff\0\0\0\0\0\0", 10) + question,
      header + "\xc0\x0c",
      header,
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const char digit = static_cast<char>('0' + i);
    std::string bytes = cases[i];
    std::replace(bytes.begin(), bytes.end(), '?', digit);
    const std::string name = std::string("evil") + digit + ".test";
    server.set(name, {.garbage = bytes});
    const Asker asker = look_up(name);
    EXPECT_THAT(asker.addresses(), IsEmpty()) << i;
    EXPECT_TRUE(asker.answer.failure == NameFailure::kServerFailed ||
                asker.answer.failure == NameFailure::kNoAnswer)
        << i;
  }
}

TEST_F(ResolverTest, DamagedAnswersAreNoCrash) {
  sources.rounds = 1;
  std::minstd_rand random(11);
  std::vector<Asker> askers(400);
  for (std::size_t i = 0; i < askers.size(); ++i) {
    const std::string label = "r" + std::to_string(100 + i);
    std::string bytes("\x81\x80\0\x01\0\x03\0\0\0\0", 10);
    bytes += "\x04" + label + std::string("\x04test\0\0\x01\0\x01", 10);
    const std::size_t begin = bytes.size();
    bytes +=
        std::string("\xc0\x0c\0\x05\0\x01\0\0\0\x09\0\x04\x01x\xc0\x11", 16);
    const std::string address("\0\x01\0\x01\0\0\0\x09\0\x04\xc0\0\x02\x01", 14);
    bytes += "\xc0\x27" + address + "\xc0\x27" + address;
    for (std::size_t hits = 1 + random() % 4; hits > 0; --hits) {
      const std::size_t at = begin + random() % (bytes.size() - begin);
      bytes[at] = static_cast<char>(random());
    }
    if (random() % 3 == 0) bytes.resize(begin + random() % 40);
    server.set(label + ".test", {.garbage = bytes});
    ask(askers[i], label + ".test");
  }
  wait_until([&] {
    return std::all_of(askers.begin(), askers.end(),
                       [](const Asker& asker) { return asker.done(); });
  });
}

TEST_F(ResolverTest, AServerThatHangsUpIsAnError) {
  sources.rounds = 2;
  server.set("tcp.test", {.truncated = true, .hangs_up = true});
  server.set("udp.test", {.hangs_up = true});
  for (const char* name : {"tcp.test", "udp.test"}) {
    EXPECT_TRUE(look_up(name).answer.empty());
    EXPECT_GE(server.asked(name), 2u);
  }
  server.set("good.test", {.addresses = {"192.0.2.1"}, .truncated = true});
  EXPECT_THAT(look_up("good.test").addresses(), ElementsAre("192.0.2.1"));
}

TEST_F(ResolverTest, ALostQuestionIsAskedAgain) {
  server.set("lost.test", DnsAnswer::nothing());
  Asker asker;
  ask(asker, "lost.test");
  wait_until([&] { return server.asked("lost.test") >= 2; });
  server.set("lost.test", {.addresses = {"192.0.2.1"}});
  wait_until([&] { return asker.done(); });
  EXPECT_THAT(asker.addresses(), ElementsAre("192.0.2.1"));
}

TEST_F(ResolverTest, TheOtherServersAreAskedToo) {
  FakeNameServer silent;
  FakeNameServer broken;
  silent.set_others(DnsAnswer::nothing());
  broken.set_others(DnsAnswer::server_failure());
  server.set("site.test", {.addresses = {"192.0.2.1"}});
  sources.servers =
      silent.address() + "," + broken.address() + "," + server.address();
  EXPECT_THAT(look_up("site.test").addresses(), ElementsAre("192.0.2.1"));
  EXPECT_GE(silent.asked("site.test"), 1u);
  EXPECT_GE(broken.asked("site.test"), 1u);
}

TEST_F(ResolverTest, AServerThatIsGoneIsNotTheFirstToBeAskedForLong) {
  FakeNameServer silent;
  silent.set_others(DnsAnswer::nothing());
  server.set_others({.addresses = {"192.0.2.1"}});
  sources.servers = silent.address() + "," + server.address();
  for (int i = 0; i < 8; ++i) {
    EXPECT_FALSE(look_up("n" + std::to_string(i) + ".test").answer.empty());
  }
  EXPECT_FALSE(look_up("late.test").answer.empty());
  EXPECT_EQ(silent.asked("n0.test"), 2u);
  EXPECT_EQ(silent.asked("late.test"), 0u);
}

TEST_F(ResolverTest, WhereNoServerIsItFails) {
  sources.servers = "127.0.0.1:1";
  EXPECT_EQ(look_up("site.test").answer.failure, NameFailure::kServerFailed);
}

TEST_F(ResolverTest, AllWhoWaitForANameShareAQuestion) {
  server.set("shared.test", {.addresses = {"192.0.2.1"}});
  std::vector<Asker> askers(100);
  for (Asker& asker : askers) ask(asker, "shared.test");
  wait_until([&] { return askers.back().done(); });
  EXPECT_EQ(server.asked("shared.test"), 2u);
  for (const Asker& asker : askers) {
    EXPECT_THAT(asker.addresses(), ElementsAre("192.0.2.1"));
    EXPECT_EQ(asker.asked, &asker == &askers.front());
  }
}

TEST_F(ResolverTest, AnswersAreKeptNoSuchNameToo) {
  server.set("site.test", {.addresses = {"192.0.2.1"}, .ttl = 0});
  server.set("broken.test", DnsAnswer::server_failure());
  sources.rounds = 1;
  for (const char* name : {"site.test", "nowhere.test", "broken.test"}) {
    look_up(name);
    const std::size_t asked = server.asked(name);
    const Asker again = look_up(name);
    EXPECT_FALSE(again.asked);
    EXPECT_EQ(server.asked(name), asked) << name;
  }
}

TEST_F(ResolverTest, SoManyNamesAreAskedForAtATimeTheOthersWait) {
  server.set_others(DnsAnswer::nothing());
  sources.patience = std::chrono::minutes(1);
  std::vector<Asker> askers(Resolver::kMaxActive);
  for (std::size_t i = 0; i < askers.size(); ++i) {
    ask(askers[i], "n" + std::to_string(i) + ".test");
  }
  EXPECT_EQ(resolver().active(), Resolver::kMaxActive);
  EXPECT_EQ(resolver().asking(), Resolver::kMaxActive / 2);
  EXPECT_TRUE(askers.back().asked);
  // Who has given up is not asked for when its turn comes.
  for (std::size_t i = 1; i < askers.size(); ++i) {
    resolver().forget("n" + std::to_string(i) + ".test", askers[i]);
  }
}

TEST_F(ResolverTest, NamesThatNobodyAnswersDoNotHoldUpTheOthers) {
  server.set_others(DnsAnswer::nothing());
  server.set("good.test", {.addresses = {"192.0.2.1"}});
  std::vector<Asker> askers(4 * Resolver::kMaxActive);
  for (std::size_t i = 0; i < askers.size(); ++i) {
    ask(askers[i], "n" + std::to_string(i) + ".test");
  }
  Asker good;
  ask(good, "good.test");
  wait_until([&] { return good.done(); });
  EXPECT_THAT(good.addresses(), ElementsAre("192.0.2.1"));
  EXPECT_LE(resolver().active(), Resolver::kMaxActive);
}

TEST_F(ResolverTest, ThoseThatWaitComeToTheirTurn) {
  server.set_others({.addresses = {"192.0.2.1"}});
  std::vector<Asker> askers(5 * Resolver::kMaxActive);
  for (std::size_t i = 0; i < askers.size(); ++i) {
    ask(askers[i], "n" + std::to_string(i) + ".test");
  }
  wait_until([&] {
    return std::all_of(askers.begin(), askers.end(),
                       [](const Asker& asker) { return asker.done(); });
  });
  for (const Asker& asker : askers) {
    EXPECT_THAT(asker.addresses(), ElementsAre("192.0.2.1"));
  }
  EXPECT_EQ(resolver().active(), 0u);
}

TEST_F(ResolverTest, NamesAreForgottenTheOldestFirst) {
  server.set_others({.addresses = {"192.0.2.1"}});
  sources.has_ipv6 = false;
  const std::size_t count = Resolver::kMaxKnown + 10;
  for (std::size_t begin = 0; begin < count; begin += 64) {
    std::vector<Asker> askers(64);
    for (std::size_t i = 0; i < askers.size(); ++i) {
      ask(askers[i], "n" + std::to_string(begin + i) + ".test");
    }
    wait_until([&] {
      return std::all_of(askers.begin(), askers.end(),
                         [](const Asker& asker) { return asker.done(); });
    });
  }
  EXPECT_EQ(resolver().known(), Resolver::kMaxKnown);
  EXPECT_TRUE(look_up("n0.test").asked);
  EXPECT_FALSE(look_up("n" + std::to_string(count - 1) + ".test").asked);
}

TEST_F(ResolverTest, AChannelThatIsRenewedLosesNoQuestion) {
  server.set_others({.addresses = {"192.0.2.1"}});
  std::vector<Asker> askers(5000);  // more than one channel is for
  for (std::size_t i = 0; i < askers.size(); ++i) {
    ask(askers[i], "n" + std::to_string(i) + ".test");
  }
  wait_until([&] {
    return std::all_of(askers.begin(), askers.end(),
                       [](const Asker& asker) { return asker.done(); });
  });
  for (const Asker& asker : askers) {
    ASSERT_THAT(asker.addresses(), ElementsAre("192.0.2.1"));
  }
}

TEST_F(ResolverTest, TheSearchListIsGoneThrough) {
  sources.resolv_conf =
      file("resolv.conf", "search corp.test lab.test\noptions ndots:1\n");
  server.set("intranet.lab.test", {.addresses = {"192.0.2.5"}});
  server.set("www.site.test", DnsType::kA, {.addresses = {"192.0.2.6"}});
  server.set("www.site.test", DnsType::kAaaa, {});
  EXPECT_THAT(look_up("intranet").addresses(), ElementsAre("192.0.2.5"));
  EXPECT_EQ(server.asked("intranet.corp.test"), 2u);
  // What one family lacks is not searched for where the other is known.
  EXPECT_THAT(look_up("www.site.test").addresses(), ElementsAre("192.0.2.6"));
  EXPECT_EQ(server.asked("www.site.test.corp.test"), 0u);
  EXPECT_EQ(look_up("intranet.").answer.failure, NameFailure::kNoSuchName);
}

TEST_F(ResolverTest, TheHostsFileComesBeforeTheNameServer) {
  sources.hosts = file("hosts",
                       "# comment\n192.0.2.1  site.test Alias.test # more\n"
                       "2001:db8::1\tsite.test\nnonsense here.test\n");
  EXPECT_THAT(look_up("site.test").addresses(),
              ElementsAre("2001:db8::1", "192.0.2.1"));
  EXPECT_THAT(look_up("alias.test.").addresses(), ElementsAre("192.0.2.1"));
  EXPECT_FALSE(look_up("alias.test").asked);
  EXPECT_THAT(server.questions(), IsEmpty());
}

class SystemTest : public ResolverTest {
 protected:
  SystemTest() {
    sources.system_lookup = [this](const std::string& name) {
      const std::lock_guard lock(mutex_);
      asked_.push_back(name);
      SystemAnswer answer;
      if (name.starts_with("known")) {
        answer.addresses = {*SocketAddress::parse("192.0.2.77")};
      } else {
        answer.error = EAI_NONAME;
      }
      return answer;
    };
  }
  std::vector<std::string> asked() {
    const std::lock_guard lock(mutex_);
    return std::exchange(asked_, {});
  }
  void services(const std::string& hosts) {
    sources.nsswitch = file("nsswitch.conf", "hosts: " + hosts + "\n");
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> asked_;
};

TEST_F(SystemTest, ItIsNotAskedWhereItKnowsNoMore) {
  services("files dns");
  for (const char* name : {"known", "known.local", "known.test"}) {
    EXPECT_EQ(look_up(name).answer.failure, NameFailure::kNoSuchName);
  }
  EXPECT_THAT(asked(), IsEmpty());
}

TEST_F(SystemTest, ItIsAskedForLocalNamesWhereItKnowsThem) {
  services("files mdns4_minimal [NOTFOUND=return] dns myhostname");
  server.set("word", {.addresses = {"192.0.2.1"}});
  EXPECT_THAT(look_up("word").addresses(), ElementsAre("192.0.2.1"));
  EXPECT_THAT(look_up("known").addresses(), ElementsAre("192.0.2.77"));
  EXPECT_THAT(look_up("known.local").addresses(), ElementsAre("192.0.2.77"));
  EXPECT_EQ(look_up("other.local").answer.failure, NameFailure::kNoSuchName);
  EXPECT_EQ(look_up("known.test").answer.failure, NameFailure::kNoSuchName);
  EXPECT_THAT(asked(), ElementsAre("known", "known.local", "other.local"));
  EXPECT_EQ(server.asked("known.local"), 0u);  // RFC 6762 section 3
}

TEST_F(SystemTest, ItIsAskedForAnyNameWhereItMayKnowAny) {
  services("files dns ldap");
  server.set("broken.test", DnsAnswer::server_failure());
  EXPECT_THAT(look_up("known.test").addresses(), ElementsAre("192.0.2.77"));
  EXPECT_EQ(look_up("nowhere.test").answer.failure, NameFailure::kNoSuchName);
  EXPECT_EQ(look_up("broken.test").answer.failure, NameFailure::kServerFailed);
  EXPECT_THAT(asked(), ElementsAre("known.test", "nowhere.test"));
}

TEST_F(SystemTest, ItsAnswersAreKept) {
  services("files dns ldap");
  look_up("known.test");
  EXPECT_FALSE(look_up("known.test").asked);
  EXPECT_THAT(asked(), ElementsAre("known.test"));
}

TEST_F(SystemTest, ItIsAskedForEverythingWhereThatIsWanted) {
  options.system_resolver = true;
  EXPECT_THAT(look_up("known.test").addresses(), ElementsAre("192.0.2.77"));
  EXPECT_THAT(server.questions(), IsEmpty());
}

TEST_F(SystemTest, ItIsAskedForEverythingWhereNoNameServerIs) {
  services("files resolve");
  EXPECT_THAT(look_up("known.test").addresses(), ElementsAre("192.0.2.77"));
  EXPECT_THAT(server.questions(), IsEmpty());
}

TEST_F(SystemTest, ItsEndDoesNotWaitForIt) {
  // What the look-up waits for comes after the resolver's end.
  std::promise<void> ended;
  sources.system_lookup = [wait =
                               ended.get_future().share()](const std::string&) {
    wait.wait();
    return SystemAnswer{};
  };
  options.system_resolver = true;
  Asker asker;
  ask(asker, "known.test");
  drop_resolver();
  ended.set_value();
}

TEST(SystemNames, GetaddrinfoIsWhatItAsks) {
  EXPECT_FALSE(ask_getaddrinfo("localhost").addresses.empty());
  EXPECT_NE(ask_getaddrinfo("a..b").error, 0);
}

TEST_F(ResolverTest, ItsEndWaitsForNoAnswer) {
  server.set_others(DnsAnswer::nothing());
  sources.patience = std::chrono::minutes(1);
  std::vector<Asker> askers(300);
  for (std::size_t i = 0; i < askers.size(); ++i) {
    ask(askers[i], "n" + std::to_string(i) + ".test");
  }
}

}  // namespace
}  // namespace crawl::testing
