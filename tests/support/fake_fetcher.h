#ifndef CRAWL_TESTS_SUPPORT_FAKE_FETCHER_H_
#define CRAWL_TESTS_SUPPORT_FAKE_FETCHER_H_

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawl/fetch/fetcher.h"
#include "support/manual_clock.h"

namespace crawl::testing {

// A web that is a map, behind the Fetcher interface: each exchange takes as
// long as its script says by a ManualClock, which wait() moves. A whole crawl
// runs on one thread, in a fixed order, in microseconds.
class FakeFetcher final : public Fetcher {
 public:
  struct Reply {
    int status = 200;
    ErrorKind error = ErrorKind::kNone;
    std::string location{};
    std::string retry_after{};
    std::string title{};
    std::chrono::milliseconds latency{10};
    // What the page links to; "nofollow URL" is a link with that rel, "refresh
    // URL" one of a meta element, "needs URL" an image.
    std::vector<std::string> links{};
    std::string body{};  // handed over where the request keeps it
    std::string remote_ip = "93.184.215.14";
    std::string x_robots_tag{};
    std::string meta_robots{};
    bool headers_complete = false;  // the error is the body's alone
    std::vector<std::string> set_cookies{};
    // Asked for with this cookie, the URL answers 200 instead.
    std::string wants_cookie{};
    int head_status = 0;  // to HEAD; 0: the same
  };
  struct Start {
    std::string url;
    Clock::time_point time;
    bool credentials;
    bool allow_private;
    bool fresh_connection;
    std::string cookies;
    bool head = false;
  };

  explicit FakeFetcher(ManualClock& clock) : clock_(clock) {}

  // What `url` answers; several calls script one answer after the other, the
  // last of which stays. Other URLs answer 200 after 10 ms.
  void reply(const std::string& url, Reply reply) {
    replies_[url].push_back(std::move(reply));
  }

  // What is kept of the exchange for a URL that answers.
  void keep_with(std::function<std::vector<std::shared_ptr<const KeptExchange>>(
                     const std::string& url)>
                     keep) {
    keep_ = std::move(keep);
  }

  // Called before every wait().
  void before_wait(std::function<void()> hook) {
    before_wait_ = std::move(hook);
  }

  // Another thread is going to wake() a wait that nothing else would end.
  void expect_wakes() { wakes_expected_ = true; }

  const std::vector<Start>& starts() const { return starts_; }
  std::vector<std::string> started_urls() const {
    std::vector<std::string> urls;
    for (const Start& start : starts_) urls.push_back(start.url);
    return urls;
  }
  std::size_t max_in_flight() const { return max_in_flight_; }
  std::size_t max_in_flight_at(const std::string& host_key) const {
    const auto found = max_at_host_.find(host_key);
    return found == max_at_host_.end() ? 0 : found->second;
  }

  // Exchanges in flight whose URLs end so.
  std::size_t in_flight_of(const std::string& ending) const {
    return static_cast<std::size_t>(std::count_if(
        flights_.begin(), flights_.end(),
        [&](const Flight& f) { return f.url.ends_with(ending); }));
  }

  void start(FetchRequest request) override {
    const std::string url(request.url.href());
    const std::string host = request.url.host_key();
    starts_.push_back({url, clock_.now(), request.send_credentials,
                       request.allow_private, request.fresh_connection,
                       request.cookies, request.head});
    Reply reply =
        take_reply(std::string(request.url.without_fragment().href()));
    if (!reply.wants_cookie.empty() && request.cookies == reply.wants_cookie) {
      reply = {};
    }
    if (request.head && reply.head_status != 0) {
      reply.status = reply.head_status;
    }

    Flight flight;
    flight.url = url;
    flight.host = host;
    flight.due = clock_.now() + reply.latency;
    flight.result.id = request.id;
    flight.result.head = request.head;
    flight.result.headers_complete =
        reply.headers_complete || reply.error == ErrorKind::kNone;
    flight.result.status_code =
        flight.result.headers_complete ? reply.status : 0;
    flight.result.error = reply.error;
    flight.result.sent =
        reply.error != ErrorKind::kDns && reply.error != ErrorKind::kConnect;
    flight.result.location = reply.location;
    flight.result.set_cookies = reply.set_cookies;
    flight.result.retry_after = reply.retry_after;
    flight.result.times.total =
        std::chrono::duration<double>(reply.latency).count();
    if (flight.result.headers_complete && keep_) {
      flight.result.kept = keep_(url);
    }
    if (flight.result.headers_complete) {
      flight.result.remote_ip = reply.remote_ip;
      flight.result.x_robots_tag = reply.x_robots_tag;
      if (request.keep_body) flight.result.body = reply.body;
    }
    if (reply.error == ErrorKind::kNone) {
      flight.result.size_body = reply.body.size();
      if (!reply.body.empty())
        flight.result.body_digest = fingerprint(reply.body);
      if (request.parse_page && !request.head)
        flight.result.page = page_of(reply);
    }
    flights_.push_back(std::move(flight));

    max_in_flight_ = std::max(max_in_flight_, flights_.size());
    const auto here = static_cast<std::size_t>(
        std::count_if(flights_.begin(), flights_.end(),
                      [&host](const Flight& f) { return f.host == host; }));
    max_at_host_[host] = std::max(max_at_host_[host], here);
  }

  void wait(std::optional<Clock::time_point> until,
            std::vector<FetchResult>& results) override {
    if (before_wait_) before_wait_();
    if (awake_.exchange(false)) return;
    const auto first = std::min_element(
        flights_.begin(), flights_.end(),
        [](const Flight& a, const Flight& b) { return a.due < b.due; });
    if (first == flights_.end() || (until && *until < first->due)) {
      if (!until && wakes_expected_) {
        awake_.wait(false);
        awake_ = false;
        return;
      }
      if (!until) throw std::logic_error("a wait that nothing will ever end");
      clock_.advance_to(*until);
      return;
    }
    clock_.advance_to(first->due);
    results.push_back(std::move(first->result));
    flights_.erase(first);
  }

  void wake() override {
    awake_ = true;
    awake_.notify_one();
  }

  void abort() override {
    for (Flight& flight : flights_) {
      const std::uint64_t id = flight.result.id;
      const bool sent = flight.result.sent;
      flight.result = {};
      flight.result.id = id;
      flight.result.sent = sent;
      flight.result.error = ErrorKind::kInterrupted;
      flight.due = clock_.now();
    }
  }

 private:
  struct Flight {
    std::string url;
    std::string host;
    Clock::time_point due;
    FetchResult result;
  };

  static Page page_of(const Reply& reply) {
    Page page;
    if (!reply.title.empty()) page.title = reply.title;
    if (!reply.meta_robots.empty()) page.robots = reply.meta_robots;
    for (const std::string& link : reply.links) {
      constexpr std::string_view kNofollow = "nofollow ";
      const bool nofollow = link.starts_with(kNofollow);
      PageLink found;
      constexpr std::string_view kRefresh = "refresh ";
      const bool refresh = link.starts_with(kRefresh);
      constexpr std::string_view kNeeds = "needs ";
      const bool needs = link.starts_with(kNeeds);
      found.url = std::string_view(link).substr(nofollow  ? kNofollow.size()
                                                : refresh ? kRefresh.size()
                                                : needs   ? kNeeds.size()
                                                          : 0);
      if (needs) {
        found.element = LinkElement::kImg;
        found.attribute = LinkAttribute::kSrc;
      }
      if (nofollow) found.rel = "nofollow";
      if (refresh) {
        found.element = LinkElement::kMeta;
        found.attribute = LinkAttribute::kContent;
        page.refresh = found.url;
      }
      page.links.add(found);
    }
    page.link_count = page.links.size();
    return page;
  }

  Reply take_reply(const std::string& url) {
    const auto found = replies_.find(url);
    if (found == replies_.end()) return {};
    const Reply reply = found->second.front();
    if (found->second.size() > 1) found->second.pop_front();
    return reply;
  }

  ManualClock& clock_;
  std::map<std::string, std::deque<Reply>> replies_;
  std::deque<Flight> flights_;
  std::vector<Start> starts_;
  std::map<std::string, std::size_t> max_at_host_;
  std::size_t max_in_flight_ = 0;
  std::function<void()> before_wait_;
  std::function<std::vector<std::shared_ptr<const KeptExchange>>(
      const std::string&)>
      keep_;
  std::atomic<bool> awake_ = false;
  bool wakes_expected_ = false;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_FAKE_FETCHER_H_
