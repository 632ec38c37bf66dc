#include "support/http2_transport.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <nghttp2/nghttp2.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "support/event_loop.h"
#include "support/tls_transport.h"

namespace crawl::testing {
namespace {

// No client takes a longer one: what has come of it is passed on as it is.
constexpr std::size_t kMaxHead = 1 << 20;
constexpr std::size_t kMaxHeaderBlock = 4 * kMaxHead;
// Of one stream and of a connection, until the client takes it.
constexpr std::size_t kMaxWaiting = 256 * 1024;

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::vector<nghttp2_nv> pairs_of(const Fields& fields) {
  const auto bytes = [](const std::string& text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  };
  std::vector<nghttp2_nv> pairs;
  for (const auto& [name, value] : fields) {
    pairs.push_back({bytes(name), bytes(value), name.size(), value.size(),
                     NGHTTP2_NV_FLAG_NONE});
  }
  return pairs;
}

// Those of some lines, as HTTP/2 writes them, without what it has no use for.
Fields fields_of(std::string_view lines) {
  Fields fields;
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size() - 1);
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end + 1);
    const auto colon = line.find(':');
    if (colon == line.npos) continue;
    std::string name(trimmed(line.substr(0, colon)));
    for (char& c : name) {
      c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    fields.emplace_back(std::move(name), trimmed(line.substr(colon + 1)));
  }
  return fields;
}

// Takes the field away and returns its value.
std::optional<std::string> take_field(Fields& fields, std::string_view name) {
  std::optional<std::string> value;
  std::erase_if(fields, [&](const auto& field) {
    if (field.first != name) return false;
    value = field.second;
    return true;
  });
  return value;
}

// A reply's body as it comes: its bytes without their framing.
class BodyFraming {
 public:
  static BodyFraming none() { return BodyFraming(State::kDone, 0); }
  static BodyFraming length(std::size_t size) {
    return BodyFraming(size == 0 ? State::kDone : State::kLength, size);
  }
  static BodyFraming chunked() { return BodyFraming(State::kChunkLine, 0); }
  static BodyFraming until_close() { return BodyFraming(State::kClose, 0); }

  void feed(std::string_view bytes, std::string& body) {
    while (!bytes.empty() && state_ != State::kDone) {
      switch (state_) {
        case State::kLength:
        case State::kChunk: {
          const std::size_t size = std::min(left_, bytes.size());
          body.append(bytes.substr(0, size));
          bytes.remove_prefix(size);
          left_ -= size;
          if (left_ > 0) break;
          state_ = state_ == State::kLength ? State::kDone : State::kChunkEnd;
          break;
        }
        case State::kChunkLine:
        case State::kChunkEnd:
        case State::kTrailers:
          line_ += bytes.front();
          bytes.remove_prefix(1);
          if (line_.back() == '\n') end_line();
          break;
        case State::kClose:
          body.append(bytes);
          return;
        case State::kDone:
          break;
      }
    }
  }
  // Whether the end of the connection is that of the body.
  bool ends_with_connection() const { return state_ == State::kClose; }
  bool done() const { return state_ == State::kDone; }
  const std::string& trailers() const { return trailers_; }

 private:
  enum class State {
    kLength,
    kChunkLine,
    kChunk,
    kChunkEnd,
    kTrailers,
    kClose,
    kDone
  };
  BodyFraming(State state, std::size_t left) : state_(state), left_(left) {}

  void end_line() {
    const std::string line = std::exchange(line_, {});
    if (state_ == State::kChunkEnd) {
      state_ = State::kChunkLine;
    } else if (state_ == State::kChunkLine) {
      left_ = std::strtoul(line.c_str(), nullptr, 16);
      state_ = left_ > 0 ? State::kChunk : State::kTrailers;
    } else if (trimmed(line).empty()) {
      state_ = State::kDone;
    } else {
      trailers_ += line;
    }
  }

  State state_;
  std::size_t left_;
  std::string line_;
  std::string trailers_;
};

struct SessionDelete {
  void operator()(nghttp2_session* session) const {
    nghttp2_session_del(session);
  }
};

// What the clients' connections of a front have in common.
struct Front {
  TransportFactory make_tls;
  std::size_t frame_size;
  EventLoop loop;
  std::mutex mutex;
  // Of connections to the site until it takes them; guarded by mutex.
  std::set<std::uint16_t> coming_ports;
};

std::uint16_t port_of(const sockaddr_storage& address) {
  return address.ss_family == AF_INET
             ? reinterpret_cast<const sockaddr_in&>(address).sin_port
             : reinterpret_cast<const sockaddr_in6&>(address).sin6_port;
}

// A connection of its own to the site for a request, which it writes as
// HTTP/1.1. The kernel chooses the port as it connects: then every port will do
// that has no connection to this very site, and after many tests there may be
// no other. The site waits in FrontThread::take() until the port is known.
UniqueFd connect_to_site(Front& front, const sockaddr_storage& site,
                         socklen_t size) {
  UniqueFd fd(
      socket(site.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.get() < 0) return {};
  std::uint16_t port = 0;
  {
    const std::lock_guard lock(front.mutex);
    if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&site), size) < 0 &&
        errno != EINPROGRESS) {
      return {};
    }
    sockaddr_storage own{};
    socklen_t own_size = sizeof own;
    getsockname(fd.get(), reinterpret_cast<sockaddr*>(&own), &own_size);
    port = port_of(own);
    front.coming_ports.insert(port);
  }
  pollfd connected{.fd = fd.get(), .events = POLLOUT, .revents = 0};
  int error = 0;
  socklen_t error_size = sizeof error;
  if (poll(&connected, 1, -1) == 1 &&
      getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &error_size) == 0 &&
      error == 0 && fcntl(fd.get(), F_SETFL, 0) == 0) {
    return fd;
  }
  const std::lock_guard lock(front.mutex);
  front.coming_ports.erase(port);
  return {};
}

class ClientConnection;

// One request, and its reply on the way to the client.
class Stream final : public EventHandler {
 public:
  Stream(ClientConnection& client, std::int32_t id)
      : client_(client), id_(id) {}
  ~Stream() override { leave(); }

  bool ask(Fields fields);
  void on_ready(std::uint32_t) override;
  ssize_t take(std::uint8_t* buffer, std::size_t size, std::uint32_t* flags);
  // The site's side is over.
  void leave();

 private:
  bool receive();
  bool translate_head();
  void watch();

  ClientConnection& client_;
  const std::int32_t id_;
  UniqueFd site_;
  bool to_head_ = false;  // the answer has no body
  bool watching_ = false;
  std::string head_;  // received, and not translated yet
  std::optional<BodyFraming> framing_;
  std::string body_;
  bool broken_ = false;
};

// A client's connection: frames on the one side, a Stream for each request on
// the other.
class ClientConnection final : public EventHandler {
 public:
  ClientConnection(Front& front, UniqueFd socket,
                   std::function<void(ClientConnection&)> over);
  ~ClientConnection() override { leave(); }

  void on_ready(std::uint32_t epoll_events) override;
  void pump();

  Front& front() { return front_; }
  nghttp2_session* session() { return session_.get(); }
  const sockaddr_storage& site() const { return site_; }
  socklen_t site_size() const { return site_size_; }
  int fd() const { return tls_->fd(); }

 private:
  static ClientConnection& self(void* user) {
    return *static_cast<ClientConnection*>(user);
  }
  static int on_header(nghttp2_session*, const nghttp2_frame* frame,
                       const std::uint8_t* name, std::size_t name_size,
                       const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t, void* user) {
    self(user).heads_[frame->hd.stream_id].emplace_back(
        std::string(reinterpret_cast<const char*>(name), name_size),
        std::string(reinterpret_cast<const char*>(value), value_size));
    return 0;
  }
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame,
                      void* user) {
    if (frame->hd.type == NGHTTP2_HEADERS &&
        (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
      self(user).ask(frame->hd.stream_id);
    }
    return 0;
  }
  static int on_close(nghttp2_session*, std::int32_t id, std::uint32_t,
                      void* user) {
    self(user).stream_over(id);
    return 0;
  }

  void ask(std::int32_t id);
  void stream_over(std::int32_t id);
  bool receive();
  bool send();
  void leave();

  Front& front_;
  const std::function<void(ClientConnection&)> over_;
  std::unique_ptr<Transport> tls_;
  std::unique_ptr<nghttp2_session, SessionDelete> session_;
  sockaddr_storage site_{};
  socklen_t site_size_ = sizeof site_;
  std::map<std::int32_t, Fields> heads_;  // of requests, as they come
  std::map<std::int32_t, std::unique_ptr<Stream>> streams_;
  std::vector<std::unique_ptr<Stream>> done_;  // until the loop's next task
  std::string out_;
  std::size_t sent_ = 0;
  bool writing_ = false;
  bool closed_ = false;
};

bool Stream::ask(Fields fields) {
  const std::string method = take_field(fields, ":method").value_or("GET");
  to_head_ = method == "HEAD";
  std::string text =
      method + " " + take_field(fields, ":path").value_or("/") +
      " HTTP/1.1\r\nHost: " + take_field(fields, ":authority").value_or("") +
      "\r\n";
  for (const auto& [name, value] : fields) {
    if (!name.starts_with(':')) text += name + ": " + value + "\r\n";
  }
  text += "\r\n";
  site_ = connect_to_site(client_.front(), client_.site(), client_.site_size());
  if (site_.get() < 0) return false;
  std::string_view left = text;
  while (!left.empty()) {
    const ssize_t sent =
        ::send(site_.get(), left.data(), left.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    left.remove_prefix(static_cast<std::size_t>(sent));
  }
  client_.front().loop.add(site_.get(), EPOLLIN, this);
  watching_ = true;
  return true;
}

void Stream::on_ready(std::uint32_t) {
  if (site_.get() < 0 || !receive()) return;
  watch();
  client_.pump();
}

// False if there was nothing.
bool Stream::receive() {
  std::array<char, 64 * 1024> bytes;
  const ssize_t got =
      recv(site_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (got > 0) {
    const std::string_view data(bytes.data(), static_cast<std::size_t>(got));
    if (framing_) {
      framing_->feed(data, body_);
    } else {
      head_.append(data);
      while (!framing_ && translate_head()) {
      }
    }
    if (framing_ && framing_->done()) leave();
    if (framing_) nghttp2_session_resume_data(client_.session(), id_);
    return true;
  }
  // In order, or by a reset, which ends nothing well.
  broken_ = got < 0 || !framing_ ||
            (!framing_->done() && !framing_->ends_with_connection());
  leave();
  if (framing_) {
    nghttp2_session_resume_data(client_.session(), id_);
  } else {
    nghttp2_submit_rst_stream(client_.session(), NGHTTP2_FLAG_NONE, id_,
                              NGHTTP2_INTERNAL_ERROR);
  }
  return true;
}

// The next head, an interim one perhaps; false if it is not all there.
bool Stream::translate_head() {
  auto end = head_.find("\r\n\r\n");
  std::size_t gap = 4;
  if (const auto bare = head_.find("\n\n"); bare < end) {
    end = bare;
    gap = 2;
  }
  if (end == head_.npos) {
    if (head_.size() < kMaxHead) return false;
    end = head_.size();
    gap = 0;
  }
  const std::string head = head_.substr(0, end) + "\n";
  head_.erase(0, end + gap);
  const auto first_line = head.find('\n');
  if (head.size() < 12 || !head.starts_with("HTTP/")) {
    nghttp2_submit_rst_stream(client_.session(), NGHTTP2_FLAG_NONE, id_,
                              NGHTTP2_INTERNAL_ERROR);
    leave();
    return false;
  }
  Fields fields = fields_of(std::string_view(head).substr(first_line + 1));
  const std::string status = head.substr(9, 3);
  fields.emplace(fields.begin(), ":status", status);
  for (const char* name : {"connection", "keep-alive", "upgrade"}) {
    take_field(fields, name);
  }
  if (status.front() == '1') {
    const auto pairs = pairs_of(fields);
    nghttp2_submit_headers(client_.session(), NGHTTP2_FLAG_NONE, id_, nullptr,
                           pairs.data(), pairs.size(), nullptr);
    return true;
  }
  framing_ = BodyFraming::until_close();
  const bool chunked = take_field(fields, "transfer-encoding").has_value();
  if (to_head_) {
    framing_ = BodyFraming::none();
  } else if (chunked) {
    framing_ = BodyFraming::chunked();
  } else if (status == "204" || status == "304") {
    framing_ = BodyFraming::none();
  } else {
    for (const auto& [name, value] : fields) {
      if (name != "content-length") continue;
      framing_ = BodyFraming::length(std::strtoul(value.c_str(), nullptr, 10));
    }
  }
  framing_->feed(std::exchange(head_, {}), body_);
  const nghttp2_data_provider provider{
      {.ptr = this},
      [](nghttp2_session*, std::int32_t, std::uint8_t* buffer, std::size_t size,
         std::uint32_t* flags, nghttp2_data_source* source, void*) {
        return static_cast<Stream*>(source->ptr)->take(buffer, size, flags);
      }};
  const bool bare =
      framing_->done() && body_.empty() && framing_->trailers().empty();
  const auto pairs = pairs_of(fields);
  nghttp2_submit_response(client_.session(), id_, pairs.data(), pairs.size(),
                          bare ? nullptr : &provider);
  return true;
}

// What the client is to have next.
ssize_t Stream::take(std::uint8_t* buffer, std::size_t size,
                     std::uint32_t* flags) {
  const bool ended = site_.get() < 0;
  if (body_.empty() && !ended) return NGHTTP2_ERR_DEFERRED;
  if (body_.empty() && broken_) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  size = std::min({size, client_.front().frame_size, body_.size()});
  std::memcpy(buffer, body_.data(), size);
  body_.erase(0, size);
  if (body_.empty() && ended && !broken_) {
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (!framing_->trailers().empty()) {
      *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      const Fields trailers = fields_of(framing_->trailers());
      const auto pairs = pairs_of(trailers);
      nghttp2_submit_trailer(client_.session(), id_, pairs.data(),
                             pairs.size());
    }
  }
  watch();
  return static_cast<ssize_t>(size);
}

void Stream::watch() {
  const bool wants = body_.size() < kMaxWaiting;
  if (site_.get() < 0 || wants == watching_) return;
  watching_ = wants;
  client_.front().loop.modify(site_.get(), wants ? EPOLLIN : 0U, this);
}

void Stream::leave() {
  if (site_.get() >= 0) client_.front().loop.remove(site_.get());
  site_.reset();
}

ClientConnection::ClientConnection(Front& front, UniqueFd socket,
                                   std::function<void(ClientConnection&)> over)
    : front_(front), over_(std::move(over)) {
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&site_), &site_size_);
  tls_ = front.make_tls(std::move(socket));
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_option* option = nullptr;
  nghttp2_session* session = nullptr;
  if (nghttp2_session_callbacks_new(&callbacks) != 0 ||
      nghttp2_option_new(&option) != 0) {
    throw std::bad_alloc();
  }
  nghttp2_session_callbacks_set_on_header_callback(callbacks, &on_header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &on_frame);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &on_close);
  nghttp2_option_set_max_send_header_block_length(option, kMaxHeaderBlock);
  const int failed =
      nghttp2_session_server_new2(&session, callbacks, this, option);
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  if (failed != 0) throw std::bad_alloc();
  session_.reset(session);
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, nullptr, 0);
  front.loop.add(fd(), EPOLLIN, this);
}

void ClientConnection::on_ready(std::uint32_t) {
  if (closed_) return;
  if (receive() && send()) return;
  leave();
  over_(*this);
}

void ClientConnection::pump() {
  if (closed_ || send()) return;
  leave();
  over_(*this);
}

void ClientConnection::leave() {
  if (std::exchange(closed_, true)) return;
  front_.loop.remove(fd());
  for (const auto& [id, stream] : streams_) stream->leave();
}

// False when the client has left.
bool ClientConnection::receive() {
  for (;;) {
    std::array<char, 16'384> bytes;
    const IoResult got = tls_->read(bytes);
    if (got.status == IoResult::Status::kClosed) return false;
    if (got.status == IoResult::Status::kWouldBlock) return true;
    if (nghttp2_session_mem_recv(
            session_.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()),
            got.bytes) < 0) {
      return false;
    }
    if (got.drained) return true;
  }
}

bool ClientConnection::send() {
  bool blocked = false;
  while (!blocked) {
    if (sent_ == out_.size()) {
      out_.clear();
      sent_ = 0;
      while (out_.size() < kMaxWaiting) {
        const std::uint8_t* data = nullptr;
        const ssize_t size = nghttp2_session_mem_send(session_.get(), &data);
        if (size < 0) return false;
        if (size == 0) break;
        out_.append(reinterpret_cast<const char*>(data),
                    static_cast<std::size_t>(size));
      }
      if (out_.empty()) break;
    }
    const IoResult sent = tls_->write(std::string_view(out_).substr(sent_));
    if (sent.status == IoResult::Status::kClosed) return false;
    blocked = sent.status == IoResult::Status::kWouldBlock;
    sent_ += sent.bytes;
  }
  if (blocked != writing_) {
    writing_ = blocked;
    front_.loop.modify(fd(), EPOLLIN | (blocked ? EPOLLOUT : 0U), this);
  }
  return nghttp2_session_want_read(session_.get()) != 0 ||
         nghttp2_session_want_write(session_.get()) != 0;
}

void ClientConnection::ask(std::int32_t id) {
  auto stream = std::make_unique<Stream>(*this, id);
  const bool asked = stream->ask(std::exchange(heads_[id], {}));
  heads_.erase(id);
  if (asked) {
    streams_[id] = std::move(stream);
  } else {
    nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, id,
                              NGHTTP2_INTERNAL_ERROR);
  }
}

// Its own code may be what is running.
void ClientConnection::stream_over(std::int32_t id) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  found->second->leave();
  if (done_.empty()) front_.loop.post([this] { done_.clear(); });
  done_.push_back(std::move(found->second));
  streams_.erase(found);
}

// The thread that has the clients' connections.
class FrontThread {
 public:
  FrontThread(TransportFactory make_tls, std::size_t frame_size)
      : front_{std::move(make_tls), frame_size, {}, {}, {}} {
    thread_ = std::thread([this] {
      // Signals are for the program's own threads.
      sigset_t all;
      sigfillset(&all);
      pthread_sigmask(SIG_BLOCK, &all, nullptr);
      front_.loop.run();
      clients_.clear();
    });
  }
  ~FrontThread() {
    front_.loop.stop();
    thread_.join();
  }

  // Null if the socket is a client's, and so this thread's.
  std::unique_ptr<Transport> take(UniqueFd socket) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    getpeername(socket.get(), reinterpret_cast<sockaddr*>(&peer), &size);
    {
      const std::lock_guard lock(front_.mutex);
      if (front_.coming_ports.erase(port_of(peer)) > 0) {
        return make_tcp_transport(std::move(socket));
      }
    }
    auto shared = std::make_shared<UniqueFd>(std::move(socket));
    front_.loop.post([this, shared] {
      auto client = std::make_unique<ClientConnection>(
          front_, std::move(*shared),
          [this](ClientConnection& over) { forget(over); });
      ClientConnection* const key = client.get();
      clients_.emplace(key, std::move(client));
    });
    return nullptr;
  }

 private:
  // Destroyed after the events at hand, which may still name it.
  void forget(ClientConnection& client) {
    front_.loop.post([this, key = &client] { clients_.erase(key); });
  }

  Front front_;
  std::unordered_map<ClientConnection*, std::unique_ptr<ClientConnection>>
      clients_;  // the thread's
  std::thread thread_;
};

int choose_h2(SSL*, const unsigned char** out, unsigned char* out_size,
              const unsigned char* in, unsigned in_size, void*) {
  static constexpr unsigned char kH2[] = {2, 'h', '2'};
  unsigned char* chosen = nullptr;
  const bool agreed =
      SSL_select_next_proto(&chosen, out_size, kH2, sizeof kH2, in, in_size) ==
      OPENSSL_NPN_NEGOTIATED;
  *out = chosen;
  return agreed ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

TransportFactory make_http2_transports(std::shared_ptr<SSL_CTX> context,
                                       std::size_t frame_size) {
  SSL_CTX_set_alpn_select_cb(context.get(), &choose_h2, nullptr);
  auto front = std::make_shared<FrontThread>(
      make_tls_transports(std::move(context)), frame_size);
  return [front](UniqueFd socket) { return front->take(std::move(socket)); };
}

}  // namespace crawl::testing
