#ifndef CRAWL_CLI_EXTRACT_OPTION_H_
#define CRAWL_CLI_EXTRACT_OPTION_H_

#include <string>
#include <vector>

#include "crawl/base/error.h"
#include "crawl/extract/extractor.h"

namespace crawl::cli {

// What --extract was given, each time NAME=SELECTOR, made ready. An error has
// three lines: what is wrong, the selector, and a mark below the place.
Result<Extractor> read_extracts(const std::vector<std::string>& typed);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_EXTRACT_OPTION_H_
