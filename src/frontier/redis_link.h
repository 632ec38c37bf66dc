#ifndef CRAWL_FRONTIER_REDIS_LINK_H_
#define CRAWL_FRONTIER_REDIS_LINK_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "crawl/base/error.h"
#include "frontier/redis_address.h"
#include "frontier/redis_connection.h"

namespace crawl {

// A way to Redis with a thread of its own, so that nobody waits for it. One
// command at a time; it is sent again, over a new connection if need be, until
// it is answered: what is sent must bear that.
//
// A Redis that is starting, failing over, out of memory or not reachable is
// waited for; take_news() says so. All other errors are for good.
//
// The address may be any node of a cluster: it goes where the cluster says that
// the command's keys are (MOVED), and asks the other nodes when one is gone.
// While their slot is on its way from node to node (ASK, TRYAGAIN) it waits: a
// function that ran now would see some of its keys only.
class RedisLink {
 public:
  using Command = RedisCommand;

  // `library`: the function library that the commands need; it is loaded where
  // it is not known. `wake`: called on the link's thread when an answer or news
  // has come.
  RedisLink(RedisAddress address, OpenSecure secure, std::string library,
            std::function<void()> wake);
  ~RedisLink();

  // None may be under way.
  void send(Command command);
  // The answer, once; nothing while there is none.
  std::optional<Result<RedisReply>> take();
  // The same, waiting for it at most so long.
  std::optional<Result<RedisReply>> wait(std::chrono::milliseconds time);
  // The same, until `gives_up`, which is asked again and again: what it waits
  // for is the error then. Once it has waited for a moment it says so.
  using Say = std::function<void(std::string_view)>;
  Result<RedisReply> wait(const std::function<bool()>& gives_up,
                          const Say& say);

  // What a user should hear of since the last call: it is gone, it is back.
  std::vector<std::string> take_news();
  // Why there is no answer yet.
  Error trouble() const;
  // How many connections there were: the same before and after an answer, it is
  // about what was told before.
  std::uint64_t connections() const;

 private:
  enum class Fault : std::uint8_t {
    kNone,
    kPassing,
    kMoved,
    kNoFunction,
    kForGood,
  };
  void run();
  std::optional<Result<RedisReply>> ask(const Command& command);
  Fault connect();
  void learn_nodes();
  void next_node();
  Fault exchange(const Command& command, RedisReply& reply);
  Fault judge(std::string_view error);
  void note_trouble();
  void all_is_well();
  bool rest(std::chrono::milliseconds time);

  const RedisAddress address_;
  const std::string library_;
  const std::function<void()> wake_;

  // The thread's own.
  RedisConnection connection_;
  RedisNode node_;                // that is asked
  std::vector<RedisNode> nodes_;  // of a cluster, as the last one knew them
  std::string problem_;           // of the last exchange
  std::chrono::steady_clock::time_point trouble_since_{};
  bool in_trouble_ = false, told_ = false;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool ends_ = false;
  int socket_ = -1;  // to end a wait for an answer
  std::optional<Command> command_;
  std::optional<Result<RedisReply>> answer_;
  std::vector<std::string> news_;
  std::string trouble_;  // what is waited for; "" if nothing is
  std::uint64_t connections_ = 0;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace crawl

#endif  // CRAWL_FRONTIER_REDIS_LINK_H_
