#ifndef CRAWL_WRITER_RESULT_WRITER_H_
#define CRAWL_WRITER_RESULT_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/error.h"
#include "crawl/writer/record.h"

namespace crawl {

enum class OutputFormat : std::uint8_t { kJsonl, kTsv, kCsv, kText };

// Where written bytes go. One thread.
class OutputStream {
 public:
  virtual ~OutputStream() = default;

  // Takes whole lines; nothing of them is lost or torn unless an error comes
  // back.
  virtual Result<void> write(std::string_view lines) = 0;
  // Everything written so far has left the process.
  virtual Result<void> flush() = 0;
  // The reader went away (`| head`): a quiet end, not an error.
  virtual bool closed_by_reader() const = 0;
};

// "-" is stdout. Fails if the file cannot be opened for writing.
Result<std::unique_ptr<OutputStream>> open_output(const std::string& path);

// Turns records into lines of one format.
class RecordFormatter {
 public:
  virtual ~RecordFormatter() = default;
  virtual std::string header() const = 0;  // "" for formats without one
  // Appends one whole line, newline included.
  virtual void append(const CrawlRecord& record, std::string& out) = 0;
};

// `fields` as parse_field_list() gives them.
std::unique_ptr<RecordFormatter> make_formatter(
    OutputFormat format, const std::vector<std::size_t>& fields);

// Writes each record as it comes, or in the order of CrawlRecord::index.
//
// One thread. Output is gathered and written in large pieces; flush_if_due()
// when the crawl loop goes to sleep keeps a pipe's reader up to date.
class ResultWriter {
 public:
  // `ordered`: records are held, already formatted, until every lower index has
  // come; indices start at 0 and have no gaps.
  ResultWriter(std::unique_ptr<OutputStream> output,
               std::unique_ptr<RecordFormatter> formatter, bool ordered);
  ~ResultWriter();

  Result<void> write(const CrawlRecord& record);
  Result<void> flush();
  // Writes what is still held (in order, gaps skipped) and flushes. Call it
  // once.
  Result<void> close();

  // Index of the first record not yet written, with `ordered`: the crawl loop
  // starts nothing too far past it.
  std::uint64_t next_index() const;
  bool closed_by_reader() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crawl

#endif  // CRAWL_WRITER_RESULT_WRITER_H_
