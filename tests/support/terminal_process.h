#ifndef CRAWL_TESTS_SUPPORT_TERMINAL_PROCESS_H_
#define CRAWL_TESTS_SUPPORT_TERMINAL_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/event_loop.h"
#include "support/screen_model.h"

namespace crawl::testing {

struct TerminalOptions {
  unsigned short columns = 80;
  std::vector<std::pair<std::string, std::string>> environment{};  // added
  std::string stdout_file{};  // standard output goes there, if named
  std::string stderr_file{};
  // Of the screen, after everything that was read: what must always hold.
  std::function<void(const ScreenModel&)> always{};
  // A child that runs longer is killed: only a failing test waits for it.
  std::chrono::seconds time_limit{120};
};

// A child on a terminal of its own, its session's leader, and the screen of
// that terminal. One thread; the screen changes only in the wait functions.
class TerminalProcess {
 public:
  // Throws std::system_error if it cannot be started.
  explicit TerminalProcess(std::vector<std::string> argv,
                           TerminalOptions options = {});
  ~TerminalProcess();  // kills it
  TerminalProcess(const TerminalProcess&) = delete;
  TerminalProcess& operator=(const TerminalProcess&) = delete;

  const ScreenModel& screen() const { return screen_; }
  pid_t pid() const { return pid_; }

  void type(std::string_view keys);
  void resize(unsigned short columns);

  // Until it holds of the screen; false if the child ends, or the time is up,
  // before.
  bool wait_until(const std::function<bool(const ScreenModel&)>& holds);
  bool wait_for(const std::string& text);
  // Until the child has ended: its exit status, or -1.
  int wait();

 private:
  bool read_some();

  TerminalOptions options_;
  std::chrono::steady_clock::time_point deadline_;
  ScreenModel screen_;
  UniqueFd master_;
  pid_t pid_ = -1;
  bool reaped_ = false;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_TERMINAL_PROCESS_H_
