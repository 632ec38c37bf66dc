#ifndef CRAWL_TESTS_FRONTIER_SHARED_WORKER_H_
#define CRAWL_TESTS_FRONTIER_SHARED_WORKER_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawl/frontier/frontier.h"
#include "crawl/frontier/shared_state.h"

namespace crawl::testing {

// One of the crawl's workers, driven by hand. Not driven any more, it is to the
// others as one that was killed.
class Worker {
 public:
  explicit Worker(Result<std::unique_ptr<SharedState>> state)
      : state_(std::move(state)) {
    EXPECT_TRUE(state_) << state_.error().message;
    if (state_) (*state_)->use_paces(&frontier_);
  }

  SharedState& state() { return **state_; }
  Frontier& frontier() { return frontier_; }
  std::string error() const { return state_ ? "" : state_.error().message; }
  void add(std::string_view text, PageId parent = kNoPage, int depth = 0) {
    const auto added = state().add(*Url::parse(text), depth, parent);
    EXPECT_TRUE(added) << added.error().message;
  }

  // Tells all and asks for all there is; false if its leases are lost.
  bool turn(std::uint64_t length = 0) {
    for (int i = 0; i < 2; ++i) {
      state().starve();
      if (!state().commit({{"records", length}})) return false;
      if (!state().await()) return false;
      take(state().take_news());
    }
    return true;
  }

  void take(StateNews news) {
    for (const auto host : news.hosts) {
      EXPECT_TRUE(state().load(host, 10'000, pages));
    }
    for (auto& each : news.left_out) left_out.push_back(std::move(each));
    for (auto& each : news.robots) robots.push_back(std::move(each));
    for (auto& each : news.bodies) bodies[each.page] = each.first_url;
    for (auto& each : news.claims) claims[each.page] = each.verdict;
    for (auto& each : news.seeds) seeds.emplace_back(each.href());
    for (auto& each : news.messages) messages.push_back(std::move(each));
  }

  // The host is asked for this and says "not for another `pause`".
  void is_told_to_wait(std::string_view href, std::chrono::seconds pause) {
    frontier_.add(std::make_unique<Job>(0, "", *Url::parse(href)));
    const auto job = frontier_.next();
    ASSERT_TRUE(job);
    PaceAnswer busy;
    busy.status_code = 503;
    busy.started = clock_.now();
    busy.retry_after = pause;
    frontier_.answered(*job, busy, false);
    frontier_.done(*job);
  }

  std::vector<std::string> urls() const {
    std::vector<std::string> all;
    for (const QueuedPage& page : pages) all.emplace_back(page.url.href());
    return all;
  }
  PageId page(std::string_view href) const {
    for (const QueuedPage& page : pages) {
      if (page.url.href() == href) return page.id;
    }
    ADD_FAILURE() << href << " was not handed out";
    return 0;
  }

  std::vector<QueuedPage> pages;
  std::vector<StateNews::Robots> robots;
  std::vector<StateNews::Listed> left_out;
  std::map<PageId, std::string> bodies;
  std::map<PageId, StateNews::Claim::Verdict> claims;
  std::vector<std::string> seeds, messages;

 private:
  SystemClock clock_;
  Frontier frontier_{{}, clock_};
  Result<std::unique_ptr<SharedState>> state_;
};

// One turn, as who has nothing to begin.
inline void turn(Worker& worker) {
  worker.state().starve();
  ASSERT_TRUE(worker.state().commit({}));
  const auto more = worker.state().await();
  ASSERT_TRUE(more) << more.error().message;
  worker.take(worker.state().take_news());
}

inline bool has(const Worker& worker, const std::string& url) {
  const auto urls = worker.urls();
  return std::find(urls.begin(), urls.end(), url) != urls.end();
}

inline void turn_until_it_has(Worker& worker, const std::string& url) {
  while (!has(worker, url) && !::testing::Test::HasFatalFailure()) {
    turn(worker);
  }
}

// All that each has is done and leads on, until all say that nothing is left
// anywhere: what they had. `between` is called once with how many that are,
// each time that there are more.
inline std::multiset<std::string> finish(
    const std::vector<Worker*>& workers,
    const std::function<std::vector<std::string>(const std::string&)>& links,
    const std::function<void(std::size_t)>& between = {}) {
  std::multiset<std::string> all;
  std::map<Worker*, std::size_t> done;
  const auto more = [](Worker* each) { return each->state().more_may_come(); };
  while (std::any_of(workers.begin(), workers.end(), more) &&
         !::testing::Test::HasFatalFailure()) {
    for (Worker* each : workers) {
      turn(*each);
      std::size_t& at = done[each];
      for (; at < each->pages.size(); ++at) {
        const QueuedPage page = each->pages[at];
        all.emplace(page.url.href());
        for (const std::string& link : links(std::string(page.url.href()))) {
          each->add(link, page.id, page.depth + 1);
        }
        each->state().done(page.id);
      }
      each->state().set_counter("records", at);
      for (const auto& listed : std::exchange(each->left_out, {})) {
        each->state().done(listed.page);
      }
      if (between) between(all.size());
    }
  }
  return all;
}

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_FRONTIER_SHARED_WORKER_H_
