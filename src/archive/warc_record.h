#ifndef CRAWL_ARCHIVE_WARC_RECORD_H_
#define CRAWL_ARCHIVE_WARC_RECORD_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

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

// "2026-11-28T12:00:00.123456Z" (section 5.4).
std::string warc_date(std::chrono::system_clock::time_point time);

// What such a date says, to the second or finer, or ARC's "20261128120000";
// nothing if it is neither.
std::optional<std::chrono::system_clock::time_point> parse_warc_date(
    std::string_view text);

// A new "urn:uuid:..." (RFC 4122 version 4) at each call. Any thread.
class RecordIds {
 public:
  RecordIds();
  std::string next() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

// An exchange as records, ready to be written: an ExchangeKeeper makes it, and
// a WarcSink writes it.
class WarcCapture final : public KeptExchange {
 public:
  std::string url;
  std::string date;     // as WARC has it
  std::string payload;  // its digest, "sha1:..."
  int status_code = 0;
  std::string content_type;
  // All of the payload is here, and there is some: a later one that is the same
  // may refer to it.
  bool may_be_referred_to = false;

  // Records as they go to a file, packed or not.
  std::string request;
  std::string response;
  std::string metadata;
  // What a revisit record in the response's place says.
  std::string response_id;
  std::string shared_lines;
  std::string head;  // the response's

  std::size_t memory() const override {
    return sizeof *this + request.capacity() + response.capacity() +
           metadata.capacity() + shared_lines.capacity() + head.capacity() +
           url.capacity();
  }
};

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_WARC_RECORD_H_
