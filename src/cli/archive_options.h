#ifndef CRAWL_CLI_ARCHIVE_OPTIONS_H_
#define CRAWL_CLI_ARCHIVE_OPTIONS_H_

#include "cli/options.h"
#include "cli/typed_args.h"
#include "crawl/base/error.h"

namespace crawl::cli {

// What of the command line is about archives; `options` has all the rest.
Result<void> resolve_archive_options(const TypedArgs& args, Options& options);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_ARCHIVE_OPTIONS_H_
