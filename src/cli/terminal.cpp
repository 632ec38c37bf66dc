#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace crawl::cli {
namespace {

std::string_view environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

}  // namespace

std::size_t terminal_columns(int fd) {
  constexpr std::size_t kUsual = 80;
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsual;
  return size.ws_col;
}

TextStyle text_style_of(int fd) {
  TextStyle style;
  if (isatty(fd) != 1) return style;
  style.width = terminal_columns(fd);
  style.color =
      environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  return style;
}

}  // namespace crawl::cli
