#ifndef CRAWL_CLI_SIGNALS_H_
#define CRAWL_CLI_SIGNALS_H_

#include <functional>
#include <thread>

namespace crawl::cli {

// Ignores SIGPIPE and SIGXFSZ (a closed pipe or a file at its size limit is
// then an error of write) and keeps SIGINT, SIGTERM, SIGHUP and SIGTSTP from
// every thread made after it, for an InterruptWatcher. Call it first thing in
// main().
void prepare_signals();

// Waits for SIGINT, SIGTERM, SIGHUP and SIGTSTP on a thread of its own, so that
// what is done about them is ordinary code and not a signal handler.
class InterruptWatcher {
 public:
  // `on_interrupt` is called on the watcher's thread with 1 for the first
  // signal, 2 for the second; the third ends the process at once.
  //
  // Ctrl-Z stops the process as ever; `on_stop`, if given, is called there with
  // true before it and with false once it goes on.
  explicit InterruptWatcher(std::function<void(int count)> on_interrupt,
                            std::function<void(bool stopped)> on_stop = {});
  ~InterruptWatcher();

  InterruptWatcher(const InterruptWatcher&) = delete;
  InterruptWatcher& operator=(const InterruptWatcher&) = delete;

 private:
  void watch();
  void stop_process();

  const std::function<void(int count)> on_interrupt_;
  const std::function<void(bool stopped)> on_stop_;
  const int stop_;  // eventfd
  std::thread thread_;
};

}  // namespace crawl::cli

#endif  // CRAWL_CLI_SIGNALS_H_
