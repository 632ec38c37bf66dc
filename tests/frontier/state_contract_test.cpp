// What every StateStore does: the one in a file, and the one that is shared.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crawl/frontier/shared_state.h"
#include "crawl/frontier/state_store.h"
#include "support/redis_server.h"
#include "support/temp_dir.h"

namespace crawl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RedisServer;
using testing::TempDir;
using ::testing::UnorderedElementsAre;

struct Kind {
  std::string name;
  // Opens the state of this case again, as after a kill.
  std::function<std::unique_ptr<StateStore>()> open;
};

// So that both hosts below are in one, which is not where a worker begins, nor
// where the body is known: it has them at once.
constexpr std::size_t kShards = 4;

// Where all kinds keep what they keep.
class Places {
 public:
  Kind kind(const std::string& name) {
    if (name == "File") {
      return {name, [path = files_.file("s.db")] {
                auto store = FileState::open({path, {{"--scope", "host"}}});
                EXPECT_TRUE(store) << store.error().message;
                return std::unique_ptr<StateStore>(*std::move(store));
              }};
    }
    redis_ = std::make_unique<RedisServer>();
    const std::size_t shards = name == "Shards" ? kShards : 1;
    return {name, [this, shards] {
              SharedOptions options;
              options.shards = shards;
              options.address = redis_->url();
              options.worker = "a";
              options.settings = {{"--scope", "host"}};
              auto store = SharedState::open(
                  options, clock_, [] {}, std::chrono::seconds(5));
              EXPECT_TRUE(store) << store.error().message;
              return std::unique_ptr<StateStore>(*std::move(store));
            }};
  }

 private:
  TempDir files_;
  std::unique_ptr<RedisServer> redis_;
  SystemClock clock_;
};

class StateContract : public ::testing::TestWithParam<const char*> {
 protected:
  StateContract() : kind_(places_.kind(GetParam())) { reopen(); }

  // As after a kill: what was not committed is gone. The one before is not
  // heard of any more.
  void reopen() {
    // A file has one owner at a time; a shared one takes its place.
    if (store_ && !store_->is_shared()) store_.reset();
    if (store_) gone_.push_back(std::move(store_));
    store_ = kind_.open();
    pages_.clear();
  }

  static Url url(std::string_view text) { return *Url::parse(text); }
  void add(std::string_view text, PageId parent = kNoPage, int depth = 0) {
    const auto added = store_->add(url(text), depth, parent);
    ASSERT_TRUE(added) << added.error().message;
  }

  void commit(std::uint64_t position) {
    ASSERT_TRUE(store_->commit({{"records", position}}));
    ASSERT_TRUE(store_->await());
    take(store_->take_news());
  }

  void take(StateNews news) {
    for (auto& body : news.bodies) bodies_[body.page] = body.first_url;
    for (auto& claim : news.claims) {
      claims_[claim.page] = claim.verdict != StateNews::Claim::Verdict::kNo;
    }
  }

  // Everything that waits is handed out.
  void load_all(std::uint64_t position = 0) {
    for (int turn = 0; turn < 8 && store_->is_shared(); ++turn) {
      store_->starve();
      commit(position);
    }
    for (StateStore::HostId host = 0; host < store_->hosts(); ++host) {
      ASSERT_TRUE(store_->load(host, 1'000, pages_));
    }
  }
  std::vector<std::string> loaded() const {
    std::vector<std::string> urls;
    for (const QueuedPage& page : pages_) urls.emplace_back(page.url.href());
    return urls;
  }
  PageId page(std::string_view href) const {
    for (const QueuedPage& page : pages_) {
      if (page.url.href() == href) return page.id;
    }
    ADD_FAILURE() << href;
    return 0;
  }

  Places places_;
  const Kind kind_;
  std::vector<std::unique_ptr<StateStore>> gone_;
  std::unique_ptr<StateStore> store_;
  std::vector<QueuedPage> pages_;
  std::map<PageId, std::string> bodies_;
  std::map<PageId, bool> claims_;
};

TEST_P(StateContract, AUrlIsHandedOutOnceAsItWasAdded) {
  add("http://a.test/%7Ex#part");
  add("http://a.test/~x");
  add("http://b.test/");
  EXPECT_TRUE(store_->knows("http://a.test/~x"));
  EXPECT_FALSE(store_->knows("http://a.test/y"));
  load_all();
  EXPECT_THAT(loaded(),
              UnorderedElementsAre("http://a.test/%7Ex", "http://b.test/"));
  load_all();
  EXPECT_EQ(pages_.size(), 2u);
}

TEST_P(StateContract, AHostsQueueIsFirstComeFirstServed) {
  for (int i = 0; i < 20; ++i) add(fmt::format("http://a.test/{}", i));
  // A shared one hands out more once some are done.
  for (std::size_t done = 0; done < 20;) {
    load_all();
    ASSERT_GT(pages_.size(), done);
    for (; done < pages_.size(); ++done) store_->done(pages_[done].id);
  }
  ASSERT_EQ(pages_.size(), 20u);
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(pages_[i].url.href(), fmt::format("http://a.test/{}", i));
  }
}

TEST_P(StateContract, APageKeepsWhatBelongsToIt) {
  add("http://a.test/");
  load_all();
  const PageId seed = page("http://a.test/");
  EXPECT_EQ(pages_[0].parent, kNoPage);
  EXPECT_TRUE(pages_[0].allow_private);
  add("http://b.test/1", seed, 1);
  ASSERT_TRUE(store_->trust(StateStore::host_of(seed)));
  add("http://b.test/2", kFromSitemap, 0);
  add("http://b.test/3", kFromPrivateSitemap, 0);
  pages_.clear();
  load_all();
  ASSERT_EQ(pages_.size(), 3u);
  EXPECT_EQ(pages_[0].depth, 1);
  EXPECT_EQ(pages_[0].parent_url, "http://a.test/");
  EXPECT_TRUE(is_page(pages_[0].parent));
  EXPECT_EQ(pages_[1].parent, kFromSitemap);
  EXPECT_FALSE(pages_[1].allow_private);
  EXPECT_EQ(pages_[2].parent, kFromPrivateSitemap);
  EXPECT_TRUE(pages_[2].allow_private);
}

TEST_P(StateContract, WhatIsNotDoneAtTheLastCommitWaitsAgain) {
  for (int i = 0; i < 4; ++i) add(fmt::format("http://a.test/{}", i));
  load_all(5);
  store_->done(page("http://a.test/1"));
  store_->done(page("http://a.test/3"));
  commit(17);
  add("http://a.test/new", page("http://a.test/0"), 1);
  store_->done(page("http://a.test/0"));
  reopen();
  EXPECT_TRUE(store_->resumed());
  EXPECT_EQ(store_->position("records"), 17u);
  EXPECT_EQ(store_->position("other"), 0u);
  load_all(17);
  EXPECT_THAT(loaded(),
              UnorderedElementsAre("http://a.test/0", "http://a.test/2"));
}

TEST_P(StateContract, ABodyBelongsToThePageThatHadItFirst) {
  add("http://a.test/1");
  add("http://a.test/2");
  load_all();
  for (const char* each : {"http://a.test/1", "http://a.test/2"}) {
    const PageId of = page(each);
    const auto first = store_->first_url_with_body({7, 8}, of);
    ASSERT_TRUE(first);
    if (*first) bodies_[of] = **first;
    commit(0);
    // It may be another shard's, which is asked once it is worth while.
    while (!bodies_.contains(of)) {
      store_->starve();
      commit(0);
    }
  }
  EXPECT_EQ(bodies_[page("http://a.test/1")], "");
  EXPECT_EQ(bodies_[page("http://a.test/2")], "http://a.test/1");
}

TEST_P(StateContract, ARedirectsTargetIsOnePagesAndKnownOnceThatIsDone) {
  add("http://a.test/1");
  add("http://a.test/2");
  add("http://a.test/3");
  load_all();
  const auto claim = [&](const char* from, const char* target) {
    const Url to = url(target);
    Redirect redirect{page(from), 0, to};
    redirect.hops = {{from, 302, target}};
    const auto claimed = store_->claim_redirect(redirect);
    ASSERT_TRUE(claimed);
    if (*claimed) claims_[page(from)] = **claimed;
    commit(0);
  };
  claim("http://a.test/1", "http://a.test/to");
  claim("http://a.test/2", "http://a.test/to");
  claim("http://a.test/3", "http://a.test/1");
  EXPECT_TRUE(claims_[page("http://a.test/1")]);
  EXPECT_FALSE(claims_[page("http://a.test/2")]);
  EXPECT_FALSE(claims_[page("http://a.test/3")]);
  store_->done(page("http://a.test/1"));
  add("http://a.test/to", page("http://a.test/2"), 1);
  commit(0);
  EXPECT_TRUE(store_->knows("http://a.test/to"));
  pages_.clear();
  load_all();
  EXPECT_THAT(loaded(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All, StateContract,
                         ::testing::Values("File", "Shared", "Shards"),
                         [](const auto& each) {
                           return std::string(each.param);
                         });

}  // namespace
}  // namespace crawl
