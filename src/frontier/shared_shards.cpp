// A crawl over several shards: a round is this worker's turn at the shard it is
// at, and then what it takes to the others and asks of them.
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <utility>

#include "frontier/shared_impl.h"
#include "shared_crawl_lua.h"

namespace crawl {
namespace {

using std::chrono::milliseconds;

// Questions of bodies wait for others, so many or so long; less so while not
// many pages are left to be fetched.
constexpr std::size_t kManyBodies = 256;
constexpr milliseconds kBodiesWait{1'800}, kBodiesWaitOfFew{500};
constexpr std::size_t kFewPages = 128;
// How the other shards stand is looked at so often, by who has little to do,
// and always by who has nothing.
constexpr milliseconds kLookEvery{10'000}, kLookScant{1'000};
// Going elsewhere is worth while if there is so much more to do.
constexpr double kWorthWhile = 1.5;
// A replica is waited for so long (ms) at once.
constexpr const char* kReplicasTime = "300";
constexpr std::string_view kGap =
    "Redis lost a part of the crawl: messages that a shard had taken. What is "
    "in "
    "the outputs counts; what those led to is missing";
// Hosts that may not be asked yet count so much beside those that may.
constexpr double kResting = 0.25;

}  // namespace

std::string shard_prefix(std::string_view name, std::size_t shard) {
  // No name has a slash.
  return shard == 0 ? fmt::format("crawl:{{{}}}:", name)
                    : fmt::format("crawl:{{{}/{}}}:", name, shard);
}

std::size_t shard_of_host(std::string_view host, std::uint64_t hash,
                          std::size_t shards) {
  return (host.empty() ? hash : XXH3_64bits(host.data(), host.size())) % shards;
}

std::size_t SharedState::Impl::shard_of(std::string_view host,
                                        std::uint64_t of) const {
  return shard_of_host(host, of, shards.count);
}

RedisLink& SharedState::Impl::link(std::size_t shard) {
  if (shards.links.size() <= shard) shards.links.resize(shard + 1);
  auto& link = shards.links[shard];
  if (!link) {
    link = std::make_unique<RedisLink>(address, options.secure,
                                       std::string(kSharedCrawlLua), wake);
  }
  return *link;
}

// A name of no other message, of whatever worker.
std::uint64_t SharedState::Impl::next_message() {
  ++shards.messages;
  return XXH3_64bits_withSeed(&shards.messages, sizeof shards.messages,
                              shards.nonce);
}

// It has nothing of this shard's, and nothing to tell.
bool SharedState::Impl::is_dry() const {
  return handed.pages.empty() && leases.empty() && !pending();
}

void SharedState::Impl::begin_round(const SinkPositions& now_at) {
  latest.under_way = true;
  shards.soon = wants_more() && is_scant();
  shards.steps.clear();
  latest.ahead.clear();
  // A seed is known to all before somebody follows its links.
  if (shards.here != 0 && (next.seeds.count > 0 || !latest.any)) {
    shards.steps.emplace_back(Step::kVisit, 0);
  }
  shards.steps.emplace_back(Step::kTurn, shards.here);
  // Now: later there is more that is done than is in the outputs.
  latest.command = turn(now_at, false);
  send_step();
}

void SharedState::Impl::send_step() {
  const auto [step, shard] = shards.steps.front();
  switch (step) {
    case Step::kTurn:
      latest.sent = clock.now();
      return link(shard).send(std::move(
          latest.ahead.empty() ? latest.command : latest.ahead.front()));
    case Step::kVisit:
      return link(shard).send(visit(shard));
    case Step::kReplicas:
      shards.connection = link(shard).connections();
      return link(shard).send({"WAIT", "1", kReplicasTime});
    case Step::kReplication:
      return link(shard).send({"INFO", "replication"});
    case Step::kLeft:
      return link(shard).send(
          {"HGET", shard_prefix(address.name, shard) + "w:" + options.worker,
           "left"});
    case Step::kLook:
      return link(shard).send(look(shard));
    case Step::kGive:
      return link(shard).send(give(shard));
    case Step::kTaken:
      return link(shard).send({"FCALL", "crawl_v5_taken", "1",
                               shard_prefix(address.name, shard), me.begun,
                               options.worker, std::to_string(shards.here),
                               std::to_string(std::exchange(
                                   shards.abroad[shards.here].delivered, 0))});
    case Step::kJoin:
      latest.sent = clock.now();
      return link(shard).send(join_command(shard, true));
  }
}

void SharedState::Impl::take_step(Result<RedisReply> answer) {
  const auto [step, shard] = shards.steps.front();
  shards.steps.pop_front();
  if (!answer) {
    failed = answer.error();
  } else {
    switch (step) {
      case Step::kTurn:
        if (!latest.ahead.empty()) {
          latest.ahead.pop_front();
          if (is_told(*answer)) shards.steps.emplace_front(step, shard);
          break;
        }
        take_answer(*answer);
        if (!failed && !latest.leaves) after_turn();
        break;
      case Step::kVisit:
        take_visit(*answer);
        if (!failed && shards.abroad[shard].delivered > 0 &&
            shards.abroad[shard].has_replicas) {
          shards.steps.emplace_front(Step::kReplicas, shard);
        }
        break;
      case Step::kReplicas:
        take_replicas(shard, *answer);
        break;
      case Step::kReplication:
        take_replication(shard, *answer);
        break;
      case Step::kLeft:
        if (answer->text != me.token) {
          lose("Redis lost what it had acknowledged");
        }
        break;
      case Step::kLook:
        take_look(shard, *answer);
        if (!failed && shards.steps.empty()) decide();
        break;
      case Step::kGive:
        take_mail(shard, answer->list_at(1));
        appetite.wait = appetite.least;
        if (shards.abroad[shards.here].mail.count > 0) {
          shards.steps.emplace_back(Step::kVisit, shards.here);
          shards.steps.emplace_back(Step::kTaken, shard);
        }
        break;
      case Step::kTaken:
        break;
      case Step::kJoin:
        if (Result<void> joined = take_join(shard, true, *answer); !joined) {
          lost = true;
        }
        break;
    }
  }
  if (!failed && !shards.steps.empty()) return send_step();
  shards.steps.clear();
  latest.under_way = false;
  latest.answered = clock.now();
}

// What is to be taken elsewhere, or asked.
void SharedState::Impl::after_turn() {
  if (shards.count == 1) return;
  const Clock::time_point now = clock.now();
  // What it was given may be enough.
  shards.soon = shards.soon && is_scant();
  const bool hurries = shards.soon || shards.is_awaited;
  const milliseconds patience =
      to_fetch() < kFewPages ? kBodiesWaitOfFew : kBodiesWait;
  for (std::size_t shard = 0; shard < shards.count; ++shard) {
    if (shard == shards.here) continue;
    const Abroad& there = shards.abroad[shard];
    const std::size_t bodies = there.bodies.count;
    const bool asks = bodies > 0 && (hurries || bodies >= kManyBodies ||
                                     now - there.bodies_since >= patience);
    if (asks || there.mail.count > 0 || (shard == 0 && seed_list.more)) {
      shards.steps.emplace_back(Step::kVisit, shard);
    }
  }
  const bool dry = is_dry();
  if (!dry) shards.quiet_at.clear();
  const milliseconds pause =
      dry ? milliseconds(0)
          : std::min<milliseconds>(shards.soon ? kLookScant : kLookEvery,
                                   options.lease / 4);
  if (now - shards.looked >= pause) {
    shards.looked = now;
    if (now - shards.replicas_looked >= kLookEvery) {
      shards.replicas_looked = now;
      for (std::size_t shard = 0; shard < shards.count; ++shard) {
        shards.steps.emplace_back(Step::kReplication, shard);
      }
    }
    for (std::size_t shard = 0; shard < shards.count; ++shard) {
      // At what may be the end, at its own too.
      if (shard != shards.here || !shards.quiet_at.empty()) {
        shards.steps.emplace_back(Step::kLook, shard);
      }
    }
  }
}

RedisLink::Command SharedState::Impl::visit(std::size_t shard) {
  Abroad& there = shards.abroad[shard];
  const std::size_t messages = there.mail.count;
  RedisLink::Command command{
      "FCALL",
      "crawl_v5_visit",
      "1",
      shard_prefix(address.name, shard),
      me.begun,
      shard == 0 ? std::to_string(seed_list.known) : "-1",
      std::to_string(there.mail_from),
      std::to_string(messages > 0 ? there.mail_end - messages : 0)};
  Told none;
  (shard == 0 ? next.seeds : none).move_to(command);
  there.bodies.move_to(command);
  shards.visit_of = std::exchange(there.bodies_of, {});
  if (messages > 0) there.delivered = there.mail_end;
  there.mail.move_to(command);
  return command;
}

void SharedState::Impl::take_visit(const RedisReply& reply) {
  if (reply.text_at(0) == "gap") {
    fail(std::string(kGap));
    return;
  }
  if (reply.text_at(0) != "ok") {
    lose("Redis lost a part of the crawl");
    return;
  }
  take_bodies(reply.list_at(1), std::exchange(shards.visit_of, {}));
  take_seeds(reply.list_at(2));
}

// What a master lost that was replaced is not to be cut off elsewhere.
void SharedState::Impl::take_replicas(std::size_t shard,
                                      const RedisReply& reply) {
  // Over another connection it is not about what was told last.
  if (link(shard).connections() != shards.connection) return tell_again(shard);
  if (reply.number > 0) return;
  // It is slow, or gone: its master knows, and drops one that is silent.
  shards.abroad[shard].unsure = true;
  shards.steps.emplace_front(Step::kReplication, shard);
}

void SharedState::Impl::take_replication(std::size_t shard,
                                         const RedisReply& reply) {
  Abroad& there = shards.abroad[shard];
  const std::string_view count = info_value(reply.text, "connected_slaves");
  const bool had =
      std::exchange(there.has_replicas, !count.empty() && count != "0");
  const bool unsure = std::exchange(there.unsure, false);
  if (unsure && there.has_replicas) return tell_again(shard);
  if (had && !there.has_replicas) {
    news.messages.push_back(fmt::format(
        "{}: shard {} has no replica any more: what is told from now on is "
        "lost with its master",
        address.shown(), shard));
  }
}

// A message is lent again. Who has left, and would not see from elsewhere that
// this was lost, waits.
void SharedState::Impl::tell_again(std::size_t shard) {
  shards.abroad[shard].delivered = 0;
  if (shards.steps.empty() || shards.steps.front().first != Step::kLeft) return;
  latest.lease_end = clock.now() + options.lease;  // it has none
  shards.steps.emplace_front(Step::kReplicas, shard);
  // Whoever takes over from a master that fell is asked first.
  shards.steps.emplace_front(Step::kLeft, shard);
}

void SharedState::Impl::take_seeds(const std::vector<RedisReply>& urls) {
  for (const RedisReply& each : urls) {
    if (auto url = Url::parse(each.text)) news.seeds.push_back(*std::move(url));
  }
  seed_list.known += urls.size();
  seed_list.more = urls.size() >= kSeedsAtOnce;
}

// Of each batch: its shard, the number of its last message, the messages.
void SharedState::Impl::take_mail(std::size_t from,
                                  const std::vector<RedisReply>& batches) {
  for (const RedisReply& each : batches) {
    const auto shard = static_cast<std::size_t>(each.number_at(0));
    if (shard >= shards.count) continue;
    Abroad& there = shards.abroad[shard];
    there.mail = {};
    for (const RedisReply& message : each.list_at(2)) {
      there.mail.add(message.text);
    }
    there.mail_end = static_cast<std::uint64_t>(each.number_at(1));
    there.mail_from = from;
  }
}

RedisLink::Command SharedState::Impl::look(std::size_t shard) const {
  return {"FCALL",
          "crawl_v5_look",
          "1",
          shard_prefix(address.name, shard),
          me.begun,
          options.worker,
          std::to_string(options.lease.count()),
          shards.bound_for || (latest.any && !input.is_read) ? "0" : "1"};
}

void SharedState::Impl::take_look(std::size_t shard, const RedisReply& reply) {
  if (reply.text_at(0) != "ok") {
    lose("Redis lost a part of the crawl");
    return;
  }
  const auto number = [&](std::size_t i) {
    return static_cast<std::uint64_t>(
        std::max<std::int64_t>(reply.number_at(i), 0));
  };
  Board& board = shards.boards[shard];
  board = {number(1), number(2),  number(3),           number(4),
           number(5), number(6),  number(7),           number(8),
           number(9), number(10), reply.number_at(12), {}};
  const auto& passed = reply.list_at(13);
  for (std::size_t i = 0; i + 1 < passed.size(); i += 2) {
    board.passed.emplace_back(passed[i].number, passed[i + 1].number);
  }
  if (number(11) == 1) shards.bound_for = shard;
}

// All shards have been looked at.
void SharedState::Impl::decide() {
  std::vector<std::uint64_t> changes;
  bool quiet = !pending();
  for (const Board& board : shards.boards) {
    changes.push_back(board.changes);
    quiet = quiet && board.left == 0;
  }
  // Between two looks at all shards that found the same, nothing was on its way
  // from one to another.
  shards.ended = quiet && changes == shards.quiet_at;
  shards.quiet_at = quiet ? std::move(changes) : std::vector<std::uint64_t>();
  if (shards.ended && !all_arrived()) fail(std::string(kGap));
  // Who has input to read yet fetches nothing, here or elsewhere.
  if (quiet || !order.empty() || !input.is_read) return;
  if (!is_dry()) {
    // What it has is done first.
    if (shards.soon && !shards.bound_for) shards.bound_for = better_shard();
    return;
  }
  if (const auto giver = shard_that_may_give()) {
    shards.bound_for.reset();  // there is something to do here then
    shards.steps.emplace_back(Step::kGive, *giver);
    return;
  }
  if (!shards.bound_for) shards.bound_for = better_shard();
  if (!shards.bound_for) return;
  latest.command = turn(positions, true);
  shards.steps.emplace_back(Step::kTurn, shards.here);
  // From elsewhere it would not see that this was lost.
  if (shards.abroad[shards.here].has_replicas) {
    shards.steps.emplace_back(Step::kReplicas, shards.here);
    shards.steps.emplace_back(Step::kLeft, shards.here);
  }
  shards.steps.emplace_back(Step::kJoin, *shards.bound_for);
}

// What was cut off in one shard was taken in the other: as long as no server
// lost what it had acknowledged.
bool SharedState::Impl::all_arrived() const {
  for (std::size_t from = 0; from < shards.count; ++from) {
    for (std::size_t to = 0; to < shards.count; ++to) {
      const auto& sent = shards.boards[from].passed;
      const auto& taken = shards.boards[to].passed;
      if (to < sent.size() && from < taken.size() &&
          sent[to].first > taken[from].second) {
        return false;
      }
    }
  }
  return true;
}

// Where there are pages left of --max-pages, if they are used up here.
std::optional<std::size_t> SharedState::Impl::shard_that_may_give() const {
  const Board& own = shards.boards[shards.here];
  if (max_pages == 0 || own.spare > 0 || (own.spare == 0 && own.left == 0)) {
    return std::nullopt;
  }
  const auto most = std::max_element(
      shards.boards.begin(), shards.boards.end(),
      [](const Board& a, const Board& b) { return a.spare < b.spare; });
  if (most->spare <= 0) return std::nullopt;
  return static_cast<std::size_t>(most - shards.boards.begin());
}

RedisLink::Command SharedState::Impl::give(std::size_t shard) {
  const std::uint64_t name = next_message();
  return {"FCALL",
          "crawl_v5_give",
          "1",
          shard_prefix(address.name, shard),
          me.begun,
          options.worker,
          std::to_string(options.lease.count()),
          std::to_string(shards.here),
          std::to_string(-shards.boards[shards.here].spare),
          bucket_of(name),
          number_word(name)};
}

// Where there is more to do than here, by far.
std::optional<std::size_t> SharedState::Impl::better_shard() const {
  const auto hosts_of = [](const Board& board, std::uint64_t workers) {
    if (board.left == 0) return 0.0;
    const auto hosts = std::max<std::uint64_t>(board.hosts, 1);
    return (board.due > 0 ? 1 : kResting) * static_cast<double>(hosts) /
           static_cast<double>(std::max<std::uint64_t>(workers, 1));
  };
  Board own = shards.boards[shards.here];
  if (!is_dry()) own.due = 1;
  double best = kWorthWhile * hosts_of(own, own.workers);
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < shards.count; ++i) {
    if (i == shards.here) continue;
    const Board& board = shards.boards[i];
    const double hosts = hosts_of(board, board.workers + 1);
    if (hosts > best) {
      best = hosts;
      found = i;
    }
  }
  return found;
}

}  // namespace crawl
