#include "support/tls_transport.h"

#include <openssl/err.h>

#include <stdexcept>

namespace crawl::testing {
namespace {

class TlsTransport final : public Transport {
 public:
  TlsTransport(UniqueFd socket, SSL_CTX* context)
      : Transport(std::move(socket)), ssl_(SSL_new(context), SSL_free) {
    if (!ssl_ || SSL_set_fd(ssl_.get(), fd()) != 1) {
      throw std::runtime_error("SSL_new failed");
    }
    SSL_set_accept_state(ssl_.get());
  }

  // The first reads carry the handshake.
  IoResult read(std::span<char> buffer) override {
    ERR_clear_error();
    std::size_t bytes = 0;
    if (SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &bytes) == 1) {
      return {IoResult::Status::kOk, bytes, SSL_pending(ssl_.get()) == 0};
    }
    return failure();
  }

  IoResult write(std::string_view bytes) override {
    ERR_clear_error();
    std::size_t sent = 0;
    if (SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent) == 1) {
      return {IoResult::Status::kOk, sent, false};
    }
    return failure();
  }

  void finish() override {
    ERR_clear_error();
    if (SSL_is_init_finished(ssl_.get())) SSL_shutdown(ssl_.get());
  }

 private:
  IoResult failure() {
    const int error = SSL_get_error(ssl_.get(), 0);
    const bool again =
        error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
    return {again ? IoResult::Status::kWouldBlock : IoResult::Status::kClosed,
            0, true};
  }

  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

}  // namespace

std::shared_ptr<SSL_CTX> make_tls_context(
    const TlsIdentity& identity, const std::vector<const X509*>& chain) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()),
                                   SSL_CTX_free);
  bool ok =
      context != nullptr &&
      SSL_CTX_use_certificate(context.get(), identity.certificate.get()) == 1 &&
      SSL_CTX_use_PrivateKey(context.get(), identity.key.get()) == 1;
  for (const X509* certificate : chain) {
    ok = ok && SSL_CTX_add1_chain_cert(context.get(),
                                       const_cast<X509*>(certificate)) == 1;
  }
  if (!ok) throw std::runtime_error("cannot make a TLS context");
  // Just what is given: OpenSSL would otherwise look for missing issuers.
  SSL_CTX_set_mode(context.get(), SSL_MODE_NO_AUTO_CHAIN |
                                      SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

TransportFactory make_tls_transports(std::shared_ptr<SSL_CTX> context) {
  return [context = std::move(context)](UniqueFd socket) {
    return std::make_unique<TlsTransport>(std::move(socket), context.get());
  };
}

}  // namespace crawl::testing
