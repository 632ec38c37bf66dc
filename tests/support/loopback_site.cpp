#include "support/loopback_site.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <exception>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "support/connection.h"
#include "support/event_loop.h"
#include "support/ports.h"
#include "support/route_table.h"

namespace crawl::testing {
class LoopbackSite::Server final : public EventHandler, public ConnectionOwner {
 public:
  explicit Server(LoopbackSiteOptions options)
      : options_(std::move(options)),
        listener_(
            listen_on(options_.address, options_.port, SOCK_NONBLOCK, 8192)) {
    loop_.add(listener_.socket.get(), EPOLLIN, this);
    thread_ = std::thread([this] { run(); });
  }

  ~Server() override {
    loop_.stop();
    thread_.join();
  }

  // On the loop's thread:

  void on_ready(std::uint32_t) override {
    // A few at a time, so that a flood of them does not hold up the others.
    for (int i = 0; i < 64; ++i) {
      UniqueFd socket(accept4(listener_.socket.get(), nullptr, nullptr,
                              SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (socket.get() < 0) return;
      const int on = 1;
      setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      auto transport = options_.transport(std::move(socket));
      if (!transport) continue;
      const std::uint64_t id = ++connections_accepted_;
      connections_.emplace(id, std::make_unique<Connection>(
                                   loop_, *this, std::move(transport), id));
      open_connections_.store(connections_.size());
    }
  }

  Reply answer(const HttpRequest& request) override {
    const auto handler = routes_.find(request);
    Reply reply;
    try {
      reply = handler ? (*handler)(request) : no_such_page(request);
    } catch (const std::exception& error) {
      reply = Reply::text(error.what(), 500);
    }
    if (options_.latency.count() == 0) return reply;
    return Reply().wait(options_.latency).then(std::move(reply));
  }

  bool gate_is_open(const std::string& gate) const override {
    return open_gates_.contains(gate);
  }

  std::uint64_t request_started(const LoggedRequest& entry) override {
    return options_.keep_log ? log_.start(entry) : 0;
  }

  void request_finished(std::uint64_t number,
                        const LoggedRequest& entry) override {
    if (options_.keep_log) log_.finish(number, entry);
    if (options_.on_finished) options_.on_finished(entry);
  }

  // Destroyed after the events at hand, which may still name it.
  void connection_closed(Connection& connection) override {
    const auto found = connections_.find(connection.id());
    if (closed_.empty()) {
      loop_.post([this] { closed_.clear(); });
    }
    closed_.push_back(std::move(found->second));
    connections_.erase(found);
    open_connections_.store(connections_.size());
  }

  // On any thread:

  void open_gate(std::string gate) {
    loop_.post([this, gate = std::move(gate)] {
      open_gates_.insert(gate);
      std::vector<Connection*> all;  // advancing one may remove it
      for (const auto& [id, connection] : connections_) {
        all.push_back(connection.get());
      }
      for (Connection* connection : all) connection->on_gate_opened(gate);
    });
  }

  RouteTable& routes() { return routes_; }
  RequestLog& request_log() { return log_; }
  std::uint16_t port() const { return listener_.port; }
  const std::string& address() const { return options_.address; }
  const std::string& scheme() const { return options_.scheme; }
  std::size_t open_connections() const { return open_connections_.load(); }

 private:
  void run() {
    // Signals are for the program's own threads; and TLS writes may raise
    // SIGPIPE, which has no flag against it there.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    loop_.run();
    connections_.clear();
    closed_.clear();
  }

  static Reply no_such_page(const HttpRequest& request) {
    if (request.method != "GET" && request.method != "HEAD") {
      return Reply::html("<title>405 Method Not Allowed</title>", 405);
    }
    return Reply::html("<title>404 Not Found</title>", 404);
  }

  const LoopbackSiteOptions options_;
  const BoundSocket listener_;
  EventLoop loop_;
  RouteTable routes_;
  RequestLog log_;
  std::atomic<std::size_t> open_connections_ = 0;

  // The loop's thread only:
  std::uint64_t connections_accepted_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::vector<std::unique_ptr<Connection>> closed_;
  std::unordered_set<std::string> open_gates_;

  std::thread thread_;
};

LoopbackSite::LoopbackSite(LoopbackSiteOptions options)
    : server_(std::make_unique<Server>(std::move(options))) {}

LoopbackSite::~LoopbackSite() = default;

void LoopbackSite::serve(std::string pattern, Handler handler) {
  server_->routes().set(std::move(pattern), std::move(handler));
}

void LoopbackSite::serve(std::string pattern, std::string html) {
  serve(std::move(pattern), [reply = Reply::html(std::move(html))](
                                const HttpRequest&) { return reply; });
}

void LoopbackSite::open_gate(std::string gate) {
  server_->open_gate(std::move(gate));
}

std::uint16_t LoopbackSite::port() const { return server_->port(); }

std::string LoopbackSite::origin() const {
  const std::string& address = server_->address();
  const bool v6 = address.find(':') != std::string::npos;
  return server_->scheme() + "://" + (v6 ? "[" + address + "]" : address) +
         ":" + std::to_string(port());
}

std::string LoopbackSite::url(std::string_view path_and_query) const {
  return origin() + std::string(path_and_query);
}

std::string LoopbackSite::url(std::string_view host,
                              std::string_view path_and_query) const {
  return server_->scheme() + "://" + std::string(host) + ":" +
         std::to_string(port()) + std::string(path_and_query);
}

const RequestLog& LoopbackSite::request_log() const {
  return server_->request_log();
}

void LoopbackSite::clear_log() { server_->request_log().clear(); }

std::size_t LoopbackSite::open_connections() const {
  return server_->open_connections();
}

}  // namespace crawl::testing
