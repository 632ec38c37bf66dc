#ifndef CRAWL_CLI_STALLED_OUTPUT_H_
#define CRAWL_CLI_STALLED_OUTPUT_H_

namespace crawl::cli {

// Something that this process writes to takes no byte now: a full pipe, be it
// standard output, standard error or a named one (-o, --skipped, --log-file),
// or a terminal that was told to stop (Ctrl-S). Sockets count only as the
// standard streams. Any thread.
bool is_output_stalled();

}  // namespace crawl::cli

#endif  // CRAWL_CLI_STALLED_OUTPUT_H_
