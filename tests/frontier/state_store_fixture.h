#ifndef CRAWL_TESTS_FRONTIER_STATE_STORE_FIXTURE_H_
#define CRAWL_TESTS_FRONTIER_STATE_STORE_FIXTURE_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawl/frontier/state_store.h"

namespace crawl::testing {

inline Url url(std::string_view text) { return *Url::parse(text); }

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

inline void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

class StateStoreTest : public ::testing::Test {
 protected:
  StateStoreTest() {
    std::string name = ::testing::TempDir() + "crawl-state-XXXXXX";
    folder_ = mkdtemp(name.data());
    path_ = folder_ + "/s.db";
  }
  ~StateStoreTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<FileState> open(
      std::vector<std::pair<std::string, std::string>> settings = {}) {
    auto store = FileState::open({path_, std::move(settings)});
    EXPECT_TRUE(store) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }
  std::string error_of_open(
      std::vector<std::pair<std::string, std::string>> settings = {}) {
    auto store = FileState::open({path_, std::move(settings)});
    EXPECT_FALSE(store);
    return store ? "" : store.error().message;
  }

  static PageId add(FileState& store, std::string_view text, int depth = 0,
                    PageId parent = kNoPage) {
    const auto page = store.add(url(text), depth, parent);
    EXPECT_TRUE(page) << page.error().message;
    EXPECT_TRUE(*page) << text << " is known";
    return page->value_or(kNoPage);
  }
  static std::vector<std::string> load(FileState& store,
                                       StateStore::HostId host,
                                       std::size_t max) {
    std::vector<QueuedPage> pages;
    const auto loaded = store.load(host, max, pages);
    EXPECT_TRUE(loaded) << loaded.error().message;
    std::vector<std::string> out;
    for (const QueuedPage& page : pages) out.emplace_back(page.url.href());
    return out;
  }

  std::string folder_, path_;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_FRONTIER_STATE_STORE_FIXTURE_H_
