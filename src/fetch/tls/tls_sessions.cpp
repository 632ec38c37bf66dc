#include "fetch/tls/tls_sessions.h"

#include <new>
#include <utility>

namespace crawl {
namespace {

// Whose sessions a connection's are, and under which name.
struct Attachment {
  TlsSessions* sessions;
  std::string peer;
};

void free_attachment(void*, void* attachment, CRYPTO_EX_DATA*, int, long,
                     void*) {
  delete static_cast<Attachment*>(attachment);
}

int attachment_index() {
  static const int index =
      SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, &free_attachment);
  return index;
}

}  // namespace

void TlsSessions::keep_those_of(SSL_CTX* context) {
  SSL_CTX_set_session_cache_mode(
      context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, &TlsSessions::on_new_session);
}

void TlsSessions::attach(SSL* ssl, std::string_view peer) {
  auto attachment =
      std::make_unique<Attachment>(Attachment{this, std::string(peer)});
  if (SSL_set_ex_data(ssl, attachment_index(), attachment.get()) != 1) {
    throw std::bad_alloc();
  }
  attachment.release();  // freed with `ssl`
  const auto found = by_peer_.find(peer);
  if (found == by_peer_.end()) return;
  kept_.splice(kept_.begin(), kept_, found->second);
  // A copy each: OpenSSL has a session of TLS 1.3 resumed once only, also by
  // those that set out at the same time.
  const SslSessionHandle copy(SSL_SESSION_dup(found->second->session.get()));
  if (copy) SSL_set_session(ssl, copy.get());
}

void TlsSessions::forget(std::string_view peer) {
  const auto found = by_peer_.find(peer);
  if (found == by_peer_.end()) return;
  const auto kept = found->second;
  by_peer_.erase(found);
  kept_.erase(kept);
}

// Says with 1 that the session is ours now.
int TlsSessions::on_new_session(SSL* ssl, SSL_SESSION* session) noexcept {
  try {
    auto* const attachment =
        static_cast<Attachment*>(SSL_get_ex_data(ssl, attachment_index()));
    if (attachment == nullptr || SSL_SESSION_is_resumable(session) != 1) {
      return 0;
    }
    return attachment->sessions->put(attachment->peer, session) ? 1 : 0;
  } catch (...) {
    return 0;
  }
}

bool TlsSessions::put(std::string_view peer, SSL_SESSION* session) {
  if (const auto found = by_peer_.find(peer); found != by_peer_.end()) {
    kept_.splice(kept_.begin(), kept_, found->second);
    kept_.front().session.reset(session);
    return true;
  }
  kept_.push_front({std::string(peer), nullptr});
  by_peer_.emplace(kept_.front().peer, kept_.begin());
  kept_.front().session.reset(session);
  if (kept_.size() > most_) {
    by_peer_.erase(kept_.back().peer);
    kept_.pop_back();
  }
  return true;
}

}  // namespace crawl
