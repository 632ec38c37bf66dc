#ifndef CRAWL_BASE_REDIRECT_HOP_H_
#define CRAWL_BASE_REDIRECT_HOP_H_

#include <string>

namespace crawl {

// A redirect that was followed.
struct RedirectHop {
  std::string url;  // that answered
  int status_code = 0;
  std::string location;  // resolved; where it sent us
};

}  // namespace crawl

#endif  // CRAWL_BASE_REDIRECT_HOP_H_
