#ifndef CRAWL_BASE_SHA1_BOTH_H_
#define CRAWL_BASE_SHA1_BOTH_H_

#include <string_view>

#include "base/sha1.h"

namespace crawl {

// SHA-1 of a message's body and of all of the message, its head and then its
// body: what archives have of each.
struct Sha1Both {
  Sha1Digest body;
  Sha1Digest message;
};

// At once, if the processor has instructions for SHA-1: each waits for the one
// before it, so that two contents take little longer than one. Else by `sha1`,
// one after the other.
Sha1Both sha1_of_both(Sha1& sha1, std::string_view head, std::string_view body);

}  // namespace crawl

#endif  // CRAWL_BASE_SHA1_BOTH_H_
