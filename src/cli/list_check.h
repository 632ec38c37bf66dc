#ifndef CRAWL_CLI_LIST_CHECK_H_
#define CRAWL_CLI_LIST_CHECK_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/error.h"
#include "crawl/engine/seed_source.h"

namespace crawl::cli {

// If what begins with `begin` is no list of URLs but something that is often
// taken for one (CSV, JSON Lines, XML, HTML, compressed, in quotes): what it
// looks like and what to do, as the rest of a sentence: "looks like HTML: ...".
// `name` is the file's, for the command that is proposed; "-" for a pipe's.
std::optional<std::string> wrong_list(std::string_view begin,
                                      const std::string& name);

// Looks into the regular files among `inputs` for that, before the crawl.
Result<void> check_lists(const std::vector<std::string>& inputs);

// Looks at the first lines of `inputs` for that as they come, so through pipes
// and in whatever encoding they are: there the input ends, with an error.
std::unique_ptr<SeedSource> checked_lines(
    const std::vector<std::string>& inputs, std::unique_ptr<SeedSource> lines);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_LIST_CHECK_H_
