#ifndef CRAWL_BASE_SECURE_CHANNEL_H_
#define CRAWL_BASE_SECURE_CHANNEL_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace crawl {

// Whom a TLS connection trusts and who we are (PEM); "" for the system's
// certificates, and for none of ours. `key`: "" if `cert` has it.
struct TlsFiles {
  std::string cacert, cert, key;
};

// Bytes of a connected socket that are encrypted on their way (TLS). Blocks.
// One thread; another may end a wait with shutdown() of the socket.
class SecureChannel {
 public:
  struct Failure {
    std::string message;
    bool for_good = false;  // another try ends alike: a file, a certificate
  };

  virtual ~SecureChannel() = default;
  // All of `data`.
  virtual tl::expected<void, Failure> write(std::string_view data) = 0;
  // What has come: at least a byte, `room` at most.
  virtual tl::expected<std::size_t, Failure> read(char* data,
                                                  std::size_t room) = 0;
};

// Has a socket speak TLS, as a client, to `host`, whom the certificate must
// name; nothing is waited for longer than `patience` at a time. The socket
// stays the caller's, and must outlive the channel.
using OpenSecure =
    tl::expected<std::unique_ptr<SecureChannel>, SecureChannel::Failure> (*)(
        int socket, const std::string& host, const TlsFiles& files,
        std::chrono::milliseconds patience);

}  // namespace crawl

#endif  // CRAWL_BASE_SECURE_CHANNEL_H_
