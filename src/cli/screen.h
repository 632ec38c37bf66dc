#ifndef CRAWL_CLI_SCREEN_H_
#define CRAWL_CLI_SCREEN_H_

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "crawl/writer/result_writer.h"

namespace crawl::cli {

// A terminal with lines of text that stay and, below them, one status line that
// does not: whatever is written through above() begins in a line of its own.
//
// The cursor rests at the begin of the status line, and all from there on is
// erased with it: so a line that the terminal broke in two because it became
// narrower goes as a whole, and what the terminal echoes (^C) cannot wrap.
//
// Any thread.
class Screen {
 public:
  // `fd` is a terminal's; -1 for none: nothing is drawn then.
  explicit Screen(int fd) : fd_(fd) {}
  ~Screen();  // erases
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  bool has_status() const { return fd_ >= 0; }
  // Columns that a status line may have.
  std::size_t columns() const;
  // Draws `text`, which is one line, in place of the status line; "" erases it.
  void show(std::string text);
  // Writes lines of text to this terminal, the status line away meanwhile.
  template <class Write>
  auto above(Write write) {
    const Above moment(*this);
    return write();
  }

  // Ctrl-Z: no status line from now on, until go_on().
  void pause();
  void go_on();

 private:
  class Above {
   public:
    explicit Above(Screen& screen) : screen_(screen), lock_(screen.mutex_) {
      screen_.erase();
    }
    ~Above() { screen_.draw(); }
    Above(const Above&) = delete;
    Above& operator=(const Above&) = delete;

   private:
    Screen& screen_;
    const std::lock_guard<std::mutex> lock_;
  };

  void erase();
  void draw();

  const int fd_;
  std::mutex mutex_;  // protects all below, and the terminal
  std::string status_;
  bool drawn_ = false;
  bool paused_ = false;
};

// Records on the terminal that `screen` is: gathered for a twentieth of a
// second, or until flush(), so that the status line does not flicker.
std::unique_ptr<OutputStream> above_status(std::unique_ptr<OutputStream> output,
                                           std::shared_ptr<Screen> screen);

// Whether a progress line may be drawn at `fd`, standard error: it is a
// terminal that can erase, where nobody is typing URLs.
bool can_show_status(int fd, bool input_is_typed);

// Whether it may be drawn now: we are in the foreground, and no other process
// of our job writes to the same terminal what it reads from us (`crawl |
// head`).
bool may_show_status_now(int fd);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_SCREEN_H_
