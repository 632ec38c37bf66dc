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

Result<RedisReply> ask(const RedisAddress& address, OpenSecure secure,
                       RedisLink::Command command, milliseconds patience) {
  RedisLink link(address, secure, std::string(kSharedCrawlLua), [] {});
  link.send(std::move(command));
  if (auto answer = link.wait(patience)) return *std::move(answer);
  return tl::unexpected(link.trouble());
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

}  // namespace

std::map<std::string, std::uint64_t> SharedStatus::counters() const {
  std::map<std::string, std::uint64_t> all;
  for (const Worker& worker : workers) {
    for (const auto& [name, value] : worker.counters) all[name] += value;
  }
  return all;
}

Result<SharedStatus> read_shared_status(std::string_view address,
                                        milliseconds patience,
                                        OpenSecure secure) {
  const Result<RedisAddress> at = parse_redis_address(address);
  if (!at) return tl::unexpected(at.error());
  const std::string prefix = fmt::format("crawl:{{{}}}:", at->name);
  const Result<RedisReply> reply =
      ask(*at, secure, {"FCALL_RO", "crawl_v2_status", "1", prefix}, patience);
  if (!reply) return tl::unexpected(reply.error());
  if (reply->text_at(0) != "ok") {
    return make_error(fmt::format("{}: there is {}", at->shown(),
                                  reply->text_at(0) == "none"
                                      ? "no such crawl"
                                      : "another program's data, no crawl"));
  }
  SharedStatus status;
  const std::int64_t now = to_number(reply->text_at(2));
  status.age = milliseconds(now - to_number(reply->text_at(3)));
  status.left = to_count(reply->text_at(4));
  status.known = to_count(reply->text_at(5));
  status.done = to_count(reply->text_at(6));
  status.records = to_count(reply->text_at(7));
  status.order = reply->text_at(8);
  status.hosts_waiting = static_cast<std::uint64_t>(reply->number_at(9));
  status.hosts_due = static_cast<std::uint64_t>(reply->number_at(10));
  for (const RedisReply& worker : reply->list_at(11)) {
    status.workers.push_back(read_worker(worker, now));
    status.hosts_leased += status.workers.back().hosts;
  }
  std::sort(status.workers.begin(), status.workers.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  const auto add_slow = [&](const RedisReply& name, const RedisReply& due,
                            std::string worker) {
    const auto in =
        static_cast<std::int64_t>(std::strtod(due.text.c_str(), nullptr)) - now;
    if (in > 0) {
      status.slowest.push_back(
          {name.text, milliseconds(in), std::move(worker)});
    }
  };
  const auto& waiting = reply->list_at(12);
  for (std::size_t i = 0; i + 1 < waiting.size(); i += 2) {
    add_slow(waiting[i], waiting[i + 1], "");
  }
  const auto& leased = reply->list_at(13);
  for (std::size_t i = 0; i + 2 < leased.size(); i += 3) {
    add_slow(leased[i], leased[i + 1], leased[i + 2].text);
  }
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
  const std::string prefix = fmt::format("crawl:{{{}}}:", at->name);
  const Result<RedisReply> meta =
      ask(*at, secure, {"HMGET", prefix + "meta", "crawl", "seed"}, patience);
  if (!meta) return tl::unexpected(meta.error());
  if (meta->text_at(0).empty()) return SharedKnown::kNoCrawl;
  const std::uint64_t hash =
      shared_hash(to_count(meta->text_at(1)), url.href());
  const Result<RedisReply> known =
      ask(*at, secure,
          {"SISMEMBER", fmt::format("{}k:{}", prefix, bucket_of(hash)),
           number_word(hash)},
          patience);
  if (!known) return tl::unexpected(known.error());
  return known->number == 1 ? SharedKnown::kYes : SharedKnown::kNo;
}

Result<void> give_shared_order(std::string_view address, SharedOrder order,
                               milliseconds patience, OpenSecure secure) {
  const Result<RedisAddress> at = parse_redis_address(address);
  if (!at) return tl::unexpected(at.error());
  const Result<RedisReply> reply = ask(
      *at, secure,
      {"FCALL", "crawl_v2_order", "1", fmt::format("crawl:{{{}}}:", at->name),
       order == SharedOrder::kGoOn    ? ""
       : order == SharedOrder::kPause ? "pause"
                                      : "stop"},
      patience);
  if (!reply) return tl::unexpected(reply.error());
  if (reply->text != "ok") {
    return make_error(fmt::format("{}: there is no such crawl", at->shown()));
  }
  return {};
}

}  // namespace crawl
