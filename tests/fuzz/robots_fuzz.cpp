// Any file, any path: the rules agree with a plain second reading of the RFC.
// Input: the path without its first slash, a zero byte, the robots.txt.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crawl/parse/robots.h"
#include "support/reference_robots.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t zero = input.find('\0');
  if (zero == std::string_view::npos) return 0;
  const std::string path = '/' + std::string(input.substr(0, zero));
  const std::string body(input.substr(zero + 1));

  const auto rules = crawl::RobotsRules::parse(body, "crawl");
  const auto decision = rules.decide(path);
  const bool reference =
      crawl::testing::ReferenceRobots(body, "crawl").allowed(path);
  if (decision.allowed != reference) {
    std::fprintf(stderr, "%s, but the reference says %d\n",
                 crawl::to_string(decision).c_str(), reference);
    std::abort();
  }
  if (rules.memory_use() > 40 * size + 1000) std::abort();
  return 0;
}
