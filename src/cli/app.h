#ifndef CRAWL_CLI_APP_H_
#define CRAWL_CLI_APP_H_

namespace crawl::cli {

// The command from its arguments to its exit status (ExitStatus). Records go to
// stdout or -o; everything for people to stderr.
int run_app(int argc, const char* const* argv);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_APP_H_
