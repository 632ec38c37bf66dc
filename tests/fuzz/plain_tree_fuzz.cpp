// The tree made of a page's tags is gumbo's tree, wherever it is made.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "crawl/base/utf8.h"
#include "support/page_oracle.h"
#include "support/tree_oracle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using crawl::testing::PlainlyRead;
  if (size > 4'000) return 0;
  const std::string page =
      crawl::replace_invalid_utf8({reinterpret_cast<const char*>(data), size});
  std::string plainly;
  std::string wholly;
  if (crawl::testing::compare_trees(page, plainly, wholly) ==
          PlainlyRead::kOtherwise &&
      crawl::testing::known_departure(crawl::testing::without_departures(page))
          .empty()) {
    std::fprintf(stderr, "of the tags\n%s\n--- gumbo's\n%s\n", plainly.c_str(),
                 wholly.c_str());
    std::abort();
  }
  return 0;
}
