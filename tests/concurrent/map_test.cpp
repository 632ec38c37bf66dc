#include "crawl/concurrent/map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <forward_list>
#include <iterator>
#include <latch>
#include <list>
#include <memory>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "concurrent/test_support.h"
#include "crawl/concurrent/thread_pool_executor.h"

namespace crawl {
namespace {

using std::chrono_literals::operator""ns;
using test::kLong;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

static_assert(std::input_iterator<MapRange<int>::iterator>);
static_assert(std::input_iterator<MapRange<void>::iterator>);
static_assert(std::input_iterator<MapRange<int&>::iterator>);
static_assert(std::ranges::input_range<MapRange<std::unique_ptr<int>>>);
static_assert(std::movable<MapRange<std::string>>);

// 0, 1, 2, ... up to `count`, made as it is read: an input range, no more.
class Counting {
 public:
  explicit Counting(int count = -1) : count_(count) {}

  class Iterator {
   public:
    using value_type = int;
    using difference_type = std::ptrdiff_t;
    explicit Iterator(Counting* range) : range_(range) {}
    int operator*() const { return range_->taken_; }
    Iterator& operator++() {
      ++range_->taken_;
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const {
      return range_->taken_ == range_->count_;
    }

   private:
    Counting* range_;
  };
  Iterator begin() { return Iterator(this); }
  std::default_sentinel_t end() const { return {}; }

  // How far it was read.
  int last() const { return taken_; }

 private:
  int count_;
  int taken_ = 0;
};

int divide(int a, int b) {
  if (b == 0) throw std::domain_error("division by zero");
  return a / b;
}

template <class Range>
auto all_of(Range&& range) {
  std::vector<typename std::remove_reference_t<Range>::value_type> values;
  for (auto value : range) values.push_back(std::move(value));
  return values;
}

class MapTest : public ::testing::Test {
 protected:
  ThreadPoolExecutor pool_{ThreadPoolOptions{.max_workers = 3}};
};

// CPython: executor.test_map
TEST_F(MapTest, ResultsInInputOrder) {
  const std::vector<int> numbers{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  const auto power = [](int a, int b) { return a * a + b; };
  std::vector<int> expected;
  for (const int n : numbers) expected.push_back(power(n, n));
  EXPECT_EQ(all_of(pool_.map(power, numbers, numbers)), expected);
  EXPECT_EQ(all_of(pool_.map({.buffersize = 3}, power, numbers, numbers)),
            expected);
}

// CPython: executor.test_map_exception
TEST_F(MapTest, ExceptionComesAtItsPlaceAndIterationGoesOn) {
  for (const auto buffersize :
       {std::optional<std::size_t>(), std::optional<std::size_t>(2)}) {
    auto results = pool_.map({.buffersize = buffersize}, divide,
                             std::vector{5, 5, 5, 5}, std::vector{2, 3, 0, 5});
    auto it = results.begin();
    EXPECT_EQ(*it, 2);
    ++it;
    EXPECT_EQ(*it, 1);
    ++it;
    EXPECT_THROW(*it, std::domain_error);
    EXPECT_THROW(*it, std::domain_error) << "as often as it is asked";
    ++it;
    ASSERT_FALSE(it == results.end());
    EXPECT_EQ(*it, 1);
    ++it;
    EXPECT_TRUE(it == results.end());
  }
}

// CPython: executor.test_map_timeout
TEST_F(MapTest, TimeoutEndsTheRange) {
  std::latch third(1);
  std::binary_semaphore release(0);
  ThreadPoolExecutor one(ThreadPoolOptions{.max_workers = 1});
  auto results = one.map(
      {.timeout = 0ns},
      [&](int i) {
        if (i == 2) {
          third.count_down();
          release.acquire();
        }
        return i;
      },
      std::vector{0, 1, 2, 3});
  third.wait();  // so the first two are finished
  std::vector<int> seen;
  EXPECT_THROW(for (const int i : results) seen.push_back(i), TimeoutError);
  EXPECT_THAT(seen, ElementsAre(0, 1));
  EXPECT_TRUE(results.begin() == results.end());
  EXPECT_THROW(*results.begin(), TimeoutError);
  release.release();
}

TEST_F(MapTest, TimeoutErrorOfATaskIsNotTheTimeout) {
  auto results = pool_.map(
      {.timeout = kLong},
      [](int i) {
        if (i == 0) throw TimeoutError("its own");
        return i;
      },
      std::vector{0, 1});
  auto it = results.begin();
  EXPECT_THROW(*it, TimeoutError);
  ++it;
  EXPECT_EQ(*it, 1);
}

// CPython: executor.test_shutdown_race_issue12456
TEST_F(MapTest, ShutdownRightAfterMap) {
  for (int round = 0; round < 50; ++round) {
    ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 3});
    const auto results =
        pool.map([](const std::string&) {}, std::vector<std::string>(4));
    pool.shutdown();
  }
}

// CPython: executor.test_free_reference
TEST_F(MapTest, KeepsNoResultItHasYielded) {
  auto results = pool_.map([](int i) { return std::make_shared<int>(i); },
                           std::vector{0, 1, 2, 3, 4});
  int count = 0;
  for (auto result : results) {
    const std::weak_ptr<int> left = result;
    EXPECT_EQ(*result, count++);
    result.reset();
    EXPECT_TRUE(left.expired());
  }
  EXPECT_EQ(count, 5);
}

// CPython: executor.map buffersize (3.14 doc)
TEST_F(MapTest, BuffersizeBoundsHowFarTheInputIsRead) {
  for (const std::size_t buffersize : {1u, 3u, 7u}) {
    Counting numbers;  // never ends
    auto results = pool_.map(
        {.buffersize = buffersize}, [](int i) { return 2 * i; }, numbers);
    const int ahead = static_cast<int>(buffersize);
    EXPECT_EQ(numbers.last() + 1, ahead) << "before the first is read";
    int i = 0;
    for (const int result : results) {
      EXPECT_EQ(result, 2 * i);
      EXPECT_EQ(numbers.last(), i + ahead);
      if (++i == 20) break;
    }
  }
}

TEST_F(MapTest, BuffersizeOfZeroIsAnError) {
  EXPECT_THROW(
      pool_.map({.buffersize = 0}, divide, std::vector{1}, std::vector{1}),
      std::invalid_argument);
}

TEST_F(MapTest, BuffersizeOfTheInputAndMore) {
  for (const std::size_t buffersize : {4u, 5u, 8u, 1000u}) {
    EXPECT_THAT(
        all_of(pool_.map(
            {.buffersize = buffersize}, [](int i) { return i; }, Counting(4))),
        ElementsAre(0, 1, 2, 3));
  }
}

TEST_F(MapTest, ShortestInputEndsIt) {
  Counting endless;
  EXPECT_THAT(
      all_of(pool_.map([](int a, int b, char) { return a + b; },
                       std::vector{1, 2, 3}, endless, std::string("abcdef"))),
      ElementsAre(1, 3, 5));
  EXPECT_EQ(endless.last(), 2) << "read no further than needed";
}

TEST_F(MapTest, EmptyInputs) {
  EXPECT_THAT(all_of(pool_.map([](int i) { return i; }, std::vector<int>())),
              IsEmpty());
  EXPECT_THAT(all_of(pool_.map(
                  {.buffersize = 2}, [](int i) { return i; }, Counting(0))),
              IsEmpty());
  EXPECT_THAT(all_of(pool_.map([] { return 1; })), IsEmpty());
}

TEST_F(MapTest, TakesAnyRange) {
  const auto twice = [](auto i) { return 2 * i; };
  const int array[] = {1, 2};
  const std::list<long> list{3, 4};
  std::forward_list<int> forward{5, 6};
  const std::vector<bool> bits{true, false};
  EXPECT_THAT(all_of(pool_.map(twice, array)), ElementsAre(2, 4));
  EXPECT_THAT(all_of(pool_.map(twice, list)), ElementsAre(6, 8));
  EXPECT_THAT(all_of(pool_.map(twice, forward)), ElementsAre(10, 12));
  EXPECT_THAT(all_of(pool_.map([](bool b) { return !b; }, bits)),
              ElementsAre(false, true));
  EXPECT_THAT(all_of(pool_.map(twice, pool_.map(twice, array))),
              ElementsAre(4, 8));
}

TEST_F(MapTest, KeepsInputsGivenAsRvalues) {
  auto results = [this] {
    return pool_.map(
        {.buffersize = 1}, [](const std::string& s) { return s; },
        std::array<std::string, 3>{"a", "b", "c"});
  }();
  EXPECT_THAT(all_of(std::move(results)), ElementsAre("a", "b", "c"));
}

TEST_F(MapTest, MoveOnlyCallablesElementsAndResults) {
  std::vector<std::unique_ptr<int>> owned;
  owned.push_back(std::make_unique<int>(1));
  owned.push_back(std::make_unique<int>(2));
  struct Moving {  // a range whose elements may be moved from
    std::vector<std::unique_ptr<int>>* from;
    auto begin() const { return std::make_move_iterator(from->begin()); }
    auto end() const { return std::make_move_iterator(from->end()); }
  };
  auto add = std::make_unique<int>(10);
  auto results = pool_.map(
      [add = std::move(add)](std::unique_ptr<int> p) {
        return std::make_unique<int>(*p + *add);
      },
      Moving{&owned});
  std::vector<int> values;
  for (auto p : results) values.push_back(*p);
  EXPECT_THAT(values, ElementsAre(11, 12));
}

TEST_F(MapTest, ResultsThatAreReferencesOrNothing) {
  std::array<int, 3> cells{};
  for (int& cell : pool_.map([&](std::size_t i) -> int& { return cells[i]; },
                             std::vector<std::size_t>{0, 1, 2})) {
    cell = 1;
  }
  EXPECT_THAT(cells, ElementsAre(1, 1, 1));

  std::atomic<int> ran{0};
  int count = 0;
  for (const auto nothing :
       pool_.map([&ran](int) { ++ran; }, std::vector{1, 2})) {
    (void)nothing;
    ++count;
  }
  EXPECT_EQ(count, 2);
  EXPECT_EQ(ran, 2);
}

TEST_F(MapTest, DroppingTheRangeCancelsWhatHasNotStarted) {
  std::latch started(1);
  std::binary_semaphore release(0);
  std::atomic<int> ran{0};
  ThreadPoolExecutor one(ThreadPoolOptions{.max_workers = 1});
  {
    auto results = one.map(
        [&](int) {
          if (++ran == 1) started.count_down();
          release.acquire();
        },
        std::vector<int>(10));
    auto moved = std::move(results);
    started.wait();
  }
  release.release();
  one.shutdown();
  EXPECT_EQ(ran, 1);
}

TEST_F(MapTest, AssigningOverTheRangeCancelsToo) {
  std::latch started(1);
  std::binary_semaphore release(0);
  std::atomic<int> ran{0};
  const auto task = [&](int i) {
    ++ran;
    if (i == 0) {
      started.count_down();
      release.acquire();
    }
    return i;
  };
  ThreadPoolExecutor one(ThreadPoolOptions{.max_workers = 1});
  auto results = one.map(task, std::vector{0, 1, 2});
  started.wait();
  results = one.map(task, std::vector{7});
  release.release();
  EXPECT_THAT(all_of(results), ElementsAre(7));
  EXPECT_EQ(ran, 2);
}

TEST_F(MapTest, AfterShutdownItIsRefused) {
  pool_.shutdown();
  EXPECT_THROW(pool_.map(divide, std::vector{1}, std::vector{1}),
               std::runtime_error);
}

TEST_F(MapTest, ShutdownMeanwhileShowsOnceTheBufferIsRead) {
  Counting numbers;
  auto results = pool_.map(
      {.buffersize = 2}, [](int i) { return i; }, numbers);
  pool_.shutdown();
  auto it = results.begin();
  EXPECT_EQ(*it, 0);
  ++it;
  EXPECT_EQ(*it, 1);
  ++it;
  EXPECT_THROW(*it, std::runtime_error);
  ++it;
  EXPECT_TRUE(it == results.end());
}

TEST_F(MapTest, CancelledByShutdownShowsAtItsPlace) {
  std::latch started(1);
  std::binary_semaphore release(0);
  ThreadPoolExecutor one(ThreadPoolOptions{.max_workers = 1});
  auto results = one.map(
      [&](int i) {
        started.count_down();
        release.acquire();
        return i;
      },
      std::vector{0, 1});
  started.wait();
  one.shutdown(/*wait=*/false, /*cancel_futures=*/true);
  release.release();
  auto it = results.begin();
  EXPECT_EQ(*it, 0);
  ++it;
  EXPECT_THROW(*it, CancelledError);
}

TEST_F(MapTest, StepsOverWhatIsNotRead) {
  auto results = pool_.map(
      {.buffersize = 1}, [](int i) { return i; }, Counting(4));
  auto it = results.begin();
  it++;
  it++;
  EXPECT_EQ(*it, 2);
  ++it;
  EXPECT_EQ(*it, 3);
  ++it;
  EXPECT_TRUE(it == results.end());
  ++it;
  EXPECT_TRUE(it == results.end());
}

// 0, 1, and then an exception.
struct Fails {
  struct Iterator {
    using value_type = int;
    using difference_type = std::ptrdiff_t;
    int at = 0;
    int operator*() const {
      if (at == 2) throw std::length_error("bad line");
      return at;
    }
    Iterator& operator++() {
      ++at;
      return *this;
    }
    void operator++(int) { ++at; }
    bool operator==(std::default_sentinel_t) const { return false; }
  };
  Iterator begin() { return {}; }
  std::default_sentinel_t end() { return {}; }
};

TEST_F(MapTest, InputThatThrowsShowsOnceTheBufferIsRead) {
  const auto same = [](int i) { return i; };
  EXPECT_THROW(pool_.map(same, Fails()), std::length_error);
  auto results = pool_.map({.buffersize = 2}, same, Fails());
  auto it = results.begin();
  EXPECT_EQ(*it, 0);
  ++it;
  EXPECT_EQ(*it, 1);
  ++it;
  EXPECT_THROW(*it, std::length_error);
  ++it;
  EXPECT_TRUE(it == results.end());
}

}  // namespace
}  // namespace crawl
