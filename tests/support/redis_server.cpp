#include "support/redis_server.h"

#include <fmt/format.h>
#include <signal.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "support/ports.h"

namespace crawl::testing {
RedisServer::RedisServer(std::vector<std::string> settings)
    : settings_(std::move(settings)) {
  for (int attempt = 0; attempt < 5; ++attempt) {
    port_ = free_port();
    bus_port_ = free_port();
    try {
      start();
      return;
    } catch (const std::runtime_error&) {
      if (attempt == 4) throw;
    }
  }
}

RedisServer::~RedisServer() = default;

std::string RedisServer::url(std::string_view name) const {
  return fmt::format("redis://127.0.0.1:{}/0/{}", port_, name);
}

void RedisServer::start() {
  std::vector<std::string> argv = {"redis-server",
                                   "--port",
                                   std::to_string(port_),
                                   "--bind",
                                   "127.0.0.1",
                                   "--dir",
                                   folder_.path().string(),
                                   "--save",
                                   "",
                                   "--appendonly",
                                   "yes",
                                   "--appendfsync",
                                   "always"};
  for (const std::string& each : settings_) {
    argv.push_back(each == "@PORT"  ? std::to_string(port_)
                   : each == "@BUS" ? std::to_string(bus_port_)
                                    : each);
  }
  ProcessOptions options;
  options.time_limit = std::chrono::seconds(280);
  process_ = std::make_unique<Process>(std::move(argv), std::move(options));
  if (!process_->wait_for_output("Ready to accept connections")) {
    throw std::runtime_error("redis-server: " + process_->wait().out);
  }
}

void RedisServer::kill() {
  process_->signal(SIGKILL);
  process_->wait();
}

void RedisServer::pause() { process_->signal(SIGSTOP); }
void RedisServer::go_on() { process_->signal(SIGCONT); }

void RedisServer::wait_to_have(const RedisServer& master) const {
  const auto offset = [](const RedisServer& server, std::string_view name) {
    const std::string info = server.ask({"INFO", "replication"});
    const std::size_t at = info.find(name);
    return at == info.npos ? 0 : std::stoull(info.substr(at + name.size()));
  };
  const auto written = offset(master, "master_repl_offset:");
  while (offset(*this, "slave_repl_offset:") < written) {
  }
}

std::string RedisServer::ask(std::vector<std::string> words) const {
  std::vector<std::string> argv = {"redis-cli", "-p", std::to_string(port_)};
  argv.insert(argv.end(), words.begin(), words.end());
  return run_process(std::move(argv)).out;
}

}  // namespace crawl::testing
