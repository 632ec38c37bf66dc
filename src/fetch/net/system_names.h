#ifndef CRAWL_FETCH_NET_SYSTEM_NAMES_H_
#define CRAWL_FETCH_NET_SYSTEM_NAMES_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "crawl/concurrent/thread_pool_executor.h"
#include "fetch/net/socket_address.h"
#include "fetch/net/socket_set.h"

namespace crawl {

// What the system's own resolver says of a name.
struct SystemAnswer {
  void* asked_for = nullptr;
  std::vector<SocketAddress> addresses;
  int error = 0;  // getaddrinfo()'s, 0 if there are addresses
};

// Where the answers for one loop arrive: fd() is readable when there are some.
// Any thread puts, one takes.
class SystemAnswers {
 public:
  SystemAnswers();  // throws std::system_error
  int fd() const { return event_.get(); }
  void put(SystemAnswer answer);
  std::vector<SystemAnswer> take();
  // Nobody will take any more: what waits for a thread need not be asked.
  void close();
  bool closed() const;

 private:
  Fd event_;
  mutable std::mutex mutex_;
  std::vector<SystemAnswer> answers_;
  bool closed_ = false;
};

// getaddrinfo() for a host.
SystemAnswer ask_getaddrinfo(const std::string& name);

// Asks getaddrinfo(), which blocks, on a few threads: for what only the
// system's name service switch knows. Any thread may ask. Its end waits for no
// answer.
class SystemNames : public std::enable_shared_from_this<SystemNames> {
 public:
  using Lookup = std::function<SystemAnswer(const std::string& name)>;
  SystemNames(std::size_t max_threads, Lookup look_up);
  void ask(std::string name, void* asked_for,
           std::shared_ptr<SystemAnswers> answers);

 private:
  const Lookup look_up_;
  ThreadPoolExecutor pool_;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_NET_SYSTEM_NAMES_H_
