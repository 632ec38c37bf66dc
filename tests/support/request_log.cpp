#include "support/request_log.h"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace crawl::testing {
namespace {

bool selects(std::string_view host, const LoggedRequest& entry) {
  return host.empty() || equals_ignoring_case(entry.request.host, host);
}

}  // namespace

std::size_t LogView::count(std::string_view path) const {
  return static_cast<std::size_t>(std::count_if(
      begin(), end(),
      [&](const LoggedRequest& entry) { return entry.request.path == path; }));
}

const LoggedRequest& LogView::find(std::string_view path,
                                   std::size_t nth) const {
  for (const LoggedRequest& entry : requests_) {
    if (entry.request.path == path && nth-- == 0) return entry;
  }
  throw std::out_of_range("no such request: " + std::string(path));
}

std::size_t LogView::max_concurrent(std::string_view host) const {
  // +1 at each start and -1 at each end; an end at the very instant of a start
  // comes first, since the site is one thread.
  std::vector<std::pair<LoggedRequest::time_point, int>> changes;
  for (const LoggedRequest& entry : requests_) {
    if (!selects(host, entry)) continue;
    changes.emplace_back(entry.started, +1);
    if (entry.finished) changes.emplace_back(*entry.finished, -1);
  }
  std::sort(changes.begin(), changes.end());
  int open = 0;
  int most = 0;
  for (const auto& [when, change] : changes)
    most = std::max(most, open += change);
  return static_cast<std::size_t>(most);
}

std::optional<std::chrono::nanoseconds> LogView::min_gap(
    std::string_view host) const {
  std::optional<std::chrono::nanoseconds> shortest;
  std::optional<LoggedRequest::time_point> previous;
  for (const LoggedRequest& entry : requests_) {
    if (!selects(host, entry)) continue;
    if (previous) {
      const std::chrono::nanoseconds gap = entry.started - *previous;
      shortest = std::min(shortest.value_or(gap), gap);
    }
    previous = entry.started;
  }
  return shortest;
}

std::size_t LogView::connections(std::string_view host) const {
  std::set<std::uint64_t> seen;
  for (const LoggedRequest& entry : requests_) {
    if (selects(host, entry)) seen.insert(entry.request.connection);
  }
  return seen.size();
}

LogView RequestLog::snapshot() const {
  const std::lock_guard lock(mutex_);
  return LogView(entries_);
}

void RequestLog::clear() {
  const std::lock_guard lock(mutex_);
  first_number_ += entries_.size();
  entries_.clear();
  finished_ = 0;
}

bool RequestLog::wait_for_started(std::size_t count,
                                  std::chrono::seconds limit) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit,
                           [&] { return entries_.size() >= count; });
}

bool RequestLog::wait_for_finished(std::size_t count,
                                   std::chrono::seconds limit) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return finished_ >= count; });
}

std::uint64_t RequestLog::start(LoggedRequest entry) {
  const std::lock_guard lock(mutex_);
  entries_.push_back(std::move(entry));
  changed_.notify_all();
  return first_number_ + entries_.size() - 1;
}

void RequestLog::finish(std::uint64_t number, const LoggedRequest& entry) {
  const std::lock_guard lock(mutex_);
  if (number < first_number_) return;
  entries_[number - first_number_] = entry;
  ++finished_;
  changed_.notify_all();
}

}  // namespace crawl::testing
