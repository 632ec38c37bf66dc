#ifndef CRAWL_WRITER_HAR_OUTPUT_H_
#define CRAWL_WRITER_HAR_OUTPUT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "crawl/base/error.h"
#include "crawl/writer/exchange.h"
#include "crawl/writer/result_writer.h"
#include "crawl/writer/sink.h"

namespace crawl {

// Makes an entry of each exchange, failed ones too, as HAR 1.2 has them
// (http://www.softwareishard.com/blog/har-12-spec/): without bodies, cookies
// and what Authorization says.
std::shared_ptr<const ExchangeKeeper> make_har_keeper();

struct HarOptions {
  std::string path;  // of a file
  OutputMode mode = OutputMode::kReplace;
  // What it gave at its last sync(), to be cut back to; nothing for a new one.
  std::optional<std::uint64_t> position;
  std::string version;  // of the program
};

// A sink ("har") for what such a keeper kept: one HTTP Archive, an entry a
// line, in the order in which URLs came to their end. The closing brackets
// go out with whatever is written, so that it is whole JSON but for the moments
// in which it grows; its position is before them.
//
// Fails, and leaves the file as it is, if it is to be gone on with and is no
// archive of this kind, or shorter than it was.
Result<std::unique_ptr<Sink>> open_har(const HarOptions& options);

// Cuts one back as its position says, none being the beginning: how many bytes
// went. Fails as open_har() does, and if there is none.
Result<std::uint64_t> cut_har(const HarOptions& options);

}  // namespace crawl

#endif  // CRAWL_WRITER_HAR_OUTPUT_H_
