#include "support/http2_site.h"

#include <fmt/format.h>
#include <nghttp2/nghttp2.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <stdexcept>

#include "support/tls_certificates.h"
#include "support/tls_transport.h"

namespace crawl::testing {
namespace h2 {
namespace {

// An integer with a prefix of 7 bits (RFC 7541 section 5.1), and the bytes.
std::string text(std::string_view bytes) {
  std::string out;
  std::size_t size = bytes.size();
  if (size < 127) {
    out.push_back(static_cast<char>(size));
  } else {
    out.push_back(127);
    for (size -= 127; size >= 128; size /= 128) {
      out.push_back(static_cast<char>(size % 128 + 128));
    }
    out.push_back(static_cast<char>(size));
  }
  return out.append(bytes);
}

}  // namespace

std::string number(std::uint64_t value, std::size_t bytes) {
  std::string out(bytes, '\0');
  for (std::size_t i = bytes; i-- > 0; value >>= 8) {
    out[i] = static_cast<char>(value & 0xff);
  }
  return out;
}

std::string block(const Fields& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    out.append(1, '\0').append(text(name)).append(text(value));
  }
  return out;
}

std::string frame(std::uint8_t type, unsigned flags, std::int32_t stream,
                  std::string_view payload) {
  return number(payload.size(), 3) + number(type, 1) + number(flags, 1) +
         number(static_cast<std::uint32_t>(stream), 4) + std::string(payload);
}

std::string headers(std::int32_t stream, const Fields& fields, unsigned flags) {
  return frame(kHeaders, flags, stream, block(fields));
}

std::string data(std::int32_t stream, std::string_view bytes, unsigned flags) {
  return frame(kData, flags, stream, bytes);
}

std::string padded_data(std::int32_t stream, std::string_view bytes,
                        std::uint8_t padding, unsigned flags) {
  return frame(
      kData, flags | kPadded, stream,
      number(padding, 1) + std::string(bytes) + std::string(padding, '\0'));
}

std::string continuation(std::int32_t stream, std::string_view block,
                         unsigned flags) {
  return frame(kContinuation, flags, stream, block);
}

std::string priority(std::int32_t stream) {
  return frame(kPriority, 0, stream, number(0, 4) + number(16, 1));
}

std::string rst(std::int32_t stream, std::uint32_t code) {
  return frame(kRstStream, 0, stream, number(code, 4));
}

std::string settings(
    std::initializer_list<std::pair<std::uint16_t, std::uint32_t>> values) {
  std::string payload;
  for (const auto& [id, value] : values) {
    payload += number(id, 2) + number(value, 4);
  }
  return frame(kSettings, 0, 0, payload);
}

std::string push_promise(std::int32_t stream, std::int32_t promised,
                         const Fields& fields) {
  return frame(kPushPromise, kEndHeaders, stream,
               number(static_cast<std::uint32_t>(promised), 4) + block(fields));
}

std::string ping() { return frame(kPing, 0, 0, "12345678"); }

std::string goaway(std::int32_t last, std::uint32_t code) {
  return frame(kGoaway, 0, 0,
               number(static_cast<std::uint32_t>(last), 4) + number(code, 4));
}

std::string window_update(std::int32_t stream, std::uint32_t size) {
  return frame(kWindowUpdate, 0, stream, number(size, 4));
}

std::string answer(std::int32_t stream, std::string_view body) {
  return headers(stream, {{":status", "200"}, {"content-type", "text/html"}}) +
         data(stream, body, kEndStream);
}

}  // namespace h2

namespace {

int select_h2(SSL*, const unsigned char** out, unsigned char* out_size,
              const unsigned char* in, unsigned in_size, void*) {
  static constexpr std::array<unsigned char, 3> kH2{2, 'h', '2'};
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kH2.data(), kH2.size(), in,
                            in_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

// All of it, or false at the connection's end.
bool read_all(SSL* ssl, char* data, std::size_t size) {
  while (size > 0) {
    std::size_t count = 0;
    ERR_clear_error();
    if (SSL_read_ex(ssl, data, size, &count) != 1) return false;
    data += count;
    size -= count;
  }
  return true;
}

std::uint32_t number_at(std::string_view bytes, std::size_t at,
                        std::size_t size) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(at, size)) {
    value = value << 8 | static_cast<unsigned char>(byte);
  }
  return value;
}

struct InflaterDelete {
  void operator()(nghttp2_hd_inflater* inflater) const {
    nghttp2_hd_inflate_del(inflater);
  }
};
using Inflater = std::unique_ptr<nghttp2_hd_inflater, InflaterDelete>;

h2::Fields inflate(nghttp2_hd_inflater* inflater, std::string_view block) {
  h2::Fields fields;
  for (;;) {
    nghttp2_nv field{};
    int flags = 0;
    const ssize_t taken = nghttp2_hd_inflate_hd2(
        inflater, &field, &flags,
        reinterpret_cast<const std::uint8_t*>(block.data()), block.size(), 1);
    if (taken < 0) throw std::runtime_error("the client's HPACK is wrong");
    block.remove_prefix(static_cast<std::size_t>(taken));
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
      fields.emplace_back(
          std::string(reinterpret_cast<const char*>(field.name), field.namelen),
          std::string(reinterpret_cast<const char*>(field.value),
                      field.valuelen));
    }
    if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
  }
  nghttp2_hd_inflate_end_headers(inflater);
  return fields;
}

}  // namespace

Http2Identity::Http2Identity() {
  const TlsIdentity root = make_certificate({.common_name = "Test Root",
                                             .alternative_names = "",
                                             .is_authority = true});
  const TlsIdentity server =
      make_certificate({.common_name = "localhost",
                        .alternative_names = "DNS:localhost,IP:127.0.0.1"},
                       &root);
  ca_file_ = directory_.write("ca.pem", to_pem(*root.certificate));
  context_ = make_tls_context(server, {});
  SSL_CTX_clear_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE);
  SSL_CTX_set_alpn_select_cb(context_.get(), &select_h2, nullptr);
}

bool Http2Site::Peer::send(std::string_view bytes) {
  if (closed_) return false;
  if (bytes.empty()) return true;
  std::size_t sent = 0;
  ERR_clear_error();
  return SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent) == 1;
}

void Http2Site::Peer::flood(const std::string& bytes) {
  while (send(bytes)) {
  }
}

void Http2Site::Peer::wait_for_end() {
  std::array<char, 4096> buffer;
  while (!closed_ && read_all(ssl_.get(), buffer.data(), 1)) {
  }
}

void Http2Site::Peer::close(bool notify) {
  if (closed_) return;
  closed_ = true;
  ERR_clear_error();
  if (notify) SSL_shutdown(ssl_.get());
  ::shutdown(socket_.get(), SHUT_WR);
}

Http2Site::Http2Site(const Http2Identity& identity, Handler handler,
                     Opening opening)
    : identity_(identity),
      handler_(std::move(handler)),
      opening_(opening ? std::move(opening)
                       : [](Peer& peer) { peer.send(h2::settings({})); }),
      listener_(listen_on()) {
  acceptor_ = std::thread([this] { accept_all(); });
}

Http2Site::~Http2Site() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (Peer& peer : peers_) ::shutdown(peer.socket_.get(), SHUT_RDWR);
  }
  ::shutdown(listener_.socket.get(), SHUT_RDWR);
  acceptor_.join();
  for (Peer& peer : peers_) peer.thread_.join();
}

std::string Http2Site::url(std::string_view path) const {
  return fmt::format("https://127.0.0.1:{}{}", listener_.port, path);
}

std::size_t Http2Site::connections() const {
  const std::lock_guard lock(mutex_);
  return peers_.size();
}

std::size_t Http2Site::requests(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const auto found = paths_.find(path);
  return found == paths_.end() ? 0 : found->second;
}

std::size_t Http2Site::frames(std::uint8_t type) const {
  const std::lock_guard lock(mutex_);
  const auto found = frames_.find(type);
  return found == frames_.end() ? 0 : found->second;
}

void Http2Site::wait_for_ended(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::minutes(1),
                    [&] { return ended_ >= count; });
}

void Http2Site::accept_all() {
  for (;;) {
    UniqueFd socket(
        ::accept4(listener_.socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    if (socket.get() < 0) continue;
    peers_.push_back(Peer(peers_.size(), std::move(socket)));
    Peer& peer = peers_.back();
    peer.thread_ = std::thread([this, &peer] { serve(peer); });
  }
}

void Http2Site::serve(Peer& peer) {
  // OpenSSL writes to a connection that the client may have closed.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  peer.ssl_.reset(SSL_new(identity_.context()));
  if (peer.ssl_ && SSL_set_fd(peer.ssl_.get(), peer.socket_.get()) == 1 &&
      SSL_accept(peer.ssl_.get()) == 1) {
    read_frames(peer);
    // Unread bytes would make the end a reset.
    std::array<char, 4096> buffer;
    while (peer.closed_ &&
           ::recv(peer.socket_.get(), buffer.data(), buffer.size(), 0) > 0) {
    }
  }
  const std::lock_guard lock(mutex_);
  ::shutdown(peer.socket_.get(), SHUT_RDWR);
  ++ended_;
  changed_.notify_all();
}

void Http2Site::read_frames(Peer& peer) {
  nghttp2_hd_inflater* made = nullptr;
  if (nghttp2_hd_inflate_new(&made) != 0) throw std::bad_alloc();
  const Inflater inflater(made);
  std::array<char, 24> preface;
  opening_(peer);
  if (!read_all(peer.ssl_.get(), preface.data(), preface.size())) return;
  std::string block;
  while (!peer.closed_) {
    std::array<char, 9> head;
    if (!read_all(peer.ssl_.get(), head.data(), head.size())) return;
    const std::string_view bytes(head.data(), head.size());
    std::string payload(number_at(bytes, 0, 3), '\0');
    if (!read_all(peer.ssl_.get(), payload.data(), payload.size())) return;
    const auto type = static_cast<std::uint8_t>(number_at(bytes, 3, 1));
    const unsigned flags = number_at(bytes, 4, 1);
    const auto stream = static_cast<std::int32_t>(number_at(bytes, 5, 4));
    {
      const std::lock_guard lock(mutex_);
      ++frames_[type];
    }
    if ((type == h2::kSettings || type == h2::kPing) &&
        (flags & h2::kAck) == 0) {
      peer.send(h2::frame(type, h2::kAck, 0,
                          type == h2::kPing ? payload : std::string()));
    }
    if (type == h2::kSettings && (flags & h2::kAck) != 0) {
      peer.settings_read_ = true;
    }
    if (type != h2::kHeaders && type != h2::kContinuation) continue;
    // A client's HEADERS may begin with a priority, and nothing else here.
    const bool prioritised = type == h2::kHeaders && (flags & 0x20) != 0;
    block += payload.substr(prioritised ? 5 : 0);
    if ((flags & h2::kEndHeaders) == 0) continue;
    Request request{stream, {}, inflate(inflater.get(), block)};
    block.clear();
    for (const auto& [name, value] : request.fields) {
      if (name == ":path") request.path = value;
    }
    {
      const std::lock_guard lock(mutex_);
      ++paths_[request.path];
      changed_.notify_all();
    }
    peer.requests_.push_back(request);
    handler_(peer, request);
  }
}

}  // namespace crawl::testing
