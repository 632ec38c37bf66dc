#include "base/named_descriptor.h"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>
#include <utility>

namespace crawl {
namespace {

TEST(NamedDescriptor, IsWhatTheNameStandsFor) {
  for (const auto& [path, descriptor] :
       {std::pair<std::string_view, std::optional<int>>{"/dev/stdout", 1},
        {"/dev/stderr", 2},
        {"/dev/fd/1", 1},
        {"/dev/fd/63", 63},
        {"/proc/self/fd/7", 7},
        {"/dev/stdin", std::nullopt},
        {"/dev/null", std::nullopt},
        {"/dev/fd/", std::nullopt},
        {"/dev/fd/1x", std::nullopt},
        {"/dev/fd/-1", std::nullopt},
        {"/dev/fd/99999999999", std::nullopt},
        {"dev/fd/1", std::nullopt},
        {"", std::nullopt}}) {
    EXPECT_EQ(named_descriptor(path), descriptor) << path;
  }
}

}  // namespace
}  // namespace crawl
