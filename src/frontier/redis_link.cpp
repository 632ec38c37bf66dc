#include "frontier/redis_link.h"

#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace crawl {
namespace {

using std::chrono::milliseconds;

// An answer takes milliseconds; what takes longer has been lost.
constexpr timeval kAnswerTime{5, 0};
constexpr timeval kConnectTime{3, 0};
constexpr milliseconds kFirstRest{50};
constexpr milliseconds kLongestRest{2'000};
// Trouble that is over sooner is nothing to talk about.
constexpr milliseconds kQuietTrouble{1'000};

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using ReplyPtr = std::unique_ptr<redisReply, FreeReply>;

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
      reply.type = RedisReply::Type::kText;
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

// Errors that go away by themselves, by the word that they begin with.
bool passes(std::string_view error) {
  constexpr std::array<std::string_view, 9> kPassing = {
      "LOADING",  "BUSY",    "READONLY",   "OOM",        "MASTERDOWN",
      "TRYAGAIN", "MISCONF", "NOREPLICAS", "CLUSTERDOWN"};
  return std::any_of(
      kPassing.begin(), kPassing.end(),
      [&](std::string_view word) { return error.starts_with(word); });
}

}  // namespace

std::int64_t RedisReply::number_at(std::size_t i) const {
  return i < list.size() ? list[i].number : 0;
}

const std::vector<RedisReply>& RedisReply::list_at(std::size_t i) const {
  static const std::vector<RedisReply> kNone;
  return i < list.size() ? list[i].list : kNone;
}

RedisLink::RedisLink(RedisAddress address, std::string library,
                     std::function<void()> wake)
    : address_(std::move(address)),
      library_(std::move(library)),
      wake_(std::move(wake)),
      thread_([this] { run(); }) {}

RedisLink::~RedisLink() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
    if (fd_ >= 0) ::shutdown(fd_, SHUT_RDWR);
  }
  changed_.notify_all();
  thread_.join();
}

void RedisLink::send(Command command) {
  {
    const std::lock_guard lock(mutex_);
    command_ = std::move(command);
    answer_.reset();
  }
  changed_.notify_all();
}

std::optional<Result<RedisReply>> RedisLink::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(answer_, std::nullopt);
}

std::optional<Result<RedisReply>> RedisLink::wait(milliseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [this] { return answer_.has_value(); });
  return std::exchange(answer_, std::nullopt);
}

std::vector<std::string> RedisLink::take_news() {
  const std::lock_guard lock(mutex_);
  return std::exchange(news_, {});
}

void RedisLink::run() {
  while (true) {
    Command command;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return ends_ || command_; });
      if (ends_) break;
      command = *std::exchange(command_, std::nullopt);
    }
    std::optional<Result<RedisReply>> answer = ask(command);
    if (!answer) break;
    {
      const std::lock_guard lock(mutex_);
      answer_ = std::move(answer);
    }
    changed_.notify_all();
    wake_();
  }
  disconnect();
}

// Nothing if the link ends first.
std::optional<Result<RedisReply>> RedisLink::ask(const Command& command) {
  milliseconds pause = kFirstRest;
  while (true) {
    Fault fault = context_ != nullptr ? Fault::kNone : connect();
    RedisReply reply;
    if (fault == Fault::kNone) fault = exchange(command, reply);
    switch (fault) {
      case Fault::kNone:
        all_is_well();
        return Result<RedisReply>(std::move(reply));
      case Fault::kForGood:
        return make_error(fmt::format("{}: {}", address_.shown(), problem_));
      case Fault::kNoFunction: {
        RedisReply loaded;
        const Fault loading = exchange({"FUNCTION", "LOAD", library_}, loaded);
        if (loading == Fault::kPassing) break;
        if (loading == Fault::kForGood &&
            problem_.find("already exists") == problem_.npos) {
          return make_error(fmt::format(
              "{}: its functions cannot be loaded (Redis 7.0 or later is "
              "needed): {}",
              address_.shown(), problem_));
        }
        // At once, if that did it.
        if (rest(milliseconds(1))) continue;
        return std::nullopt;
      }
      case Fault::kPassing:
        break;
    }
    trouble(problem_);
    if (!rest(pause)) return std::nullopt;
    pause = std::min(2 * pause, kLongestRest);
  }
}

RedisLink::Fault RedisLink::connect() {
  redisContext* const context = redisConnectWithTimeout(
      address_.host.c_str(), address_.port, kConnectTime);
  if (context == nullptr || context->err != 0) {
    problem_ = fmt::format("cannot be reached: {}",
                           context != nullptr ? context->errstr : "no memory");
    if (context != nullptr) redisFree(context);
    return Fault::kPassing;
  }
  context_ = context;
  redisSetTimeout(context_, kAnswerTime);
  redisEnableKeepAlive(context_);
  {
    const std::lock_guard lock(mutex_);
    fd_ = context_->fd;
    if (ends_) ::shutdown(fd_, SHUT_RDWR);
  }
  std::vector<Command> first;
  if (!address_.password.empty() || !address_.user.empty()) {
    first.push_back(address_.user.empty()
                        ? Command{"AUTH", address_.password}
                        : Command{"AUTH", address_.user, address_.password});
  }
  if (address_.database != 0) {
    first.push_back({"SELECT", std::to_string(address_.database)});
  }
  for (const Command& command : first) {
    RedisReply reply;
    const Fault fault = exchange(command, reply);
    if (fault == Fault::kNone) continue;
    disconnect();
    return fault;
  }
  return Fault::kNone;
}

void RedisLink::disconnect() {
  if (context_ == nullptr) return;
  {
    const std::lock_guard lock(mutex_);
    fd_ = -1;
  }
  redisFree(std::exchange(context_, nullptr));
}

RedisLink::Fault RedisLink::exchange(const Command& command,
                                     RedisReply& reply) {
  if (context_ == nullptr) {
    problem_ = "the connection was lost";
    return Fault::kPassing;
  }
  std::vector<const char*> words;
  std::vector<std::size_t> sizes;
  for (const std::string& word : command) {
    words.push_back(word.data());
    sizes.push_back(word.size());
  }
  const ReplyPtr answer(static_cast<redisReply*>(redisCommandArgv(
      context_, static_cast<int>(words.size()), words.data(), sizes.data())));
  if (!answer) {
    problem_ = fmt::format(
        "the connection was lost: {}",
        context_->err == REDIS_ERR_IO ? "no answer came" : context_->errstr);
    disconnect();
    return Fault::kPassing;
  }
  reply = to_reply(*answer);
  if (answer->type != REDIS_REPLY_ERROR) return Fault::kNone;
  problem_ = reply.text;
  if (problem_.find("Function not found") != problem_.npos) {
    return Fault::kNoFunction;
  }
  // A replica that was the master is left for whoever is that now.
  if (problem_.starts_with("READONLY")) disconnect();
  return passes(problem_) ? Fault::kPassing : Fault::kForGood;
}

void RedisLink::trouble(std::string what) {
  const auto now = std::chrono::steady_clock::now();
  if (!std::exchange(in_trouble_, true)) trouble_since_ = now;
  if (told_ || now - trouble_since_ < kQuietTrouble) return;
  told_ = true;
  {
    const std::lock_guard lock(mutex_);
    news_.push_back(
        fmt::format("{}: {}; waiting for it", address_.shown(), what));
  }
  wake_();
}

void RedisLink::all_is_well() {
  in_trouble_ = false;
  if (!std::exchange(told_, false)) return;
  const auto gone = std::chrono::steady_clock::now() - trouble_since_;
  const std::lock_guard lock(mutex_);
  news_.push_back(fmt::format(
      "{}: it is back after {} s", address_.shown(),
      std::chrono::duration_cast<std::chrono::seconds>(gone).count()));
}

// False if the link ends meanwhile.
bool RedisLink::rest(milliseconds time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [this] { return ends_; });
}

}  // namespace crawl
