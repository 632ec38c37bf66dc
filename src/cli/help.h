#ifndef CRAWL_CLI_HELP_H_
#define CRAWL_CLI_HELP_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "cli/typed_args.h"

namespace crawl::cli {

inline constexpr std::size_t kHelpWidth = 80;

// What --help, --version and --list-fields print, in lines of at most `width`
// columns, 40 to 80. They depend on nothing but the program, so that the README
// can quote them.
std::string help_text(std::size_t width = kHelpWidth);
std::string version_text();
std::string field_list_text(std::size_t width = kHelpWidth);

// The same for the manual page, in pieces.
std::span<const std::string_view> description();
std::span<const std::string_view> examples();
std::string_view about_values();
std::string_view about_interrupts();
struct ExitStatusText {
  std::string_view number;
  std::string_view meaning;
};
std::span<const ExitStatusText> exit_statuses();
// "--jobs N", "--compare[=N,N,...]"
std::string option_synopsis(const OptionSpec& spec);

// "crawl/0.1.0": how requests call themselves unless -A says otherwise.
std::string default_user_agent();

}  // namespace crawl::cli

#endif  // CRAWL_CLI_HELP_H_
