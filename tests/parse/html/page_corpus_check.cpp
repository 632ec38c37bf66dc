// Reads every HTML page under the directories named both ways and compares, see
// data/pages/README.md. Says how many pages went to the tree, and why; fails on
// a difference that is not gumbo's.
//
// Usage: page_corpus_check EVERY DIRECTORY...   (EVERY: 1, or 8 for a sample)
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/parse/charset.h"
#include "support/page_oracle.h"

namespace {

constexpr int kMostShown = 20;

struct Totals {
  std::size_t pages = 0;
  std::size_t bytes = 0;
  std::size_t different = 0;
  std::map<std::string_view, std::size_t> doubts;
  std::map<std::string_view, std::size_t> departures;
};

std::vector<std::filesystem::path> pages_under(const char* directory) {
  std::vector<std::filesystem::path> pages;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(directory)) {
    const std::string extension = entry.path().extension().string();
    if (entry.is_regular_file() &&
        (extension == ".html" || extension == ".htm")) {
      pages.push_back(entry.path());
    }
  }
  std::sort(pages.begin(), pages.end());
  return pages;
}

void check(const std::filesystem::path& path, bool anchor_text,
           Totals& totals) {
  std::ifstream file(path, std::ios::binary);
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const auto comparison = crawl::testing::compare_readers(
      page, crawl::detect_encoding(page, ""), anchor_text);
  ++totals.pages;
  totals.bytes += page.size();
  if (comparison.doubt != crawl::ScanDoubt::kNone) {
    ++totals.doubts[crawl::to_string(comparison.doubt)];
  }
  if (comparison.difference.empty()) return;
  if (!comparison.departure.empty()) {
    ++totals.departures[comparison.departure];
  } else if (++totals.different <= kMostShown) {
    fmt::print("{}\n{}", path.string(), comparison.difference);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t every = argc < 2 ? 0 : std::strtoul(argv[1], nullptr, 10);
  bool failed = argc < 3 || every == 0;
  for (int i = 2; i < argc && every != 0; ++i) {
    const auto pages = pages_under(argv[i]);
    for (const bool anchor_text : {false, true}) {
      Totals totals;
      for (std::size_t page = 0; page < pages.size(); page += every) {
        check(pages[page], anchor_text, totals);
      }
      failed = failed || totals.pages == 0 || totals.different != 0;
      fmt::print("{}{}: {} pages, {} bytes, {} differ", argv[i],
                 anchor_text ? ", with anchor text" : "", totals.pages,
                 totals.bytes, totals.different);
      for (const auto& [name, count] : totals.departures) {
        fmt::print(", {} differ by gumbo's {}", count, name);
      }
      for (const auto& [name, count] : totals.doubts) {
        fmt::print(", {} to the tree by {}", count, name);
      }
      fmt::print("\n");
    }
  }
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
