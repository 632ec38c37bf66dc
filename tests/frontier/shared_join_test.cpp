// How workers come into a crawl, or do not.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "frontier/shared_impl.h"
#include "frontier/shared_redis_fixture.h"

namespace crawl {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Worker;
using namespace std::chrono_literals;

class SharedJoinTest : public testing::SharedRedisTest {
 protected:
  SharedOptions options(const std::string& worker) override {
    SharedOptions options = SharedRedisTest::options(worker);
    options.lease = lease_;
    options.has_input = true;
    return options;
  }
  SharedOptions options_at(const std::string& place) {
    SharedOptions own = options("a");
    own.place = place;
    return own;
  }
  std::string keys() {
    return redis_->ask({"KEYS", fmt::format("crawl:{{{}*", name_)});
  }

  std::chrono::milliseconds lease_{30'000};
};

TEST_F(SharedJoinTest, ANameThatIsAtWorkElsewhereIsRefused) {
  Worker a(open(options_at("here")));
  a.add("http://h.test/");
  ASSERT_TRUE(a.turn(7));
  std::vector<std::string> said;
  const auto other = SharedState::open(
      options_at("there"), clock_, [] {}, 5s,
      [&] {
        // The first has its say meanwhile.
        EXPECT_TRUE(a.state().commit({{"records", 7}}));
        EXPECT_TRUE(a.state().await());
        return false;
      },
      [&](std::string_view what) { said.emplace_back(what); });
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message,
              AllOf(HasSubstr("at work elsewhere"), HasSubstr("another -o")));
  EXPECT_THAT(said, ElementsAre(HasSubstr("waiting whether it is still")));
  // It lost nothing.
  EXPECT_TRUE(a.turn(8));
  EXPECT_THAT(a.urls(), ElementsAre("http://h.test/"));
}

TEST_F(SharedJoinTest, ANameThatIsSilentElsewhereIsReplacedAfterItsLease) {
  lease_ = 400ms;
  Worker a(open(options_at("here")));
  a.add("http://h.test/");
  ASSERT_TRUE(a.turn(7));
  Worker other(open(options_at("there")));
  EXPECT_EQ(other.state().position("records"), 7u);
  ASSERT_TRUE(other.turn(7));
  EXPECT_THAT(other.urls(), ElementsAre("http://h.test/"));
  EXPECT_FALSE(a.turn(9));
  EXPECT_TRUE(a.state().is_lost());
}

TEST_F(SharedJoinTest, AStartThatCameToNothingLeavesNoCrawl) {
  for (const std::size_t shards : {std::size_t{1}, std::size_t{3}}) {
    SharedOptions own = options("a");
    own.shards = shards;
    own.settings = {{"--scope", fmt::to_string(shards)}};
    {
      Worker a(open(own));
      ASSERT_TRUE(a.state().commit({}));
      ASSERT_TRUE(a.state().await());
      EXPECT_NE(keys(), "\n");
    }
    EXPECT_EQ(keys(), "\n") << shards;
  }
}

TEST_F(SharedJoinTest, AStartThatCannotHaveAllItsShardsLeavesNoCrawl) {
  SharedOptions own = options("a");
  own.shards = 3;
  const std::string foreign = shard_prefix(name_, 2) + "meta";
  redis_->ask({"SET", foreign, "mine"});
  EXPECT_THAT(open(own).error().message, HasSubstr("another program's"));
  EXPECT_EQ(keys(), foreign + "\n");
}

TEST_F(SharedJoinTest, ACrawlThatSomebodyIsInOrToldOfIsKept) {
  {
    // Somebody else has nothing to tell yet, but is there.
    Worker a(open(options("a")));
    const std::string before = keys();
    { Worker b(open(options("b"))); }
    EXPECT_THAT(redis_->ask({"KEYS", fmt::format("crawl:{{{}}}:meta", name_)}),
                HasSubstr("meta"));
    a.add("http://h.test/");
    ASSERT_TRUE(a.turn());
  }
  const auto again = std::make_unique<Worker>(open(options("c")));
  ASSERT_TRUE(again->turn());
  EXPECT_THAT(again->urls(), ElementsAre("http://h.test/"));
}

TEST_F(SharedJoinTest, WhoWaitsForRedisSaysSo) {
  SharedOptions own = options("a");
  own.address = "redis://127.0.0.1:1";
  std::vector<std::string> said;
  EXPECT_FALSE(SharedState::open(
      own, clock_, [] {}, 1h, [&] { return !said.empty(); },
      [&](std::string_view what) { said.emplace_back(what); }));
  EXPECT_THAT(said, ElementsAre(AllOf(HasSubstr("cannot be reached"),
                                      HasSubstr("waiting for it"))));
}

}  // namespace
}  // namespace crawl
