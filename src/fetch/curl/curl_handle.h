#ifndef CRAWL_FETCH_CURL_CURL_HANDLE_H_
#define CRAWL_FETCH_CURL_CURL_HANDLE_H_

#include <memory>
#include <stdexcept>

#include "fetch/curl/curl_library.h"

namespace crawl {

// curl().global_init(), as long as an object of it lives.
class CurlGlobal {
 public:
  CurlGlobal() {
    // Thread-safe, and counted, in every libcurl built with atomics.
    if (curl().global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
      throw std::runtime_error("libcurl cannot be initialised");
    }
  }
  ~CurlGlobal() { curl().global_cleanup(); }
  CurlGlobal(const CurlGlobal&) = delete;
  CurlGlobal& operator=(const CurlGlobal&) = delete;
};

// libcurl's handle types are all void: each needs its own deleter.
struct EasyDelete {
  void operator()(CURL* easy) const { curl().easy_cleanup(easy); }
};
struct MultiDelete {
  void operator()(CURLM* multi) const { curl().multi_cleanup(multi); }
};
struct SlistDelete {
  void operator()(curl_slist* list) const { curl().slist_free_all(list); }
};
struct CurluDelete {
  void operator()(CURLU* url) const { curl().url_cleanup(url); }
};

using EasyHandle = std::unique_ptr<CURL, EasyDelete>;
using MultiHandle = std::unique_ptr<CURLM, MultiDelete>;
using Slist = std::unique_ptr<curl_slist, SlistDelete>;
using CurluHandle = std::unique_ptr<CURLU, CurluDelete>;

}  // namespace crawl

#endif  // CRAWL_FETCH_CURL_CURL_HANDLE_H_
