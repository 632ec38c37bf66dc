#include "crawl/writer/result_writer.h"

#include <deque>
#include <optional>
#include <stdexcept>
#include <utility>

namespace crawl {
namespace {

// What one huge record needed is given back before the next.
constexpr std::size_t kKeptBytes = std::size_t{1} << 20U;

}  // namespace

struct ResultWriter::Impl {
  std::unique_ptr<OutputStream> output;
  std::unique_ptr<RecordFormatter> formatter;
  const bool ordered;
  const Takes takes;

  bool begun = false;
  std::string line = {};
  std::uint64_t next = 0;
  // The lines of next, next + 1, ...; nothing where a record has yet to come.
  std::deque<std::optional<std::string>> held = {};

  Result<void> begin() {
    if (std::exchange(begun, true)) return {};
    const std::string header = formatter->header();
    if (header.empty() || output->length() > 0) return {};
    return output->write(header);
  }

  Result<void> write_now(const CrawlRecord& record) {
    line.clear();
    formatter->append(record, line);
    auto written = output->write(line);
    if (line.capacity() > kKeptBytes) line = {};
    return written;
  }

  Result<void> write_ordered(const CrawlRecord& record) {
    if (record.index < next) {
      throw std::logic_error("ResultWriter: a record came twice");
    }
    const auto place = static_cast<std::size_t>(record.index - next);
    if (place == 0 && (held.empty() || !held.front())) {
      // The usual case in a crawl of one fast server: nothing to hold.
      if (!held.empty()) held.pop_front();
      ++next;
      if (auto written = write_now(record); !written) return written;
      return write_ready();
    }
    if (place >= held.size()) held.resize(place + 1);
    if (held[place]) {
      throw std::logic_error("ResultWriter: a record came twice");
    }
    formatter->append(record, held[place].emplace());
    return {};
  }

  Result<void> write_ready() {
    while (!held.empty() && held.front()) {
      const std::string ready = std::move(*held.front());
      held.pop_front();
      ++next;
      if (auto written = output->write(ready); !written) return written;
    }
    return {};
  }
};

ResultWriter::ResultWriter(std::unique_ptr<OutputStream> output,
                           std::unique_ptr<RecordFormatter> formatter,
                           bool ordered, Takes takes)
    : impl_(new Impl{std::move(output), std::move(formatter), ordered, takes}) {
}

ResultWriter::~ResultWriter() = default;

std::string_view ResultWriter::name() const {
  return impl_->takes == Takes::kRecords ? "records" : "skipped";
}

Result<void> ResultWriter::take(const Outcome& outcome) {
  const bool wanted = impl_->takes == Takes::kRecords
                          ? outcome.is_record
                          : !outcome.is_record || is_skip(outcome.record.error);
  return wanted ? write(outcome.record) : Result<void>();
}

Result<void> ResultWriter::write(const CrawlRecord& record) {
  if (auto begun = impl_->begin(); !begun) return begun;
  return impl_->ordered ? impl_->write_ordered(record)
                        : impl_->write_now(record);
}

Result<void> ResultWriter::flush() {
  if (auto begun = impl_->begin(); !begun) return begun;
  return impl_->output->flush();
}

Result<std::uint64_t> ResultWriter::sync() {
  if (auto begun = impl_->begin(); !begun) return tl::unexpected(begun.error());
  if (auto synced = impl_->output->sync(); !synced) {
    return tl::unexpected(synced.error());
  }
  return impl_->output->length();
}

Result<void> ResultWriter::close() {
  if (auto begun = impl_->begin(); !begun) return begun;
  auto& held = impl_->held;
  while (!held.empty()) {
    if (auto written = impl_->write_ready(); !written) return written;
    while (!held.empty() && !held.front()) {
      held.pop_front();
      ++impl_->next;
    }
  }
  return impl_->output->close();
}

std::uint64_t ResultWriter::next_index() const {
  return impl_->ordered ? impl_->next : Sink::next_index();
}

// A crawl goes on without a reader of what it left out.
bool ResultWriter::closed_by_reader() const {
  return impl_->takes == Takes::kRecords && impl_->output->closed_by_reader();
}

}  // namespace crawl
