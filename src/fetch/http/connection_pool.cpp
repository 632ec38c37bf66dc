#include "fetch/http/connection_pool.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace crawl {
namespace {

// Middleboxes forget connections that say nothing for longer, without a word to
// either end; libcurl's limit, too.
constexpr std::chrono::seconds kMaxIdle{118};

}  // namespace

PlainConnection::PlainConnection(SocketSet& its_sockets, NewConnection opened)
    : sockets(its_sockets),
      fd(std::move(opened.fd)),
      remote_ip(std::move(opened.remote_ip)),
      ip(IpAddress::parse(remote_ip)) {
  sockets.watch(fd.get(), true, false);
}

PlainConnection::~PlainConnection() { sockets.closing(fd.get()); }

PlainConnection& ConnectionPool::add(const Url& url, NewConnection opened) {
  PlainConnection& connection = busy_.emplace_back(sockets_, std::move(opened));
  connection.self_ = std::prev(busy_.end());
  const auto fd = static_cast<std::size_t>(connection.fd.get());
  if (fd >= by_fd_.size()) by_fd_.resize(std::max(fd + 1, 2 * by_fd_.size()));
  by_fd_[fd] = &connection;
  connection.host_ = &host_of(url);
  ++connection.host_->open;
  return connection;
}

PlainConnection* ConnectionPool::take_idle(
    const Url& url, time_point now,
    const std::function<bool(const PlainConnection&)>& allowed) {
  const auto found = hosts_.find({url.hostname(), url.effective_port()});
  if (found == hosts_.end()) return nullptr;
  std::vector<PlainConnection*>& idle = found->second->idle;
  for (std::size_t i = idle.size(); i-- > 0;) {
    PlainConnection& connection = *idle[i];
    if (now - connection.idle_since > kMaxIdle || !allowed(connection)) {
      continue;
    }
    idle.erase(idle.begin() + static_cast<std::ptrdiff_t>(i));
    busy_.splice(busy_.end(), idle_, connection.self_);
    connection.idle_ = false;
    connection.reused = true;
    return &connection;
  }
  return nullptr;
}

void ConnectionPool::give_back(PlainConnection& connection, time_point now) {
  connection.user = nullptr;
  connection.idle_ = true;
  connection.idle_since = now;
  connection.host_->idle.push_back(&connection);
  idle_.splice(idle_.end(), busy_, connection.self_);
  while (size() > max_open_ && !idle_.empty()) close(idle_.front());
}

void ConnectionPool::close(PlainConnection& connection) {
  HostConnections& host = *connection.host_;
  if (connection.idle_) std::erase(host.idle, &connection);
  if (--host.open == 0) hosts_.erase(hosts_.find({host.name, host.port}));
  by_fd_[static_cast<std::size_t>(connection.fd.get())] = nullptr;
  (connection.idle_ ? idle_ : busy_).erase(connection.self_);
}

PlainConnection* ConnectionPool::find(int fd) const {
  const auto index = static_cast<std::size_t>(fd);
  return index < by_fd_.size() ? by_fd_[index] : nullptr;
}

HostConnections& ConnectionPool::host_of(const Url& url) {
  const auto found = hosts_.find({url.hostname(), url.effective_port()});
  if (found != hosts_.end()) return *found->second;
  auto host = std::make_unique<HostConnections>();
  host->name = url.hostname();
  host->port = url.effective_port();
  HostConnections& made = *host;
  hosts_.emplace(HostRef{made.name, made.port}, std::move(host));
  return made;
}

}  // namespace crawl
