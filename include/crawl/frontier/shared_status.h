#ifndef CRAWL_FRONTIER_SHARED_STATUS_H_
#define CRAWL_FRONTIER_SHARED_STATUS_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawl/base/error.h"
#include "crawl/base/secure_channel.h"
#include "crawl/base/sink_position.h"
#include "crawl/base/url.h"

namespace crawl {

// A shared crawl seen from outside.
struct SharedStatus {
  struct Worker {
    std::string name;  // "machine:/its/output"
    bool alive = false;
    // What is in its files is the crawl's: it was not refused for them.
    bool begun = false;
    std::chrono::milliseconds seen{0};        // ago
    std::chrono::milliseconds lease_left{0};  // if it is alive
    std::uint64_t hosts = 0;                  // that it has leased
    std::map<std::string, std::uint64_t> counters;
    // The files of its sinks, and how much of them counts.
    std::vector<std::pair<std::string, std::string>> outputs;
    SinkPositions positions;
  };
  struct Host {
    std::string name;
    std::chrono::milliseconds asked_in{0};
    std::string worker{};  // that has it; "" while it waits for one
  };

  std::chrono::milliseconds age{0};
  std::uint64_t left = 0, known = 0, done = 0, records = 0;
  std::string order;          // "", "pause" or "stop"
  std::uint64_t readers = 0;  // workers at work that still read their input
  std::uint64_t hosts_leased = 0, hosts_waiting = 0, hosts_due = 0;
  std::vector<Worker> workers;
  std::vector<Host> slowest;  // those to be asked last

  bool is_at_work() const;  // a worker, any
  // Nothing is left, or may come.
  bool has_ended() const { return left == 0 && readers == 0; }
  // Of all workers together.
  std::map<std::string, std::uint64_t> counters() const;
};

// Hears that Redis is waited for.
using SayWaiting = std::function<void(std::string_view)>;

// `address` and `secure` as of SharedOptions. Waits for Redis so long. Fails if
// there is no such crawl; `of_masters`: and where a replica answers, which may
// not know the latest.
Result<SharedStatus> read_shared_status(std::string_view address,
                                        std::chrono::milliseconds patience,
                                        OpenSecure secure = nullptr,
                                        bool of_masters = false,
                                        const SayWaiting& say = {});

// Whether the crawl has this URL among those it knows; if there is one.
enum class SharedKnown : std::uint8_t { kYes, kNo, kNoCrawl };
Result<SharedKnown> read_shared_known(std::string_view address, const Url& url,
                                      std::chrono::milliseconds patience,
                                      OpenSecure secure = nullptr);

enum class SharedOrder : std::uint8_t { kGoOn, kPause, kStop };
// To all workers: they hear it with their next turn.
Result<void> give_shared_order(std::string_view address, SharedOrder order,
                               std::chrono::milliseconds patience,
                               OpenSecure secure = nullptr,
                               const SayWaiting& say = {});

}  // namespace crawl

#endif  // CRAWL_FRONTIER_SHARED_STATUS_H_
