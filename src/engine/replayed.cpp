#include "engine/replayed.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "archive/archive_reader.h"
#include "archive/unpacker.h"
#include "archive/warc_record.h"
#include "base/ascii.h"
#include "crawl/base/fingerprint.h"
#include "crawl/concurrent/future.h"
#include "crawl/concurrent/thread_pool_executor.h"
#include "engine/record_builder.h"
#include "fetch/replay.h"

namespace crawl {
namespace {

// What a task reads, and what may be unpacked and not yet taken.
constexpr std::size_t kBatchBytes = std::size_t{256} << 10U;
constexpr std::size_t kBatchRecords = 64;
constexpr std::size_t kMostAhead = std::size_t{8} << 20U;
// A message may be coded, or have its headers, and be a little longer than the
// body it holds.
constexpr std::size_t kHeadRoom = std::size_t{1} << 20U;
// Without a limit for bodies.
constexpr std::size_t kMostBlock = std::size_t{1} << 30U;

// Responses that a revisit may refer to, all files together: 64 MB at most.
constexpr std::size_t kMostOriginals = 2'000'000;

struct Place {
  std::string file;
  std::uint64_t offset = 0;
};

// What has come of what cannot go back, for revisits that refer to it.
constexpr std::uint64_t kMostSpooled = std::uint64_t{64} << 20U;

// Bytes of a source, of which the first are kept in a file too.
class SpooledBytes final : public ByteSource {
 public:
  // `file` may be null, and stays.
  SpooledBytes(std::unique_ptr<ByteSource> source, std::FILE* file)
      : source_(std::move(source)), file_(file) {}
  Result<std::size_t> read(char* to, std::size_t room) override {
    Result<std::size_t> count = source_->read(to, room);
    if (file_ == nullptr || count.value_or(0) == 0) return count;
    spooled_ += *count;
    if (std::fwrite(to, 1, *count, file_) != *count ||
        std::fflush(file_) != 0 || spooled_ >= kMostSpooled) {
      file_ = nullptr;
    }
    return count;
  }
  bool stopped() const override { return source_->stopped(); }

 private:
  const std::unique_ptr<ByteSource> source_;
  std::FILE* file_;
  std::uint64_t spooled_ = 0;
};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

struct Item {
  ArchivedRecord record;
  std::optional<Place> original;  // of a revisit
};

struct Batch {
  std::string file;
  std::vector<Item> records;
  std::size_t bytes = 0;
};

std::size_t size_of(const ArchivedRecord& record) {
  return record.block.size() + 512;
}

std::string_view body_of(std::string_view message) {
  const std::size_t crlf = message.find("\r\n\r\n");
  const std::size_t lf = message.find("\n\n");
  if (crlf < lf) return message.substr(crlf + 4);
  return lf == std::string_view::npos ? "" : message.substr(lf + 2);
}

// Puts the body that a revisit refers to in its place, if it can be had.
void resolve(ArchivedRecord& revisit, const Place& original,
             std::size_t max_block) {
  Result<std::unique_ptr<ByteSource>> source =
      Unpacker::open_at(original.file, original.offset);
  if (!source) return;
  ArchiveReader archive(*std::move(source), max_block);
  const std::optional<ArchivedRecord> found = archive.next();
  if (!found || found->kind != ArchivedRecord::Kind::kResponse ||
      found->url != revisit.refers_to || !found->fault.empty()) {
    return;
  }
  if (revisit.block.empty()) {
    revisit.block = found->block;
  } else {
    revisit.block.resize(revisit.block.size() - body_of(revisit.block).size());
    if (!revisit.block.ends_with("\n\r\n") &&
        !revisit.block.ends_with("\n\n")) {
      revisit.block += revisit.block.ends_with('\n') ? "\r\n" : "\r\n\r\n";
    }
    revisit.block += body_of(found->block);
  }
  revisit.kind = ArchivedRecord::Kind::kResponse;
  // What was left out of the record is here again.
  revisit.cut = found->cut;
}

void fail(FetchResult& result, ErrorKind kind, std::string message) {
  if (result.error != ErrorKind::kNone) return;
  result.error = kind;
  result.error_message = std::move(message);
}

// What a record of an archive says of `url`.
FetchResult read_record(Replay& replay, const Url& url,
                        const ArchivedRecord& archived) {
  using Kind = ArchivedRecord::Kind;
  FetchResult result;
  switch (archived.kind) {
    case Kind::kResponse:
    case Kind::kRevisit:
      if (archived.kind == Kind::kRevisit && archived.block.empty()) {
        fail(result, ErrorKind::kArchive,
             "it refers to another record and holds nothing itself");
        break;
      }
      result = replay.message(url, archived.block);
      // Of a coded or chunked body that was cut, what could be decoded is what
      // there is.
      if (archived.cut && (result.error == ErrorKind::kDecode ||
                           result.error == ErrorKind::kClosed)) {
        result.error = ErrorKind::kNone;
        result.error_message.clear();
      }
      if (result.status_code == 0) {
        fail(result, ErrorKind::kArchive, "no status: nothing was answered");
      }
      break;
    case Kind::kBare:
      result = replay.bare(url, archived.content_type, archived.block);
      break;
    case Kind::kBad:
      break;
  }
  if (archived.kind == Kind::kRevisit) {
    // The body is another record's.
    result.page.reset();
    result.extraction.reset();
    result.body_digest.reset();
  }
  if (!archived.fault.empty()) {
    fail(result, ErrorKind::kArchive, archived.fault);
  }
  // As when it was fetched; what is too long is a page all the same.
  if (const std::string& why = archived.truncated;
      !why.empty() && archived.kind != Kind::kRevisit &&
      !equals_ignoring_case(why, "length")) {
    fail(result,
         equals_ignoring_case(why, "time") ? ErrorKind::kTimeout
                                           : ErrorKind::kClosed,
         fmt::format("it broke off when it was fetched (WARC-Truncated: {})",
                     why));
  }
  // Of a revisit without what it refers to there is no body; of what was not
  // modified there is none anyway.
  result.truncated = result.truncated || (archived.kind == Kind::kRevisit
                                              ? result.status_code != 304
                                              : archived.cut);
  result.remote_ip = archived.ip;
  if (archived.http2) result.http_version = "2";
  return result;
}

Replayed read_one(Replay& replay, const std::string& file,
                  const ArchivedRecord& archived) {
  Replayed read;
  std::optional<Url> url = Url::parse(archived.url);
  if (!url && archived.kind != ArchivedRecord::Kind::kBad) {
    read.record =
        make_unfetched_record(0, archived.url, "", ErrorKind::kInvalidUrl,
                              "WARC-Target-URI is no URL");
  } else if (!url) {
    read.record =
        make_unfetched_record(0, "", "", ErrorKind::kArchive, archived.fault);
  } else {
    Job job(0, "", url->without_credentials());
    read.result = read_record(replay, job.url, archived);
    read.record =
        make_record(job, read.result, ErrorKind::kNone, std::string());
  }
  read.record.warc_file = file;
  read.record.warc_offset = archived.offset;
  if (const auto date = parse_warc_date(archived.date)) {
    read.record.timestamp = *date;
  }
  return read;
}

std::size_t max_block_of(const FetchOptions& fetch) {
  return fetch.max_body == 0 ? kMostBlock
                             : static_cast<std::size_t>(std::min<std::uint64_t>(
                                   fetch.max_body + kHeadRoom, kMostBlock));
}

}  // namespace

std::string read_archived_body(const FetchOptions& fetch,
                               const std::string& file, std::uint64_t offset) {
  if (file == "-") return {};
  Result<std::unique_ptr<ByteSource>> source = Unpacker::open_at(file, offset);
  if (!source) return {};
  ArchiveReader archive(*std::move(source), max_block_of(fetch));
  const std::optional<ArchivedRecord> found = archive.next();
  if (!found) return {};
  FetchOptions keeping = fetch;
  keeping.keep_body = true;
  Replay replay(keeping);
  return std::move(read_one(replay, file, *found).record.body);
}

struct ArchiveReplay::Impl {
  using Results = std::vector<Replayed>;
  struct Pending {
    Future<Results> results;
    std::size_t bytes;
  };

  const std::vector<std::string> files;
  const FetchOptions& fetch;
  const std::function<void()> wake;

  std::mutex mutex;
  std::condition_variable room;
  // Guarded by mutex.
  std::deque<Pending> pending;
  std::size_t ahead = 0;  // bytes of those, and of what is being taken
  PassedOver passed_over;
  bool all_read = false;
  std::vector<std::unique_ptr<Replay>> idle;

  // Set under mutex, and read by whoever reads a file too.
  std::atomic<bool> stopped = false;

  // The reader's: where the responses are, by their URL and date.
  std::size_t file_number = 0;
  std::unordered_map<std::uint64_t, std::pair<std::size_t, std::uint64_t>>
      originals;
  // The beginning of standard input, if that is read.
  std::unique_ptr<std::FILE, CloseFile> spool;

  // The loop's.
  Results taken;
  std::size_t taken_next = 0;

  // Last, since their tasks use all of the above.
  std::unique_ptr<ThreadPoolExecutor> workers;
  std::unique_ptr<ThreadPoolExecutor> reader;

  Impl(std::vector<std::string> f, const FetchOptions& options, std::size_t w,
       std::function<void()> waker)
      : files(std::move(f)),
        fetch(options),
        wake(std::move(waker)),
        workers(std::make_unique<ThreadPoolExecutor>(
            ThreadPoolOptions{.max_workers = std::max<std::size_t>(w, 1),
                              .thread_name_prefix = "page",
                              .initializer = {}})),
        reader(std::make_unique<ThreadPoolExecutor>(
            ThreadPoolOptions{.max_workers = 1,
                              .thread_name_prefix = "archive",
                              .initializer = {}})) {}

  ~Impl() { stop(); }

  void stop() {
    {
      const std::lock_guard lock(mutex);
      stopped = true;
    }
    room.notify_all();
  }

  std::size_t max_block() const { return max_block_of(fetch); }

  // --- The reader's thread.

  void read_all() {
    for (; file_number < files.size(); ++file_number) {
      if (!read_file(files[file_number])) break;
    }
    {
      const std::lock_guard lock(mutex);
      all_read = true;
    }
    wake();
  }

  // False if no more is wanted.
  bool read_file(const std::string& file) {
    Batch batch{file, {}, 0};
    Result<std::unique_ptr<ByteSource>> source = open_bytes(file, &stopped);
    if (!source) {
      ArchivedRecord bad;
      bad.fault = source.error().message;
      batch.records.push_back({std::move(bad), std::nullopt});
      return hand_over(batch);
    }
    if (file == "-" && !spool) {
      spool.reset(std::tmpfile());
      *source = std::make_unique<SpooledBytes>(*std::move(source), spool.get());
    }
    ArchiveReader archive(*std::move(source), max_block());
    while (std::optional<ArchivedRecord> record = archive.next()) {
      batch.bytes += size_of(*record);
      std::optional<Place> original = original_of(*record, file);
      batch.records.push_back({*std::move(record), std::move(original)});
      if ((batch.bytes >= kBatchBytes ||
           batch.records.size() >= kBatchRecords) &&
          !hand_over(batch)) {
        return false;
      }
    }
    {
      const std::lock_guard lock(mutex);
      passed_over.add(archive.passed_over().counts());
    }
    return batch.records.empty() || hand_over(batch);
  }

  // Remembers a response for later revisits, and finds that of a revisit.
  std::optional<Place> original_of(const ArchivedRecord& record,
                                   const std::string& file) {
    const auto key = [](const std::string& url, const std::string& date) {
      return fingerprint(url + "\n" + date.substr(0, 19)).low;
    };
    const bool at_hand = file != "-" || (spool && record.offset < kMostSpooled);
    if (record.kind == ArchivedRecord::Kind::kResponse && at_hand &&
        originals.size() < kMostOriginals) {
      originals.emplace(key(record.url, record.date),
                        std::pair(file_number, record.offset));
    }
    if (record.kind != ArchivedRecord::Kind::kRevisit) return std::nullopt;
    const auto found =
        originals.find(key(record.refers_to, record.refers_to_date));
    if (found == originals.end()) return std::nullopt;
    std::string name = files[found->second.first];
    if (name == "-")
      name = fmt::format("/proc/self/fd/{}", fileno(spool.get()));
    return Place{std::move(name), found->second.second};
  }

  bool hand_over(Batch& batch) {
    const std::size_t bytes = batch.bytes;
    auto shared = std::make_shared<Batch>(std::move(batch));
    batch = Batch{shared->file, {}, 0};
    {
      std::unique_lock lock(mutex);
      room.wait(lock, [&] { return stopped || ahead < kMostAhead; });
      if (stopped) return false;
      ahead += bytes;
    }
    const Future<Results> results =
        workers->submit([this, shared] { return read_batch(*shared); });
    {
      const std::lock_guard lock(mutex);
      pending.push_back({results, bytes});
    }
    results.add_done_callback([this](const Future<Results>&) { wake(); });
    return true;
  }

  // --- A worker's.

  Results read_batch(Batch& batch) {
    std::unique_ptr<Replay> replay;
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        replay = std::move(idle.back());
        idle.pop_back();
      }
    }
    if (!replay) replay = std::make_unique<Replay>(fetch);
    Results results;
    results.reserve(batch.records.size());
    for (auto& [record, original] : batch.records) {
      if (original) resolve(record, *original, max_block());
      results.push_back(read_one(*replay, batch.file, record));
      record.block = std::string();
    }
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(replay));
    return results;
  }

  // --- The loop's.

  std::optional<Replayed> next() {
    if (taken_next == taken.size() && !take_batch()) return std::nullopt;
    return std::move(taken[taken_next++]);
  }

  bool take_batch() {
    taken.clear();
    taken_next = 0;
    while (taken.empty()) {
      std::optional<Pending> first;
      {
        const std::lock_guard lock(mutex);
        if (pending.empty() || !pending.front().results.done()) return false;
        first = std::move(pending.front());
        pending.pop_front();
        ahead -= first->bytes;
      }
      room.notify_all();
      taken = first->results.take();
    }
    return true;
  }
};

ArchiveReplay::ArchiveReplay(std::vector<std::string> files,
                             const FetchOptions& fetch, std::size_t workers,
                             std::function<void()> wake)
    : impl_(std::make_shared<Impl>(std::move(files), fetch, workers,
                                   std::move(wake))) {}

ArchiveReplay::~ArchiveReplay() {
  impl_->stop();
  impl_->reader->shutdown(true, true);
  impl_->workers->shutdown(true, true);
}

Result<void> ArchiveReplay::start() {
  impl_->reader->submit([impl = impl_.get()] { impl->read_all(); });
  return {};
}

std::optional<Replayed> ArchiveReplay::next() { return impl_->next(); }

std::map<std::string, std::uint64_t> ArchiveReplay::passed_over() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->passed_over.counts();
}

bool ArchiveReplay::ended() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->all_read && impl_->pending.empty() &&
         impl_->taken_next == impl_->taken.size();
}

void ArchiveReplay::stop() { impl_->stop(); }

}  // namespace crawl
