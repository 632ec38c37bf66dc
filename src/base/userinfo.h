#ifndef CRAWL_BASE_USERINFO_H_
#define CRAWL_BASE_USERINFO_H_

#include <string>

#include "crawl/base/url.h"

namespace crawl {

// A URL's userinfo as HTTP Basic takes it, "user:password", percent-decoded; ""
// if it has none.
std::string user_password_of(const Url& url);

// Takes the userinfo out of a serialised http or https URL.
void remove_userinfo(std::string& href);

// `text` with the password of its userinfo as "***": http://me:***@host/x. Any
// text will do, and what is no URL shows too little rather than a password.
std::string hide_password(std::string text);

// The same wherever `text` has "//" and userinfo behind it, whatever is around:
// header fields name URLs among other words.
std::string hide_passwords(std::string text);

}  // namespace crawl

#endif  // CRAWL_BASE_USERINFO_H_
