#include "crawl/writer/result_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace crawl {
namespace {

// What a stream in memory has seen.
struct Seen {
  std::string text;
  int flushes = 0;
  bool closed = false;
  bool reader_gone = false;
  bool full = false;
};

class MemoryOutput final : public OutputStream {
 public:
  explicit MemoryOutput(Seen& seen) : seen_(seen) {}
  Result<void> write(std::string_view lines) override {
    if (seen_.full) return make_error("full");
    seen_.text += lines;
    return {};
  }
  Result<void> flush() override {
    ++seen_.flushes;
    if (seen_.full) return make_error("full");
    return {};
  }
  Result<void> close() override {
    seen_.closed = true;
    return flush();
  }
  bool closed_by_reader() const override { return seen_.reader_gone; }

 private:
  Seen& seen_;
};

class IndexFormatter final : public RecordFormatter {
 public:
  explicit IndexFormatter(std::string header = "")
      : header_(std::move(header)) {}
  std::string header() const override { return header_; }
  void append(const CrawlRecord& record, std::string& out) override {
    out += std::to_string(record.index) + "\n";
  }

 private:
  const std::string header_;
};

struct Harness {
  explicit Harness(bool ordered, std::string header = "")
      : writer(std::make_unique<MemoryOutput>(seen),
               std::make_unique<IndexFormatter>(std::move(header)), ordered) {}

  void write(std::uint64_t index) {
    CrawlRecord record;
    record.index = index;
    ASSERT_TRUE(writer.write(record));
  }

  Seen seen;
  ResultWriter writer;
};

std::string up_to(std::uint64_t end) {
  std::string text;
  for (std::uint64_t i = 0; i < end; ++i) text += std::to_string(i) + "\n";
  return text;
}

TEST(ResultWriter, AsCompletedWritesInTheOrderGiven) {
  Harness h(false);
  for (const std::uint64_t index : {2U, 0U, 1U}) h.write(index);
  EXPECT_EQ(h.seen.text, "2\n0\n1\n");
}

TEST(ResultWriter, OrderedHoldsUntilTheNextHasCome) {
  Harness h(true);
  h.write(2);
  h.write(1);
  EXPECT_EQ(h.seen.text, "");
  EXPECT_EQ(h.writer.next_index(), 0U);
  h.write(0);
  EXPECT_EQ(h.seen.text, "0\n1\n2\n");
  EXPECT_EQ(h.writer.next_index(), 3U);
  h.write(4);
  EXPECT_EQ(h.writer.next_index(), 3U);
  h.write(3);
  EXPECT_EQ(h.seen.text, up_to(5));
}

TEST(ResultWriter, OrderedIsRightForEveryPermutationOfSix) {
  std::vector<std::uint64_t> order(6);
  std::iota(order.begin(), order.end(), 0U);
  do {
    Harness h(true);
    std::vector<bool> come(6);
    for (const std::uint64_t index : order) {
      h.write(index);
      come[index] = true;
      const auto next = static_cast<std::uint64_t>(
          std::find(come.begin(), come.end(), false) - come.begin());
      ASSERT_EQ(h.writer.next_index(), next);
      ASSERT_EQ(h.seen.text, up_to(next));
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(ResultWriter, OrderedIsRightForLongShuffles) {
  std::mt19937 random(7);
  for (int run = 0; run < 50; ++run) {
    std::vector<std::uint64_t> order(500);
    std::iota(order.begin(), order.end(), 0U);
    std::shuffle(order.begin(), order.end(), random);
    Harness h(true);
    for (const std::uint64_t index : order) h.write(index);
    ASSERT_EQ(h.seen.text, up_to(500));
    ASSERT_EQ(h.writer.next_index(), 500U);
  }
}

TEST(ResultWriter, OrderedCloseWritesWhatIsHeldAndSkipsGaps) {
  Harness h(true);
  for (const std::uint64_t index : {0U, 2U, 3U, 7U}) h.write(index);
  EXPECT_EQ(h.seen.text, "0\n");
  ASSERT_TRUE(h.writer.close());
  EXPECT_EQ(h.seen.text, "0\n2\n3\n7\n");
  EXPECT_TRUE(h.seen.closed);
}

TEST(ResultWriter, OrderedRecordThatComesTwiceIsABug) {
  Harness h(true);
  CrawlRecord record;
  ASSERT_TRUE(h.writer.write(record));
  EXPECT_THROW(static_cast<void>(h.writer.write(record)), std::logic_error);
  record.index = 5;
  ASSERT_TRUE(h.writer.write(record));
  EXPECT_THROW(static_cast<void>(h.writer.write(record)), std::logic_error);
}

TEST(ResultWriter, HeaderComesOnceAndAlsoWithoutRecords) {
  Harness with(true, "head\n");
  with.write(1);
  with.write(0);
  ASSERT_TRUE(with.writer.close());
  EXPECT_EQ(with.seen.text, "head\n0\n1\n");

  Harness without(false, "head\n");
  ASSERT_TRUE(without.writer.close());
  EXPECT_EQ(without.seen.text, "head\n");
}

TEST(ResultWriter, FailuresOfTheStreamComeBack) {
  Harness h(true);
  CrawlRecord record;
  record.index = 1;
  h.seen.full = true;
  EXPECT_TRUE(h.writer.write(record));  // only held
  record.index = 0;
  EXPECT_FALSE(h.writer.write(record));
  EXPECT_FALSE(h.writer.flush());
  EXPECT_FALSE(h.writer.close());
}

TEST(ResultWriter, SaysWhenTheReaderWentAway) {
  Harness h(false);
  EXPECT_FALSE(h.writer.closed_by_reader());
  h.seen.reader_gone = true;
  EXPECT_TRUE(h.writer.closed_by_reader());
}

}  // namespace
}  // namespace crawl
