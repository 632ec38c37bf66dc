#ifndef CRAWL_CLI_CONFIG_FILE_H_
#define CRAWL_CLI_CONFIG_FILE_H_

#include <istream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/typed_args.h"
#include "crawl/base/error.h"

namespace crawl::cli {

// What a file says of one option.
struct ConfigEntry {
  std::string_view option;          // its long name
  std::vector<std::string> values;  // "true" for a flag; none: it is off
  std::size_t line = 0;             // the first one of it
};

// A file of options, a line each: `jobs = 16`, `ordered`,
// `header = "X-Note: a # b"`. Names are the long ones, without dashes; a `#`
// begins a comment at a line's start or after white space, unless quoted; what
// may be repeated on the command line may be repeated here.
//
// The errors name the file, `path`, and the line.
Result<std::vector<ConfigEntry>> read_config(std::istream& in,
                                             const std::string& path);

// $XDG_CONFIG_HOME/crawl/config, or that in ~/.config; "" if neither variable
// is set. It need not be there.
std::string default_config_path();

// The options that were given, as a file for --config, each with its origin as
// a comment; passwords are hidden. `default_config` is mentioned at the top,
// and so are the variables of the environment that choose proxies, unless an
// option does.
std::string print_config(const std::vector<TypedArgs::Setting>& settings,
                         const std::string& default_config,
                         const std::vector<std::pair<std::string, std::string>>&
                             proxy_variables = {});

// Fails if `path` is no file that can be read.
Result<void> check_config_file(const std::string& path);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_CONFIG_FILE_H_
