#ifndef CRAWL_BASE_URL_HOST_H_
#define CRAWL_BASE_URL_HOST_H_

#include <string>
#include <string_view>

namespace crawl::url {

// The "host parser" of the URL Standard (section 3.5): appends the serialised
// host that `input` means (domain in ASCII, IPv4, IPv6 in brackets, or for a
// URL that is not special an opaque host). On failure returns false; what `out`
// then ends in is not defined.
bool append_host(std::string& out, std::string_view input, bool special);

// The same for a host of a special URL in which no byte is kForbiddenDomain or
// kHostSlow: what nearly every host is.
bool append_plain_domain(std::string& out, std::string_view input);

// The "ends in a number checker" (section 3.5) for a domain in lower case: true
// of every IPv4 address that append_host() made and of no other host.
bool ends_in_number(std::string_view domain);

}  // namespace crawl::url

#endif  // CRAWL_BASE_URL_HOST_H_
