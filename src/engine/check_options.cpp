#include "engine/check_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "engine/seed_url.h"

namespace crawl {
namespace {

// The first thing that is wrong.
class Check {
 public:
  void need(bool holds, std::string_view otherwise) {
    if (!holds && result_) result_ = make_error(std::string(otherwise));
  }
  void need_time(std::string_view name, std::chrono::nanoseconds time) {
    need(time.count() >= 0, fmt::format("{} is negative", name));
  }
  Result<void> take() { return std::move(result_); }

 private:
  Result<void> result_;
};

void check_pace(Check& check, std::string_view name, const PaceOptions& pace) {
  const auto time = [&](std::string_view field, std::chrono::nanoseconds of) {
    check.need_time(fmt::format("{}.{}", name, field), of);
  };
  time("delay", pace.delay);
  time("max_crawl_delay", pace.max_crawl_delay);
  time("adaptive_start", pace.adaptive_start);
  time("adaptive_max", pace.adaptive_max);
  time("first_hold", pace.first_hold);
  time("max_hold", pace.max_hold);
  time("least_slow_delay", pace.least_slow_delay);
  time("max_retry_after", pace.max_retry_after);
  check.need(
      pace.target_concurrency > 0 && std::isfinite(pace.target_concurrency),
      fmt::format("{}.target_concurrency is no number above 0", name));
  check.need(pace.forgive_after.count() > 0,
             fmt::format("{}.forgive_after is not above 0", name));
}

void check_site(Check& check, const SiteOptions& site,
                const StateStore* store) {
  check.need(store != nullptr, "a crawl of sites needs a StateStore");
  check.need(!site.depth || *site.depth >= 0, "site.depth is negative");
  for (const std::string& sitemap : site.sitemaps) {
    check.need(parse_seed(sitemap).has_value(),
               "site.sitemaps has one that is no URL");
  }
}

}  // namespace

Result<void> check_options(const CrawlOptions& options,
                           const std::vector<Sink*>& sinks,
                           const StateStore* store) {
  Check check;
  check.need(std::find(sinks.begin(), sinks.end(), nullptr) == sinks.end(),
             "a sink is null");
  check.need(options.jobs > 0, "jobs is 0: nothing would ever be fetched");
  check.need(options.rate >= 0 && std::isfinite(options.rate),
             "rate is no number of requests per second");
  check_pace(check, "pace", options.pace);
  check_pace(check, "private_pace", options.private_pace);
  check.need(options.max_redirs >= 0, "max_redirs is negative");
  check.need_time("retry.first_wait", options.retry.first_wait);
  check.need_time("retry.max_wait", options.retry.max_wait);
  check.need(
      options.robots == RobotsMode::kNever || !options.product_token.empty(),
      "product_token is empty, but robots.txt is to be obeyed");
  check.need(options.archives.empty() || (!options.site && store == nullptr),
             "archives go with neither a site nor a StateStore");
  if (options.site) check_site(check, *options.site, store);
  return check.take();
}

}  // namespace crawl
