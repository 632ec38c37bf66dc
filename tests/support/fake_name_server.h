#ifndef CRAWL_TESTS_SUPPORT_FAKE_NAME_SERVER_H_
#define CRAWL_TESTS_SUPPORT_FAKE_NAME_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "support/event_loop.h"
#include "support/ports.h"

namespace crawl::testing {

enum class DnsType : std::uint16_t { kA = 1, kAaaa = 28 };

// What a FakeNameServer says of a name.
struct DnsAnswer {
  std::vector<std::string> addresses =
      {};  // those of the type asked for are sent
  std::vector<std::string> aliases = {};  // a chain of CNAMEs before them
  std::uint32_t ttl = 300;
  int rcode = 0;
  bool silent = false;     // say nothing at all
  bool truncated = false;  // over UDP, have them ask again over TCP
  bool wrong_id = false;
  bool wrong_question = false;  // answer for another name
  bool hangs_up = false;     // over TCP, close instead; over UDP, send no bytes
  std::string garbage = {};  // send these bytes after the id instead

  static DnsAnswer no_such_name() { return {.rcode = 3}; }
  static DnsAnswer server_failure() { return {.rcode = 2}; }
  static DnsAnswer nothing() { return {.silent = true}; }
};

// A name server on 127.0.0.1, over UDP and TCP, on a thread of its own. It
// knows what it is told; of other names it says that they do not exist. Any
// thread.
class FakeNameServer {
 public:
  FakeNameServer();
  ~FakeNameServer();
  FakeNameServer(const FakeNameServer&) = delete;
  FakeNameServer& operator=(const FakeNameServer&) = delete;

  std::string address() const;  // "127.0.0.1:5353"

  void set(const std::string& name, DnsAnswer answer);
  void set(const std::string& name, DnsType type, DnsAnswer answer);
  // Of names that are not set.
  void set_others(DnsAnswer answer);

  struct Question {
    std::string name;
    DnsType type;
    bool tcp;
  };
  std::vector<Question> questions() const;
  std::size_t asked(std::string_view name) const;
  std::size_t asked(std::string_view name, DnsType type) const;

 private:
  void serve();
  void serve_udp();
  void serve_tcp();
  std::string reply_to(std::string_view query, bool tcp);

  BoundSocket udp_;
  UniqueFd tcp_;
  UniqueFd stop_;

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  std::map<std::pair<std::string, DnsType>, DnsAnswer> answers_;
  DnsAnswer others_ = DnsAnswer::no_such_name();
  std::vector<Question> questions_;

  std::thread thread_;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_FAKE_NAME_SERVER_H_
