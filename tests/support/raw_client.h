#ifndef CRAWL_TESTS_SUPPORT_RAW_CLIENT_H_
#define CRAWL_TESTS_SUPPORT_RAW_CLIENT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "support/event_loop.h"

namespace crawl::testing {

// A TCP connection to 127.0.0.1 for seeing exactly what a server sends. Every
// wait ends after a minute, which only a failing test sees.
class RawClient {
 public:
  enum class Ending { kNone, kClosed, kReset };

  // Throws std::system_error if it cannot connect.
  explicit RawClient(std::uint16_t port);

  void send(std::string_view bytes);
  // A GET that keeps the connection.
  void get(std::string_view path);

  // Up to and with the first `text` not returned before; less at the end.
  std::string read_until(std::string_view text);
  std::string read(std::size_t size);
  std::string read_to_end();
  // Head and body, by its Content-Length (0 without one).
  std::string read_response();

  // How the connection ended, once a read has met its end.
  Ending ending() const { return ending_; }

 private:
  bool receive();
  std::string take(std::size_t size);

  UniqueFd socket_;
  std::string pending_;
  Ending ending_ = Ending::kNone;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_RAW_CLIENT_H_
