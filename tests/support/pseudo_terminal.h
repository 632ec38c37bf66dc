#ifndef CRAWL_TESTS_SUPPORT_PSEUDO_TERMINAL_H_
#define CRAWL_TESTS_SUPPORT_PSEUDO_TERMINAL_H_

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <string>

namespace crawl::testing {

// A terminal of 58 columns whose other end can be read.
class PseudoTerminal {
 public:
  static constexpr unsigned short kColumns = 58;

  PseudoTerminal() : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)) {
    ::grantpt(master_);
    ::unlockpt(master_);
    slave_ = ::open(::ptsname(master_), O_RDWR | O_NOCTTY);
    termios raw{};
    ::tcgetattr(slave_, &raw);
    ::cfmakeraw(&raw);
    ::tcsetattr(slave_, TCSANOW, &raw);
    winsize size{};
    size.ws_col = kColumns;
    size.ws_row = 24;
    ::ioctl(slave_, TIOCSWINSZ, &size);
  }
  ~PseudoTerminal() {
    ::close(slave_);
    ::close(master_);
  }
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;

  int fd() const { return slave_; }
  // What was written since the last call.
  std::string seen() {
    char buffer[4096];
    const ssize_t n = ::read(master_, buffer, sizeof buffer);
    return n > 0 ? std::string(buffer, static_cast<std::size_t>(n)) : "";
  }

 private:
  int master_;
  int slave_ = -1;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_PSEUDO_TERMINAL_H_
