#ifndef CRAWL_FETCH_TLS_TLS_STREAM_H_
#define CRAWL_FETCH_TLS_TLS_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crawl/base/error_kind.h"
#include "fetch/net/wire.h"
#include "fetch/tls/tls_context.h"
#include "fetch/tls/tls_sessions.h"

namespace crawl {

// Where a loop's connections receive what they decrypt: many records with one
// system call, whatever connection they are for.
class CipherBuffer {
 public:
  static constexpr std::size_t kSize = 128 * 1024;

  // Bytes that came with the last read of a turn and are not taken yet.
  std::size_t take(char* data, std::size_t size);
  bool empty() const { return begin_ == end_; }

 private:
  friend class TlsStream;
  friend struct WireBio;
  const std::unique_ptr<char[]> data_{new char[kSize]};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

// TLS on a connection, as its client (RFC 8446, RFC 5246).
//
// Never blocks: what comes is read between begin_turn() and end_turn(), until
// there is no more or the turn's share is used up. One thread.
class TlsStream {
 public:
  enum class Outcome : std::uint8_t {
    kGood,    // handshake(): done; read(): there are bytes
    kWait,    // for the network
    kEnded,   // the peer said that nothing more comes (close_notify)
    kCut,     // the connection ended without that word
    kBroken,  // the connection broke: error()
    kFailed,  // TLS failed: error()
  };

  // What sessions are kept by: one stands for whom it was made with, our
  // certificate included.
  static std::string peer_name(std::string_view host, std::uint16_t port,
                               bool certified);

  // `host` as Url::hostname() has it: it is asked for by name (SNI), and the
  // certificate must be its. `http1_only`, `certified`: see
  // TlsContext::make_ssl(). All but `host` must outlive this.
  TlsStream(const TlsContext& context, TlsSessions& sessions, Wire& wire,
            std::string_view host, std::uint16_t port, bool http1_only,
            bool certified);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  // From now on at most `reads` times is read from the wire.
  void begin_turn(CipherBuffer& buffer, int reads);
  // Whether the turn ended with its share: more may be there.
  bool end_turn();

  Outcome handshake();
  // Appends nothing unless kGood: `size` is how many bytes came.
  Outcome read(char* data, std::size_t room, std::size_t& size);
  // kGood: `size` of the bytes are on their way, at least one.
  Outcome write(std::string_view data, std::size_t& size);
  // Says that nothing more will come from us.
  void close();

  // The server chose HTTP/2; after the handshake.
  bool speaks_http2() const;
  std::string_view version() const { return SSL_get_version(ssl_.get()); }
  // There is a session that the next connection to the same can resume.
  bool has_session() const { return sessions_.contains(peer_); }
  bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
  // The wire still has bytes of ours to take.
  bool wants_write() const { return wants_write_; }
  // Of a handshake that came to no good end: the connection went, without a
  // word of TLS; or what came was no TLS.
  bool was_lost(Outcome how) const;
  bool met_other_bytes() const { return met_other_bytes_; }
  // In words for the user; of a handshake that came to no good end, whatever
  // the outcome.
  const std::string& error() const { return error_; }
  // Of such a handshake: kTls, or kTlsChain.
  ErrorKind error_kind() const { return error_kind_; }

 private:
  friend struct WireBio;
  Outcome outcome(int result);
  std::string handshake_error(Outcome how);
  std::string distrust(long verdict);
  long without_issuer(STACK_OF(X509) * chain) const;
  std::string distrust_issuer(X509* last, bool alone);

  const TlsContext& context_;
  TlsSessions& sessions_;
  Wire& wire_;
  const std::string host_;
  const std::string peer_;
  SslHandle ssl_;
  CipherBuffer* buffer_ = nullptr;  // during a turn
  int reads_left_ = 0;
  int wire_error_ = 0;   // errno of a read
  int write_error_ = 0;  // of a write
  bool wire_ended_ = false;
  bool wire_empty_ = false;  // this turn
  bool wants_write_ = false;
  bool met_other_bytes_ = false;
  bool asked_who_we_are_ = false;  // and we have nothing to show
  std::string error_;
  ErrorKind error_kind_ = ErrorKind::kTls;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_TLS_TLS_STREAM_H_
