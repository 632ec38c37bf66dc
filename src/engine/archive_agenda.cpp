#include "engine/archive_agenda.h"

#include <algorithm>
#include <utility>

#include "engine/record_builder.h"

namespace crawl {
namespace {

// The loop heeds Ctrl-C and progress between so many.
constexpr std::size_t kAtOnce = 500;

}  // namespace

ArchiveAgenda::ArchiveAgenda(const CrawlOptions& options, UniqueUrls& unique,
                             Ledger& ledger, const Clock& clock,
                             std::function<void()> wake)
    : options_(options),
      unique_(unique),
      ledger_(ledger),
      clock_(clock),
      replay_(std::make_unique<ArchiveReplay>(
          options.archives, options.fetch,
          options.sync ? 1 : std::min(options.jobs, options.threads),
          std::move(wake))) {}

ArchiveAgenda::~ArchiveAgenda() = default;

Result<void> ArchiveAgenda::open() {
  if (options_.filter) {
    Result<Scope> filter = Scope::make(*options_.filter);
    if (!filter) return tl::unexpected(filter.error());
    filter_ = *std::move(filter);
  }
  return replay_->start();
}

void ArchiveAgenda::take_in() {
  for (std::size_t i = 0; i < kAtOnce; ++i) {
    if (ledger_.error() || !ledger_.budget().may_begin_page()) return;
    std::optional<Replayed> read = replay_->next();
    if (!read) {
      more_ = false;
      ended_ = replay_->ended();
      return;
    }
    add(*std::move(read));
  }
  more_ = true;
}

void ArchiveAgenda::add(Replayed read) {
  CrawlRecord& record = read.record;
  record.index = index_++;
  const auto refuse = [&](ErrorKind error, std::string reason) {
    CrawlRecord refused =
        make_unfetched_record(record.index, std::move(record.input),
                              std::move(record.url), error, std::move(reason));
    refused.timestamp = record.timestamp;
    refused.warc_file = std::move(record.warc_file);
    refused.warc_offset = record.warc_offset;
    record = std::move(refused);
  };
  const std::optional<Url> url =
      (filter_ || options_.unique) && !record.url.empty()
          ? Url::parse(record.url)
          : std::nullopt;
  if (options_.unique && url && !unique_.is_new(*url)) {
    refuse(ErrorKind::kDuplicate, "the same URL came before (--unique)");
  } else if (filter_ && url) {
    if (const ScopeDecision decision = filter_->judge(*url);
        !decision.allowed()) {
      refuse(decision.error(), filter_->explain(decision));
    }
  }
  CrawlStats& stats = ledger_.stats();
  stats.bytes_downloaded += record.size_download;
  stats.bytes_decoded += record.size_body;
  ledger_.budget().received(record.size_body);
  ledger_.finish(std::move(record), &read.result);
}

std::optional<Clock::time_point> ArchiveAgenda::wake_at(
    bool /*slots_free*/) const {
  return more_ ? std::optional(clock_.now()) : std::nullopt;
}

bool ArchiveAgenda::finished() const {
  return ended_ || !ledger_.budget().may_begin_page();
}

void ArchiveAgenda::stop() { replay_->stop(); }

SlotUse ArchiveAgenda::idle_use() const {
  return ended_ ? SlotUse::kNothing : SlotUse::kInput;
}

void ArchiveAgenda::count(CrawlStats& stats) const {
  stats.admitted = index_;
  stats.passed_over = replay_->passed_over();
  stats.of_archives = true;
  if (!ended_ && ledger_.budget().pages_used_up()) stats.end_by("--max-pages");
}

}  // namespace crawl
