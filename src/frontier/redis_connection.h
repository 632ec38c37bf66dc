#ifndef CRAWL_FRONTIER_REDIS_CONNECTION_H_
#define CRAWL_FRONTIER_REDIS_CONNECTION_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/secure_channel.h"
#include "frontier/redis_address.h"

struct redisContext;

namespace crawl {

// What Redis answers.
struct RedisReply {
  enum class Type : std::uint8_t { kText, kNumber, kList, kNil, kError };
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

using RedisCommand = std::vector<std::string>;

// A connection to one Redis, in the clear or over TLS. Blocks, but not for
// long. One thread; another may end a wait with shutdown() of its socket.
class RedisConnection {
 public:
  enum class Fault : std::uint8_t {
    kNone,
    kPassing,  // it may be there later
    kForGood,  // another try ends alike
  };

  // `secure`: how TLS is spoken; null where that is not built in.
  RedisConnection(const RedisAddress& address, OpenSecure secure);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  // `on_socket` is told of the socket before anything is said over it, and of
  // its end (-1).
  Fault open(const RedisNode& node, const std::function<void(int)>& on_socket);
  void close();
  bool is_open() const { return context_ != nullptr; }

  // An answer that is an error is an answer. After a fault it is closed.
  Fault ask(const RedisCommand& command, RedisReply& reply);
  // Of the last fault, for people.
  const std::string& problem() const { return problem_; }

 private:
  struct Close {
    void operator()(redisContext* context) const;
  };
  Fault fail(std::string problem, bool for_good = false);
  Fault read_reply(void*& reply);

  const bool tls_;
  const TlsFiles files_;
  const OpenSecure secure_;
  std::function<void(int)> on_socket_;
  std::unique_ptr<redisContext, Close> context_;
  std::unique_ptr<SecureChannel> channel_;  // goes before its socket does
  std::string problem_;
};

}  // namespace crawl

#endif  // CRAWL_FRONTIER_REDIS_CONNECTION_H_
