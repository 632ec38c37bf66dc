#ifndef CRAWL_CLI_CHECK_OPTIONS_H_
#define CRAWL_CLI_CHECK_OPTIONS_H_

#include <vector>

#include "cli/options.h"
#include "cli/typed_args.h"
#include "crawl/base/error.h"
#include "crawl/frontier/scope.h"

namespace crawl::cli {

// Sets Options::check, if --check is given; else fails if what is only for it
// is.
Result<void> resolve_check_output(const TypedArgs& args, Options& options);

// What --check makes of a crawl of sites whose options are all set.
Result<void> resolve_check_crawl(const TypedArgs& args, Options& options);
// The same of archives that are read.
void resolve_check_archives(Options& options);

// Patterns of --ignore and of lines of .crawlignore.
std::vector<ScopeOptions::Ignored> ignored_patterns(const TypedArgs& args);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_CHECK_OPTIONS_H_
