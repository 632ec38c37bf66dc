#ifndef CRAWL_TESTS_SUPPORT_REAL_PAGES_H_
#define CRAWL_TESTS_SUPPORT_REAL_PAGES_H_

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "crawl/base/utf8.h"

namespace crawl::testing {

// Of the HTML files below a directory so many, from all over it.
inline std::vector<std::filesystem::path> pages_in(const std::string& directory,
                                                   std::size_t most) {
  std::vector<std::filesystem::path> all;
  if (!std::filesystem::is_directory(directory)) return all;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file() && entry.path().extension() == ".html") {
      all.push_back(entry.path());
    }
  }
  std::sort(all.begin(), all.end());
  std::vector<std::filesystem::path> some;
  const std::size_t step = std::max<std::size_t>(1, all.size() / most);
  for (std::size_t i = 0; i < all.size(); i += step) some.push_back(all[i]);
  return some;
}

// Calls `look` with the path and the bytes, as UTF-8, of real pages: so many of
// each directory of the project's own and of the corpus. Those where gumbo is
// known not to do as the standard says are left out. For tests that
// CRAWL_DATA_DIR and CRAWL_CORPUS_LIST are defined for.
template <class Look>
void for_each_real_page(std::size_t most, Look look) {
  std::string list = CRAWL_DATA_DIR "/pages:" CRAWL_DATA_DIR "/content:";
  list += CRAWL_CORPUS_LIST;
  while (!list.empty()) {
    const std::string directory = list.substr(0, list.find(':'));
    list.erase(0, std::min(list.size(), directory.size() + 1));
    for (const auto& path : pages_in(directory, most)) {
      if (path.parent_path().filename() == "departures") continue;
      std::ifstream file(path, std::ios::binary);
      look(path, replace_invalid_utf8(
                     std::string{std::istreambuf_iterator<char>(file), {}}));
    }
  }
}

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_REAL_PAGES_H_
