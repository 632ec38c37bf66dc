#include "archive/warc_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>
#include <utility>

#include "archive/cdxj.h"
#include "archive/warc_keeper.h"
#include "crawl/frontier/state_store.h"
#include "writer/packed_end.h"

namespace crawl {
namespace {

constexpr std::string_view kRevisitProfile =
    "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";

// A revisit record may be so much longer than that of a short response, not
// counting what both have.
constexpr std::size_t kRevisitIsLonger = 512;

bool is_there(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

Result<void> remove(const std::string& path) {
  std::error_code error;
  std::filesystem::remove(path, error);
  if (!error) return {};
  return make_error(fmt::format("cannot remove {}: {}", path, error.message()));
}

// Lines of an index, as they are.
Result<void> read_lines(const std::string& file, CaptureIndex& index) {
  std::ifstream lines(file, std::ios::binary);
  for (std::string line; std::getline(lines, line);) {
    if (Result<void> added =
            index.add_line(CaptureIndex::kElsewhere, line + "\n");
        !added) {
      return added;
    }
  }
  return {};
}

// Payloads that are in other archives.
Result<void> read_known(const std::string& file, CaptureIndex& index) {
  std::error_code error;
  const auto kind = std::filesystem::status(file, error).type();
  if (kind == std::filesystem::file_type::directory) {
    error = std::make_error_code(std::errc::is_a_directory);
  }
  std::ifstream lines(file, std::ios::binary);
  if (!error && !lines) error = std::make_error_code(std::errc::io_error);
  if (error) {
    return make_error(fmt::format("cannot read {}: {}", file, error.message()));
  }
  std::size_t known = 0;
  std::size_t others = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::optional<CdxjCapture> capture = read_cdxj_line(line);
    if (!capture) {
      ++others;
      continue;
    }
    ++known;
    if (capture->mime == "warc/revisit" || capture->digest.empty()) continue;
    if (const auto added = index.add(CaptureIndex::kElsewhere, capture->digest,
                                     capture->url, capture->date);
        !added) {
      return tl::unexpected(added.error());
    }
  }
  if (known > 0 || others == 0) return {};
  return make_error(fmt::format("{} is no index in CDXJ", file));
}

// What is written behind half a record could not be read.
Result<void> check_end(const std::string& file, bool packed) {
  std::ifstream bytes(file, std::ios::binary | std::ios::ate);
  const std::streamoff size = bytes.tellg();
  bool is_whole = size == 0;
  if (packed) {
    const std::optional<std::uint64_t> end =
        end_of_packed(file, Packing::kGzip);
    is_whole = end && static_cast<std::streamoff>(*end) == size;
  } else if (constexpr auto length =
                 static_cast<std::streamoff>(kWarcRecordEnd.size());
             size >= length) {
    std::string end(kWarcRecordEnd.size(), '\0');
    bytes.seekg(size - length).read(end.data(), length);
    is_whole = end == kWarcRecordEnd;
  }
  if (is_whole) return {};
  return make_error(
      fmt::format("{} does not end with a whole record, so nothing can be "
                  "written behind it: cut it there, or name another PREFIX",
                  file));
}

// A file that was written under another name.
Result<void> put_in_place(OutputStream& output, const std::string& part,
                          const std::string& name) {
  if (Result<void> synced = output.sync(); !synced) return synced;
  if (Result<void> closed = output.close(); !closed) return closed;
  std::error_code error;
  std::filesystem::rename(part, name, error);
  if (!error) return {};
  return make_error(fmt::format("cannot write {}: {}", name, error.message()));
}

// Its index leads to nothing that was cut.
Result<void> cut_index(const WarcOptions& options, const WarcPlace& place) {
  const std::string name = options.prefix + ".cdxj";
  if (!options.cdx || !is_there(name)) return {};
  const auto name_of = [&](std::uint64_t file) {
    return std::filesystem::path(warc_file_name(options, file))
        .filename()
        .string();
  };
  std::set<std::string> whole;
  for (std::uint64_t file = 0; file < place.file; ++file) {
    whole.insert(name_of(file));
  }
  const std::string last = name_of(place.file);
  const std::string part = name + ".part";
  Result<std::unique_ptr<OutputStream>> output = open_output(part);
  if (!output) return tl::unexpected(output.error());
  std::ifstream lines(name, std::ios::binary);
  for (std::string line; std::getline(lines, line);) {
    const std::optional<CdxjCapture> capture = read_cdxj_line(line);
    if (!capture ||
        (!whole.contains(capture->filename) &&
         (capture->filename != last || capture->offset >= place.offset))) {
      continue;
    }
    if (Result<void> kept = (*output)->write(line + "\n"); !kept) return kept;
  }
  return put_in_place(**output, part, name);
}

}  // namespace

std::string warc_file_name(const WarcOptions& options, std::uint64_t file) {
  return fmt::format(
      "{}{}.warc{}", options.prefix,
      options.max_file_bytes > 0 ? fmt::format("-{:05}", file) : std::string(),
      options.pack ? ".gz" : "");
}

std::vector<std::string> warc_files(const WarcOptions& options) {
  std::vector<std::string> files;
  do {
    std::string name = warc_file_name(options, files.size());
    if (!is_there(name)) break;
    files.push_back(std::move(name));
  } while (options.max_file_bytes > 0);
  return files;
}

Result<std::uint64_t> cut_warc(const WarcOptions& options,
                               std::uint64_t position) {
  const WarcPlace place = WarcPlace::of(position);
  const std::vector<std::string> there = warc_files(options);
  std::uint64_t gone = 0;
  std::error_code ignored;
  // What came later goes, the last first: whatever happens, no gap is left.
  for (std::size_t i = there.size(); i-- > place.file + 1;) {
    gone += std::filesystem::file_size(there[i], ignored);
    if (Result<void> removed = remove(there[i]); !removed) {
      return tl::unexpected(removed.error());
    }
  }
  const std::string last = warc_file_name(options, place.file);
  if (is_there(last)) gone += std::filesystem::file_size(last, ignored);
  if (Result<void> cut = cut_output(last, place.offset, CutAt::kAnyByte);
      !cut) {
    return tl::unexpected(cut.error());
  }
  if (Result<void> cut = cut_index(options, place); !cut) {
    return tl::unexpected(cut.error());
  }
  return gone - std::min(gone, place.offset);
}

std::string warc_extent(const WarcOptions& options, std::uint64_t position) {
  const WarcPlace place = WarcPlace::of(position);
  return fmt::format("{}the first {} bytes of {}",
                     place.file > 0 ? "the files before it and " : "",
                     place.offset, warc_file_name(options, place.file));
}

std::shared_ptr<const ExchangeKeeper> make_warc_keeper(const WarcOptions& o) {
  return std::make_shared<const WarcKeeper>(o.pack);
}

Result<std::unique_ptr<Sink>> open_warc(WarcOptions options,
                                        std::optional<std::uint64_t> position,
                                        OutputMode mode) {
  Result<std::unique_ptr<WarcSink>> sink =
      WarcSink::open(std::move(options), position, mode);
  if (!sink) return tl::unexpected(sink.error());
  return std::unique_ptr<Sink>(*std::move(sink));
}

WarcSink::WarcSink(WarcOptions options) : options_(std::move(options)) {}

Result<std::unique_ptr<WarcSink>> WarcSink::open(
    WarcOptions options, std::optional<std::uint64_t> position,
    OutputMode mode) {
  std::unique_ptr<WarcSink> sink(new WarcSink(std::move(options)));
  const WarcOptions& o = sink->options_;
  // First of all what may be refused.
  Result<std::unique_ptr<CaptureIndex>> index =
      CaptureIndex::open(o.index_file, position.value_or(0));
  if (!index) return tl::unexpected(index.error());
  sink->index_ = *std::move(index);
  for (const std::string& file : o.known) {
    if (Result<void> read = read_known(file, *sink->index_); !read) {
      return tl::unexpected(read.error());
    }
  }
  const std::vector<std::string> there = warc_files(o);
  const WarcPlace place = WarcPlace::of(position.value_or(0));
  if (position) {
    sink->file_ = place.file;
    if (Result<std::uint64_t> cut = cut_warc(o, *position); !cut) {
      return tl::unexpected(cut.error());
    }
    mode = OutputMode::kAppend;
  } else if (mode == OutputMode::kAppend) {
    if (Result<void> whole =
            there.empty() ? Result<void>() : check_end(there.back(), o.pack);
        !whole) {
      return tl::unexpected(whole.error());
    }
    sink->file_ = there.empty() ? 0 : there.size() - 1;
  } else {
    for (std::size_t i = there.size(); i-- > 1;) {
      if (Result<void> gone = remove(there[i]); !gone) {
        return tl::unexpected(gone.error());
      }
    }
    // It leads to what is no more.
    if (!there.empty() && !o.cdx) {
      if (Result<void> gone = remove(o.prefix + ".cdxj"); !gone) {
        return tl::unexpected(gone.error());
      }
    }
  }
  if (Result<void> opened = sink->open_file(mode); !opened) {
    return tl::unexpected(opened.error());
  }
  // A run that goes on has said all there is to say.
  sink->begun_ = position && place.offset > 0;
  // What is there already is part of the index.
  if (o.cdx && !position && mode == OutputMode::kAppend) {
    if (Result<void> read = read_lines(o.prefix + ".cdxj", *sink->index_);
        !read) {
      return tl::unexpected(read.error());
    }
  }
  if (Result<void> begun = sink->begin_index(mode); !begun) {
    return tl::unexpected(begun.error());
  }
  return sink;
}

Result<void> WarcSink::open_file(OutputMode mode) {
  Result<std::unique_ptr<OutputStream>> output =
      open_output(warc_file_name(options_, file_), mode, OutputUnit::kWrite);
  if (!output) return tl::unexpected(output.error());
  output_ = *std::move(output);
  offset_ = output_->length();
  begun_ = false;
  return {};
}

Result<void> WarcSink::begin_file() {
  if (std::exchange(begun_, true)) return {};
  std::string info;
  for (const auto& [name, value] : options_.info) {
    info += fmt::format("{}: {}\r\n", name, value);
  }
  return write(packed(
      WarcRecord("warcinfo", record_)
          .add("WARC-Record-ID", ids_.next().text())
          .add("WARC-Date", warc_date(std::chrono::system_clock::now()).text())
          .add("WARC-Filename",
               std::filesystem::path(warc_file_name(options_, file_))
                   .filename()
                   .string())
          .add("WARC-Block-Digest", warc_digest(sha1_, info).text())
          .add("Content-Type", "application/warc-fields")
          .end(info)));
}

// Goes on in another file, if this one would get too long.
Result<void> WarcSink::make_room(std::size_t size) {
  if (Result<void> begun = begin_file(); !begun) return begun;
  if (options_.max_file_bytes == 0 || offset_ + size <= options_.max_file_bytes)
    return {};
  if (Result<void> synced = output_->sync(); !synced) return synced;
  if (Result<void> closed = output_->close(); !closed) return closed;
  ++file_;
  if (Result<void> opened = open_file(OutputMode::kReplace); !opened) {
    return opened;
  }
  return begin_file();
}

Result<void> WarcSink::keep(const KeptExchange& exchange) {
  const auto* const capture = dynamic_cast<const WarcCapture*>(&exchange);
  if (capture == nullptr) return {};
  // As if the payload were new, which most are.
  if (Result<void> room = make_room(capture->records.size() + kRevisitIsLonger);
      !room) {
    return room;
  }
  std::optional<CaptureIndex::Original> original;
  if (capture->may_be_referred_to) {
    const WarcPlace place{file_, offset_ + capture->request_bytes};
    auto found = index_->add(place.position(), capture->payload.text(),
                             capture->url, capture->date.text());
    if (!found) return tl::unexpected(found.error());
    original = *std::move(found);
  }
  std::string_view records = capture->records;
  std::size_t response_size = capture->response_bytes;
  std::string instead;
  if (original) {
    const std::string record = packed(revisit(*capture, *original));
    instead.append(records.substr(0, capture->request_bytes))
        .append(record)
        .append(records.substr(capture->request_bytes + response_size));
    records = instead;
    response_size = record.size();
  }
  if (options_.cdx) {
    if (Result<void> noted =
            note(*capture, original.has_value(), response_size);
        !noted) {
      return noted;
    }
  }
  return write(records);
}

Result<void> WarcSink::note(const WarcCapture& capture, bool is_revisit,
                            std::size_t response_size) {
  const WarcPlace place{file_, offset_ + capture.request_bytes};
  const std::string line = cdxj_line(
      {capture.url, std::string(capture.date.text()),
       is_revisit ? "warc/revisit" : capture.content_type, capture.status_code,
       std::string(capture.payload.text()), response_size, place.offset,
       std::filesystem::path(warc_file_name(options_, file_))
           .filename()
           .string()});
  if (Result<void> written = lines_->write(line); !written) return written;
  return index_->add_line(place.position(), line);
}

// There is an index whatever ends the crawl: what it has already, in order, and
// from then on as it comes.
Result<void> WarcSink::begin_index(OutputMode mode) {
  if (!options_.cdx) return {};
  if (mode == OutputMode::kAppend) {
    if (Result<void> written = write_index(); !written) return written;
  }
  Result<std::unique_ptr<OutputStream>> output =
      open_output(options_.prefix + ".cdxj", mode);
  if (!output) return tl::unexpected(output.error());
  lines_ = *std::move(output);
  return {};
}

Result<void> WarcSink::write_index() {
  const std::string name = options_.prefix + ".cdxj";
  const std::string part = name + ".part";
  Result<std::unique_ptr<OutputStream>> output = open_output(part);
  if (!output) return tl::unexpected(output.error());
  const Result<void> all = index_->each_line(
      [&](std::string_view line) { return (*output)->write(line); });
  if (!all) return all;
  return put_in_place(**output, part, name);
}

// The response's headers, and where the rest of it is (section 6.7.2).
std::string WarcSink::revisit(const WarcCapture& capture,
                              const CaptureIndex::Original& original) {
  return std::string(
      WarcRecord("revisit", record_)
          .add_lines(capture.lines)
          .add("WARC-Profile", kRevisitProfile)
          .add("WARC-Refers-To-Target-URI", original.url)
          .add("WARC-Refers-To-Date", original.date)
          .add("WARC-Block-Digest", warc_digest(sha1_, capture.head).text())
          .add("WARC-Payload-Digest", capture.payload.text())
          .add("WARC-Truncated", "length")
          .add("Content-Type", "application/http;msgtype=response")
          .end(capture.head));
}

std::string WarcSink::packed(std::string_view record) {
  std::string bytes;
  if (options_.pack) {
    packer_.append(record, bytes);
  } else {
    bytes = record;
  }
  return bytes;
}

Result<void> WarcSink::write(std::string_view record) {
  offset_ += record.size();
  return output_->write(record);
}

Result<void> WarcSink::flush() {
  if (Result<void> begun = begin_file(); !begun) return begun;
  if (Result<void> flushed = output_->flush(); !flushed) return flushed;
  return lines_ ? lines_->flush() : Result<void>();
}

// The archive comes first: the index may name less than that has, not more.
Result<std::uint64_t> WarcSink::sync() {
  if (Result<void> begun = begin_file(); !begun) {
    return tl::unexpected(begun.error());
  }
  if (Result<void> synced = output_->sync(); !synced) {
    return tl::unexpected(synced.error());
  }
  if (Result<void> flushed = lines_ ? lines_->flush() : Result<void>();
      !flushed) {
    return tl::unexpected(flushed.error());
  }
  if (Result<void> committed = index_->commit(); !committed) {
    return tl::unexpected(committed.error());
  }
  return WarcPlace{file_, offset_}.position();
}

Result<void> WarcSink::close() {
  if (Result<void> begun = begin_file(); !begun) return begun;
  if (Result<void> closed = output_->close(); !closed) return closed;
  if (!lines_) return {};
  if (Result<void> closed = lines_->close(); !closed) return closed;
  return write_index();
}

}  // namespace crawl
