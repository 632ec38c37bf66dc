#include "engine/time_book.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace crawl {
namespace {

constexpr std::size_t kMaxHosts = 100'000;
constexpr std::size_t kSlowest = 5;
// A span is as long as this, and of the time until then: so there are some even
// in a short crawl, and few thousands in the longest.
constexpr std::chrono::milliseconds kShortestSpan{20};
constexpr int kSpans = 200;

double seconds(Clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

TimeBook::TimeBook(std::size_t slots, Clock::time_point now)
    : since_(now), begun_(now), span_end_(now) {
  sum_.slots = slots;
}

void TimeBook::slots_are(std::size_t in_flight, SlotUse empty,
                         Clock::time_point now) {
  const double time = seconds(now - since_);
  slot_time(SlotUse::kNetwork) += static_cast<double>(in_flight_) * time;
  slot_time(empty_) += static_cast<double>(sum_.slots - in_flight_) * time;
  since_ = now;
  // A question that follows a redirect of robots.txt may go beyond the limit.
  in_flight_ = std::min(in_flight, sum_.slots);
  empty_ = empty;
}

void TimeBook::exchange(const std::string& host_key,
                        const FetchResult& result) {
  const double parsing = seconds(result.parse_time);
  slot_time(SlotUse::kParsing) += parsing;
  slot_time(SlotUse::kNetwork) -= parsing;
  if (result.reused_connection) ++sum_.reused;
  if (result.looked_up) {
    ++sum_.lookups;
    sum_.lookup_time += result.times.namelookup;
  }
  auto found = hosts_.find(host_key);
  if (found == hosts_.end()) {
    if (hosts_.size() >= kMaxHosts) {
      ++sum_.requests_elsewhere;
      return;
    }
    found = hosts_.try_emplace(host_key).first;
  }
  TimeBreakdown::HostTime& host = found->second;
  ++host.requests;
  host.total += result.times.total;
  host.worst = std::max(host.worst, result.times.total);
}

void TimeBook::wrote(Clock::duration time) { sum_.writing += seconds(time); }

std::optional<SlotTimes> TimeBook::take_span(
    Clock::time_point now, std::chrono::system_clock::time_point wall_time,
    bool last) {
  const Clock::duration took = since_ - span_end_;
  if (took.count() <= 0 ||
      (!last && (took < kShortestSpan || took < (since_ - begun_) / kSpans))) {
    return std::nullopt;
  }
  const auto part = [this](SlotUse use) {
    const auto at = static_cast<std::size_t>(use);
    return sum_.slot_time[at] - span_slot_time_[at];
  };
  SlotTimes span;
  span.begun = wall_time -
               std::chrono::duration_cast<std::chrono::system_clock::duration>(
                   now - span_end_);
  span.took = seconds(took);
  span.network = part(SlotUse::kNetwork);
  span.parsing = part(SlotUse::kParsing);
  span.politeness = part(SlotUse::kPoliteness);
  span.ordering = part(SlotUse::kOrdering);
  span.input = part(SlotUse::kInput);
  span.nothing = part(SlotUse::kNothing);
  span.writing = sum_.writing - span_writing_;
  span_slot_time_ = sum_.slot_time;
  span_writing_ = sum_.writing;
  span_end_ = since_;
  return span;
}

TimeBreakdown TimeBook::close(Clock::time_point now) {
  slots_are(0, SlotUse::kNothing, now);
  for (auto& [key, host] : hosts_) {
    host.host = key;
    sum_.slowest.push_back(std::move(host));
  }
  hosts_.clear();
  const auto slower = [](const TimeBreakdown::HostTime& a,
                         const TimeBreakdown::HostTime& b) {
    return std::pair(b.mean(), std::string_view(a.host)) <
           std::pair(a.mean(), std::string_view(b.host));
  };
  const auto end = sum_.slowest.begin() + static_cast<std::ptrdiff_t>(std::min(
                                              kSlowest, sum_.slowest.size()));
  std::partial_sort(sum_.slowest.begin(), end, sum_.slowest.end(), slower);
  sum_.slowest.erase(end, sum_.slowest.end());
  return std::move(sum_);
}

}  // namespace crawl
