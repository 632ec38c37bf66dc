#ifndef CRAWL_ARCHIVE_ARCHIVE_READER_H_
#define CRAWL_ARCHIVE_ARCHIVE_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "archive/byte_source.h"
#include "archive/passed_over.h"
#include "archive/unpacked_bytes.h"

namespace crawl {

// A record of an archive that says what a URL answered, or one that cannot be
// read.
struct ArchivedRecord {
  enum class Kind : std::uint8_t {
    kResponse,  // `block` is an HTTP message
    kBare,      // `block` is a body alone
    kRevisit,   // `block` is the head of an HTTP message, or nothing
    kBad,       // `fault` says why
  };
  Kind kind = Kind::kBad;
  std::uint64_t offset = 0;  // where it, or its gzip member, begins in the file
  std::string url;           // as it stands there
  std::string date;          // "2026-11-28T12:00:00Z" or "20261128120000"
  std::string ip;
  std::string content_type;               // of the block
  std::string refers_to, refers_to_date;  // of a revisit: whose body it has
  std::string truncated;                  // why, if what was fetched broke off
  bool http2 = false;
  bool cut = false;   // there was more of it
  std::string fault;  // the record breaks off: of what, what came is there
  std::string block;
};

// Reads the records of a WARC file (WARC/1.0 and 1.1, and what came before
// them), or of an ARC file (version 1 and 2), as they come: packed or not, with
// whatever line ends, and with the faults that files in use have. What cannot
// be read leaves one bad record, and it goes on with the next that can.
//
// Of a record, `max_block` bytes are kept at most. Other records than those
// above are passed over, and counted. One thread.
class ArchiveReader {
 public:
  ArchiveReader(std::unique_ptr<ByteSource> source, std::size_t max_block);

  // Nothing at the end.
  std::optional<ArchivedRecord> next();

  // Of what has been read so far.
  const PassedOver& passed_over() const { return passed_over_; }

 private:
  struct Head {
    std::string type;
    std::optional<std::uint64_t> length;
    bool length_is_wrong = false;
  };
  enum class Way : std::uint8_t { kRecord, kPassed, kEnd };

  std::string_view here() const { return bytes_.here(); }
  std::uint64_t position() const { return bytes_.position(); }
  bool fill() { return bytes_.fill(); }
  bool need(std::size_t size) { return bytes_.need(size); }
  void drop(std::size_t size) { bytes_.drop(size); }

  Way read_record(ArchivedRecord& record);
  Way read_arc(ArchivedRecord& record);
  Way bad(ArchivedRecord& record, std::string fault);
  Way pass(std::string_view type, const ArchivedRecord& record);
  std::optional<std::string> take_head();
  static Head read_head(std::string_view text, ArchivedRecord& record);
  void take_block(std::uint64_t length, bool keep, ArchivedRecord& record);
  std::optional<std::uint64_t> cut_before(std::uint64_t end);
  void look_behind(ArchivedRecord& record);
  std::string_view look();
  void end_block(ArchivedRecord& record, bool wanted);
  bool give_back_records(std::uint64_t begin, ArchivedRecord& record);
  std::uint64_t find_next(std::string* passed = nullptr, std::size_t room = 0);
  std::optional<std::size_t> next_start(std::size_t from);

  UnpackedBytes bytes_;
  PassedOver passed_over_;
  const std::size_t max_block_;
  std::uint64_t started_ = 0;     // of the record that is being read
  std::uint64_t given_back_ = 0;  // bytes that are read again
  bool whole_before_ = false;     // the record before it was
  bool is_arc_ = false;
  bool begun_ = false;
  bool said_broken_ = false;
};

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_ARCHIVE_READER_H_
