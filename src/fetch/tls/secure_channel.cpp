#include "crawl/fetch/secure_channel.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "fetch/net/wire.h"
#include "fetch/tls/tls_context.h"
#include "fetch/tls/tls_stream.h"

namespace crawl {
namespace {

using Failure = SecureChannel::Failure;
using Outcome = TlsStream::Outcome;

class TlsChannel final : public SecureChannel {
 public:
  TlsChannel(std::unique_ptr<const TlsContext> context, Fd socket,
             const std::string& host, std::chrono::milliseconds patience)
      : context_(std::move(context)),
        wire_(std::move(socket), nullptr),
        stream_(*context_, sessions_, wire_, host, 0, false, true),
        patience_(patience) {}

  tl::expected<void, Failure> handshake() {
    Outcome how{};
    do {
      stream_.begin_turn(buffer_, kReads);
      how = stream_.handshake();
    } while (how == Outcome::kWait && wait());
    if (how == Outcome::kGood) return {};
    if (how == Outcome::kWait) {
      return tl::unexpected(Failure{
          "no answer came to the TLS handshake; does it speak TLS on this "
          "port?"});
    }
    return tl::unexpected(Failure{stream_.error(), how == Outcome::kFailed});
  }

  tl::expected<void, Failure> write(std::string_view data) override {
    while (!data.empty()) {
      stream_.begin_turn(buffer_, kReads);
      std::size_t size = 0;
      const Outcome how = stream_.write(data, size);
      data.remove_prefix(size);
      if (how == Outcome::kGood) continue;
      if (how != Outcome::kWait) return ended(how);
      if (!wait()) return too_late();
    }
    return {};
  }

  tl::expected<std::size_t, Failure> read(char* data,
                                          std::size_t room) override {
    while (true) {
      stream_.begin_turn(buffer_, kReads);
      std::size_t size = 0;
      const Outcome how = stream_.read(data, room, size);
      if (how == Outcome::kGood) return size;
      if (how != Outcome::kWait) return ended(how);
      if (!wait()) return too_late();
    }
  }

 private:
  static constexpr int kReads = 1'000;

  bool wait() {
    pollfd on{wire_.fd(), POLLIN, 0};
    if (stream_.wants_write()) on.events |= POLLOUT;
    int ready = 0;
    do {
      ready = ::poll(&on, 1, static_cast<int>(patience_.count()));
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
  }
  static tl::unexpected<Failure> too_late() {
    return tl::unexpected(Failure{"no answer came"});
  }
  tl::unexpected<Failure> ended(Outcome how) const {
    return tl::unexpected(Failure{how == Outcome::kEnded || how == Outcome::kCut
                                      ? "the server closed the connection"
                                      : stream_.error()});
  }

  const std::unique_ptr<const TlsContext> context_;
  TlsSessions sessions_;
  Wire wire_;
  CipherBuffer buffer_;
  TlsStream stream_;  // after what it uses
  const std::chrono::milliseconds patience_;
};

}  // namespace

tl::expected<std::unique_ptr<SecureChannel>, Failure> open_secure_channel(
    int socket, const std::string& host, const TlsFiles& files,
    std::chrono::milliseconds patience) {
  FetchOptions options;
  options.ca_file = files.cacert;
  options.cert_file = files.cert;
  options.key_file = files.key;
  auto context = TlsContext::create(options, false);
  if (!context) return tl::unexpected(Failure{context.error().message, true});
  Fd own(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
  const int flags = ::fcntl(own.get(), F_GETFL);
  if (own.get() < 0 || ::fcntl(own.get(), F_SETFL, flags | O_NONBLOCK) < 0) {
    return tl::unexpected(Failure{std::strerror(errno)});
  }
  auto channel = std::make_unique<TlsChannel>(*std::move(context),
                                              std::move(own), host, patience);
  if (auto done = channel->handshake(); !done) {
    return tl::unexpected(std::move(done.error()));
  }
  return channel;
}

}  // namespace crawl
