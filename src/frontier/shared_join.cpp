// How a worker comes into a crawl.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <random>
#include <utility>

#include "frontier/packed.h"
#include "frontier/shared_impl.h"

namespace crawl {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kVersion = "5";
constexpr milliseconds kForgetting{2'000};

std::string packed_settings(
    const std::vector<std::pair<std::string, std::string>>& settings) {
  std::string out;
  for (const auto& [name, value] : settings) {
    pack(out, name);
    pack(out, value);
  }
  return out;
}

// What the first difference is.
std::string difference(
    const std::vector<std::pair<std::string, std::string>>& now,
    std::string_view packed_before) {
  Unpack before(packed_before);
  for (const auto& [name, value] : now) {
    const std::string_view old_name = before.next();
    const std::string_view old_value = before.next();
    if (old_name == name && old_value == value) continue;
    return fmt::format(": {} was \"{}\", now it is \"{}\"", name,
                       old_name == name ? old_value.substr(0, 200) : "nothing",
                       value.substr(0, 200));
  }
  return "";
}

}  // namespace

std::string_view info_value(std::string_view info, std::string_view name) {
  for (std::size_t at = info.find(name); at != info.npos;
       at = info.find(name, at + 1)) {
    const std::string_view rest = info.substr(at + name.size());
    if ((at == 0 || info[at - 1] == '\n') && rest.starts_with(':')) {
      return rest.substr(1,
                         std::min(rest.find_first_of("\r\n"), rest.size()) - 1);
    }
  }
  return "";
}

Result<RedisReply> SharedState::Impl::ask(
    std::size_t shard, RedisLink::Command command, Clock::time_point until,
    const std::function<bool()>& give_up) {
  RedisLink& to = link(shard);
  to.send(std::move(command));
  return to.wait([&] { return (give_up && give_up()) || clock.now() >= until; },
                 say);
}

// That it is a server that keeps a crawl.
Result<void> SharedState::Impl::check_server(
    std::size_t shard, Clock::time_point until,
    const std::function<bool()>& give_up) {
  // In a cluster, to the node that has the shard.
  const Result<RedisReply> there =
      ask(shard, {"TYPE", shard_prefix(address.name, shard) + "meta"}, until,
          give_up);
  if (!there) return tl::unexpected(there.error());
  const Result<RedisReply> info = ask(shard, {"INFO"}, until, give_up);
  if (!info) return tl::unexpected(info.error());
  const std::string_view replicas = info_value(info->text, "connected_slaves");
  shards.abroad[shard].has_replicas = !replicas.empty() && replicas != "0";
  const std::string_view version = info_value(info->text, "redis_version");
  int major = 0;
  std::from_chars(version.data(), version.data() + version.size(), major);
  if (major < 7) {
    return tl::unexpected(fail(fmt::format(
        "is Redis {}; a shared crawl needs 7.0 or later", version)));
  }
  if (const std::string_view policy =
          info_value(info->text, "maxmemory_policy");
      policy != "noeviction") {
    return tl::unexpected(
        fail(fmt::format("its maxmemory-policy is {}: it may drop parts of the "
                         "crawl; set it to noeviction",
                         policy)));
  }
  if (info_value(info->text, "aof_enabled") == "0" && news.messages.empty()) {
    news.messages.push_back(fmt::format(
        "{}: keeps no log of what is written (appendonly is off): a restart "
        "of it takes the crawl back to its last snapshot, or loses it",
        address.shown()));
  }
  return {};
}

RedisLink::Command SharedState::Impl::join_command(std::size_t shard,
                                                   bool stays) const {
  std::string begun = (me.is_whole ? "+" : "") + me.begun;
  if (shard == 0) begun = options.begun.empty() ? "" : "+" + options.begun;
  return {"FCALL", "crawl_v5_join", "1", shard_prefix(address.name, shard),
          options.worker, std::to_string(options.lease.count()),
          std::to_string(me.seed), std::string(kVersion),
          packed_settings(options.settings), packed_settings(options.outputs),
          std::to_string(options.delay.count()),
          // Of the first the others take it.
          std::to_string(me.begun.empty() ? options.shards : shards.count),
          begun, stays ? "1" : "0", std::to_string(max_pages),
          input.is_read ? "0" : "1", options.place};
}

Result<void> SharedState::Impl::take_join(std::size_t shard, bool stays,
                                          const RedisReply& reply) {
  const std::string_view verdict = reply.text_at(0);
  const std::string prefix = shard_prefix(address.name, shard);
  if (verdict == "foreign") {
    return tl::unexpected(
        fail(fmt::format("its key {}meta is another program's; name another "
                         "crawl: redis://HOST:PORT/DB/NAME",
                         prefix)));
  }
  if (verdict == "version") {
    return tl::unexpected(
        fail(fmt::format("the crawl was begun by another version of crawl (its "
                         "format is {}, here {})",
                         reply.text_at(1), kVersion)));
  }
  if (verdict == "gone" && shard == 0) {
    return tl::unexpected(
        fail("Redis has lost the crawl; the outputs are as they were"));
  }
  if (verdict == "gone") {
    return tl::unexpected(fail(fmt::format(
        "a part of the crawl is not there ({}meta): Redis has lost it",
        prefix)));
  }
  if (verdict == "shards") {
    return tl::unexpected(fail(fmt::format(
        "the crawl was begun with --shards {}; leave --shards out, or give it "
        "that",
        reply.text_at(1))));
  }
  if (verdict == "busy") {
    return tl::unexpected(fail(fmt::format(
        "another worker is at work elsewhere under the name of this one, {}: "
        "give it another -o, or the machine another name",
        options.worker)));
  }
  if (verdict == "settings") {
    return tl::unexpected(fail(fmt::format(
        "the crawl was begun with other settings{}; all workers' are to be the "
        "same",
        difference(options.settings, reply.text_at(1)))));
  }
  if (verdict == "outputs") {
    return tl::unexpected(fail(
        fmt::format("this worker has begun with other outputs{}; begin another "
                    "one, with another -o",
                    difference(options.outputs, reply.text_at(1)))));
  }
  if (verdict != "ok") {
    return tl::unexpected(fail("does not answer as it should"));
  }
  if (stays) {
    me.token = reply.text_at(1);
    latest.sequence = 0;
    latest.lease_end = latest.sent + options.lease;
    shards.here = shard;
    shards.bound_for.reset();
    appetite.wait = appetite.least;
    return {};
  }
  const auto to_number = [](std::string_view text, auto& value) {
    std::from_chars(text.data(), text.data() + text.size(), value);
  };
  if (shard == 0) {
    to_number(reply.text_at(2), me.seed);
    me.begun = reply.text_at(3);
    me.is_whole = reply.text_at(7) == "1";
    to_number(reply.text_at(8), max_pages);
    to_number(reply.text_at(6), shards.count);
    if (shards.count < 1 || shards.count > kMostSharedShards) {
      return tl::unexpected(fail("does not answer as it should"));
    }
    shards.boards.resize(shards.count);
    shards.abroad.resize(shards.count);
  }
  // Each turn says where all outputs are, so the latest is the greatest.
  Unpack at(reply.text_at(4));
  while (!at.at_end()) {
    SinkPosition position;
    position.name = at.next();
    position.position = at.number(~std::uint64_t{0});
    if (!at.good()) return tl::unexpected(fail("positions are not readable"));
    const auto same = std::find_if(
        positions.begin(), positions.end(),
        [&](const auto& each) { return each.name == position.name; });
    if (same == positions.end()) {
      positions.push_back(std::move(position));
    } else {
      same->position = std::max(same->position, position.position);
    }
  }
  resumed = resumed || reply.text_at(5) == "1";
  return {};
}

// A worker of the same name elsewhere is left alone, unless it is silent until
// its leases end.
Result<RedisReply> SharedState::Impl::ask_to_join(
    std::size_t shard, Clock::time_point until,
    const std::function<bool()>& give_up) {
  std::optional<std::string> heard;
  while (true) {
    Result<RedisReply> reply =
        ask(shard, join_command(shard, false), until, give_up);
    if (!reply || reply->text_at(0) != "busy") return reply;
    const std::string now(reply->text_at(1));
    if ((heard && *heard != now) || (give_up && give_up())) return reply;
    if (!heard && say) {
      say(fmt::format(
          "{}: a worker of the same name, {}, has leases until {} "
          "s from now; waiting whether it is still at work",
          address.shown(), options.worker, (reply->number_at(2) + 999) / 1000));
    }
    heard = now;
    link(shard).wait(milliseconds(100));
    until = std::max(until, clock.now() + options.lease / 2);
  }
}

// A start that came to nothing leaves no crawl behind: of one of which nobody
// has told anything yet.
void SharedState::Impl::forget_if_empty() {
  const auto ends = std::chrono::steady_clock::now() + kForgetting;
  const auto late = [&] { return std::chrono::steady_clock::now() >= ends; };
  const auto told = [&](std::size_t shard, const char* really) {
    link(shard).send({"FCALL", "crawl_v5_forget", "1",
                      shard_prefix(address.name, shard), me.begun,
                      options.worker, really});
    const Result<RedisReply> reply = link(shard).wait(late, {});
    return reply && reply->text_at(0) == "empty";
  };
  for (const char* const really : {"0", "1"}) {
    // Without the first one there is none.
    for (std::size_t shard = shards.count; shard-- > 0;) {
      if (!told(shard, really)) return;
    }
  }
}

Result<void> SharedState::Impl::join_all(Clock::time_point until,
                                         const std::function<bool()>& give_up) {
  for (std::size_t shard = 0; shard < shards.count; ++shard) {
    if (auto good = check_server(shard, until, give_up); !good) return good;
    const Result<RedisReply> joined = ask_to_join(shard, until, give_up);
    if (!joined) return tl::unexpected(joined.error());
    if (auto taken = take_join(shard, false, *joined); !taken) return taken;
  }
  if (max_pages != options.max_pages) {
    news.messages.push_back(
        max_pages == 0
            ? fmt::format("{}: the crawl has no --max-pages any more",
                          address.shown())
            : fmt::format("{}: the crawl's --max-pages is {} by now, which may "
                          "only be raised",
                          address.shown(), max_pages));
  }
  if (shards.count > 1 && !me.is_whole) {
    const Result<RedisReply> noted =
        ask(0, {"HSET", shard_prefix(address.name, 0) + "meta", "whole", "1"},
            until, give_up);
    if (!noted) return tl::unexpected(noted.error());
    me.is_whole = true;
  }
  return {};
}

Result<void> SharedState::Impl::join(milliseconds patience,
                                     const std::function<bool()>& give_up) {
  Result<void> joined = begin_to_join(clock.now() + patience, give_up);
  if (!joined && !me.begun.empty()) forget_if_empty();
  return joined;
}

Result<void> SharedState::Impl::begin_to_join(
    Clock::time_point until, const std::function<bool()>& give_up) {
  max_pages = options.max_pages;
  std::random_device random;
  me.seed = std::uint64_t{random()} << 32 | random();
  shards.nonce = std::uint64_t{random()} << 32 | random();
  if (auto joined = join_all(until, give_up); !joined) return joined;
  // To where there is something to do, or else where fewest are.
  std::size_t to = 0;
  for (std::size_t shard = 0; shards.count > 1 && shard < shards.count;
       ++shard) {
    const Result<RedisReply> seen = ask(shard, look(shard), until, give_up);
    if (!seen) return tl::unexpected(seen.error());
    take_look(shard, *seen);
    if (failed) return tl::unexpected(*failed);
    if (shards.boards[shard].workers < shards.boards[to].workers) to = shard;
  }
  latest.sent = clock.now();
  if (shards.bound_for) {
    to = *shards.bound_for;
  } else if (shards.count > 1) {
    shards.here = to;
    to = better_shard().value_or(to);
  }
  const Result<RedisReply> joined =
      ask(to, join_command(to, true), until, give_up);
  if (!joined) return tl::unexpected(joined.error());
  if (auto taken = take_join(to, true, *joined); !taken) return taken;
  table.emplace(me.seed);
  latest.answered = clock.now();
  latest.lease_end = latest.answered + options.lease;
  return {};
}

}  // namespace crawl
