#ifndef CRAWL_CLI_HELP_H_
#define CRAWL_CLI_HELP_H_

#include <string>

namespace crawl::cli {

// What --help, --version and --list-fields print. The help depends on nothing
// but the program, so that the README can quote it.
std::string help_text();
std::string version_text();
std::string field_list_text();

// "crawl/0.1.0": how requests call themselves unless -A says otherwise.
std::string default_user_agent();

}  // namespace crawl::cli

#endif  // CRAWL_CLI_HELP_H_
