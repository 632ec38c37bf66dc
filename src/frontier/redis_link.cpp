#include "frontier/redis_link.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <utility>

namespace crawl {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstRest{50};
constexpr milliseconds kLongestRest{2'000};
// Trouble that is over sooner is nothing to talk about.
constexpr milliseconds kQuietTrouble{1'000};
// Who is sent on more often goes round in circles.
constexpr int kMostMoves = 8;
// As many as a cluster may have.
constexpr std::size_t kMostNodes = 1'000;

bool is_one_of(std::string_view word,
               std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The node of "MOVED SLOT HOST:PORT"; without a host it is who says so.
std::optional<RedisNode> moved_to(std::string_view error,
                                  const RedisNode& said_by) {
  const std::size_t space = error.rfind(' ');
  const std::size_t colon = error.rfind(':');
  if (space == error.npos || colon == error.npos || colon < space) {
    return std::nullopt;
  }
  RedisNode node{std::string(error.substr(space + 1, colon - space - 1)), 0};
  if (node.host.empty()) node.host = said_by.host;
  const std::string_view port = error.substr(colon + 1);
  const auto [end, bad] =
      std::from_chars(port.data(), port.data() + port.size(), node.port);
  if (bad != std::errc() || end != port.data() + port.size() ||
      node.port <= 0 || node.port > 65'535 || node.host == "?") {
    return std::nullopt;
  }
  return node;
}

}  // namespace

RedisLink::RedisLink(RedisAddress address, OpenSecure secure,
                     std::string library, std::function<void()> wake)
    : address_(std::move(address)),
      library_(std::move(library)),
      wake_(std::move(wake)),
      connection_(address_, secure),
      node_(address_.node),
      thread_([this] { run(); }) {}

RedisLink::~RedisLink() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
    if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
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

Result<RedisReply> RedisLink::wait(const std::function<bool()>& gives_up,
                                   const Say& say) {
  const auto begun = std::chrono::steady_clock::now();
  bool said = !say;
  while (true) {
    if (auto answer = wait(milliseconds(100))) {
      if (say && said) static_cast<void>(take_news());  // the same
      return *std::move(answer);
    }
    if (gives_up()) return tl::unexpected(trouble());
    if (!said && std::chrono::steady_clock::now() - begun >= kQuietTrouble) {
      said = true;
      say(fmt::format("{}; waiting for it", trouble().message));
    }
  }
}

std::vector<std::string> RedisLink::take_news() {
  const std::lock_guard lock(mutex_);
  return std::exchange(news_, {});
}

Error RedisLink::trouble() const {
  const std::lock_guard lock(mutex_);
  return {fmt::format("{}: {}", address_.shown(),
                      trouble_.empty() ? "no answer" : trouble_)};
}

std::uint64_t RedisLink::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
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
  connection_.close();
}

// Nothing if the link ends first.
std::optional<Result<RedisReply>> RedisLink::ask(const Command& command) {
  milliseconds pause = kFirstRest;
  int moves = 0;
  while (true) {
    Fault fault = connection_.is_open() ? Fault::kNone : connect();
    RedisReply reply;
    if (fault == Fault::kNone) fault = exchange(command, reply);
    switch (fault) {
      case Fault::kNone:
        all_is_well();
        return Result<RedisReply>(std::move(reply));
      case Fault::kForGood:
        return make_error(fmt::format("{}: {}", address_.shown(), problem_));
      case Fault::kMoved:
        // At once, or after a rest.
        if (++moves < kMostMoves && rest(milliseconds(1))) continue;
        moves = 0;
        break;
      case Fault::kNoFunction: {
        RedisReply loaded;
        const Fault loading = exchange({"FUNCTION", "LOAD", library_}, loaded);
        if (loading == Fault::kPassing || loading == Fault::kMoved) break;
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
    note_trouble();
    if (!rest(pause)) return std::nullopt;
    pause = std::min(2 * pause, kLongestRest);
  }
}

RedisLink::Fault RedisLink::connect() {
  const auto opened = connection_.open(node_, [this](int socket) {
    const std::lock_guard lock(mutex_);
    ++connections_;
    socket_ = socket;
    if (ends_ && socket >= 0) ::shutdown(socket, SHUT_RDWR);
  });
  if (opened != RedisConnection::Fault::kNone) {
    problem_ = connection_.problem();
    if (node_ != address_.node) {
      problem_ = fmt::format("its node {}: {}", node_.shown(), problem_);
    }
    next_node();
    return opened == RedisConnection::Fault::kForGood ? Fault::kForGood
                                                      : Fault::kPassing;
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
    connection_.close();
    return fault;
  }
  learn_nodes();
  return Fault::kNone;
}

// Of a Redis that is no cluster, or says nothing, there is the one.
void RedisLink::learn_nodes() {
  RedisReply slots;
  if (connection_.ask({"CLUSTER", "SLOTS"}, slots) !=
          RedisConnection::Fault::kNone ||
      slots.type != RedisReply::Type::kList) {
    return;
  }
  if (!slots.list.empty()) nodes_.clear();
  for (const RedisReply& range : slots.list) {
    for (std::size_t i = 2; i < range.list.size(); ++i) {
      const RedisReply& each = range.list[i];
      const std::int64_t port = each.number_at(1);
      if (port <= 0 || port > 65'535 || nodes_.size() >= kMostNodes) continue;
      RedisNode node{std::string(each.text_at(0)), static_cast<int>(port)};
      if (node.host.empty()) node.host = node_.host;
      if (node.host == "?" ||
          std::find(nodes_.begin(), nodes_.end(), node) != nodes_.end()) {
        continue;
      }
      nodes_.push_back(std::move(node));
    }
  }
}

// The one behind `node_`; the address's own among them.
void RedisLink::next_node() {
  const auto at = std::find(nodes_.begin(), nodes_.end(), node_);
  if (at == nodes_.end()) {
    node_ = nodes_.empty() ? address_.node : nodes_.front();
  } else {
    node_ = at + 1 == nodes_.end() ? address_.node : *(at + 1);
  }
}

RedisLink::Fault RedisLink::exchange(const Command& command,
                                     RedisReply& reply) {
  if (const auto fault = connection_.ask(command, reply);
      fault != RedisConnection::Fault::kNone) {
    problem_ = connection_.problem();
    return fault == RedisConnection::Fault::kForGood ? Fault::kForGood
                                                     : Fault::kPassing;
  }
  return reply.type == RedisReply::Type::kError ? judge(reply.text)
                                                : Fault::kNone;
}

// By the word that an error begins with.
RedisLink::Fault RedisLink::judge(std::string_view error) {
  problem_ = error;
  if (error.find("Function not found") != error.npos) {
    return Fault::kNoFunction;
  }
  const std::string_view word = error.substr(0, error.find(' '));
  if (word == "MOVED") {
    connection_.close();
    const std::optional<RedisNode> to = moved_to(error, node_);
    if (!to) {
      next_node();
      return Fault::kPassing;
    }
    node_ = *to;
    return Fault::kMoved;
  }
  // One that starts, is cut off or is no master any more: another may know
  // better.
  if (is_one_of(word, {"LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN"})) {
    connection_.close();
    next_node();
    return Fault::kPassing;
  }
  if (is_one_of(word, {"ASK", "TRYAGAIN"})) {
    problem_ = "the crawl's slot is on its way to another node";
    return Fault::kPassing;
  }
  if (word == "WRONGTYPE") {
    problem_ = fmt::format(
        "one of its keys is another program's; name another crawl: "
        "redis://HOST:PORT/DB/NAME ({})",
        error);
  }
  // Ours: of a server that would drop keys.
  if (word == "DROPS") problem_ = error.substr(word.size() + 1);
  return is_one_of(word, {"BUSY", "OOM", "MISCONF", "NOREPLICAS", "DROPS"})
             ? Fault::kPassing
             : Fault::kForGood;
}

void RedisLink::note_trouble() {
  const auto now = std::chrono::steady_clock::now();
  if (!std::exchange(in_trouble_, true)) trouble_since_ = now;
  {
    const std::lock_guard lock(mutex_);
    trouble_ = problem_;
    if (told_ || now - trouble_since_ < kQuietTrouble) return;
    told_ = true;
    news_.push_back(
        fmt::format("{}: {}; waiting for it", address_.shown(), problem_));
  }
  wake_();
}

void RedisLink::all_is_well() {
  if (!std::exchange(in_trouble_, false)) return;
  const std::lock_guard lock(mutex_);
  trouble_.clear();
  if (!std::exchange(told_, false)) return;
  const auto gone = std::chrono::steady_clock::now() - trouble_since_;
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
