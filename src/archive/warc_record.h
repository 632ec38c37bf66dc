#ifndef CRAWL_ARCHIVE_WARC_RECORD_H_
#define CRAWL_ARCHIVE_WARC_RECORD_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/fixed_text.h"
#include "base/sha1.h"
#include "crawl/writer/exchange.h"

namespace crawl {

// What every record has between its head and the next record (WARC/1.1 section
// 4.2).
inline constexpr std::string_view kWarcRecordEnd = "\r\n\r\n";

// Puts one WARC/1.1 record into words: fields in the order they are added, then
// the block, with the length it has.
class WarcRecord {
 public:
  // `type`: "response". It is written into `room`, whatever that held.
  WarcRecord(std::string_view type, std::string& room);

  // Line ends in a value would begin another field: they become spaces.
  WarcRecord& add(std::string_view name, std::string_view value);
  // Lines that other records have too, each with its end.
  WarcRecord& add_lines(std::string_view lines);
  // What comes before a block of so many bytes.
  std::string_view head(std::size_t block_bytes);
  // The record, of a block that is in two parts.
  std::string_view end(std::string_view block, std::string_view more = {});

 private:
  std::string& text_;
};

// "sha1:..." (section 5.8).
using WarcDigest = FixedText<37>;
WarcDigest warc_digest(const Sha1Digest& digest);
WarcDigest warc_digest(Sha1& sha1, std::string_view bytes);

// "2026-11-28T12:00:00.123456Z" (section 5.4).
using WarcDate = FixedText<27>;
WarcDate warc_date(std::chrono::system_clock::time_point time);

// What such a date says, to the second or finer, or ARC's "20261128120000";
// nothing if it is neither.
std::optional<std::chrono::system_clock::time_point> parse_warc_date(
    std::string_view text);

// "<urn:uuid:...>" (RFC 4122 version 4).
using WarcId = FixedText<47>;

// A new one at each call. Any thread.
class RecordIds {
 public:
  RecordIds();
  WarcId next() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

// An exchange as records, ready to be written: an ExchangeKeeper makes it, and
// a WarcSink writes it.
class WarcCapture final : public KeptExchange {
 public:
  // Nothing is kept yet, but the room of what was.
  void clear();

  std::string url;
  WarcDate date;
  WarcDigest payload;
  int status_code = 0;
  std::string content_type;
  // All of the payload is here, and there is some: a later one that is the same
  // may refer to it.
  bool may_be_referred_to = false;

  // As they go to a file, packed or not: the request record, the response
  // record and the metadata record.
  std::string records;
  std::size_t request_bytes = 0;  // of the first of them
  std::size_t response_bytes = 0;
  // The fields that a revisit record in the response's place has too; and the
  // response's head.
  std::string lines;
  std::string head;

  std::size_t memory() const override {
    return sizeof *this + records.capacity() + lines.capacity() +
           head.capacity() + url.capacity();
  }
};

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_WARC_RECORD_H_
