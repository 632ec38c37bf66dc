#include "support/fake_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

namespace crawl::testing {
namespace {

struct Gone {};  // the peer is

std::string port_text(unsigned char high, unsigned char low) {
  return std::to_string(high * 256 + low);
}

}  // namespace

// One connection, read and written whole.
class FakeProxy::Peer {
 public:
  Peer(int fd, SSL_CTX* tls) : fd_(fd) {
    if (tls == nullptr) return;
    ssl_.reset(SSL_new(tls));
    SSL_set_fd(ssl_.get(), fd);
    if (SSL_accept(ssl_.get()) != 1) throw Gone();
  }

  std::string read_some() {
    std::array<char, 4096> buffer;
    const int size = static_cast<int>(buffer.size());
    const auto count = ssl_ ? SSL_read(ssl_.get(), buffer.data(), size)
                            : recv(fd_, buffer.data(), buffer.size(), 0);
    if (count <= 0) throw Gone();
    return {buffer.data(), static_cast<std::size_t>(count)};
  }
  std::string read(std::size_t size) {
    while (ahead_.size() < size) ahead_ += read_some();
    std::string bytes = ahead_.substr(0, size);
    ahead_.erase(0, size);
    return bytes;
  }
  unsigned char byte() { return static_cast<unsigned char>(read(1)[0]); }
  std::string until(char end) {
    std::string text;
    for (char c = read(1)[0]; c != end; c = read(1)[0]) text += c;
    return text;
  }
  // What is there already, or comes next.
  std::string next() {
    return ahead_.empty() ? read_some() : std::exchange(ahead_, "");
  }
  void write(const std::string& bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const char* const from = bytes.data() + done;
      const std::size_t left = bytes.size() - done;
      const auto count =
          ssl_ ? SSL_write(ssl_.get(), from, static_cast<int>(left))
               : send(fd_, from, left, MSG_NOSIGNAL);
      if (count <= 0) throw Gone();
      done += static_cast<std::size_t>(count);
    }
  }

 private:
  struct SslDelete {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  const int fd_;
  std::unique_ptr<SSL, SslDelete> ssl_;
  std::string ahead_;
};

FakeProxy::FakeProxy(Manner manner, std::shared_ptr<SSL_CTX> tls)
    : manner_(manner),
      refusal_("HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nnever\n"),
      tls_(std::move(tls)),
      listener_(listen_on()) {
  thread_ = std::thread([this] { serve(); });
}

FakeProxy::FakeProxy(std::string answer)
    : manner_(Manner::kRefuse),
      refusal_(std::move(answer)),
      listener_(listen_on()) {
  thread_ = std::thread([this] { serve(); });
}

FakeProxy::~FakeProxy() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const UniqueFd& fd : sockets_) shutdown(fd.get(), SHUT_RDWR);
  }
  shutdown(listener_.socket.get(), SHUT_RDWR);
  thread_.join();
  for (std::thread& handler : handlers_) handler.join();
}

std::string FakeProxy::url(const std::string& scheme,
                           const std::string& user) const {
  return scheme + "://" + user + "127.0.0.1:" + std::to_string(listener_.port);
}

std::vector<std::string> FakeProxy::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void FakeProxy::note(std::string request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(std::move(request));
}

void FakeProxy::serve() {
  // OpenSSL writes to whoever has gone; the handlers inherit it.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  while (true) {
    UniqueFd socket(
        accept4(listener_.socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const std::lock_guard lock(mutex_);
    if (stopping_ || socket.get() < 0) return;
    const int fd = socket.get();
    sockets_.push_back(std::move(socket));
    handlers_.emplace_back([this, fd] {
      try {
        Peer peer(fd, tls_.get());
        handle(peer);
      } catch (const Gone&) {
      }
      shutdown(fd, SHUT_RDWR);
    });
  }
}

void FakeProxy::handle(Peer& peer) {
  switch (const unsigned char first = peer.byte()) {
    case 4:
      socks4(peer);
      break;
    case 5:
      socks5(peer);
      break;
    default:
      http(peer, static_cast<char>(first));
  }
}

bool FakeProxy::may_serve(Peer& peer, const std::string& refusal) {
  if (manner_ == Manner::kRefuse) peer.write(refusal);
  if (manner_ == Manner::kSilent) {
    while (true) peer.read_some();
  }
  return manner_ == Manner::kServe;
}

void FakeProxy::socks4(Peer& peer) {
  peer.byte();  // CONNECT
  const unsigned char high = peer.byte();
  const std::string port = port_text(high, peer.byte());
  const std::string ip = peer.read(4);
  const std::string user = peer.until('\0');
  std::string target;
  std::string version = "socks4 ";
  if (ip.substr(0, 3) == std::string(3, '\0')) {
    version = "socks4a ";
    target = peer.until('\0');
  } else {
    std::array<char, INET_ADDRSTRLEN> text{};
    inet_ntop(AF_INET, ip.data(), text.data(), text.size());
    target = text.data();
  }
  target += ":" + port;
  note(version + target + (user.empty() ? "" : " " + user));
  if (!may_serve(peer, std::string("\0\x5b\0\0\0\0\0\0", 8))) return;
  peer.write(std::string("\0\x5a\0\0\0\0\0\0", 8));
  echo(peer, target);
}

void FakeProxy::socks5(Peer& peer) {
  const std::string methods = peer.read(peer.byte());
  std::string credentials;
  if (methods.find('\2') != std::string::npos) {
    peer.write("\5\2");
    peer.byte();
    credentials = peer.read(peer.byte());
    credentials += ":" + peer.read(peer.byte());
    peer.write(std::string("\1\0", 2));
  } else {
    peer.write(std::string("\5\0", 2));
  }
  peer.read(3);
  const unsigned char type = peer.byte();
  std::string target;
  if (type == 3) {
    target = peer.read(peer.byte());
  } else {
    const bool v4 = type == 1;
    const std::string ip = peer.read(v4 ? 4 : 16);
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(v4 ? AF_INET : AF_INET6, ip.data(), text.data(), text.size());
    target = v4 ? text.data() : "[" + std::string(text.data()) + "]";
  }
  const unsigned char high = peer.byte();
  target += ":" + port_text(high, peer.byte());
  note("socks5 " + target + (credentials.empty() ? "" : " " + credentials));
  if (!may_serve(peer, std::string("\5\5\0\1\0\0\0\0\0\0", 10))) return;
  peer.write(std::string("\5\0\0\1\0\0\0\0\0\0", 10));
  echo(peer, target);
}

void FakeProxy::http(Peer& peer, char first) {
  std::string head(1, first);
  while (!head.ends_with("\r\n\r\n")) head += peer.read(1);
  note(head);
  if (!may_serve(peer, refusal_)) return;
  const std::size_t begin = head.find(' ') + 1;
  const std::string target = head.substr(begin, head.find(' ', begin) - begin);
  if (head.starts_with("CONNECT ")) {
    // The target's first bytes come with the answer: none may be lost.
    peer.write("HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n" +
               target + "\n");
    while (true) peer.write(peer.next());
  }
  echo(peer, target);
}

void FakeProxy::echo(Peer& peer, const std::string& target) {
  peer.write(target + "\n");
  while (true) peer.write(peer.next());
}

}  // namespace crawl::testing
