#ifndef CRAWL_FETCH_NET_ARES_CHANNEL_H_
#define CRAWL_FETCH_NET_ARES_CHANNEL_H_

#include <ares.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "fetch/net/net_setup.h"
#include "fetch/net/socket_set.h"

namespace crawl {

// A c-ares channel: what it knows of resolv.conf, its sockets in the loop's
// SocketSet, and the questions in flight over them, which end with it (as
// ARES_EDESTRUCTION). Callbacks come from SocketSet::dispatch() and
// check_time(), or at once from ares_query(). One loop's thread.
class AresChannel final : private SocketUser {
 public:
  // Names are asked of name server number `first`, counted around, and of the
  // others after it. Throws std::runtime_error if c-ares cannot be set up.
  AresChannel(const NetSources& sources, SocketSet& sockets,
              std::size_t first = 0);
  AresChannel(const AresChannel&) = delete;
  AresChannel& operator=(const AresChannel&) = delete;
  ~AresChannel();

  ares_channel get() const { return channel_.get(); }
  // Asks again, or gives up, what has not been answered in time.
  void check_time();

  std::size_t servers() const { return servers_; }

  // Names are completed by these, if they have fewer dots than that or do not
  // exist as they are.
  const std::vector<std::string>& search() const { return search_; }
  int ndots() const { return ndots_; }

  // The resolver's count.
  std::size_t asked = 0;
  std::size_t in_flight = 0;

 private:
  static void on_socket(void* self, ares_socket_t fd, int readable,
                        int writable) noexcept;
  void ready(int fd, bool readable, bool writable) override;
  void begin_with(std::size_t first);

  SocketSet& sockets_;
  struct Destroy {
    void operator()(ares_channeldata* channel) const { ares_destroy(channel); }
  };
  std::vector<int> open_;
  std::unique_ptr<ares_channeldata, Destroy> channel_;
  std::size_t servers_ = 0;
  std::vector<std::string> search_;
  int ndots_ = 1;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_NET_ARES_CHANNEL_H_
