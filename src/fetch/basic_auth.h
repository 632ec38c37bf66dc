#ifndef CRAWL_FETCH_BASIC_AUTH_H_
#define CRAWL_FETCH_BASIC_AUTH_H_

#include <string>

namespace crawl {

// The value of Authorization or Proxy-Authorization for "user:password" (RFC
// 7617); "" for "".
std::string basic_auth(const std::string& user_password);

}  // namespace crawl

#endif  // CRAWL_FETCH_BASIC_AUTH_H_
