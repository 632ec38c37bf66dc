#ifndef CRAWL_CLI_ARCHIVE_OPTIONS_H_
#define CRAWL_CLI_ARCHIVE_OPTIONS_H_

#include <cstdint>

#include "cli/options.h"
#include "cli/typed_args.h"
#include "crawl/base/error.h"

namespace crawl::cli {

// What of the command line is about archives; `options` has all the rest.
Result<void> resolve_archive_options(const TypedArgs& args, Options& options);

// What an option is good for where an INPUT is an archive.
enum class UseWithArchives : std::uint8_t {
  kFull,
  kOfLists,  // for the lists beside it, and nothing without them
  kNone,
};
UseWithArchives use_with_archives(const OptionSpec& option);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_ARCHIVE_OPTIONS_H_
