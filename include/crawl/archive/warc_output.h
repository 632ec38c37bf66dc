#ifndef CRAWL_ARCHIVE_WARC_OUTPUT_H_
#define CRAWL_ARCHIVE_WARC_OUTPUT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crawl/base/error.h"
#include "crawl/writer/exchange.h"
#include "crawl/writer/result_writer.h"
#include "crawl/writer/sink.h"

namespace crawl {

// An archive of a crawl: WARC/1.1 files
// (https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/).
struct WarcOptions {
  // PREFIX.warc.gz; with max_file_bytes PREFIX-00000.warc.gz, -00001 and so on.
  std::string prefix;
  // A file that would get longer ends before the next exchange; 0 for one file
  // of any length.
  std::uint64_t max_file_bytes = 0;
  bool pack = true;  // gzip, a member a record
  // What each file's warcinfo record says.
  std::vector<std::pair<std::string, std::string>> info;
  // PREFIX.cdxj, an index of the archive: lines as they come, and in order when
  // it is closed (https://specs.webrecorder.net/cdxj/0.1.0/).
  bool cdx = false;
  // Indexes of earlier archives, whose payloads need not be written again.
  std::vector<std::string> known;
  // Where to keep what finds a payload again, for as long as the crawl is gone
  // on with; "" for a temporary file.
  std::string index_file;
};

// The name of its file of this number, from 0.
std::string warc_file_name(const WarcOptions& options, std::uint64_t file);
// Names of the files that an archive has so far, in order.
std::vector<std::string> warc_files(const WarcOptions& options);

// Cuts an archive that nobody writes back to where its sink was: so many bytes
// went. And what is left then, in words.
Result<std::uint64_t> cut_warc(const WarcOptions& options,
                               std::uint64_t position);
std::string warc_extent(const WarcOptions& options, std::uint64_t position);

// Makes the records of each exchange; what is given to open_warc().
std::shared_ptr<const ExchangeKeeper> make_warc_keeper(const WarcOptions& o);

// A sink for what such a keeper kept: a request, a response and a metadata
// record of every exchange. In place of a payload that it holds already, a
// revisit record that refers to the first.
//
// `position`: cut back to where that sink was; nothing: begun anew, in place of
// what the files hold (kReplace) or behind that (kAppend).
Result<std::unique_ptr<Sink>> open_warc(WarcOptions options,
                                        std::optional<std::uint64_t> position,
                                        OutputMode mode = OutputMode::kReplace);

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_WARC_OUTPUT_H_
