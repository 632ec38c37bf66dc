#ifndef CRAWL_CLI_SITE_OPTIONS_H_
#define CRAWL_CLI_SITE_OPTIONS_H_

#include "cli/options.h"
#include "cli/typed_args.h"
#include "crawl/base/error.h"

namespace crawl::cli {

// The part of options.cpp that is about -r: following links, robots.txt, pace,
// state. Fills in `options`, whose other parts are there already.
Result<void> resolve_site_options(const TypedArgs& args, Options& options);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_SITE_OPTIONS_H_
