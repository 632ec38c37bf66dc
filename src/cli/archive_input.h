#ifndef CRAWL_CLI_ARCHIVE_INPUT_H_
#define CRAWL_CLI_ARCHIVE_INPUT_H_

#include <string>

namespace crawl::cli {

// Whether an INPUT is an archive (WARC or ARC, packed or not), by its first
// bytes. Of standard input nothing is taken; it is waited for, if it is a pipe.
bool is_archive_input(const std::string& input);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_ARCHIVE_INPUT_H_
