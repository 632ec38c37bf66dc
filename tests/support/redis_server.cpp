#include "support/redis_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <random>
#include <stdexcept>
#include <utility>

#include "support/event_loop.h"

namespace crawl::testing {
namespace {

bool is_free(std::uint16_t port) {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return ::bind(fd.get(), reinterpret_cast<sockaddr*>(&address),
                sizeof address) == 0;
}

// Free a moment ago, and not of those that connections are given (32768 and
// more): one to the port of a server that is away could come to be from itself.
std::uint16_t free_port() {
  constexpr std::uint16_t kFirst = 20'000, kCount = 12'000;
  static std::random_device random;
  for (int attempt = 0; attempt < 1'000; ++attempt) {
    const auto port = static_cast<std::uint16_t>(kFirst + random() % kCount);
    if (is_free(port)) return port;
  }
  throw std::runtime_error("no free port");
}

}  // namespace

RedisServer::RedisServer(std::vector<std::string> settings)
    : settings_(std::move(settings)) {
  for (int attempt = 0; attempt < 5; ++attempt) {
    port_ = free_port();
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
  argv.insert(argv.end(), settings_.begin(), settings_.end());
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

std::string RedisServer::ask(std::vector<std::string> words) const {
  std::vector<std::string> argv = {"redis-cli", "-p", std::to_string(port_)};
  argv.insert(argv.end(), words.begin(), words.end());
  return run_process(std::move(argv)).out;
}

}  // namespace crawl::testing
