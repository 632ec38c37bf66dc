#ifndef CRAWL_TESTS_FETCH_FETCH_FIXTURE_H_
#define CRAWL_TESTS_FETCH_FETCH_FIXTURE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawl/fetch/fetcher.h"
#include "support/loopback_site.h"
#include "support/routes/routes.h"

namespace crawl::testing {

// On the caller's thread, on threads of its own, and there without PlainHttp.
enum class FetcherKind { kInline, kPooled, kLibcurl };

inline auto all_fetchers() {
  return ::testing::Values(FetcherKind::kInline, FetcherKind::kPooled,
                           FetcherKind::kLibcurl);
}

// Those that speak HTTP/1.1 themselves.
inline auto own_fetchers() {
  return ::testing::Values(FetcherKind::kInline, FetcherKind::kPooled);
}

inline std::string name_of(
    const ::testing::TestParamInfo<FetcherKind>& parameter) {
  switch (parameter.param) {
    case FetcherKind::kInline:
      return "Inline";
    case FetcherKind::kPooled:
      return "Pooled";
    case FetcherKind::kLibcurl:
      break;
  }
  return "Libcurl";
}

inline Url url_of(std::string_view text) {
  auto url = Url::parse(text);
  if (!url) throw std::invalid_argument(std::string(text));
  return *url;
}

// Far more than any test needs: only a test that has already failed waits for
// it.
inline Clock::time_point patience() {
  return std::chrono::steady_clock::now() + std::chrono::minutes(4);
}

// A site with every behaviour, and a fetcher of each kind. `options` count when
// the fetcher is first used.
class FetchTest : public ::testing::TestWithParam<FetcherKind> {
 protected:
  FetchTest() { add_routes(site); }

  Fetcher& fetcher() {
    if (!fetcher_) {
      options.libcurl_only = GetParam() == FetcherKind::kLibcurl;
      auto made = GetParam() == FetcherKind::kInline
                      ? make_inline_fetcher(options)
                      : make_pooled_fetcher(options, 2);
      if (!made) throw std::runtime_error(made.error().message);
      fetcher_ = std::move(*made);
    }
    return *fetcher_;
  }
  void drop_fetcher() { fetcher_.reset(); }

  FetchRequest request(std::string_view path) const {
    return {.id = 1, .url = url_of(site.url(path))};
  }

  // Waits until `count` exchanges have ended, in order of their ids.
  std::vector<FetchResult> collect(std::size_t count) {
    std::vector<FetchResult> results;
    const auto limit = patience();
    while (results.size() < count) {
      if (std::chrono::steady_clock::now() >= limit) {
        ADD_FAILURE() << "only " << results.size() << " of " << count;
        break;
      }
      fetcher().wait(limit, results);
    }
    std::sort(results.begin(), results.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    return results;
  }

  FetchResult fetch(FetchRequest wanted) {
    fetcher().start(std::move(wanted));
    auto results = collect(1);
    if (results.size() != 1) throw std::runtime_error("not one result");
    return std::move(results.front());
  }
  FetchResult fetch(std::string_view path) { return fetch(request(path)); }

  LoopbackSite site;
  FetchOptions options;

 private:
  std::unique_ptr<Fetcher> fetcher_;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_FETCH_FETCH_FIXTURE_H_
