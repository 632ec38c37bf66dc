#ifndef CRAWL_BASE_ERROR_H_
#define CRAWL_BASE_ERROR_H_

#include <string>
#include <tl/expected.hpp>

namespace crawl {

// Why a set-up step failed, in words the user can act on: what was tried, on
// what, why it failed and how to mend it. What happens to a single URL is an
// ErrorKind in its record instead; a bug throws.
struct Error {
  std::string message;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> make_error(std::string message) {
  return tl::unexpected<Error>(Error{std::move(message)});
}

}  // namespace crawl

#endif  // CRAWL_BASE_ERROR_H_
