#ifndef CRAWL_TESTS_FRONTIER_SHARED_REDIS_FIXTURE_H_
#define CRAWL_TESTS_FRONTIER_SHARED_REDIS_FIXTURE_H_

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "crawl/frontier/shared_state.h"
#include "frontier/shared_worker.h"
#include "support/redis_server.h"

namespace crawl::testing {

// Workers of one crawl in one Redis, which all tests have: each has a crawl of
// its own name there.
class SharedRedisTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { redis_ = new RedisServer(); }
  static void TearDownTestSuite() { delete std::exchange(redis_, nullptr); }

  virtual SharedOptions options(const std::string& worker) {
    SharedOptions options;
    options.address = redis_->url(name_);
    options.worker = worker;
    return options;
  }
  Result<std::unique_ptr<SharedState>> open(const SharedOptions& options) {
    return SharedState::open(
        options, clock_, [] {}, std::chrono::seconds(5));
  }
  std::unique_ptr<Worker> worker(const std::string& name) {
    return std::make_unique<Worker>(open(options(name)));
  }

  static inline RedisServer* redis_ = nullptr;
  SystemClock clock_;
  std::string name_ =
      ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_FRONTIER_SHARED_REDIS_FIXTURE_H_
