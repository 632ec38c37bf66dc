#ifndef CRAWL_CLI_SOURCE_COMMIT_H_
#define CRAWL_CLI_SOURCE_COMMIT_H_

#include <string_view>

namespace crawl::cli {

// What this was built from, as git describes it: "1a2b3c4d5e6f", with "-dirty"
// behind it if the sources had changed; "" if it was not built from git. The
// build writes it (source_commit.cmake).
std::string_view source_commit();

}  // namespace crawl::cli

#endif  // CRAWL_CLI_SOURCE_COMMIT_H_
