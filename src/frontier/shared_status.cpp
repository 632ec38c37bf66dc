#include "crawl/frontier/shared_status.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "frontier/packed.h"
#include "frontier/redis_link.h"
#include "frontier/shared_impl.h"
#include "shared_crawl_lua.h"

namespace crawl {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMostSlow = 5;

std::int64_t to_number(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}
std::uint64_t to_count(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::size_t shards_of(std::string_view text) {
  return std::clamp<std::size_t>(to_count(text), 1, kMostSharedShards);
}

Result<RedisReply> ask(const RedisAddress& address, OpenSecure secure,
                       RedisLink::Command command, milliseconds patience,
                       const SayWaiting& say = {}) {
  RedisLink link(address, secure, std::string(kSharedCrawlLua), [] {});
  link.send(std::move(command));
  const auto until = std::chrono::steady_clock::now() + patience;
  return link.wait([&] { return std::chrono::steady_clock::now() >= until; },
                   say);
}

SharedStatus::Worker read_worker(const RedisReply& reply, std::int64_t now) {
  SharedStatus::Worker worker;
  worker.name = reply.text_at(0);
  const std::int64_t left = to_number(reply.text_at(1));
  worker.alive = left >= 0;
  worker.lease_left = milliseconds(std::max<std::int64_t>(left, 0));
  worker.hosts = static_cast<std::uint64_t>(reply.number_at(2));
  const auto& fields = reply.list_at(3);
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
    const std::string_view name = fields[i].text;
    const std::string_view value = fields[i + 1].text;
    constexpr std::string_view kCount = "count ";
    if (name.starts_with(kCount)) {
      worker.counters.emplace(name.substr(kCount.size()), to_count(value));
    } else if (name == "seen") {
      worker.seen =
          milliseconds(std::max<std::int64_t>(now - to_number(value), 0));
    } else if (name == "outputs") {
      for (Unpack unpack(value); !unpack.at_end();) {
        std::string sink(unpack.next());
        worker.outputs.emplace_back(std::move(sink), unpack.next());
      }
    } else if (name == "positions") {
      worker.begun = true;
      for (Unpack unpack(value); !unpack.at_end();) {
        SinkPosition position;
        position.name = unpack.next();
        position.position = unpack.number(~std::uint64_t{0});
        worker.positions.push_back(std::move(position));
      }
    }
  }
  return worker;
}

// A worker of one shard, among those of all.
void add_worker(SharedStatus& status, SharedStatus::Worker worker) {
  const auto known =
      std::find_if(status.workers.begin(), status.workers.end(),
                   [&](const auto& each) { return each.name == worker.name; });
  if (known == status.workers.end()) {
    status.workers.push_back(std::move(worker));
    return;
  }
  // At the shards where it was before it is not heard of.
  known->seen = std::min(known->seen, worker.seen);
  known->alive = known->alive || worker.alive;
  known->begun = known->begun || worker.begun;
  known->lease_left = std::max(known->lease_left, worker.lease_left);
  known->hosts += worker.hosts;
  for (const auto& [name, value] : worker.counters) {
    known->counters[name] += value;
  }
  for (SinkPosition& position : worker.positions) {
    const auto same = std::find_if(
        known->positions.begin(), known->positions.end(),
        [&](const auto& each) { return each.name == position.name; });
    if (same == known->positions.end()) {
      known->positions.push_back(std::move(position));
    } else {
      same->position = std::max(same->position, position.position);
    }
  }
}

void add_shard(SharedStatus& status, const RedisReply& reply) {
  const std::int64_t now = to_number(reply.text_at(2));
  status.age =
      std::max(status.age, milliseconds(now - to_number(reply.text_at(3))));
  status.left += to_count(reply.text_at(4));
  status.known += to_count(reply.text_at(5));
  status.done += to_count(reply.text_at(6));
  status.records += to_count(reply.text_at(7));
  status.order = reply.text_at(8);
  status.hosts_waiting += static_cast<std::uint64_t>(reply.number_at(9));
  status.hosts_due += static_cast<std::uint64_t>(reply.number_at(10));
  for (const RedisReply& each : reply.list_at(11)) {
    SharedStatus::Worker worker = read_worker(each, now);
    status.hosts_leased += worker.hosts;
    add_worker(status, std::move(worker));
  }
  const auto add_slow = [&](const RedisReply& name, const RedisReply& due,
                            std::string worker) {
    const auto in =
        static_cast<std::int64_t>(std::strtod(due.text.c_str(), nullptr)) - now;
    if (in > 0) {
      status.slowest.push_back(
          {name.text, milliseconds(in), std::move(worker)});
    }
  };
  const auto& waiting = reply.list_at(12);
  for (std::size_t i = 0; i + 1 < waiting.size(); i += 2) {
    add_slow(waiting[i], waiting[i + 1], "");
  }
  const auto& leased = reply.list_at(13);
  for (std::size_t i = 0; i + 2 < leased.size(); i += 3) {
    add_slow(leased[i], leased[i + 1], leased[i + 2].text);
  }
}

}  // namespace

bool SharedStatus::is_at_work() const {
  return std::any_of(workers.begin(), workers.end(),
                     [](const Worker& worker) { return worker.alive; });
}

std::map<std::string, std::uint64_t> SharedStatus::counters() const {
  std::map<std::string, std::uint64_t> all;
  for (const Worker& worker : workers) {
    for (const auto& [name, value] : worker.counters) all[name] += value;
  }
  return all;
}

Result<SharedStatus> read_shared_status(std::string_view address,
                                        milliseconds patience,
                                        OpenSecure secure, bool of_masters,
                                        const SayWaiting& say) {
  const Result<RedisAddress> at = parse_redis_address(address);
  if (!at) return tl::unexpected(at.error());
  SharedStatus status;
  // In a cluster it is masters that answer.
  if (of_masters) {
    const Result<RedisReply> info = ask(*at, secure, {"INFO"}, patience, say);
    if (!info) return tl::unexpected(info.error());
    if (info_value(info->text, "role") == "slave" &&
        info_value(info->text, "cluster_enabled") == "0") {
      return make_error(fmt::format(
          "{}: is a replica, which may not know the latest: name its master",
          at->shown()));
    }
  }
  std::size_t shards = 1;
  for (std::size_t shard = 0; shard < shards; ++shard) {
    const Result<RedisReply> reply =
        ask(*at, secure,
            {"FCALL_RO", "crawl_v5_status", "1", shard_prefix(at->name, shard)},
            patience, say);
    if (!reply) return tl::unexpected(reply.error());
    // Those behind the first come while the first worker begins.
    if (shard > 0 && reply->text_at(0) == "none") continue;
    if (reply->text_at(0) != "ok") {
      return make_error(fmt::format("{}: there is {}", at->shown(),
                                    reply->text_at(0) == "none"
                                        ? "no such crawl"
                                        : "another program's data, no crawl"));
    }
    shards = shards_of(reply->text_at(14));
    status.readers += static_cast<std::uint64_t>(reply->number_at(15));
    add_shard(status, *reply);
  }
  std::sort(status.workers.begin(), status.workers.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  std::stable_sort(
      status.slowest.begin(), status.slowest.end(),
      [](const auto& x, const auto& y) { return x.asked_in > y.asked_in; });
  if (status.slowest.size() > kMostSlow) status.slowest.resize(kMostSlow);
  return status;
}

Result<SharedKnown> read_shared_known(std::string_view address, const Url& url,
                                      milliseconds patience,
                                      OpenSecure secure) {
  const Result<RedisAddress> at = parse_redis_address(address);
  if (!at) return tl::unexpected(at.error());
  const Result<RedisReply> meta = ask(
      *at, secure,
      {"HMGET", shard_prefix(at->name, 0) + "meta", "crawl", "seed", "shards"},
      patience);
  if (!meta) return tl::unexpected(meta.error());
  if (meta->text_at(0).empty()) return SharedKnown::kNoCrawl;
  const std::uint64_t hash =
      shared_hash(to_count(meta->text_at(1)), url.href());
  const std::size_t shard =
      shard_of_host(host_name_of(url), hash, shards_of(meta->text_at(2)));
  const Result<RedisReply> known = ask(
      *at, secure,
      {"SISMEMBER",
       fmt::format("{}k:{}", shard_prefix(at->name, shard), bucket_of(hash)),
       number_word(hash)},
      patience);
  if (!known) return tl::unexpected(known.error());
  return known->number == 1 ? SharedKnown::kYes : SharedKnown::kNo;
}

Result<void> give_shared_order(std::string_view address, SharedOrder order,
                               milliseconds patience, OpenSecure secure,
                               const SayWaiting& say) {
  const Result<RedisAddress> at = parse_redis_address(address);
  if (!at) return tl::unexpected(at.error());
  std::size_t shards = 1;
  for (std::size_t shard = 0; shard < shards; ++shard) {
    const Result<RedisReply> reply =
        ask(*at, secure,
            {"FCALL", "crawl_v5_order", "1", shard_prefix(at->name, shard),
             order == SharedOrder::kGoOn    ? ""
             : order == SharedOrder::kPause ? "pause"
                                            : "stop"},
            patience, say);
    if (!reply) return tl::unexpected(reply.error());
    if (reply->text == "none") {
      return make_error(fmt::format("{}: there is no such crawl", at->shown()));
    }
    shards = shards_of(reply->text);
  }
  return {};
}

}  // namespace crawl
