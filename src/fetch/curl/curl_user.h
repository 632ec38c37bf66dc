#ifndef CRAWL_FETCH_CURL_CURL_USER_H_
#define CRAWL_FETCH_CURL_CURL_USER_H_

#include <curl/curl.h>

namespace crawl {

class Exchange;
struct LoopContext;

// The owner of an easy handle in a loop's multi handle, found again through the
// handle's CURLOPT_PRIVATE.
class CurlUser {
 public:
  // libcurl is through with the handle. Called from the loop, outside of
  // libcurl.
  virtual void done(CURLcode code) = 0;

 protected:
  ~CurlUser() = default;
};

// For CURLOPT_OPENSOCKETFUNCTION: a socket of the loop's for `exchange`, if its
// address policy has no objection.
curl_socket_t open_socket(LoopContext& context, Exchange& exchange,
                          const curl_sockaddr& address) noexcept;

// For CURLOPT_CLOSESOCKETFUNCTION.
int close_socket(LoopContext& context, curl_socket_t fd) noexcept;

}  // namespace crawl

#endif  // CRAWL_FETCH_CURL_CURL_USER_H_
