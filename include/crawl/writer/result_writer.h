#ifndef CRAWL_WRITER_RESULT_WRITER_H_
#define CRAWL_WRITER_RESULT_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/error.h"
#include "crawl/writer/record.h"
#include "crawl/writer/sink.h"

namespace crawl {

enum class OutputFormat : std::uint8_t {
  kJsonl,
  kTsv,
  kCsv,
  kText,
  kCsvSafe,
  kSqlite,  // no lines: see site_database.h
};

// Where written bytes go. One thread.
class OutputStream {
 public:
  virtual ~OutputStream() = default;

  // Takes whole lines, or another unit; nothing of them is lost or torn unless
  // an error comes back.
  virtual Result<void> write(std::string_view lines) = 0;
  // Everything written so far has left the process.
  virtual Result<void> flush() = 0;
  // flush(), and the bytes of a regular file are on its disk, and its name is
  // in its folder there.
  virtual Result<void> sync() { return flush(); }
  // Of a regular file, once flushed: what was there before included.
  virtual std::uint64_t length() const { return 0; }
  // Whether what has been written can be taken back: that of a regular file.
  virtual bool can_cut() const { return false; }
  // What is behind `length` bytes goes, and what is written next comes there.
  virtual Result<void> cut(std::uint64_t /*length*/) {
    return make_error("what has been written here cannot be taken back");
  }
  // flush(), and the last errors that a file system may have for us. Nothing is
  // written after it.
  virtual Result<void> close() { return flush(); }
  // The reader went away (`| head`): a quiet end, not an error. What is written
  // from then on is dropped.
  virtual bool closed_by_reader() const = 0;
};

enum class OutputMode : std::uint8_t { kReplace, kAppend };

// What an output file holds whole, whatever error ends it: lines, or what was
// given to one write(), of any bytes.
enum class OutputUnit : std::uint8_t { kLine, kWrite };

// "-" is stdout; a file is made, or emptied if it is there (kReplace), or
// written to after what it holds (kAppend), from the next line on. Fails, and
// leaves the file as it is, if it cannot be opened for writing or another
// process has opened it here and is not done.
//
// Writes in pieces of 64 KiB, on a terminal each line at once; waits while a
// non-blocking stdout is full. SIGPIPE never gets out, whatever the process
// does about it. An error names the file and the reason, leaves only whole
// lines (or what `unit` says) in a regular file, and comes back from every
// later call.
Result<std::unique_ptr<OutputStream>> open_output(
    const std::string& path, OutputMode mode = OutputMode::kReplace,
    OutputUnit unit = OutputUnit::kLine);

// Whether open_output() could write to `path` now; nothing is made or changed.
// For a command with several outputs, that none is emptied if it is refused.
// (Not for files that this process is writing: see file_lock.h.)
Result<void> check_output(const std::string& path);

// Turns records into lines of one format.
class RecordFormatter {
 public:
  virtual ~RecordFormatter() = default;
  // A line for the top, newline included; "" for formats without one.
  virtual std::string header() const = 0;
  // Appends one whole line, newline included.
  virtual void append(const CrawlRecord& record, std::string& out) = 0;
};

// How kText looks on the terminal at hand.
struct TextStyle {
  std::size_t width = 0;  // columns that lines are cut to; 0: never cut
  bool color = false;     // statuses, by their class
  bool links = false;     // URLs can be clicked on (OSC 8)
  // Asked for each record in place of `width`, if given: terminals change.
  std::function<std::size_t()> width_now = {};

  std::size_t columns() const { return width_now ? width_now() : width; }
};

// `fields` as parse_field_list() gives them.
//
// All output is valid UTF-8, U+FFFD standing for what is not, and a record is
// one line (a CSV row) whatever its strings hold. Control characters, bidi
// overrides and the Unicode line ends are in it only as follows:
// - kJsonl: an object; absent is null; such characters are \uXXXX.
// - kTsv: a header line; absent is an empty cell; \t \n \r \\ \uXXXX.
// - kCsv: RFC 4180 with a header row and CRLF; absent is an empty cell; tabs
//   and line ends inside quotes, other such characters are U+FFFD.
// - kCsvSafe: the same for spreadsheets, which take a cell that begins with
//   = + - @ (wide ones too), a tab or a line end for a formula: it gets an
//   apostrophe in front, and all text is in quotes (OWASP, CSV Injection).
// - kText: status, time, size, URL, and title or error, aligned; or the fields
//   chosen, if they are not the usual ones. Line ends and tabs become a space,
//   other such characters U+FFFD.
// Arrays and objects are JSON inside a cell. The names in `extracted` are those
// of every record's extraction: kTsv and kCsv have a column for each where the
// field "extracted" stands, with its value, or an array if there are several.
std::unique_ptr<RecordFormatter> make_formatter(
    OutputFormat format, const std::vector<std::size_t>& fields,
    const TextStyle& style = {},
    const std::vector<std::string>& extracted = {});

// Writes each record as it comes, or in the order of CrawlRecord::index.
//
// One thread. Output is gathered and written in large pieces; flush() when the
// crawl loop goes to sleep keeps a pipe's reader up to date, and costs nothing
// when there is nothing to write.
class ResultWriter final : public Sink {
 public:
  // Which Outcomes it takes: the crawl's records, or everything that was not
  // asked for, records and others, with the reason.
  enum class Takes : std::uint8_t { kRecords, kSkips };

  // `ordered`: records are held, already formatted, until every lower index has
  // come; indices start at 0, have no gaps and come once. How far ahead of
  // next_index() records come, and so the memory, is the caller's rule.
  ResultWriter(std::unique_ptr<OutputStream> output,
               std::unique_ptr<RecordFormatter> formatter, bool ordered,
               Takes takes = Takes::kRecords);
  ~ResultWriter() override;

  std::string_view name() const override;
  Result<void> take(const Outcome& outcome) override;
  Result<void> write(const CrawlRecord& record);
  Result<void> flush() override;
  // As flush(), and says how long the output is then: every record written is
  // in it, and lasts.
  Result<std::uint64_t> sync() override;
  // Writes what is still held (in order, gaps skipped) and flushes. Call it
  // once.
  Result<void> close() override;

  // Index of the first record not yet written, with `ordered`: the crawl loop
  // starts nothing too far past it.
  std::uint64_t next_index() const override;
  bool closed_by_reader() const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crawl

#endif  // CRAWL_WRITER_RESULT_WRITER_H_
