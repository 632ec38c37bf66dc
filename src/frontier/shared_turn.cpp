#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "frontier/packed.h"
#include "frontier/shared_impl.h"

namespace crawl {
namespace {

using std::chrono::milliseconds;

// Of a new host, and more the faster it goes: so many times what it did since
// the turn before. Of a new one the fewer the more hosts there are, or what one
// worker has not begun is what others wait for.
constexpr std::size_t kFewestUrls = 2, kFirstUrls = 8;
constexpr std::size_t kFewestOfAll = 128;
constexpr std::size_t kTurnsAhead = 2;
constexpr std::size_t kMostUrls = 2'048;
// New hosts: as many again, for who has nothing to begin.
constexpr std::size_t kFewestHosts = 32;
constexpr std::size_t kMostHosts = 1'024;
constexpr milliseconds kQuietHost{2'000};
// What the number of a part of a chunk begins with (hand_out() in
// shared_turn.lua).
constexpr char kPieceSign = 'z';
// Of who has nothing to begin and was given nothing: so long at first, longer
// and longer then; for each worker there is, so that however many go hungry
// Redis hears no more from them all.
constexpr milliseconds kFirstHunger{16}, kMostFirstHunger{250};
constexpr milliseconds kLongestHunger{400}, kMostLongestHunger{2'000};
// The longest of who was given a little: so often the first. With several
// shards, where much comes with messages, longer.
constexpr int kLittle = 2, kLittleOfShards = 4;

milliseconds to_ms(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return milliseconds(std::clamp<std::int64_t>(value, 0, 86'400'000));
}

std::string in_ms(std::chrono::nanoseconds time) {
  return std::to_string(
      std::chrono::ceil<milliseconds>(std::max(time, {})).count());
}

std::string packed_positions(const SinkPositions& positions) {
  std::string packed;
  for (const SinkPosition& position : positions) {
    pack(packed, position.name);
    pack(packed, std::to_string(position.position));
  }
  return packed;
}

}  // namespace

// The next of this worker's turns: who it is and what it wants.
RedisLink::Command SharedState::Impl::turn_head(std::size_t want,
                                                std::size_t first,
                                                bool leaving) {
  ++latest.sequence;
  return {
      "FCALL",
      "crawl_v5_turn",
      "1",
      shard_prefix(address.name, shards.here),
      options.worker,
      me.token,
      std::to_string(latest.sequence),
      std::to_string(options.lease.count()),
      std::to_string(want),
      std::to_string(first),
      std::to_string(seed_list.known),
      leaving ? "1" : "0",
      // Each shard has its part of it.
      fmt::format("{}", options.rate / static_cast<double>(shards.count)),
      std::to_string(shards.count),
      std::to_string(shards.here),
      input.is_read ? "0" : "1",
  };
}

// What was found, but for what is told ahead.
SharedState::Impl::Found SharedState::Impl::take_found() {
  Found found;
  for (auto& [shard, urls] : next.found) {
    for (std::string& message : urls.take()) {
      if (found.is_full()) tell_ahead(std::exchange(found, {}));
      if (shard == shards.here) {
        found.here.add(std::move(message));
      } else {
        found.away.add(std::to_string(shard), std::move(message));
      }
    }
  }
  return found;
}

// In a turn that tells nothing else: whoever is killed behind it has known URLs
// queued, and not yet done the page that they are from.
void SharedState::Impl::tell_ahead(Found found) {
  RedisLink::Command command = turn_head(0, 0, false);
  Told none;
  none.move_to(command);  // hosts
  none.move_to(command);  // what is done
  command.emplace_back("0");
  found.here.move_to(command);
  none.move_to(command);  // seeds
  found.away.move_to(command);
  for (int i = 0; i < 5; ++i) none.move_to(command);  // all else
  command.push_back(packed_positions(latest.positions));
  latest.ahead.push_back(std::move(command));
}

RedisLink::Command SharedState::Impl::turn(const SinkPositions& now_at,
                                           bool leaving) {
  const Clock::time_point now = clock.now();
  latest.leaves = leaving;
  std::size_t want = 0;
  // First of all come the seeds that others have given: links are judged by
  // them.
  if (wants_more() && latest.any && !seed_list.more && !shards.bound_for) {
    want = std::clamp(leases.size(), kFewestHosts, kMostHosts);
  }
  std::size_t done = 0;
  for (const auto& [name, lease] : leases) done += lease.done;
  const std::size_t first =
      std::clamp(std::max(kTurnsAhead * done, kFewestOfAll) /
                     std::max<std::size_t>(leases.size(), 1),
                 kFewestUrls, kFirstUrls);
  Found found = take_found();
  RedisLink::Command command = turn_head(want, first, leaving);
  input.is_told = input.is_read;
  const auto delta = [](auto& counter) {
    const std::uint64_t by = counter.first - counter.second;
    counter.second = counter.first;
    return std::to_string(by);
  };
  Told hosts;
  latest.hosts.clear();
  std::size_t too_many =
      appetite.share > 0
          ? leases.size() - std::min(leases.size(), appetite.share)
          : 0;
  for (auto& [name, lease] : leases) {
    if (!lease.touched && now - lease.told < kQuietHost) continue;
    const std::size_t ahead =
        std::clamp(kTurnsAhead * lease.done, first, kMostUrls);
    std::size_t more =
        ahead - std::min(ahead, lease.here - std::min(lease.here, lease.asked));
    // What is here of them is done first, then they are given back.
    if (too_many > 0) {
      --too_many;
      more = 0;
    }
    if (shards.bound_for) more = 0;
    lease.touched = false;
    lease.told = now;
    lease.done = 0;
    const Frontier::Rest rest =
        frontier != nullptr ? frontier->rest_of(name) : Frontier::Rest();
    hosts.add(name, lease.number, in_ms(rest.next_in), in_ms(rest.delay),
              trusted.contains(name) ? "1" : "0", rest.pace,
              std::to_string(more));
    latest.hosts.push_back(name);
  }
  hosts.move_to(command);
  next.done.move_to(command);
  const std::string records = delta(counters["records"]);
  command.push_back(records);
  Told none;
  found.here.move_to(command);
  (shards.here == 0 ? next.seeds : none).move_to(command);
  found.away.move_to(command);
  Told delivered;
  for (std::size_t shard = 0; shard < shards.count; ++shard) {
    const std::uint64_t upto = std::exchange(shards.abroad[shard].delivered, 0);
    if (upto > 0) delivered.add(std::to_string(shard), std::to_string(upto));
  }
  delivered.move_to(command);
  next.bodies.move_to(command);
  next.claims.move_to(command);
  next.notes.move_to(command);
  latest.bodies_of = std::exchange(next.bodies_of, {});
  latest.claims_of = std::exchange(next.claims_of, {});

  Told changed;
  if (records != "0") changed.add("records", records);
  for (auto& [name, counter] : counters) {
    if (counter.first != counter.second) changed.add(name, delta(counter));
  }
  changed.move_to(command);
  command.push_back(packed_positions(now_at));
  latest.positions = now_at;

  appetite.hungry = false;
  return command;
}

void SharedState::Impl::poll() {
  for (const auto& each : shards.links) {
    if (!each) continue;
    for (std::string& message : each->take_news()) {
      news.messages.push_back(std::move(message));
    }
  }
  while (latest.under_way && !failed) {
    std::optional<Result<RedisReply>> answer =
        link(shards.steps.front().second).take();
    if (!answer) return;
    take_step(*std::move(answer));
  }
}

// It has its leases for as long again, or none.
bool SharedState::Impl::is_told(const RedisReply& reply) {
  if (reply.text_at(0) != "ok") {
    lose(reply.list.size() > 1 ? reply.list[1].text : "no turn is answered");
    return false;
  }
  latest.lease_end = latest.sent + options.lease;
  return true;
}

void SharedState::Impl::take_answer(const RedisReply& reply) {
  if (!is_told(reply)) return;
  latest.any = true;
  positions = latest.positions;
  const auto number = [&](std::size_t i) {
    return static_cast<std::uint64_t>(
        std::max<std::int64_t>(reply.number_at(i), 0));
  };
  totals = {number(1), number(2), number(3), number(4), number(5)};
  shards.boards[shards.here] = {number(1),  number(2),           number(3),
                                number(4),  number(5),           number(15),
                                number(14), number(17),          number(18),
                                0,          reply.number_at(20), {}};
  max_pages = number(21);
  std::uint64_t bytes = 0;
  for (const Board& board : shards.boards) bytes += board.bytes;
  spent = {bytes - std::min(bytes, counters["bytes"].second),
           milliseconds(shards.boards[0].worked_ms), clock.now()};
  if (options.rate > 0) {
    part_of_rate = std::strtod(std::string(reply.text_at(16)).c_str(), nullptr);
    if (frontier != nullptr && part_of_rate > 0) {
      frontier->set_rate(part_of_rate);
    }
  }

  take_bodies(reply.list_at(7), std::exchange(latest.bodies_of, {}));
  take_claims(reply.list_at(8));
  if (shards.here == 0) take_seeds(reply.list_at(9));

  // Of its hosts, in the order they were told.
  const auto& more = reply.list_at(10);
  for (std::size_t i = 0; i < more.size() && i < latest.hosts.size(); ++i) {
    if (more[i].number_at(1) == 0) {
      leases.erase(latest.hosts[i]);
    } else {
      take_entries(latest.hosts[i], more[i].list_at(2));
    }
  }
  const auto& fresh = reply.list_at(11);
  for (const RedisReply& host : fresh) {
    const std::string name(host.text_at(0));
    leases[name] = Lease{std::string(host.text_at(7))};
    if (host.text_at(2) == "1") trusted.insert(name);
    if (frontier != nullptr && !name.empty()) {
      frontier->take_over(name,
                          {to_ms(host.text_at(1)),
                           {},
                           std::string(host.text_at(3)),
                           host.text_at(2) == "1"},
                          to_ms(host.text_at(4)));
    }
    take_notes(host.list_at(6));
    take_entries(name, host.list_at(5));
  }
  take_mail(shards.here, reply.list_at(19));
  hear(reply.text_at(12));
  appetite.share = static_cast<std::size_t>(number(13));
  // Whoever goes hungry asks again soon, and then less and less often; soon
  // too who was given a little.
  std::uint64_t workers = 0;
  for (const Board& board : shards.boards) workers += board.workers;
  const auto others = static_cast<std::int64_t>(workers);
  appetite.least =
      std::clamp(kFirstHunger * others, kFirstHunger, kMostFirstHunger);
  const milliseconds longest = std::clamp(kLongestHunger / 8 * others,
                                          kLongestHunger, kMostLongestHunger);
  if (!is_scant()) {
    appetite.wait = appetite.least;
  } else {
    const milliseconds little =
        appetite.least * (shards.count > 1 ? kLittleOfShards : kLittle);
    appetite.wait =
        std::clamp(2 * appetite.wait, appetite.least,
                   fresh.empty() ? longest : std::min(little, longest));
  }
  const milliseconds next_in(reply.number_at(6));
  if (fresh.empty() && next_in.count() >= 0 && next_in < appetite.wait) {
    appetite.wait = std::max(next_in + milliseconds(1), appetite.least);
  }
}

void SharedState::Impl::hear(std::string_view now) {
  if (order == now) return;
  order = now;
  news.messages.push_back(fmt::format(
      "{}: the crawl {}", address.shown(),
      order == "pause"  ? "is paused until --resume"
      : order == "stop" ? "was stopped for all; --resume has it go on"
                        : "goes on"));
}

// What is not readable is asked for again.
void SharedState::Impl::take_notes(const std::vector<RedisReply>& kept) {
  for (const RedisReply& each : kept) {
    const std::string_view name = each.text_at(0);
    if (name.starts_with(kCopiesNote)) {
      news.copies.emplace_back(each.text_at(2));
      continue;
    }
    if (!name.starts_with(kRobotsNote)) continue;
    Unpack fields(each.text_at(2));
    KeptRobots answer{std::string(name.substr(kRobotsNote.size()))};
    answer.status_code = static_cast<int>(fields.number(999));
    answer.truncated = fields.next() == "1";
    answer.body = fields.next();
    if (!fields.good() || !fields.at_end()) continue;
    news.robots.push_back({std::move(answer), to_ms(each.text_at(1))});
  }
}

void SharedState::Impl::take_bodies(const std::vector<RedisReply>& urls,
                                    const std::vector<PageId>& bodies_of) {
  for (std::size_t i = 0; i < urls.size() && i < bodies_of.size(); ++i) {
    news.bodies.push_back({bodies_of[i], urls[i].text});
    const auto found = handed.pages.find(bodies_of[i]);
    if (found != handed.pages.end()) {
      found->second.is_copy = !urls[i].text.empty();
    }
  }
}

void SharedState::Impl::take_claims(const std::vector<RedisReply>& verdicts) {
  using Verdict = StateNews::Claim::Verdict;
  for (std::size_t i = 0; i < verdicts.size() && i < latest.claims_of.size();
       ++i) {
    const PageId page = latest.claims_of[i];
    Verdict verdict = verdicts[i].text == "1"   ? Verdict::kYes
                      : verdicts[i].text == "2" ? Verdict::kMoved
                                                : Verdict::kNo;
    const auto found = handed.pages.find(page);
    if (found != handed.pages.end()) is_asked(found->second, false);
    if (verdict == Verdict::kYes && found != handed.pages.end()) {
      found->second.number = std::to_string(found->second.place + 1);
    }
    if (verdict == Verdict::kMoved && found != handed.pages.end()) {
      Lease& lease = leases[found->second.host];
      lease.here -= std::min<std::size_t>(lease.here, 1);
      lease.touched = true;
      handed.pages.erase(found);
      --handed.count;
    }
    news.claims.push_back({page, verdict});
  }
}

void SharedState::Impl::take_entries(const std::string& host,
                                     const std::vector<RedisReply>& numbered) {
  for (std::size_t i = 0; i + 1 < numbered.size(); i += 2) {
    const std::string& number = numbered[i].text;
    std::uint64_t place = 0;
    std::from_chars(number.data(), number.data() + number.size(), place);
    if (number.starts_with(kPieceSign)
            ? !take_chunk(host, number, numbered[i + 1].text)
            : !take_entry(host, number, place - 1, numbered[i + 1].text)) {
      fail("holds what is no crawl of this program");
      return;
    }
  }
}

// A chunk, with a character for each of its URLs: those that are this worker's
// are '1', those that somebody had before and has done are '2'.
bool SharedState::Impl::take_chunk(const std::string& host,
                                   std::string_view number,
                                   std::string_view text) {
  const std::size_t count = std::min(text.find(':'), text.size() - 1);
  const auto entries = unpack_chunk(text.substr(count + 1), count);
  if (!entries) return false;
  std::uint64_t place = 0;
  std::from_chars(number.data() + 1, number.data() + number.size(), place);
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] == '1' && !take_entry(host, fmt::format("{}:{}", number, i + 1),
                                      place - 1, (*entries)[i])) {
      return false;
    }
    if (text[i] != '0') ++place;
  }
  return true;
}

bool SharedState::Impl::take_entry(const std::string& host, std::string number,
                                   std::uint64_t place,
                                   std::string_view packed) {
  const auto lease = leases.find(host);
  std::optional<SharedEntry> entry = unpack_entry(packed, host);
  auto* const sitemap = entry ? std::get_if<QueuedSitemap>(&*entry) : nullptr;
  auto* const left_out = entry ? std::get_if<LeftOut>(&*entry) : nullptr;
  auto* const page = entry ? std::get_if<QueuedPage>(&*entry) : nullptr;
  const bool fits = left_out != nullptr  ? host.empty()
                    : sitemap != nullptr ? host_name_of(sitemap->url) == host
                    : page != nullptr    ? host_name_of(page->url) == host
                                         : false;
  if (!fits || lease == leases.end()) return false;
  ++lease->second.here;
  const std::uint32_t id = ++handed.next;
  if (page == nullptr) {
    handed.pages[id] = {host, std::move(number), "", 0, kNoPage, "", false};
    if (sitemap != nullptr) {
      news.sitemaps.push_back({id, std::move(sitemap->url), sitemap->level,
                               sitemap->allow_private, sitemap->wanted});
    } else {
      news.left_out.push_back({id, std::move(*left_out)});
    }
    return true;
  }
  ++handed.count;
  QueuedPage queued = std::move(*page);
  const std::string key = queued.url.host_key();
  std::optional<HostId> origin = table->find(key);
  if (!origin) origin = table->add(key);
  queued.id = PageId{*origin} << 32 | id;
  queued.place = place;
  handed.pages[queued.id] = {host,
                             std::move(number),
                             queued.redirects.empty()
                                 ? std::string(queued.url.href())
                                 : queued.redirects.front().url,
                             place,
                             queued.parent,
                             queued.parent_url,
                             true,
                             queued.is_on_copy};
  known.insert(hash(queued.url.href()));
  buffers.by_host[*origin].push_back(std::move(queued));
  ++buffers.pages;
  if (news.hosts.empty() || news.hosts.back() != *origin) {
    news.hosts.push_back(*origin);
  }
  return true;
}

}  // namespace crawl
