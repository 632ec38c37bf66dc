#include "writer/packed_end.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>

#include "base/gzip_member.h"
#include "support/content_codings.h"
#include "support/temp_dir.h"

namespace crawl {
namespace {

using testing::gzip;
using testing::TempDir;
using testing::zstd;

std::string noise(std::size_t size) {
  std::mt19937 random;
  std::string bytes(size, '\0');
  for (char& each : bytes) each = static_cast<char>(random());
  return bytes;
}

struct Kind {
  Packing packing;
  std::string (*pack)(const std::string&);
  std::string (*store)(const std::string&);  // as it is
};
const Kind kKinds[] = {
    {Packing::kGzip, [](const std::string& text) { return gzip(text); },
     [](const std::string& bytes) {
       std::string member;
       GzipMember::append_stored({bytes}, member);
       return member;
     }},
    {Packing::kZstd, [](const std::string& text) { return zstd(text); },
     [](const std::string& noise) { return zstd(noise); }}};

class PackedEnd : public ::testing::TestWithParam<Kind> {
 protected:
  std::string pack(const std::string& text) const {
    return GetParam().pack(text);
  }
  std::uint64_t end_of(const std::string& bytes) const {
    return end_of_packed(dir_.write("file", bytes), GetParam().packing)
        .value_or(UINT64_MAX);
  }
  const TempDir dir_;
};

TEST_P(PackedEnd, IsTheFilesIfAllOfItIsWhole) {
  for (const std::size_t size :
       {0u, 1u, 1'000u, 65'000u, 65'536u, 70'000u, 300'000u}) {
    const std::string one = pack(noise(size));
    EXPECT_EQ(end_of(one), one.size());
    EXPECT_EQ(end_of(pack("x") + one), one.size() + pack("x").size());
  }
}

TEST_P(PackedEnd, IsThatOfTheLastWholeOneWhereverTheNextIsCut) {
  const std::string one = pack("one");
  const std::string two = pack(noise(500));
  for (std::size_t size = 1; size < two.size(); ++size) {
    ASSERT_EQ(end_of(one + two.substr(0, size)), one.size()) << size;
  }
  const std::string three = pack(noise(200'000));
  for (const std::size_t size : {100u, 65'536u, 100'000u, 199'000u}) {
    EXPECT_EQ(end_of(one + three.substr(0, size)), one.size()) << size;
  }
  EXPECT_EQ(end_of(two.substr(0, 300)), 0u);
  EXPECT_EQ(end_of("no such thing"), 0u);
  EXPECT_EQ(end_of(""), 0u);
}

// An archive of archives, whose payloads do not get any smaller.
TEST_P(PackedEnd, OfWhatHoldsOthersIsItsOwn) {
  const std::string inner = pack(noise(500)) + pack(noise(100'000)) + "end";
  const std::string outer = GetParam().store(inner);
  ASSERT_NE(outer.find(inner.substr(0, 300)), std::string::npos);
  EXPECT_EQ(end_of(outer), outer.size());
  EXPECT_EQ(end_of(outer + outer), 2 * outer.size());
  const std::string wider =
      GetParam().store(outer + outer.substr(0, 50'000) + inner);
  EXPECT_EQ(end_of(outer + wider), outer.size() + wider.size());
}

TEST_P(PackedEnd, OfWhatIsFollowedByOtherBytesIsBeforeThem) {
  const std::string one = pack("one");
  EXPECT_EQ(end_of(one + one + std::string(5'000, '\0')), 2 * one.size());
}

INSTANTIATE_TEST_SUITE_P(Packings, PackedEnd, ::testing::ValuesIn(kKinds));

TEST(PackedEndOfNothing, IsNothing) {
  EXPECT_EQ(end_of_packed("/no/such/file", Packing::kGzip), std::nullopt);
}

// A reader takes no bytes at all for a member that was cut.
TEST(PackedOutput, WithoutRecordsIsWhole) {
  const TempDir dir;
  for (const std::string name : {"a.gz", "a.zst"}) {
    const Packing packing = packing_of_name(name);
    auto output = make_packed_output(
        *open_output(dir.file(name), OutputMode::kReplace, OutputUnit::kWrite),
        packing);
    ASSERT_TRUE(output->close());
    output.reset();
    const std::uint64_t size = dir.read(name).size();
    EXPECT_GT(size, 0u);
    EXPECT_EQ(end_of_packed(dir.file(name), packing), size);
  }
}

}  // namespace
}  // namespace crawl
