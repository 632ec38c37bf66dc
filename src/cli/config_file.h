#ifndef CRAWL_CLI_CONFIG_FILE_H_
#define CRAWL_CLI_CONFIG_FILE_H_

#include <CLI/CLI.hpp>
#include <istream>
#include <string>
#include <vector>

#include "crawl/base/error.h"

namespace crawl::cli {

// A file of options for CLI11, a line each: `jobs = 16`, `ordered`,
// `header = "X-Note: a # b"`. Names are the long ones, without dashes; a `#`
// begins a comment at a line's start or after white space, unless quoted; what
// may be repeated on the command line may be repeated here.
//
// The errors name the file, `path`, and the line.
Result<std::vector<CLI::ConfigItem>> read_config(std::istream& in,
                                                 const std::string& path);

// Fails if `path` is no file that can be read.
Result<void> check_config_file(const std::string& path);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_CONFIG_FILE_H_
