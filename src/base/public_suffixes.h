#ifndef CRAWL_BASE_PUBLIC_SUFFIXES_H_
#define CRAWL_BASE_PUBLIC_SUFFIXES_H_

#include <libpsl.h>

namespace crawl {

// The public suffix list: the distribution's if it is newer than the one built
// into libpsl. Read once, by whichever thread asks first; constant afterwards.
const psl_ctx_t* public_suffixes();

}  // namespace crawl

#endif  // CRAWL_BASE_PUBLIC_SUFFIXES_H_
