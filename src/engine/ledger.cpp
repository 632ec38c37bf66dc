#include "engine/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "crawl/base/error_kind.h"
#include "crawl/frontier/state_store.h"
#include "crawl/writer/outcome.h"

namespace crawl {
namespace {

// Records reach a pipe's reader within this time.
constexpr std::chrono::milliseconds kFlushInterval{50};

std::string kind_counter(std::size_t kind) {
  return fmt::format("kind {}", to_string(static_cast<ErrorKind>(kind)));
}

}  // namespace

Ledger::Ledger(std::vector<Sink*> sinks, const BudgetOptions& budget,
               const Clock& clock, CrawlObserver* observer)
    : sinks_(std::move(sinks)),
      clock_(clock),
      observer_(observer),
      budget_(budget, clock.now()) {}

// Writing counts as such where an account of time is kept.
template <class Do>
void Ledger::each(Do act) {
  const Clock::time_point begin = times_ ? clock_.now() : Clock::time_point{};
  for (Sink* sink : sinks_) {
    if (error_) return;
    if (const auto done = act(*sink); !done) {
      sink_failed_ = true;
      fail(done.error());
    }
  }
  if (times_) times_->wrote(clock_.now() - begin);
}

void Ledger::count(const CrawlRecord& record) {
  if (record.ok) {
    ++stats_.fetched;
    if (record.truncated) ++stats_.truncated;
    if (record.extraction && !record.extraction->error.empty()) {
      ++stats_.extracts_cut;
    }
  } else {
    ++(is_skip(record.error) ? stats_.skipped : stats_.failed);
    ++stats_.by_kind[static_cast<std::size_t>(record.error)];
  }
}

void Ledger::finish(CrawlRecord record, const FetchResult* result) {
  if (result == nullptr) record.timestamp = clock_.wall_time();
  count(record);
  // Whom the user's own options leave out.
  const bool left_out = record.error == ErrorKind::kDuplicate ||
                        record.error == ErrorKind::kExcluded;
  if (!record.input.empty() && is_skip(record.error) && !left_out) {
    ++stats_.seeds_skipped;
  }
  if (!left_out) budget_.record_made();
  each([&](Sink& sink) { return sink.annotate(record); });
  if (observer_ != nullptr) observer_->finished(record, result);
  each([&](Sink& sink) { return sink.take({record, true}); });
  flush_soon();
}

void Ledger::keep(std::vector<std::shared_ptr<const KeptExchange>>& kept) {
  if (kept.empty()) return;
  for (const auto& exchange : kept) {
    each([&](Sink& sink) { return sink.keep(*exchange); });
  }
  kept.clear();
  flush_soon();
}

void Ledger::flush_soon() {
  if (!unflushed_) flush_due_ = clock_.now() + kFlushInterval;
  unflushed_ = true;
}

void Ledger::leave_out(CrawlRecord record) {
  record.timestamp = clock_.wall_time();
  if (is_skip(record.error)) {
    count(record);
  } else {
    ++stats_.bad_locations;
  }
  if (observer_ != nullptr) observer_->finished(record, nullptr);
  each([&](Sink& sink) { return sink.take({record, false}); });
}

void Ledger::tell_slot_times(bool last) {
  if (!times_) return;
  if (const auto span =
          times_->take_span(clock_.now(), clock_.wall_time(), last)) {
    each([&](Sink& sink) { return sink.slot_times(*span); });
  }
}

void Ledger::listed(std::string_view url, std::string_view sitemap) {
  each([&](Sink& sink) { return sink.listed(url, sitemap); });
}

void Ledger::look_again(const CrawlRecord& record) {
  each([&](Sink& sink) { return sink.look_again(record); });
}

void Ledger::save(StateStore& store) const {
  store.set_counter("fetched", stats_.fetched);
  store.set_counter("failed", stats_.failed);
  store.set_counter("skipped", stats_.skipped);
  store.set_counter("seeds skipped", stats_.seeds_skipped);
  store.set_counter("bad locations", stats_.bad_locations);
  for (std::size_t i = 0; i < stats_.by_kind.size(); ++i) {
    if (stats_.by_kind[i] > 0) {
      store.set_counter(kind_counter(i), stats_.by_kind[i]);
    }
  }
  store.set_counter("records", budget_.records());
  store.set_counter("bytes", budget_.bytes());
  store.set_counter("nanoseconds", static_cast<std::uint64_t>(
                                       budget_.time(clock_.now()).count()));
}

void Ledger::restore(const StateStore& store) {
  stats_.fetched = store.counter("fetched");
  stats_.failed = store.counter("failed");
  stats_.skipped = store.counter("skipped");
  stats_.seeds_skipped = store.counter("seeds skipped");
  stats_.bad_locations = store.counter("bad locations");
  stats_.done_before = stats_.done();
  for (std::size_t i = 0; i < stats_.by_kind.size(); ++i) {
    stats_.by_kind[i] = store.counter(kind_counter(i));
  }
  budget_.restore(store.counter("records"), store.counter("bytes"),
                  std::chrono::nanoseconds(store.counter("nanoseconds")));
}

std::optional<Clock::time_point> Ledger::flush_due() const {
  return unflushed_ ? std::optional(flush_due_) : std::nullopt;
}

void Ledger::flush_if_due(Clock::time_point now) {
  if (!unflushed_ || now < flush_due_) return;
  each([](Sink& sink) { return sink.flush(); });
  unflushed_ = false;
}

std::optional<SinkPositions> Ledger::sync() {
  SinkPositions positions;
  each([&](Sink& sink) -> Result<void> {
    const Result<std::uint64_t> position = sink.sync();
    if (!position) return tl::unexpected(position.error());
    positions.push_back({std::string(sink.name()), *position});
    return {};
  });
  if (error_) return std::nullopt;
  unflushed_ = false;
  return positions;
}

void Ledger::close() {
  each([](Sink& sink) { return sink.close(); });
}

std::uint64_t Ledger::next_index() const {
  std::uint64_t next = std::numeric_limits<std::uint64_t>::max();
  for (const Sink* sink : sinks_) next = std::min(next, sink->next_index());
  return next;
}

bool Ledger::closed_by_reader() const {
  return std::any_of(sinks_.begin(), sinks_.end(),
                     [](const Sink* sink) { return sink->closed_by_reader(); });
}

}  // namespace crawl
