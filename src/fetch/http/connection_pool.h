#ifndef CRAWL_FETCH_HTTP_CONNECTION_POOL_H_
#define CRAWL_FETCH_HTTP_CONNECTION_POOL_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crawl/base/ip_address.h"
#include "crawl/base/url.h"
#include "fetch/curl/connector.h"
#include "fetch/net/socket_set.h"

namespace crawl {

class PlainExchange;

// A host's idle connections, and how many it has in all.
struct HostConnections;

// An open connection without TLS, its socket watched for input all its life.
struct PlainConnection {
  PlainConnection(SocketSet& its_sockets, NewConnection opened);
  ~PlainConnection();
  PlainConnection(const PlainConnection&) = delete;
  PlainConnection& operator=(const PlainConnection&) = delete;

  SocketSet& sockets;
  const Fd fd;
  const std::string remote_ip;
  const std::optional<IpAddress> ip;
  PlainExchange* user = nullptr;  // null while idle
  bool reused = false;            // an earlier exchange went well on it
  std::chrono::steady_clock::time_point idle_since;

 private:
  friend class ConnectionPool;
  bool idle_ = false;
  HostConnections* host_ = nullptr;
  std::list<PlainConnection>::iterator self_;
};

struct HostConnections {
  std::string name;
  std::uint16_t port = 0;
  std::vector<PlainConnection*> idle;  // used last at the end
  std::size_t open = 0;
};

// The connections of one loop that carry exchanges, or wait for the next one to
// the same host and port. One thread.
class ConnectionPool {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  // `max_open`: idle connections are closed when more than so many are open.
  ConnectionPool(SocketSet& sockets, std::size_t max_open)
      : sockets_(sockets), max_open_(max_open) {}

  void set_max_open(std::size_t count) { max_open_ = count; }

  // A connection to `url`'s host that was just opened; not idle.
  PlainConnection& add(const Url& url, NewConnection opened);
  // The idle connection to the host that was used last, of those whose address
  // `allowed` accepts; from now on not idle. Null if there is none.
  PlainConnection* take_idle(
      const Url& url, time_point now,
      const std::function<bool(const PlainConnection&)>& allowed);
  // It is idle from now on.
  void give_back(PlainConnection& connection, time_point now);
  void close(PlainConnection& connection);

  // The one with this descriptor, or null.
  PlainConnection* find(int fd) const;
  // Those that are not idle.
  std::list<PlainConnection>& busy() { return busy_; }
  std::size_t size() const { return busy_.size() + idle_.size(); }

 private:
  struct HostRef {
    std::string_view name;
    std::uint16_t port;
  };
  struct Hash {
    std::size_t operator()(const HostRef& host) const {
      return std::hash<std::string_view>()(host.name) ^ host.port;
    }
  };
  struct Equal {
    bool operator()(const HostRef& a, const HostRef& b) const {
      return a.port == b.port && a.name == b.name;
    }
  };

  HostConnections& host_of(const Url& url);

  SocketSet& sockets_;
  std::size_t max_open_;
  std::list<PlainConnection> busy_;
  std::list<PlainConnection> idle_;  // longest idle first
  std::vector<PlainConnection*> by_fd_;
  // The keys are views of the names in the values, which do not move.
  std::unordered_map<HostRef, std::unique_ptr<HostConnections>, Hash, Equal>
      hosts_;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_CONNECTION_POOL_H_
