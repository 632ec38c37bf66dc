#include "cli/files_there.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <string>

#include "cli/shown_value.h"

namespace crawl::cli {
namespace {

bool holds_something(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         info.st_size > 0;
}

}  // namespace

Result<void> check_files_there(const Options& options) {
  if (options.append || options.overwrite || options.state.empty()) return {};
  const std::string& state = options.state;
  // What an earlier run of the same crawl left is its own.
  if (holds_something(state)) return {};
  struct Output {
    const char* option;
    const std::string& path;
  };
  for (const auto& [option, path] :
       {Output{"-o", options.output}, Output{"--skipped", options.skipped}}) {
    if (path == "-" || !holds_something(path)) continue;
    return make_error(fmt::format(
        "{} {}: holds records already, and the crawl of --state {} is a new "
        "one: name another file, or add --append to write behind them, or "
        "--overwrite to have them gone",
        option, shown_value(path), shown_value(state)));
  }
  return {};
}

}  // namespace crawl::cli
