#ifndef CRAWL_ENGINE_BUDGET_H_
#define CRAWL_ENGINE_BUDGET_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "crawl/base/clock.h"
#include "crawl/engine/crawl_options.h"

namespace crawl {

// Decides what may still happen: the one place where limits are looked at.
//
// A page has a place from its first exchange to its end, but not while it waits
// for long; it keeps it if it
// leaves a record; so there are never more records than max_pages, and exactly
// so many if there are enough pages. (The records of what the user's patterns
// and --unique leave out take no place.) One thread.
class Budget {
 public:
  Budget(const BudgetOptions& options, Clock::time_point started)
      : options_(options), started_(started) {}

  // What earlier runs of the crawl have had.
  void restore(std::uint64_t records, std::uint64_t bytes,
               std::chrono::nanoseconds time) {
    records_ += records;
    bytes_ += bytes;
    time_before_ += time;
  }

  // What all who share the crawl have had: the others so many bytes, and the
  // crawl as much time as if it had begun then.
  void shares(std::uint64_t bytes_of_others, Clock::time_point began) {
    bytes_of_others_ = bytes_of_others;
    began_ = began;
  }

  void page_begins() { ++open_; }
  void page_ends() { --open_; }
  void record_made() { ++records_; }
  void received(std::uint64_t bytes) { bytes_ += bytes; }

  bool may_begin_page() const {
    return options_.max_pages == 0 || records_ + open_ < options_.max_pages;
  }
  // No page that is open can make room for another.
  bool pages_used_up() const {
    return options_.max_pages > 0 && records_ >= options_.max_pages;
  }
  // Time or bytes are used up: what is in flight is finished, no more. Which,
  // as the option is called; "" for neither.
  std::string_view used_up(Clock::time_point now) const {
    if (options_.max_bytes > 0 &&
        bytes_ + bytes_of_others_ >= options_.max_bytes) {
      return "--max-bytes";
    }
    return deadline() && now >= *deadline() ? "--max-time" : "";
  }
  std::optional<Clock::time_point> deadline() const {
    if (options_.max_time.count() == 0) return std::nullopt;
    return began_.value_or(started_ - time_before_) + options_.max_time;
  }

  std::uint64_t records() const { return records_; }
  std::uint64_t bytes() const { return bytes_; }
  std::chrono::nanoseconds time(Clock::time_point now) const {
    return time_before_ + (now - started_);
  }

 private:
  const BudgetOptions options_;
  const Clock::time_point started_;
  std::uint64_t open_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t bytes_ = 0;
  std::chrono::nanoseconds time_before_{0};
  std::uint64_t bytes_of_others_ = 0;
  std::optional<Clock::time_point> began_;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_BUDGET_H_
