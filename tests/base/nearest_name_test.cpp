#include "crawl/base/nearest_name.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace crawl {
namespace {

constexpr std::array<std::string_view, 6> kNames = {
    "url", "title", "status_code", "time_total", "time_queue", "ok"};

std::string_view meant(std::string_view given) {
  return nearest_name(given, kNames).value_or("");
}

TEST(NearestName, FindsTheFewestSlips) {
  EXPECT_EQ(meant("titel"), "title");
  EXPECT_EQ(meant("TITLE"), "title");
  EXPECT_EQ(meant("tilte"), "title");
  EXPECT_EQ(meant("ur"), "url");
  EXPECT_EQ(meant("status-code"), "status_code");
  EXPECT_EQ(meant("time_totel"), "time_total");
}

TEST(NearestName, AnExactNameIsItsOwn) {
  for (const std::string_view name : kNames) EXPECT_EQ(meant(name), name);
}

TEST(NearestName, APartOfANameWillDo) {
  EXPECT_EQ(meant("status"), "status_code");
  EXPECT_EQ(meant("queue"), "time_queue");
}

TEST(NearestName, NothingNearIsNothing) {
  EXPECT_EQ(meant(""), "");
  EXPECT_EQ(meant("zz"), "");
  EXPECT_EQ(meant("x"), "");
  EXPECT_EQ(meant("description"), "");
  EXPECT_EQ(meant(std::string(100'000, 'a')), "");
  EXPECT_EQ(nearest_name("url", {}), std::nullopt);
}

}  // namespace
}  // namespace crawl
