#ifndef CRAWL_FETCH_NET_RESOLVER_H_
#define CRAWL_FETCH_NET_RESOLVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fetch/net/net_setup.h"
#include "fetch/net/socket_address.h"
#include "fetch/net/socket_set.h"

namespace crawl {

class AresChannel;

// Why a name has no address.
enum class NameFailure : std::uint8_t {
  kNone,
  kNoSuchName,    // the name servers say so
  kNoAddress,     // the name exists
  kServerFailed,  // no server was to be had, or each says that it cannot tell
  kNoAnswer,      // in time, from any server
  kBadName,       // not one that can be asked for
};
std::string_view to_string(NameFailure failure);  // "no such name"

// What is known of a host's addresses, at most kMaxAddresses a family.
struct HostAnswer {
  std::vector<SocketAddress> v6, v4;
  // Nothing more will come of that family.
  bool v6_known = false;
  bool v4_known = false;
  NameFailure failure = NameFailure::kNone;  // if there are none at all

  bool complete() const { return v6_known && v4_known; }
  bool empty() const { return v6.empty() && v4.empty(); }

  static constexpr std::size_t kMaxAddresses = 16;
  void add(const SocketAddress& address);
};

// Whom an answer is for.
class NameUser {
 public:
  // Something has come: addresses of one family, then of the other, or that
  // there are none. Until it is complete, more will come. Must not call the
  // resolver.
  virtual void answered(const HostAnswer& answer) = 0;

 protected:
  ~NameUser() = default;
};

// Finds a host's addresses without blocking: --resolve, an address as it is
// written, localhost, the hosts file, what was answered before, then the name
// servers (through c-ares), or the system's own resolver
// where it knows names that they do not.
//
// Both families are asked for at once (RFC 8305 section 3); IPv6 addresses only
// where this machine has one too, or where there are no others. Names that are
// asked for at the same time share a question; so many are in flight, the rest
// wait. Answers are kept as long as their TTL says, within bounds, and failures
// for a while. One loop's thread; uses its SocketSet.
class Resolver {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  // Questions of one loop in flight, but for those that have been for so long
  // that they must be asked again: more at once than a name server's socket
  // has room for would be lost.
  static constexpr std::size_t kMaxActive = 96;
  // Names of one loop that are being asked for, those included.
  static constexpr std::size_t kMaxAsking = 2048;
  // Names of one loop that are remembered.
  static constexpr std::size_t kMaxKnown = 4096;

  // Throws std::runtime_error if c-ares cannot be set up.
  Resolver(const NetSetup& setup, SocketSet& sockets);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // The answer if it is known, valid until the next call; else null, and `user`
  // is told, maybe before this returns, unless it is forgotten before. `asked`:
  // this is what has a name server asked.
  const HostAnswer* find(const HostPort& target, NameUser& user, bool& asked);

  // Tells `user` no more.
  void forget(std::string_view host, NameUser& user);

  std::optional<time_point> deadline() const;
  void run(time_point now);

  std::size_t active() const { return active_; }
  std::size_t asking() const { return asking_; }
  std::size_t known() const { return idle_.size(); }

 private:
  class SystemInbox;
  struct Entry;
  struct Question {
    Resolver* resolver = nullptr;
    Entry* entry = nullptr;
    AresChannel* channel = nullptr;  // where it is in flight
    bool v6 = false;
  };

  static void on_answer(void* question, int status, int timeouts,
                        unsigned char* data, int size) noexcept;

  void start_waiting();
  void start(Entry& entry);
  void ask_servers(Entry& entry);
  void ask(Question& question, const std::string& name);
  void note_delay(const AresChannel& channel, int timeouts);
  void take(Question& question, int status, const unsigned char* data,
            int size);
  void settle(Entry& entry);
  std::optional<std::string> candidate(const Entry& entry) const;
  bool system_may_know(std::string_view name) const;
  void ask_system(Entry& entry);
  void take_system_answers();
  void conclude(Entry& entry, std::chrono::seconds keep);
  void make_room(Entry& entry);
  void expect(time_point now);
  void tell(Entry& entry);
  bool has_ipv6();
  void renew_channel();

  const NetSetup& setup_;
  SocketSet& sockets_;
  std::chrono::milliseconds tick_;
  std::unordered_map<std::string, std::unique_ptr<Entry>> entries_;
  std::list<Entry*> idle_;    // complete, those used last first
  std::deque<Entry*> queue_;  // wait for their turn
  bool starting_ = false;     // in start_waiting()
  std::list<Entry*> fresh_;   // those that count for active_, oldest first
  std::size_t active_ = 0;
  std::size_t asking_ = 0;     // entries
  std::size_t questions_ = 0;  // in flight at name servers
  time_point next_tick_{};
  std::vector<std::unique_ptr<AresChannel>>
      channels_;  // the last one is in use
  std::size_t first_server_ = 0;
  int late_ = 0;  // answers in a row that came after a time-out
  std::unique_ptr<SystemInbox> system_;
  time_point ipv6_checked_{};
  bool has_ipv6_ = false;
  HostAnswer fixed_;  // what find() returns of no entry
};

}  // namespace crawl

#endif  // CRAWL_FETCH_NET_RESOLVER_H_
