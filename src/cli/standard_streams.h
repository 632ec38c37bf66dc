#ifndef CRAWL_CLI_STANDARD_STREAMS_H_
#define CRAWL_CLI_STANDARD_STREAMS_H_

namespace crawl::cli {

// Takes the place of a standard stream that our parent closed, so that no file
// or socket opened later gets its number, and with it what was meant for the
// stream. Reading such a standard input or writing such a standard output then
// fails; what goes to such a standard error is lost. Call it first in main().
void hold_standard_streams();

}  // namespace crawl::cli

#endif  // CRAWL_CLI_STANDARD_STREAMS_H_
