#ifndef CRAWL_FETCH_CURL_CURL_SHARE_H_
#define CRAWL_FETCH_CURL_CURL_SHARE_H_

#include <array>
#include <mutex>
#include <string>
#include <vector>

#include "crawl/base/error.h"
#include "fetch/curl/curl_handle.h"

namespace crawl {

// The DNS cache and the TLS sessions that all transfer loops have in common,
// each under a lock of its own. Connections are not shared: libcurl does not
// allow that across threads.
//
// Must outlive every easy handle that uses it; does not move.
class CurlShare {
 public:
  CurlShare();
  CurlShare(const CurlShare&) = delete;
  CurlShare& operator=(const CurlShare&) = delete;

  CURLSH* get() const { return share_.get(); }

  // Puts --resolve entries into the DNS cache, for good. libcurl reads such a
  // list once per easy handle; loaded here, it is read once.
  Result<void> add_resolve_entries(const std::vector<std::string>& entries);

 private:
  static void lock(CURL*, curl_lock_data data, curl_lock_access, void* self);
  static void unlock(CURL*, curl_lock_data data, void* self);

  std::array<std::mutex, CURL_LOCK_DATA_LAST> mutexes_;
  ShareHandle share_;  // last: its clean-up takes the locks
};

}  // namespace crawl

#endif  // CRAWL_FETCH_CURL_CURL_SHARE_H_
