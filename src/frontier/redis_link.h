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

struct redisContext;

namespace crawl {

// What Redis answers.
struct RedisReply {
  enum class Type : std::uint8_t { kText, kNumber, kList, kNil };
  Type type = Type::kNil;
  std::string text;
  std::int64_t number = 0;
  std::vector<RedisReply> list;

  // Of what should be there; what is not is "", 0 or an empty list.
  std::string_view text_at(std::size_t i) const {
    return i < list.size() ? std::string_view(list[i].text) : "";
  }
  std::int64_t number_at(std::size_t i) const;
  const std::vector<RedisReply>& list_at(std::size_t i) const;
};

// A connection to Redis with a thread of its own, so that nobody waits for it.
// One command at a time; it is sent again, over a new connection if need be,
// until it is answered: what is sent must bear that.
//
// A Redis that is starting, failing over, out of memory or not reachable is
// waited for; take_news() says so. All other errors are for good.
class RedisLink {
 public:
  using Command = std::vector<std::string>;

  // `library`: the function library that the commands need; it is loaded where
  // it is not known. `wake`: called on the link's thread when an answer or news
  // has come.
  RedisLink(RedisAddress address, std::string library,
            std::function<void()> wake);
  ~RedisLink();

  // None may be under way.
  void send(Command command);
  // The answer, once; nothing while there is none.
  std::optional<Result<RedisReply>> take();
  // The same, waiting for it at most so long.
  std::optional<Result<RedisReply>> wait(std::chrono::milliseconds time);

  // What a user should hear of since the last call: it is gone, it is back.
  std::vector<std::string> take_news();

 private:
  enum class Fault : std::uint8_t { kNone, kPassing, kNoFunction, kForGood };
  void run();
  std::optional<Result<RedisReply>> ask(const Command& command);
  Fault connect();
  void disconnect();
  Fault exchange(const Command& command, RedisReply& reply);
  void trouble(std::string what);
  void all_is_well();
  bool rest(std::chrono::milliseconds time);

  const RedisAddress address_;
  const std::string library_;
  const std::function<void()> wake_;

  // The thread's own.
  redisContext* context_ = nullptr;
  std::string problem_;  // of the last exchange
  std::chrono::steady_clock::time_point trouble_since_{};
  bool in_trouble_ = false, told_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool ends_ = false;
  int fd_ = -1;  // to end a wait for an answer
  std::optional<Command> command_;
  std::optional<Result<RedisReply>> answer_;
  std::vector<std::string> news_;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace crawl

#endif  // CRAWL_FRONTIER_REDIS_LINK_H_
