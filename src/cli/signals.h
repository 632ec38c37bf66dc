#ifndef CRAWL_CLI_SIGNALS_H_
#define CRAWL_CLI_SIGNALS_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace crawl::cli {

// Ignores SIGPIPE and SIGXFSZ: a closed pipe or a file at its size limit is
// then an error of write. Call it first thing in main().
void prepare_signals();

// Waits for SIGINT, SIGTERM, SIGHUP and SIGTSTP on a thread of its own, so that
// what is done about them is ordinary code and not a signal handler.
//
// The thread that makes it, and every thread made after it, gets none of those
// signals any more. So make it while there is one thread, and at the latest
// where something has to be put in order before the end; until then each of
// them does what it always does.
//
// Signals are never deaf: whatever the callbacks and the rest of the process
// wait for, a process that was told twice ends.
class InterruptWatcher {
 public:
  // `on_interrupt` is called with 1 for the first signal and 2 for the second.
  // After that the process should end; it is ended with kExitInterrupted by the
  // third signal, when nobody reads what it writes (is_output_stalled(): it
  // would wait for ever), and after some seconds in any case.
  //
  // Ctrl-Z stops the process as ever; `on_stop`, if given, is called with true
  // before it and with false once it goes on.
  //
  // Both are called on a second thread of the watcher's, one after the other,
  // and may wait.
  explicit InterruptWatcher(std::function<void(int count)> on_interrupt,
                            std::function<void(bool stopped)> on_stop = {});
  // What was called for has returned.
  ~InterruptWatcher();

  InterruptWatcher(const InterruptWatcher&) = delete;
  InterruptWatcher& operator=(const InterruptWatcher&) = delete;

 private:
  void watch();
  void tell();
  void tell_later(std::function<void()> what);
  void stop_process();

  const std::function<void(int count)> on_interrupt_;
  const std::function<void(bool stopped)> on_stop_;
  const int signals_;  // signalfd
  const int stop_;     // eventfd

  std::mutex mutex_;
  std::condition_variable told_;
  // Guarded by mutex_. What is to be called; an empty function is the end.
  std::deque<std::function<void()>> to_tell_;

  // Last: they use all of the above.
  std::thread teller_;
  std::thread watcher_;
};

}  // namespace crawl::cli

#endif  // CRAWL_CLI_SIGNALS_H_
