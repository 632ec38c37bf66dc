#include "fetch/tls/tls_stream.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include "crawl/base/ip_address.h"

namespace crawl {
namespace {

// Without the dots of a name that is complete.
std::string name_in_certificate(std::string_view host) {
  std::string name(host);
  while (name.size() > 1 && name.back() == '.') name.pop_back();
  return name;
}

bool lacks_issuer(long verdict) {
  return verdict == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
         verdict == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE ||
         verdict == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN;
}

// Whether it says where its issuer's certificate can be had (RFC 5280, section
// 4.2.2.1, id-ad-caIssuers): browsers go and get it.
bool names_where_issuer_is(X509* certificate) {
  const std::unique_ptr<AUTHORITY_INFO_ACCESS,
                        decltype(&AUTHORITY_INFO_ACCESS_free)>
      access(static_cast<AUTHORITY_INFO_ACCESS*>(X509_get_ext_d2i(
                 certificate, NID_info_access, nullptr, nullptr)),
             AUTHORITY_INFO_ACCESS_free);
  if (!access) return false;
  for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i) {
    const ACCESS_DESCRIPTION* const each =
        sk_ACCESS_DESCRIPTION_value(access.get(), i);
    if (OBJ_obj2nid(each->method) == NID_ad_ca_issuers &&
        each->location->type == GEN_URI) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::size_t CipherBuffer::take(char* data, std::size_t size) {
  size = std::min(size, end_ - begin_);
  std::memcpy(data, data_.get() + begin_, size);
  begin_ += size;
  return size;
}

// OpenSSL's idea of a connection, over a Wire.
struct WireBio {
  static const BIO_METHOD* method() {
    static const BIO_METHOD* const made = make();
    return made;
  }

 private:
  static BIO_METHOD* make() {
    BIO_METHOD* const made =
        BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
    if (made == nullptr) throw std::bad_alloc();
    BIO_meth_set_read(made, &WireBio::read);
    BIO_meth_set_write(made, &WireBio::write);
    BIO_meth_set_ctrl(made, &WireBio::control);
    return made;
  }

  static int read(BIO* bio, char* data, int size) {
    auto& stream = *static_cast<TlsStream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (stream.buffer_ == nullptr) {
      BIO_set_retry_read(bio);
      return -1;
    }
    CipherBuffer& buffer = *stream.buffer_;
    if (buffer.empty()) {
      if (stream.wire_ended_ || stream.wire_error_ != 0) return 0;
      if (stream.reads_left_ == 0 || stream.wire_empty_) {
        BIO_set_retry_read(bio);
        return -1;
      }
      --stream.reads_left_;
      const ssize_t count =
          stream.wire_.read(buffer.data_.get(), CipherBuffer::kSize);
      if (count < 0) {
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
          stream.wire_empty_ = true;
          BIO_set_retry_read(bio);
          return -1;
        }
        stream.wire_error_ = errno;
        return 0;
      }
      if (count == 0) {
        stream.wire_ended_ = true;
        return 0;
      }
      // A socket that gave less than was asked for has no more just now.
      stream.wire_empty_ =
          !stream.wire_.has_tunnel() &&
          static_cast<std::size_t>(count) < CipherBuffer::kSize;
      buffer.begin_ = 0;
      buffer.end_ = static_cast<std::size_t>(count);
    }
    return static_cast<int>(buffer.take(data, static_cast<std::size_t>(size)));
  }

  static int write(BIO* bio, const char* data, int size) {
    auto& stream = *static_cast<TlsStream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    const ssize_t count =
        stream.wire_.write(data, static_cast<std::size_t>(size));
    if (count >= 0) return static_cast<int>(count);
    // To OpenSSL even what failed can wait: what has come can still be read.
    if (errno != EAGAIN && errno != EWOULDBLOCK) stream.write_error_ = errno;
    BIO_set_retry_write(bio);
    return -1;
  }

  static long control(BIO*, int command, long, void*) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }
};

std::string TlsStream::peer_name(std::string_view host, std::uint16_t port,
                                 bool certified) {
  return fmt::format("{}:{}{}", host, port, certified ? " as us" : "");
}

TlsStream::TlsStream(const TlsContext& context, TlsSessions& sessions,
                     Wire& wire, std::string_view host, std::uint16_t port,
                     bool http1_only, bool certified)
    : context_(context),
      sessions_(sessions),
      wire_(wire),
      host_(host),
      peer_(peer_name(host, port, certified)),
      ssl_(context.make_ssl(http1_only, certified)) {
  SSL* const ssl = ssl_.get();
  BIO* const bio = BIO_new(WireBio::method());
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);

  if (const auto ip = IpAddress::parse(host)) {
    // An address is no name: it is not sent (RFC 6066 section 3).
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), ip->to_string().c_str());
  } else {
    const std::string name = name_in_certificate(host);
    SSL_set_tlsext_host_name(ssl, name.c_str());
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (SSL_set1_host(ssl, name.c_str()) != 1) throw std::bad_alloc();
  }
  sessions.attach(ssl, peer_);
  SSL_set_app_data(ssl, &asked_who_we_are_);
}

TlsStream::~TlsStream() {
  // OpenSSL takes a session whose connection ended without a word for one that
  // cannot be resumed; servers end them so all the time.
  SSL_set_shutdown(ssl_.get(),
                   SSL_get_shutdown(ssl_.get()) | SSL_SENT_SHUTDOWN);
}

void TlsStream::begin_turn(CipherBuffer& buffer, int reads) {
  // Within a turn its bytes are still there to be read.
  if (std::exchange(buffer_, &buffer) == nullptr) {
    buffer.begin_ = buffer.end_ = 0;
  }
  reads_left_ = reads;
  wire_empty_ = false;
}

bool TlsStream::end_turn() {
  const bool more = !wire_empty_ && !wire_ended_ && wire_error_ == 0;
  buffer_ = nullptr;
  return more;
}

TlsStream::Outcome TlsStream::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  const Outcome how = outcome(result);
  if (how == Outcome::kGood || how == Outcome::kWait) return how;
  error_ = handshake_error(how);
  sessions_.forget(peer_);
  return how;
}

TlsStream::Outcome TlsStream::read(char* data, std::size_t room,
                                   std::size_t& size) {
  ERR_clear_error();
  size = 0;
  return outcome(SSL_read_ex(ssl_.get(), data, room, &size));
}

TlsStream::Outcome TlsStream::write(std::string_view data, std::size_t& size) {
  ERR_clear_error();
  size = 0;
  return outcome(SSL_write_ex(ssl_.get(), data.data(), data.size(), &size));
}

void TlsStream::close() {
  ERR_clear_error();
  if (SSL_is_init_finished(ssl_.get()) == 1 && wire_error_ == 0 &&
      write_error_ == 0) {
    SSL_shutdown(ssl_.get());
  }
  ERR_clear_error();
}

bool TlsStream::speaks_http2() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return size == 2 && std::memcmp(name, "h2", 2) == 0;
}

TlsStream::Outcome TlsStream::outcome(int result) {
  wants_write_ = false;
  if (result > 0) return Outcome::kGood;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_WRITE:
      if (write_error_ != 0) {
        error_ = std::strerror(write_error_);
        return Outcome::kBroken;
      }
      wants_write_ = true;
      return Outcome::kWait;
    case SSL_ERROR_WANT_READ:
      return Outcome::kWait;
    case SSL_ERROR_ZERO_RETURN:
      return Outcome::kEnded;
    default:
      break;
  }
  if (wire_error_ != 0) {
    error_ = std::strerror(wire_error_);
    ERR_clear_error();
    return Outcome::kBroken;
  }
  if (wire_ended_) {
    ERR_clear_error();
    return Outcome::kCut;
  }
  const int reason = ERR_GET_REASON(ERR_peek_last_error());
  met_other_bytes_ = reason == SSL_R_WRONG_VERSION_NUMBER;
  const bool was_alert = reason > SSL_AD_REASON_OFFSET;
  error_ = fmt::format("{}: {}",
                       SSL_is_init_finished(ssl_.get()) == 1
                           ? "TLS"
                           : "the TLS handshake failed",
                       take_tls_error());
  if (was_alert && asked_who_we_are_) {
    error_ += fmt::format(
        " (the server asks for a client certificate: {} FILE shows one)",
        context_.certificate_option());
  }
  return Outcome::kFailed;
}

bool TlsStream::was_lost(Outcome how) const {
  if (how != Outcome::kCut && how != Outcome::kBroken) return false;
  return !context_.verifies() || SSL_get_verify_result(ssl_.get()) == X509_V_OK;
}

// What went wrong, as precisely as the user can use it.
std::string TlsStream::handshake_error(Outcome how) {
  if (how == Outcome::kEnded || how == Outcome::kCut) {
    return "the server closed the connection during the TLS handshake";
  }
  const int broke = wire_error_ != 0 ? wire_error_ : write_error_;
  if (broke == ECONNRESET || broke == EPIPE) {
    return "the server reset the connection during the TLS handshake";
  }
  const long verdict = SSL_get_verify_result(ssl_.get());
  if (context_.verifies() && verdict != X509_V_OK) return distrust(verdict);
  return met_other_bytes_
             ? "the server does not speak TLS on this port; is it http, "
               "not https?"
         : broke != 0
             ? fmt::format("the connection broke during the TLS handshake: {}",
                           error_)
             : error_;
}

std::string TlsStream::distrust_issuer(X509* last, bool alone) {
  // What is not printable in it is escaped.
  char issuer[256];
  X509_NAME_oneline(X509_get_issuer_name(last), issuer, sizeof issuer);
  if (error_kind_ == ErrorKind::kTlsChain) {
    return fmt::format(
        "the server does not send the certificate of an issuer ({}), which "
        "browsers fetch",
        issuer);
  }
  return alone ? fmt::format(
                     "the server sends no certificate of its issuer ({}), and "
                     "none is known here",
                     issuer)
               : fmt::format(
                     "the chain that the server sends ends with an issuer that "
                     "is not trusted ({})",
                     issuer);
}

// What is wrong with the server's certificate besides that the one of an issuer
// is not there, which is found first.
long TlsStream::without_issuer(STACK_OF(X509) * chain) const {
  X509* const own = sk_X509_value(chain, 0);
  if (X509_cmp_current_time(X509_get0_notBefore(own)) > 0) {
    return X509_V_ERR_CERT_NOT_YET_VALID;
  }
  if (X509_cmp_current_time(X509_get0_notAfter(own)) < 0) {
    return X509_V_ERR_CERT_HAS_EXPIRED;
  }
  const auto ip = IpAddress::parse(host_);
  const int fits =
      ip ? X509_check_ip_asc(own, ip->to_string().c_str(), 0)
         : X509_check_host(own, name_in_certificate(host_).c_str(), 0,
                           X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr);
  return fits == 1 ? X509_V_OK : X509_V_ERR_HOSTNAME_MISMATCH;
}

std::string TlsStream::distrust(long verdict) {
  // As far as it goes: whose issuer was not found is its last.
  STACK_OF(X509)* const chain = SSL_get0_verified_chain(ssl_.get());
  const int size = chain != nullptr ? sk_X509_num(chain) : 0;
  X509* const last = size > 0 ? sk_X509_value(chain, size - 1) : nullptr;
  const bool lacks = last != nullptr && lacks_issuer(verdict);
  if (lacks && verdict != X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN &&
      names_where_issuer_is(last)) {
    const long besides = without_issuer(chain);
    if (besides == X509_V_OK)
      error_kind_ = ErrorKind::kTlsChain;
    else
      verdict = besides;
  }
  if (verdict == X509_V_ERR_HOSTNAME_MISMATCH ||
      verdict == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    return fmt::format("the server's certificate is not for {}", host_);
  }
  const std::string why = last != nullptr && lacks_issuer(verdict)
                              ? distrust_issuer(last, size == 1)
                              : X509_verify_cert_error_string(verdict);
  return fmt::format(
      "the server's certificate is not trusted: {} ({} FILE says whom to "
      "trust)",
      why, context_.trust_option());
}

}  // namespace crawl
