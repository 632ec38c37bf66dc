#ifndef CRAWL_TESTS_ENGINE_SITE_FIXTURE_H_
#define CRAWL_TESTS_ENGINE_SITE_FIXTURE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawl/engine/crawler.h"
#include "crawl/frontier/state_store.h"
#include "crawl/writer/fields.h"
#include "crawl/writer/result_writer.h"
#include "support/fake_fetcher.h"
#include "support/manual_clock.h"

namespace crawl::testing {

class MemoryOutput final : public OutputStream {
 public:
  explicit MemoryOutput(std::string& text) : text_(text) {}
  Result<void> write(std::string_view lines) override {
    text_ += lines;
    return {};
  }
  Result<void> flush() override { return {}; }
  std::uint64_t length() const override { return text_.size(); }
  bool closed_by_reader() const override { return false; }

 private:
  std::string& text_;
};

class Notices final : public CrawlObserver {
 public:
  void notice(std::string_view message) override { all.emplace_back(message); }
  std::vector<std::string> all;
};

// A recursive crawl of a fake web, by a clock that only the fake web moves. Its
// totals are checked each time.
class SiteTest : public ::testing::Test {
 protected:
  SiteTest() {
    options_.jobs = 4;
    options_.site.emplace();
    no_robots("http://a.test");
  }

  void no_robots(const std::string& origin) {
    fetcher_.reply(origin + "/robots.txt", {.status = 404});
  }
  void page(const std::string& url, std::vector<std::string> links) {
    fetcher_.reply(url, {.title = url, .links = std::move(links)});
  }

  CrawlStats crawl(std::vector<std::string> lines = {"http://a.test/"}) {
    auto store = FileState::open({.path = state_, .settings = {}});
    EXPECT_TRUE(store) << store.error().message;
    const auto seeds = make_seeds(std::move(lines));
    using Takes = ResultWriter::Takes;
    const auto writer_to = [](std::string& text, Takes takes) {
      return std::make_unique<ResultWriter>(
          std::make_unique<MemoryOutput>(text),
          make_formatter(OutputFormat::kJsonl,
                         *parse_field_list("+duplicate_of")),
          false, takes);
    };
    const auto writer = writer_to(out_, Takes::kRecords);
    const auto skipped = writer_to(skipped_, Takes::kSkips);
    Crawler crawler(options_, fetcher_, {writer.get(), skipped.get()}, clock_,
                    &notices_, store->get());
    crawler_ = &crawler;
    const Result<CrawlStats> stats = crawler.run(*seeds);
    crawler_ = nullptr;
    EXPECT_TRUE(stats) << stats.error().message;
    EXPECT_TRUE(stats->adds_up())
        << stats->admitted << " = " << stats->fetched << " + " << stats->failed
        << " + " << stats->skipped << " + " << stats->left;
    return *stats;
  }

  static std::vector<nlohmann::json> parse(const std::string& text) {
    std::vector<nlohmann::json> all;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      all.push_back(nlohmann::json::parse(line));
    }
    return all;
  }
  std::vector<nlohmann::json> records() const { return parse(out_); }
  nlohmann::json record(const std::string& url) const {
    for (const nlohmann::json& each : records()) {
      if (each["url"] == url) return each;
    }
    ADD_FAILURE() << "no record of " << url;
    return {};
  }
  std::vector<std::string> urls() const {
    std::vector<std::string> all;
    for (const nlohmann::json& each : records()) all.push_back(each["url"]);
    return all;
  }
  // "URL: kind" of everything skipped.
  std::vector<std::string> skips() const {
    std::vector<std::string> all;
    for (const nlohmann::json& each : parse(skipped_)) {
      all.push_back(each["url"].get<std::string>() + ": " +
                    each["error"].get<std::string>());
    }
    return all;
  }
  // Whether each request to URLs that begin so was allowed private addresses.
  std::vector<bool> private_allowed(const std::string& prefix) const {
    std::vector<bool> allowed;
    for (const FakeFetcher::Start& start : fetcher_.starts()) {
      if (start.url.starts_with(prefix)) allowed.push_back(start.allow_private);
    }
    return allowed;
  }
  std::size_t asked(const std::string& url) const {
    const auto started = fetcher_.started_urls();
    return static_cast<std::size_t>(
        std::count(started.begin(), started.end(), url));
  }

  ManualClock clock_;
  FakeFetcher fetcher_{clock_};
  CrawlOptions options_;
  Notices notices_;
  std::string state_;
  std::string out_, skipped_;
  Crawler* crawler_ = nullptr;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_ENGINE_SITE_FIXTURE_H_
