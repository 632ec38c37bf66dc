#ifndef CRAWL_CLI_LIST_CHECK_H_
#define CRAWL_CLI_LIST_CHECK_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/error.h"

namespace crawl::cli {

// If what begins with `begin` is no list of URLs but something that is often
// taken for one (CSV, JSON Lines, XML, HTML, compressed, in quotes): what it
// looks like and what to do, as the rest of a sentence: "looks like HTML: ...".
// `name` is the file's, for the command that is proposed.
std::optional<std::string> wrong_list(std::string_view begin,
                                      const std::string& name);

// Looks into the regular files among `inputs` for that, before the crawl.
Result<void> check_lists(const std::vector<std::string>& inputs);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_LIST_CHECK_H_
