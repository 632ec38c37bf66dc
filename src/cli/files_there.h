#ifndef CRAWL_CLI_FILES_THERE_H_
#define CRAWL_CLI_FILES_THERE_H_

#include "cli/options.h"
#include "crawl/base/error.h"

namespace crawl::cli {

// A crawl that begins with --state is one to be gone on with, so what its
// output files hold already is another's: fails where they would be emptied,
// unless --append or --overwrite says what is meant. To be asked before the
// state is opened, which makes its file.
Result<void> check_files_there(const Options& options);

// The same for a worker that has no part yet in the crawl of --shared.
Result<void> check_new_worker_files(const Options& options);

// Whether every output can be opened. To be asked before the first one is,
// since that empties it.
Result<void> check_writable(const Options& options);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_FILES_THERE_H_
