#ifndef CRAWL_CLI_FILES_APART_H_
#define CRAWL_CLI_FILES_APART_H_

#include <filesystem>

#include "cli/options.h"
#include "crawl/base/error.h"

namespace crawl::cli {

// Fails if a file is to be written that is also read, or written for something
// else, by whatever names: links count for what they lead to, files that are
// not there yet for the place they would have. Only regular files can be
// harmed so; and a standard stream takes one kind of output. Opens nothing.
Result<void> check_files_apart(const Options& options);

// The file that `path` leads to, or would if open() made it: the same name
// wherever the command is run, and before the file is there as after.
std::filesystem::path place_of(std::filesystem::path path);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_FILES_APART_H_
