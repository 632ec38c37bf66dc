#include "fetch/tls/tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <new>

#include "fetch/tls/tls_sessions.h"

namespace crawl {
namespace {

// In the wire's form: each name behind its length.
constexpr unsigned char kBothProtocols[] = {2,   'h', '2', 8,   'h', 't',
                                            't', 'p', '/', '1', '.', '1'};
constexpr std::size_t kHttp2Only = 3;  // bytes of it that are h2's

constexpr const char* kNoCertificate = "there is no certificate (PEM) in it";

// nullptr, or why the file cannot be read at all.
const char* unreadable(const std::string& path) {
  std::FILE* const file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return std::strerror(errno);
  const bool empty = std::fgetc(file) == EOF;
  const int error = std::ferror(file) != 0 ? errno : 0;
  std::fclose(file);
  if (error != 0) return std::strerror(error);
  return empty ? "the file is empty" : nullptr;
}

// `lack`: what is to be found in it, and was not.
Result<void> file_error(std::string_view option, const std::string& path,
                        const char* lack) {
  const char* const why = unreadable(path);
  std::string reason = why != nullptr ? why : lack;
  ERR_clear_error();
  return make_error(fmt::format("{} {}: {}", option, path, reason));
}

// The server asks for a certificate, and there is none to be shown.
int note_question(SSL* ssl, X509**, EVP_PKEY**) noexcept {
  if (void* const asked = SSL_get_app_data(ssl); asked != nullptr) {
    *static_cast<bool*>(asked) = true;
  }
  return 0;
}

// Whether certificates can be found there by their subject's hash, one by one.
bool is_hashed(const char* directory) {
  std::error_code error;
  return std::any_of(
      std::filesystem::directory_iterator(directory, error), {},
      [](const auto& entry) { return entry.path().extension() == ".0"; });
}

// To read the file that has them all takes 15 ms: only where it must be.
void trust_the_system(SSL_CTX* context) {
  SSL_CTX_set_default_verify_dir(context);
  if (std::getenv(X509_get_default_cert_file_env()) != nullptr ||
      !is_hashed(X509_get_default_cert_dir())) {
    SSL_CTX_set_default_verify_file(context);
  }
  ERR_clear_error();
}

}  // namespace

std::string take_tls_error() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* const reason =
      code != 0 ? ERR_reason_error_string(code) : nullptr;
  return reason != nullptr ? reason : "TLS failed";
}

Result<void> check_ca_file(const char* option, const std::string& path) {
  const std::unique_ptr<X509_STORE, void (*)(X509_STORE*)> store(
      X509_STORE_new(), &X509_STORE_free);
  if (!store) throw std::bad_alloc();
  if (unreadable(path) == nullptr &&
      X509_STORE_load_file(store.get(), path.c_str()) == 1) {
    return {};
  }
  return file_error(option, path, kNoCertificate);
}

std::string TlsContext::option(std::string_view name) const {
  return fmt::format("{}{}", web_ ? "--" : "", name);
}

Result<std::unique_ptr<const TlsContext>> TlsContext::create(
    const FetchOptions& options, bool web) {
  std::unique_ptr<TlsContext> made(new TlsContext(web));
  if (auto done = made->set_up(options); !done) {
    return tl::unexpected(std::move(done.error()));
  }
  return made;
}

Result<void> TlsContext::set_up(const FetchOptions& options) {
  ERR_clear_error();
  context_.reset(SSL_CTX_new(TLS_client_method()));
  if (!context_) throw std::bad_alloc();
  SSL_CTX* const context = context_.get();
  verifies_ = !options.insecure;

  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(context, verifies_ ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
                     nullptr);
  const std::size_t skipped = options.http1_only ? kHttp2Only : 0;
  if (web_ &&
      SSL_CTX_set_alpn_protos(
          context, kBothProtocols + skipped,
          static_cast<unsigned>(sizeof kBothProtocols - skipped)) != 0) {
    throw std::bad_alloc();
  }
  TlsSessions::keep_those_of(context);
  SSL_CTX_set_client_cert_cb(context, &note_question);

  if (!options.ca_file.empty()) {
    if (unreadable(options.ca_file) != nullptr ||
        SSL_CTX_load_verify_file(context, options.ca_file.c_str()) != 1) {
      return file_error(trust_option(), options.ca_file, kNoCertificate);
    }
    // What the user names is trusted, be it a root or not.
    X509_STORE_set_flags(SSL_CTX_get_cert_store(context),
                         X509_V_FLAG_PARTIAL_CHAIN);
  } else {
    trusts_system_ = verifies_;
  }
  // A key that needs a password is refused; nobody is asked for it.
  SSL_CTX_set_default_passwd_cb(context,
                                [](char*, int, int, void*) { return 0; });
  if (!options.cert_file.empty()) {
    if (unreadable(options.cert_file) != nullptr ||
        SSL_CTX_use_certificate_chain_file(context,
                                           options.cert_file.c_str()) != 1) {
      return file_error(option("cert"), options.cert_file, kNoCertificate);
    }
    const std::string& key =
        options.key_file.empty() ? options.cert_file : options.key_file;
    const std::string named = option(options.key_file.empty() ? "cert" : "key");
    if (unreadable(key) != nullptr ||
        SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) !=
            1) {
      return file_error(
          named, key,
          ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH
              ? "the private key is not the certificate's"
          : options.key_file.empty()
              ? "there is no private key (PEM) in it; --key "
                "names another file"
              : "there is no private key (PEM) in it that can be "
                "read without a password");
    }
    if (SSL_CTX_check_private_key(context) != 1) {
      return file_error(named, key, "the private key is not the certificate's");
    }
  } else if (!options.key_file.empty()) {
    return make_error(
        fmt::format("{}: needs the certificate it belongs to ({})",
                    option("key"), option("cert")));
  }
  return {};
}

SslHandle TlsContext::make_ssl(bool http1_only, bool certified) const {
  if (trusts_system_) {
    std::call_once(system_trusted_,
                   [this] { trust_the_system(context_.get()); });
  }
  SslHandle ssl(SSL_new(context_.get()));
  if (!ssl) throw std::bad_alloc();
  if (http1_only) {
    SSL_set_alpn_protos(
        ssl.get(), kBothProtocols + kHttp2Only,
        static_cast<unsigned>(sizeof kBothProtocols - kHttp2Only));
  }
  if (!certified) SSL_certs_clear(ssl.get());
  SSL_set_connect_state(ssl.get());
  return ssl;
}

}  // namespace crawl
