#include "fetch/http/plain_http.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "fetch/curl/curl_error.h"

namespace crawl {
namespace {

using std::chrono::steady_clock;

// Most pages come with one read, and are then read where they lie.
constexpr std::size_t kBufferSize = 128 * 1024;

// One connection that never pauses must not keep the others waiting.
constexpr int kReadsInTurn = 4;

constexpr std::size_t kConnectorsKept = 32;

std::string text_of(const RequestHeaders& headers, const HeaderList& fields) {
  std::string text;
  if (!headers.given("Accept")) text += "Accept: */*\r\n";
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    text += name;
    text += ": ";
    text += value;
    text += "\r\n";
  }
  text += "\r\n";
  return text;
}

// Fields by which the user asks for more than a plain GET: libcurl knows what
// they mean.
bool changes_the_protocol(const RequestHeaders& headers) {
  for (const char* name : {"Host", "Connection", "Content-Length", "Expect",
                           "HTTP2-Settings", "Keep-Alive", "Proxy-Connection",
                           "TE", "Trailer", "Transfer-Encoding", "Upgrade"}) {
    if (headers.given(name)) return true;
  }
  return false;
}

// Acknowledges what has come at once, where the kernel would wait up to 40 ms
// for a request to send that along with: a server may hold the last part of a
// response until the part before is acknowledged (RFC 9293 section 3.7.4).
void acknowledge(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

}  // namespace

PlainHttp::PlainHttp(LoopContext& context, CURLM* multi, ExchangeOwner& owner,
                     std::size_t max_connections)
    : context_(context),
      multi_(multi),
      owner_(owner),
      speaks_(!context.setup.options().libcurl_only &&
              !context.setup.has_proxy() &&
              !changes_the_protocol(context.setup.headers())),
      fields_(text_of(context.setup.headers(), context.setup.headers().any())),
      origin_fields_(
          text_of(context.setup.headers(), context.setup.headers().origin())),
      pool_(context.sockets, max_connections),
      buffer_(new char[kBufferSize]) {}

bool PlainHttp::takes(const FetchRequest& request) const {
  const Url& url = request.url;
  return speaks_ && url.scheme() == "http" && !url.has_credentials() &&
         (!request.send_credentials ||
          context_.setup.options().user_password.empty());
}

bool PlainHttp::start(PlainExchange& exchange) {
  if (exchange.request().fresh_connection) return false;
  const time_point now = steady_clock::now();
  const auto allowed = [&exchange](const PlainConnection& connection) {
    return connection.ip ? exchange.may_reach(*connection.ip)
                         : exchange.request().allow_private;
  };
  while (PlainConnection* const connection =
             pool_.take_idle(exchange.request().url, now, allowed)) {
    exchange.started(now);
    if (send_on(*connection, exchange)) return true;
    exchange.connection = nullptr;
    pool_.close(*connection);
  }
  return false;
}

void PlainHttp::connect(PlainExchange& exchange) {
  exchange.started(steady_clock::now());
  open_connection(exchange);
}

void PlainHttp::open_connection(PlainExchange& exchange) {
  if (connectors_.empty()) {
    exchange.connector = std::make_unique<Connector>(
        context_, multi_, static_cast<ConnectionTaker&>(*this));
  } else {
    exchange.connector = std::move(connectors_.back());
    connectors_.pop_back();
  }
  exchange.connector->start(exchange);
}

void PlainHttp::stop(PlainExchange& exchange) {
  if (exchange.connector) {
    exchange.connector->stop();
    put_away(std::move(exchange.connector));
  }
  if (exchange.connection != nullptr) {
    pool_.close(*std::exchange(exchange.connection, nullptr));
  }
}

void PlainHttp::put_away(std::unique_ptr<Connector> connector) {
  if (connectors_.size() < kConnectorsKept) {
    connectors_.push_back(std::move(connector));
  }
}

void PlainHttp::connected(Exchange& exchange, NewConnection opened) {
  auto& plain = static_cast<PlainExchange&>(exchange);
  plain.connected(opened);
  PlainConnection& connection =
      pool_.add(plain.request().url, std::move(opened));
  put_away(std::move(plain.connector));
  if (!send_on(connection, plain)) broke(connection, errno);
}

void PlainHttp::not_connected(Exchange& exchange, CURLcode why,
                              std::string_view message) {
  auto& plain = static_cast<PlainExchange&>(exchange);
  plain.fail_if_blocked();  // and then that is the reason
  plain.end(error_kind(why, {}), message);
  owner_.over(plain);
}

bool PlainHttp::send_on(PlainConnection& connection, PlainExchange& exchange) {
  connection.user = &exchange;
  exchange.connection = &connection;
  exchange.begin_sending(steady_clock::now());
  if (!send(connection)) return false;
  if (const auto until = exchange.deadline();
      until && (!deadline_ || *until < *deadline_)) {
    deadline_ = until;
  }
  return true;
}

// What the kernel takes of the request now; false, with errno, if the
// connection is broken.
bool PlainHttp::send(PlainConnection& connection) {
  PlainExchange& exchange = *connection.user;
  const int fd = connection.fd.get();
  for (;;) {
    const std::string_view rest = exchange.unsent();
    const ssize_t count = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      exchange.sent(static_cast<std::size_t>(count));
      if (exchange.unsent().empty()) break;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      context_.sockets.watch(fd, true, true);
      return true;
    } else if (errno != EINTR) {
      return false;
    }
  }
  context_.sockets.watch(fd, true, false);
  return true;
}

bool PlainHttp::ready(const SocketSet::Ready& ready) {
  PlainConnection* const connection = pool_.find(ready.fd);
  if (connection == nullptr) return false;
  if (connection->user == nullptr) {
    // The server closes it, or says something that nobody asked for.
    pool_.close(*connection);
    return true;
  }
  if (ready.writable && !connection->user->unsent().empty() &&
      !send(*connection)) {
    broke(*connection, errno);
    return true;
  }
  if (ready.readable) receive(*connection);
  return true;
}

void PlainHttp::receive(PlainConnection& connection) {
  PlainExchange& exchange = *connection.user;
  for (int i = 0; i < kReadsInTurn; ++i) {
    const ssize_t count =
        ::recv(connection.fd.get(), buffer_.get(), kBufferSize, 0);
    if (count < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) break;
      broke(connection, errno);
      return;
    }
    if (count == 0) {
      ended(connection);
      return;
    }
    const auto size = static_cast<std::size_t>(count);
    const std::string_view rest =
        exchange.received({buffer_.get(), size}, steady_clock::now());
    if (exchange.over()) {
      if (!sent_again(connection)) conclude(connection, rest.empty());
      return;
    }
    if (size < kBufferSize) break;
  }
  acknowledge(connection.fd.get());
}

void PlainHttp::broke(PlainConnection& connection, int error) {
  if (sent_again(connection)) return;
  connection.user->fail(ErrorKind::kClosed, std::strerror(error));
  conclude(connection, false);
}

void PlainHttp::ended(PlainConnection& connection) {
  if (sent_again(connection)) return;
  connection.user->connection_ended();
  conclude(connection, false);
}

// A server may close an idle connection at any time, and so just as a request
// is on its way. Or more comes than the last response said it had.
bool PlainHttp::sent_again(PlainConnection& connection) {
  PlainExchange& exchange = *connection.user;
  if (!connection.reused || !exchange.unanswered()) return false;
  exchange.connection = nullptr;
  pool_.close(connection);
  open_connection(exchange);
  return true;
}

void PlainHttp::conclude(PlainConnection& connection, bool nothing_left) {
  PlainExchange& exchange = *connection.user;
  const time_point now = steady_clock::now();
  exchange.done(now);
  exchange.connection = nullptr;
  if (nothing_left && exchange.keeps_alive()) {
    pool_.give_back(connection, now);
  } else {
    pool_.close(connection);
  }
  owner_.over(exchange);
}

void PlainHttp::expire(time_point now) {
  if (!deadline_ || now < *deadline_) return;
  deadline_.reset();
  std::vector<PlainConnection*> late;
  for (PlainConnection& connection : pool_.busy()) {
    const auto until = connection.user->deadline();
    if (!until) continue;
    if (*until <= now) {
      late.push_back(&connection);
    } else if (!deadline_ || *until < *deadline_) {
      deadline_ = until;
    }
  }
  for (PlainConnection* const connection : late) {
    connection->user->fail_late(now);
    conclude(*connection, false);
  }
}

}  // namespace crawl
