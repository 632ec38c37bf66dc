#ifndef CRAWL_TESTS_SUPPORT_REDIS_SERVER_H_
#define CRAWL_TESTS_SUPPORT_REDIS_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/process.h"
#include "support/temp_dir.h"

namespace crawl::testing {

// A redis-server of the test's own, on a free port of 127.0.0.1, that keeps
// what is written (appendfsync always). For the thread that made it.
class RedisServer {
 public:
  // `settings`: more of redis-server's, {"--requirepass", "x"}; "@PORT" among
  // them is its port, "@BUS" another. Throws std::runtime_error if it does not
  // start.
  explicit RedisServer(std::vector<std::string> settings = {});
  ~RedisServer();

  std::uint16_t port() const { return port_; }
  std::uint16_t bus_port() const { return bus_port_; }
  // redis://127.0.0.1:PORT/0/NAME
  std::string url(std::string_view name = "test") const;

  // As `kill -9` does; start() has it go on with what it kept.
  void kill();
  void start();
  // It answers nobody until it goes on.
  void pause();
  void go_on();

  // Of a replica: until it has what `master` has written by now.
  void wait_to_have(const RedisServer& master) const;

  // What redis-cli prints.
  std::string ask(std::vector<std::string> words) const;

 private:
  TempDir folder_;
  const std::vector<std::string> settings_;
  std::uint16_t port_ = 0, bus_port_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_REDIS_SERVER_H_
