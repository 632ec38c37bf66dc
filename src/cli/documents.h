#ifndef CRAWL_CLI_DOCUMENTS_H_
#define CRAWL_CLI_DOCUMENTS_H_

#include <string>
#include <string_view>

#include "crawl/base/error.h"

namespace crawl::cli {

// What --generate prints, made from the table of options: "man" is crawl(1) in
// roff; "bash", "zsh" and "fish" are the completions of those shells. Fails if
// `kind` is none of them.
Result<std::string> make_document(std::string_view kind);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_DOCUMENTS_H_
