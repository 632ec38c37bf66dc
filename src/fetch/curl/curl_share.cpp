#include "fetch/curl/curl_share.h"

#include <fmt/format.h>

#include <new>

namespace crawl {

CurlShare::CurlShare() : share_(curl_share_init()) {
  if (!share_) throw std::bad_alloc();
  CURLSH* const share = share_.get();
  curl_share_setopt(share, CURLSHOPT_USERDATA, this);
  curl_share_setopt(share, CURLSHOPT_LOCKFUNC, &CurlShare::lock);
  curl_share_setopt(share, CURLSHOPT_UNLOCKFUNC, &CurlShare::unlock);
  curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
  curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
}

void CurlShare::lock(CURL*, curl_lock_data data, curl_lock_access, void* self) {
  static_cast<CurlShare*>(self)->mutexes_[data].lock();
}

void CurlShare::unlock(CURL*, curl_lock_data data, void* self) {
  static_cast<CurlShare*>(self)->mutexes_[data].unlock();
}

Result<void> CurlShare::add_resolve_entries(
    const std::vector<std::string>& entries) {
  for (const std::string& entry : entries) {
    // A transfer reads its list as it begins; this one then gets no socket.
    const EasyHandle easy(curl_easy_init());
    const Slist list(curl_slist_append(nullptr, entry.c_str()));
    if (!easy || !list) throw std::bad_alloc();
    const curl_opensocket_callback no_socket =
        [](void*, curlsocktype, curl_sockaddr*) -> curl_socket_t {
      return CURL_SOCKET_BAD;
    };
    curl_easy_setopt(easy.get(), CURLOPT_SHARE, get());
    curl_easy_setopt(easy.get(), CURLOPT_RESOLVE, list.get());
    curl_easy_setopt(easy.get(), CURLOPT_URL, "http://127.0.0.1:9/");
    curl_easy_setopt(easy.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_OPENSOCKETFUNCTION, no_socket);
    const CURLcode code = curl_easy_perform(easy.get());
    if (code == CURLE_COULDNT_CONNECT) continue;
    return make_error(fmt::format(
        "--resolve {}: {}; it takes HOST:PORT:ADDRESS[,ADDRESS]...", entry,
        code == CURLE_SETOPT_OPTION_SYNTAX ? "not understood"
                                           : curl_easy_strerror(code)));
  }
  return {};
}

}  // namespace crawl
