#ifndef CRAWL_ARCHIVE_SAVED_PAGES_H_
#define CRAWL_ARCHIVE_SAVED_PAGES_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "crawl/base/error.h"
#include "crawl/writer/sink.h"

namespace crawl {

// A sink that writes the bodies of pages into files below `folder`, which is
// made if it is not there: decoded, the bytes as they came. Each file comes
// whole under its name, and a page that is fetched again takes the place of
// what it left before. CrawlRecord::file says where it is.
//
// Nothing is written outside the folder, whatever URLs there are and whatever
// is in it: links in it are not followed. Its .saved lists what was saved, a
// line each.
//
// `position`: cut back to where that sink was; nothing: what is there stays.
Result<std::unique_ptr<Sink>> open_saved_pages(
    const std::string& folder, std::optional<std::uint64_t> position);

// Cuts a folder that nobody writes back to where that sink was: so many files
// went.
Result<std::uint64_t> cut_saved_pages(const std::string& folder,
                                      std::uint64_t position);

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_SAVED_PAGES_H_
