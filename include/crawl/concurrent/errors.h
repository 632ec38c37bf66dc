#ifndef CRAWL_CONCURRENT_ERRORS_H_
#define CRAWL_CONCURRENT_ERRORS_H_

#include <stdexcept>
#include <string>

namespace crawl {

// What futures and executors throw of their own accord. A task's exception
// passes through them unchanged.
//
// Submitting to an executor that was shut down throws a plain
// std::runtime_error, "cannot schedule new futures after shutdown".

// The result of a cancelled future was asked for.
class CancelledError : public std::runtime_error {
 public:
  CancelledError() : std::runtime_error("the future was cancelled") {}
  using std::runtime_error::runtime_error;
};

// A wait ended before what it waited for did.
class TimeoutError : public std::runtime_error {
 public:
  TimeoutError() : std::runtime_error("timed out waiting for a future") {}
  using std::runtime_error::runtime_error;
};

// An operation the future's state does not allow, such as a second result.
class InvalidStateError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// An executor can run nothing any more.
class BrokenExecutor : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A thread pool can run nothing any more, since an initializer threw.
class BrokenThreadPool : public BrokenExecutor {
 public:
  using BrokenExecutor::BrokenExecutor;
};

}  // namespace crawl

#endif  // CRAWL_CONCURRENT_ERRORS_H_
