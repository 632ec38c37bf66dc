#ifndef CRAWL_CLI_OPEN_FILES_H_
#define CRAWL_CLI_OPEN_FILES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "crawl/base/error.h"

namespace crawl::cli {

// Sees to it, as far as the system allows, that this process may have `wanted`
// files open, and returns how many it may have now.
std::size_t raise_open_files_limit(std::size_t wanted);

// Makes the process's table of open files large enough for `count`. To be done
// before a second thread runs: Linux makes whoever enlarges the table later
// wait until all processors have let go of the old one, 10 ms and more each
// time it doubles.
void make_room_for_open_files(std::size_t count);

// A file that a run reads or writes, as the command line names it.
struct NamedFile {
  std::string option;  // "-o", "INPUT": what messages call it
  std::string path;
  bool written = false;
  int stream = -1;  // the standard stream that stands in place of `path`
};

// Fails if a file is to be written that is also read, or written for something
// else, by whatever names: links count for what they lead to, files that are
// not there yet for the place they would have. Only regular files can be
// harmed so; and a standard stream takes one kind of output. Opens nothing.
Result<void> check_files_apart(const std::vector<NamedFile>& files);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_OPEN_FILES_H_
