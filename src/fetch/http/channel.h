#ifndef CRAWL_FETCH_HTTP_CHANNEL_H_
#define CRAWL_FETCH_HTTP_CHANNEL_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fetch/exchange.h"

namespace crawl {

// An exchange that began anew so often, through no fault of its own as far as
// could be told beside others, gets a connection to itself.
constexpr unsigned kRestartsBesideOthers = 2;

// Exchanges at a time over HTTP/2 before the server has said how many it takes
// (RFC 9113 section 6.5.2 recommends no fewer).
constexpr std::size_t kStreamsAtFirst = 100;

// How a connection came to its end.
enum class ConnectionEnd : std::uint8_t {
  kEnded,   // in good order
  kCut,     // over TLS, without close_notify: anybody may have cut it
  kBroken,  // reset, for example
  kTls,     // TLS failed
};

// What is spoken on an open connection, HTTP/1.1 or HTTP/2: which exchanges it
// carries, what their bytes are, what becomes of those when they end.
//
// Touches no network. What it does with exchanges comes out through
// take_ended(), never from inside a call. One thread.
class Channel {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  // An exchange that the connection no longer carries.
  struct Ended {
    Exchange* exchange;
    bool again;          // through no fault of its: it is to go out once more
    bool http1 = false;  // and over HTTP/1.1
    std::uint64_t body_bytes = 0;
  };

  virtual ~Channel() = default;

  // Another exchange can begin now.
  virtual bool has_room() const = 0;
  // How many the server takes at a time; nothing where it has not said.
  virtual std::optional<std::size_t> server_limit() const { return {}; }
  // None is going on, and another can begin.
  virtual bool idle() const = 0;
  // None is going on, and none can begin any more.
  virtual bool spent() const = 0;
  virtual void begin(Exchange& exchange, time_point now) = 0;
  // Somebody else has ended it, when so many bytes of its body had come.
  virtual std::uint64_t abandon(Exchange& exchange) = 0;
  // The connection came to an end, and so does all that it carries.
  virtual void ended(ConnectionEnd how, std::string_view message) = 0;
  // Bytes came, of which the views handed on stay valid until the next call.
  // False if the connection is of no more use.
  virtual bool received(std::string_view data, time_point now) = 0;
  // Appends what is to be sent next, if there is anything.
  virtual void collect(std::string& out) = 0;

  const char* version() const { return version_; }
  std::vector<Ended>& take_ended() { return ended_; }

 protected:
  explicit Channel(const char* version) : version_(version) {}
  const char* version_;  // "1.1"
  std::vector<Ended> ended_;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_CHANNEL_H_
