#ifndef CRAWL_TESTS_SUPPORT_PROCESS_H_
#define CRAWL_TESTS_SUPPORT_PROCESS_H_

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/event_loop.h"

namespace crawl::testing {

struct ProcessOptions {
  std::string input{};           // stdin's bytes, after which it is closed
  bool keep_stdin_open = false;  // until close_stdin(); `input` is sent first
  std::vector<std::pair<std::string, std::string>> environment{};  // added
  std::string directory{};    // to run in; "" is this one
  std::string stdout_file{};  // send stdout there ("/dev/full") instead
  std::optional<rlim_t> open_files{};  // RLIMIT_NOFILE for the child
  // A child that runs longer is killed: only a failing test waits for it.
  std::chrono::seconds time_limit{120};
};

struct ProcessResult {
  int exit_status = -1;  // -1 if ended by a signal
  int signal = 0;        // that ended it; 0 if it exited
  bool timed_out = false;
  std::string out;
  std::string err;
};

// A running child process with its three standard streams on pipes, both
// outputs read all the while so that it never blocks on them. For testing
// commands from outside.
//
// Functions are for the thread that made it. A child still running at
// destruction is killed.
class Process {
 public:
  // Throws std::system_error if it cannot be started ("no such program" too).
  explicit Process(std::vector<std::string> argv, ProcessOptions options = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  // Has not ended, as far as can be told now.
  bool running() const;
  void signal(int number) const;
  void close_stdin();

  // Closes our end, as `| head` does when it has enough.
  void close_stdout();

  // What has come on stdout up to and with the first `text`; nothing if the
  // stream ends, or the time limit passes, before that.
  std::optional<std::string> wait_for_output(const std::string& text);
  std::optional<std::string> wait_for_error_output(const std::string& text);

  // Waits for the end of the child and of its outputs.
  ProcessResult wait();

 private:
  class Reader;

  void send_input(std::string input, bool keep_open);

  std::chrono::steady_clock::time_point deadline_;
  pid_t pid_ = -1;
  bool reaped_ = false;
  UniqueFd stdin_;
  std::thread writer_;
  std::unique_ptr<Reader> out_;
  std::unique_ptr<Reader> err_;
};

// Waits until its first thread waits in the system call; false if it ends
// before that, or does not come there in a minute.
bool wait_for_call(const Process& process, long call);

// From start to end in one go.
ProcessResult run_process(std::vector<std::string> argv,
                          ProcessOptions options = {});

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_PROCESS_H_
