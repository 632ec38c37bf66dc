#ifndef CRAWL_FETCH_SECURE_CHANNEL_H_
#define CRAWL_FETCH_SECURE_CHANNEL_H_

#include <chrono>
#include <memory>
#include <string>

#include "crawl/base/secure_channel.h"

namespace crawl {

// An OpenSecure: TLS 1.2 or later, certificates checked as those of https. For
// rooms below this one, which speak to others than web servers.
tl::expected<std::unique_ptr<SecureChannel>, SecureChannel::Failure>
open_secure_channel(int socket, const std::string& host, const TlsFiles& files,
                    std::chrono::milliseconds patience);

}  // namespace crawl

#endif  // CRAWL_FETCH_SECURE_CHANNEL_H_
