#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

namespace crawl::cli {
namespace {

std::string_view environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

// "3.4", "3.5a" or "5202"; 0 if it is no number.
double version(std::string_view text) {
  return std::strtod(std::string(text).c_str(), nullptr);
}

// No terminal can be asked whether it has OSC 8, and old ones print it: those
// that are known to have it say who they are.
bool has_links() {
  const std::string_view program = environment("TERM_PROGRAM");
  if (program == "tmux") {
    return version(environment("TERM_PROGRAM_VERSION")) >= 3.4;
  }
  // Within them nothing else counts.
  const std::string_view type = environment("TERM");
  if (!environment("TMUX").empty() || type.starts_with("screen") ||
      type.starts_with("tmux")) {
    return false;
  }
  static constexpr std::array<std::string_view, 6> kPrograms = {
      "iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio"};
  static constexpr std::array<std::string_view, 6> kTypes = {
      "xterm-kitty", "xterm-ghostty", "alacritty",
      "foot",        "wezterm",       "contour"};
  const auto begins_type = [type](std::string_view known) {
    return type.starts_with(known);
  };
  return std::find(kPrograms.begin(), kPrograms.end(), program) !=
             kPrograms.end() ||
         std::any_of(kTypes.begin(), kTypes.end(), begins_type) ||
         !environment("WT_SESSION").empty() ||
         !environment("DOMTERM").empty() ||
         version(environment("VTE_VERSION")) >= 5000 ||
         version(environment("KONSOLE_VERSION")) >= 201200;
}

}  // namespace

std::size_t terminal_columns(int fd) {
  constexpr std::size_t kUsual = 80;
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsual;
  return size.ws_col;
}

std::size_t columns_of(int fd) {
  return isatty(fd) == 1 ? terminal_columns(fd) : 0;
}

TextStyle text_style_of(int fd) {
  TextStyle style;
  if (isatty(fd) != 1) return style;
  style.width_now = [fd] { return terminal_columns(fd); };
  const bool dumb = environment("TERM") == "dumb";
  style.color = environment("NO_COLOR").empty() && !dumb;
  style.links = !dumb && has_links();
  return style;
}

}  // namespace crawl::cli
