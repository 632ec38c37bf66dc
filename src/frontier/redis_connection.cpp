#include "frontier/redis_connection.h"

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <array>
#include <chrono>
#include <new>
#include <utility>

namespace crawl {
namespace {

// An answer takes milliseconds; what takes longer has been lost.
constexpr timeval kAnswerTime{5, 0};
constexpr timeval kConnectTime{3, 0};

struct FreeReply {
  void operator()(void* reply) const { freeReplyObject(reply); }
};
struct FreeText {
  void operator()(char* text) const { redisFreeCommand(text); }
};

RedisReply to_reply(const redisReply& from) {
  RedisReply reply;
  switch (from.type) {
    case REDIS_REPLY_INTEGER:
      reply.type = RedisReply::Type::kNumber;
      reply.number = from.integer;
      break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
      reply.type = from.type == REDIS_REPLY_ERROR ? RedisReply::Type::kError
                                                  : RedisReply::Type::kText;
      reply.text.assign(from.str, static_cast<std::size_t>(from.len));
      break;
    case REDIS_REPLY_ARRAY:
      reply.type = RedisReply::Type::kList;
      reply.list.reserve(from.elements);
      for (std::size_t i = 0; i < from.elements; ++i) {
        reply.list.push_back(to_reply(*from.element[i]));
      }
      break;
    default:
      break;
  }
  return reply;
}

}  // namespace

std::int64_t RedisReply::number_at(std::size_t i) const {
  return i < list.size() ? list[i].number : 0;
}

const std::vector<RedisReply>& RedisReply::list_at(std::size_t i) const {
  static const std::vector<RedisReply> kNone;
  return i < list.size() ? list[i].list : kNone;
}

void RedisConnection::Close::operator()(redisContext* context) const {
  redisFree(context);
}

RedisConnection::RedisConnection(const RedisAddress& address, OpenSecure secure)
    : tls_(address.tls), files_(address.files), secure_(secure) {}

RedisConnection::~RedisConnection() { close(); }

void RedisConnection::close() {
  channel_.reset();
  if (!context_) return;
  if (on_socket_) on_socket_(-1);
  context_.reset();
}

RedisConnection::Fault RedisConnection::fail(std::string problem,
                                             bool for_good) {
  problem_ = std::move(problem);
  close();
  return for_good ? Fault::kForGood : Fault::kPassing;
}

RedisConnection::Fault RedisConnection::open(
    const RedisNode& node, const std::function<void(int)>& on_socket) {
  close();
  on_socket_ = on_socket;
  if (tls_ && secure_ == nullptr) return fail("TLS is not built in", true);
  std::unique_ptr<redisContext, Close> context(
      redisConnectWithTimeout(node.host.c_str(), node.port, kConnectTime));
  if (!context) throw std::bad_alloc();
  if (context->err != 0) {
    return fail(fmt::format("cannot be reached: {}", context->errstr));
  }
  context_ = std::move(context);
  redisSetTimeout(context_.get(), kAnswerTime);
  redisEnableKeepAlive(context_.get());
  on_socket_(context_->fd);
  if (!tls_) return Fault::kNone;
  auto opened = secure_(context_->fd, node.host, files_,
                        std::chrono::seconds(kAnswerTime.tv_sec));
  if (!opened) {
    return fail(std::move(opened.error().message), opened.error().for_good);
  }
  channel_ = *std::move(opened);
  return Fault::kNone;
}

RedisConnection::Fault RedisConnection::ask(const RedisCommand& command,
                                            RedisReply& reply) {
  if (!context_) return fail("the connection was lost");
  std::vector<const char*> words;
  std::vector<std::size_t> sizes;
  for (const std::string& word : command) {
    words.push_back(word.data());
    sizes.push_back(word.size());
  }
  void* raw = nullptr;
  if (!channel_) {
    raw = redisCommandArgv(context_.get(), static_cast<int>(words.size()),
                           words.data(), sizes.data());
    if (raw == nullptr) {
      return fail(fmt::format(
          "the connection was lost: {}",
          context_->err == REDIS_ERR_IO ? "no answer came" : context_->errstr));
    }
  } else {
    char* text = nullptr;
    const int size = redisFormatCommandArgv(
        &text, static_cast<int>(words.size()), words.data(), sizes.data());
    if (size < 0) throw std::bad_alloc();
    const std::unique_ptr<char, FreeText> owned(text);
    if (auto sent = channel_->write({text, static_cast<std::size_t>(size)});
        !sent) {
      return fail(
          fmt::format("the connection was lost: {}", sent.error().message));
    }
    if (const Fault fault = read_reply(raw); fault != Fault::kNone) {
      return fault;
    }
  }
  const std::unique_ptr<void, FreeReply> owned(raw);
  reply = to_reply(*static_cast<redisReply*>(raw));
  return Fault::kNone;
}

// hiredis's reader, fed with what TLS decrypts.
RedisConnection::Fault RedisConnection::read_reply(void*& reply) {
  std::array<char, 16'384> data;
  while (true) {
    if (redisReaderGetReply(context_->reader, &reply) != REDIS_OK) {
      return fail(
          fmt::format("the connection was lost: {}", context_->reader->errstr));
    }
    if (reply != nullptr) return Fault::kNone;
    const auto came = channel_->read(data.data(), data.size());
    if (!came) {
      return fail(
          fmt::format("the connection was lost: {}", came.error().message));
    }
    if (redisReaderFeed(context_->reader, data.data(), *came) != REDIS_OK) {
      return fail("the connection was lost: its answer is too big");
    }
  }
}

}  // namespace crawl
