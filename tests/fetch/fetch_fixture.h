#ifndef CRAWL_TESTS_FETCH_FETCH_FIXTURE_H_
#define CRAWL_TESTS_FETCH_FETCH_FIXTURE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawl/fetch/fetcher.h"
#include "support/http2_transport.h"
#include "support/loopback_site.h"
#include "support/loopback_tls.h"
#include "support/routes/routes.h"

namespace crawl::testing {

// On the caller's thread, or on threads of its own.
enum class FetcherKind { kInline, kPooled };

// How a site is fetched from.
struct FetchWay {
  std::string scheme;
  FetcherKind fetcher;
  bool http2 = false;
};

// Without it the bytes between its members are printed, which are anything.
inline void PrintTo(const FetchWay& way, std::ostream* out) {
  *out << (way.http2 ? "HTTP/2" : way.scheme);
}

inline auto all_fetchers() {
  return ::testing::Values(FetcherKind::kInline, FetcherKind::kPooled);
}

inline auto all_ways() {
  return ::testing::Values(FetchWay{"http", FetcherKind::kInline},
                           FetchWay{"http", FetcherKind::kPooled},
                           FetchWay{"https", FetcherKind::kInline},
                           FetchWay{"https", FetcherKind::kPooled});
}

// And over HTTP/2, for what can be said in that.
inline auto all_ways_and_http2() {
  return ::testing::Values(FetchWay{"http", FetcherKind::kInline},
                           FetchWay{"http", FetcherKind::kPooled},
                           FetchWay{"https", FetcherKind::kInline},
                           FetchWay{"https", FetcherKind::kPooled},
                           FetchWay{"https", FetcherKind::kInline, true},
                           FetchWay{"https", FetcherKind::kPooled, true});
}

// For what is about connections in the clear only.
inline auto ways_in_the_clear() {
  return ::testing::Values(FetchWay{"http", FetcherKind::kInline},
                           FetchWay{"http", FetcherKind::kPooled});
}

inline std::string name_of(FetcherKind kind) {
  return kind == FetcherKind::kInline ? "Inline" : "Pooled";
}

struct NameOfParameter {
  std::string operator()(
      const ::testing::TestParamInfo<FetcherKind>& parameter) const {
    return name_of(parameter.param);
  }
  std::string operator()(
      const ::testing::TestParamInfo<FetchWay>& parameter) const {
    return (parameter.param.http2               ? "Http2"
            : parameter.param.scheme == "https" ? "Https"
                                                : "Http") +
           name_of(parameter.param.fetcher);
  }
};

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

// A fetcher, and how to wait for it. `options` count when it is first used.
class FetcherUse {
 protected:
  explicit FetcherUse(FetcherKind kind) : kind_(kind) {
    options.ca_file = LoopbackTls::get().ca_file();
  }

  Fetcher& fetcher() {
    if (!fetcher_) {
      auto made = kind_ == FetcherKind::kInline
                      ? make_inline_fetcher(options)
                      : make_pooled_fetcher(options, 2);
      if (!made) throw std::runtime_error(made.error().message);
      fetcher_ = std::move(*made);
    }
    return *fetcher_;
  }
  void drop_fetcher() { fetcher_.reset(); }

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

  FetchOptions options;

 private:
  const FetcherKind kind_;
  std::unique_ptr<Fetcher> fetcher_;
};

// A fetcher of each kind.
class FetcherTest : public ::testing::TestWithParam<FetcherKind>,
                    protected FetcherUse {
 protected:
  FetcherTest() : FetcherUse(GetParam()) {}
};

// A site with every behaviour over each transport, and a fetcher of each kind.
class FetchTest : public ::testing::TestWithParam<FetchWay>,
                  protected FetcherUse {
 protected:
  FetchTest() : FetcherUse(GetParam().fetcher), site(site_options()) {
    add_routes(site);
  }

  const std::string& scheme() const { return GetParam().scheme; }
  bool is_tls() const { return scheme() == "https"; }
  bool is_http2() const { return GetParam().http2; }
  // Of one more site that speaks as `site` does.
  LoopbackSiteOptions site_options() const {
    if (!is_tls()) return {};
    LoopbackSiteOptions made = LoopbackTls::get().site_options();
    if (is_http2()) {
      made.transport = make_http2_transports(LoopbackTls::get().make_context());
    }
    return made;
  }

  FetchRequest request(std::string_view path) const {
    return {.id = 1, .url = url_of(site.url(path))};
  }
  using FetcherUse::fetch;
  FetchResult fetch(std::string_view path) { return fetch(request(path)); }

  LoopbackSite site;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_FETCH_FETCH_FIXTURE_H_
