#include "crawl/frontier/shared_state.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <utility>

#include "frontier/packed.h"
#include "frontier/seen_key.h"
#include "frontier/shared_impl.h"

namespace crawl {
namespace {

using std::chrono::milliseconds;

// So many things to tell and ask make a turn worth while (a page that is done
// has asked before), and so long is none put off.
constexpr std::size_t kTurnPages = 512;
// More would make a turn that others wait for.
constexpr std::size_t kMuchFound = 4'096;
constexpr milliseconds kSoonest{10};
constexpr milliseconds kLatest{1'000};
// Who has something to do and could do more asks so often.
constexpr milliseconds kPeckish{1'000};
// And at least so often who cannot go on without, and has something to tell.
constexpr milliseconds kSoonToGoOn{50};
// Who may not begin anything, since others have all of the rate.
constexpr milliseconds kPartless{200};
// Nothing is begun so shortly before the leases end (a part of them).
constexpr int kMargin = 6;
constexpr int kHeartbeat = 4;
constexpr milliseconds kPausedBeat{1'000};
constexpr milliseconds kLeaving{3'000};
// So few are left to be fetched: new ones are wanted now.
constexpr std::size_t kScant = 16;
// A longer robots.txt is asked for again by who has the host next.
constexpr std::size_t kMostRobots = 16'384;

}  // namespace

Result<void> check_shared_address(std::string_view address) {
  if (auto parsed = parse_redis_address(address); !parsed) {
    return tl::unexpected(parsed.error());
  }
  return {};
}

std::string shown_shared_address(std::string_view address) {
  const auto parsed = parse_redis_address(address);
  return parsed ? parsed->shown() : std::string();
}

SharedState::Impl::Impl(SharedOptions o, RedisAddress a, const Clock& c,
                        std::function<void()> to_wake)
    : options(std::move(o)),
      address(std::move(a)),
      clock(c),
      wake(std::move(to_wake)) {
  input.is_read = input.is_told = !options.has_input;
}

SharedState::SharedState(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SharedState::~SharedState() {
  Impl& impl = *impl_;
  if (impl.failed) return;
  // Of the leases that it renews or ends: the last turn goes by them.
  const auto until = std::chrono::steady_clock::now() + kLeaving;
  while (impl.latest.under_way && !impl.failed &&
         std::chrono::steady_clock::now() < until) {
    auto answer =
        impl.link(impl.shards.steps.front().second).wait(milliseconds(100));
    if (answer) impl.take_step(*std::move(answer));
  }
  if (impl.failed || impl.latest.under_way) return;
  // What was found and not committed is nobody's.
  impl.next = {};
  impl.counters.clear();
  RedisLink& link = impl.link(impl.shards.here);
  link.send(impl.turn(impl.positions, true));
  static_cast<void>(link.wait(kLeaving));
  if (impl.options.has_input && !impl.input.is_told && impl.positions.empty()) {
    impl.forget_if_empty();
  }
}

Result<std::unique_ptr<SharedState>> SharedState::open(
    SharedOptions options, const Clock& clock, std::function<void()> wake,
    milliseconds patience, const std::function<bool()>& give_up,
    const std::function<void(std::string_view)>& say) {
  Result<RedisAddress> address = parse_redis_address(options.address);
  if (!address) return tl::unexpected(address.error());
  auto impl = std::make_unique<Impl>(std::move(options), *std::move(address),
                                     clock, std::move(wake));
  impl->say = say;
  if (auto joined = impl->join(patience, give_up); !joined) {
    return tl::unexpected(joined.error());
  }
  impl->say = {};
  return std::unique_ptr<SharedState>(new SharedState(std::move(impl)));
}

Error SharedState::Impl::fail(std::string message) {
  failed = Error{fmt::format("{}: {}", address.shown(), message)};
  return *failed;
}

Error SharedState::Impl::lose(std::string why) {
  lost = true;
  return fail(std::move(why));
}

bool SharedState::is_lost() const { return impl_->lost; }
const std::string& SharedState::begun() const { return impl_->me.begun; }
SharedState::Totals SharedState::totals() const {
  Totals all;
  for (const Impl::Board& board : impl_->shards.boards) {
    all.left += board.left;
    all.known += board.known;
    all.done += board.done;
    all.records += board.records;
    all.workers += board.workers;
  }
  return all;
}
bool SharedState::resumed() const { return impl_->resumed; }
const SinkPositions& SharedState::positions() const { return impl_->positions; }

StateCounts SharedState::counts() const {
  return {impl_->known.size(), impl_->handed.count, impl_->handed.done,
          impl_->leases.size()};
}

std::uint64_t shared_hash(std::uint64_t seed, std::string_view href) {
  std::string buffer;
  const std::string_view key = seen_key(href.substr(0, href.find('#')), buffer);
  return XXH3_64bits_withSeed(key.data(), key.size(), seed);
}

std::uint64_t SharedState::Impl::hash(std::string_view href) const {
  return shared_hash(me.seed, href);
}

bool SharedState::knows(std::string_view href) const {
  return impl_->known.contains(impl_->hash(href));
}

void SharedState::Impl::find(const std::string& host, std::uint64_t of,
                             std::string entry, bool alone) {
  next.found[shard_of(host, of)].add(host, of, std::move(entry), alone);
}

Result<std::optional<PageId>> SharedState::add(const Url& url, int depth,
                                               PageId parent) {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  const std::uint64_t hash = impl.hash(url.href());
  if (parent == kNoPage) {
    impl.next.seeds.add(number_word(hash), std::string(url.href()));
  }
  if (!impl.known.insert(hash)) return std::nullopt;
  QueuedPage page{.url = url.without_fragment()};
  page.depth = depth;
  page.parent = is_page(parent) ? 0 : parent;
  page.allow_private = parent != kFromSitemap;
  if (is_page(parent)) {
    const auto from = impl.handed.pages.find(parent);
    if (from == impl.handed.pages.end()) {
      return tl::unexpected(impl.fail("a link's page is not handed out"));
    }
    page.parent_url = from->second.url;
    page.is_on_copy = from->second.is_copy;
    page.allow_private = impl.trusted.contains(from->second.host);
  }
  impl.find(host_name_of(url), hash, pack_entry(page));
  return std::nullopt;
}

Result<bool> SharedState::leave_out(std::string_view key, const LeftOut& what) {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  // A seed that is given later is fetched all the same.
  const std::uint64_t hash = impl.hash(fmt::format("skipped {}", what.url));
  const bool fresh = impl.known.insert(hash);
  if (key == what.url) impl.known.insert(impl.hash(what.url));
  if (fresh) impl.find("", hash, pack_entry(what));
  return false;
}

Result<void> SharedState::add_sitemap(const Url& url, int level,
                                      bool allow_private, bool wanted) {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  const std::uint64_t hash = impl.hash(fmt::format("sitemap {}", url.href()));
  if (!impl.known.insert(hash)) return {};
  impl.find(host_name_of(url), hash,
            pack_entry(QueuedSitemap{url, level, allow_private, wanted}), true);
  return {};
}

std::size_t SharedState::hosts() const { return impl_->table->size(); }

std::string_view SharedState::host_key(HostId host) const {
  return impl_->table->key(host);
}

std::uint64_t SharedState::waiting(HostId host) const {
  const auto found = impl_->buffers.by_host.find(host);
  return found == impl_->buffers.by_host.end() ? 0 : found->second.size();
}

Result<void> SharedState::load(HostId host, std::size_t max,
                               std::vector<QueuedPage>& out) {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  const auto found = impl.buffers.by_host.find(host);
  if (found == impl.buffers.by_host.end()) return {};
  std::deque<QueuedPage>& buffer = found->second;
  for (; max > 0 && !buffer.empty(); --max, --impl.buffers.pages) {
    out.push_back(std::move(buffer.front()));
    buffer.pop_front();
  }
  if (buffer.empty()) impl.buffers.by_host.erase(found);
  return {};
}

Result<std::optional<bool>> SharedState::claim_redirect(
    const Redirect& redirect) {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  const auto from = impl.handed.pages.find(redirect.page);
  const std::uint64_t hash = impl.hash(redirect.target.href());
  if (from == impl.handed.pages.end() ||
      (!redirect.again && !impl.known.insert(hash))) {
    return std::optional(false);
  }
  QueuedPage page{.url = redirect.target.without_fragment()};
  page.depth = redirect.depth;
  page.parent = from->second.parent;
  page.parent_url = from->second.parent_url;
  page.allow_private = redirect.allow_private;
  page.redirects = redirect.hops;
  page.cookies = redirect.cookies;
  page.is_on_copy = from->second.is_on_copy;
  const std::string host = host_name_of(redirect.target);
  const std::size_t shard = impl.shard_of(host, hash);
  impl.next.claims.add(from->second.host, from->second.number,
                       std::to_string(from->second.place + 1),
                       std::to_string(shard), host, bucket_of(hash),
                       redirect.again ? std::string() : number_word(hash),
                       pack_entry(page));
  if (shard != impl.shards.here) {
    const std::uint64_t name = impl.next_message();
    for (std::string& word : std::array{bucket_of(name), number_word(name),
                                        pack_entry(redirect.if_known)}) {
      impl.next.claims.words.push_back(std::move(word));
    }
  }
  impl.next.claims_of.push_back(redirect.page);
  impl.is_asked(from->second, true);
  impl.leases[from->second.host].touched = true;
  return std::nullopt;
}

void SharedState::done(PageId page) {
  Impl& impl = *impl_;
  auto found = impl.handed.pages.extract(page);
  if (found.empty()) return;
  Impl::Handed& was = found.mapped();
  impl.is_asked(was, false);
  Impl::Lease& lease = impl.leases[was.host];
  lease.here -= std::min<std::size_t>(lease.here, 1);
  ++lease.done;
  lease.touched = true;
  if (was.is_page) ++impl.handed.done;
  impl.next.done.add(std::move(was.host), std::move(was.number));
}

Result<void> SharedState::trust(HostId host) {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  if (const auto url = Url::parse(impl.table->key(host))) {
    impl.trusted.insert(host_name_of(*url));
  }
  return {};
}

Result<std::optional<std::string>> SharedState::first_url_with_body(
    const Fingerprint& digest, PageId page) {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  const auto from = impl.handed.pages.find(page);
  if (from == impl.handed.pages.end()) return std::optional(std::string());
  impl.is_asked(from->second, true);
  const std::size_t shard = impl.shard_of("", digest.high);
  if (shard != impl.shards.here) {
    Impl::Abroad& there = impl.shards.abroad[shard];
    if (there.bodies.count == 0) there.bodies_since = impl.clock.now();
    there.bodies.add(to_hex(digest), from->second.url);
    there.bodies_of.push_back(page);
    return std::nullopt;
  }
  impl.next.bodies.add(to_hex(digest), from->second.url);
  impl.next.bodies_of.push_back(page);
  return std::nullopt;
}

void SharedState::set_counter(std::string_view name, std::uint64_t value) {
  const auto found = impl_->counters.find(name);
  if (found != impl_->counters.end()) {
    found->second.first = value;
  } else {
    impl_->counters.emplace(name, std::pair(value, std::uint64_t{0}));
  }
}

// What notes hold is in the shared queue itself.
Result<void> SharedState::set_note(std::string_view /*name*/,
                                   std::string_view /*text*/) {
  return {};
}
Result<std::optional<std::string>> SharedState::note(
    std::string_view /*name*/) const {
  return std::nullopt;
}

// Bodies and redirects.
std::size_t SharedState::Impl::asked_count() const {
  std::size_t count = next.bodies.count + next.claims.count;
  for (const Abroad& there : shards.abroad) count += there.bodies.count;
  return count;
}

// A page waits for an answer, and nothing is to be fetched of it until then.
void SharedState::Impl::is_asked(Handed& page, bool now) {
  if (std::exchange(page.is_asked, now) == now) return;
  for (std::size_t* count : {&handed.asked, &leases[page.host].asked}) {
    *count = now ? *count + 1 : *count - std::min<std::size_t>(*count, 1);
  }
}

std::size_t SharedState::Impl::to_fetch() const {
  return handed.pages.size() - handed.asked;
}

// It is not much.
bool SharedState::Impl::is_scant() const { return to_fetch() < kScant; }

// It will soon have nothing to begin, or has nothing now.
bool SharedState::Impl::wants_more() const {
  return appetite.hungry || (to_fetch() > 0 && is_scant());
}

std::size_t SharedState::Impl::pending_count() const {
  return next.done.count + asked_count();
}

std::size_t SharedState::Impl::found_count() const {
  std::size_t count = next.seeds.count;
  for (const auto& [shard, found] : next.found) count += found.count();
  return count;
}

bool SharedState::Impl::found_much() const {
  return found_count() >= kMuchFound;
}

bool SharedState::Impl::pending() const {
  return pending_count() + found_count() > 0 ||
         input.is_read != input.is_told ||
         std::any_of(shards.abroad.begin(), shards.abroad.end(),
                     [](const Abroad& there) {
                       return there.mail.count > 0 || there.delivered > 0;
                     });
}

Result<void> SharedState::commit(SinkPositions positions) {
  Impl& impl = *impl_;
  impl.poll();
  if (!impl.failed && impl.latest.under_way &&
      impl.clock.now() >= impl.latest.lease_end) {
    impl.lose("no answer came before the leases ran out");
  }
  if (impl.failed) return tl::unexpected(*impl.failed);
  if (!impl.latest.under_way) impl.begin_round(positions);
  return {};
}

StateNews SharedState::take_news() {
  impl_->poll();
  return std::exchange(impl_->news, {});
}

std::optional<Clock::time_point> SharedState::commit_due() const {
  const Impl& impl = *impl_;
  // Long ago: now is later than the caller's, who would wait for it for ever.
  if (impl.failed) return Clock::time_point{};
  if (impl.latest.under_way) return impl.latest.lease_end;
  if (!impl.latest.any || impl.seed_list.more) return impl.latest.answered;
  Clock::time_point due =
      impl.latest.answered +
      (impl.order.empty() ? impl.options.lease / kHeartbeat
                          : std::min<milliseconds>(
                                impl.options.lease / kHeartbeat, kPausedBeat));
  if (impl.pending()) due = std::min(due, impl.latest.answered + kLatest);
  if (impl.pending_count() >= kTurnPages || impl.found_much()) {
    due = impl.latest.answered + kSoonest;
  }
  // Nothing was left anywhere: once more, to be sure.
  if (!impl.shards.quiet_at.empty() && !impl.shards.ended) {
    due = impl.latest.answered + kSoonest;
  }
  // Others give of theirs with their turns.
  if (impl.options.rate > 0 && impl.part_of_rate == 0) {
    due = std::min(due, impl.latest.answered + kPartless);
  }
  if (impl.wants_more()) {
    // At once if all else waits for answers.
    const bool asks = impl.buffers.pages == 0 && impl.pending() &&
                      impl.handed.pages.size() <= impl.asked_count();
    const milliseconds wait =
        asks              ? std::min(impl.appetite.wait / 2,
                                     std::max(impl.appetite.least / 2, kSoonToGoOn))
        : impl.is_scant() ? impl.appetite.wait
                          : kPeckish;
    due = std::min(due, impl.latest.answered + wait);
  }
  return due;
}

bool SharedState::more_may_come() const {
  const Impl& impl = *impl_;
  if (!impl.latest.any || impl.latest.under_way || impl.pending()) return true;
  if (impl.max_pages > 0 && totals().records >= impl.max_pages) {
    return false;
  }
  return impl.shards.count > 1 ? !impl.shards.ended : impl.totals.left > 0;
}

std::optional<StateStore::Spent> SharedState::spent() const {
  return impl_->spent;
}

bool SharedState::full() const { return impl_->found_much(); }

bool SharedState::paused() const {
  return !impl_->order.empty() ||
         (impl_->options.rate > 0 && impl_->part_of_rate == 0) ||
         impl_->clock.now() >=
             impl_->latest.lease_end - impl_->options.lease / kMargin;
}

bool SharedState::stops() const { return impl_->order == "stop"; }

void SharedState::input_ended() { impl_->input.is_read = true; }

void SharedState::starve() { impl_->appetite.hungry = true; }

void SharedState::keep_robots(const KeptRobots& answer) {
  const auto url = Url::parse(answer.host_key);
  if (!url || answer.body.size() > kMostRobots) return;
  std::string packed;
  pack(packed, std::to_string(answer.status_code));
  pack(packed, answer.truncated ? "1" : "0");
  pack(packed, answer.body);
  impl_->next.notes.add(host_name_of(*url), kRobotsNote + answer.host_key,
                        std::move(packed));
}

void SharedState::keep_copies(const Url& page, std::string counted) {
  // A page that was led here from another worker's host tells nothing of that.
  if (!impl_->leases.contains(host_name_of(page))) return;
  impl_->next.notes.add(host_name_of(page), kCopiesNote + page.host_key(),
                        std::move(counted));
}

void SharedState::use_paces(Frontier* frontier) { impl_->frontier = frontier; }

Result<bool> SharedState::await() {
  Impl& impl = *impl_;
  impl.shards.is_awaited = true;
  while (impl.latest.under_way && !impl.failed) {
    if (impl.clock.now() >= impl.latest.lease_end) {
      return tl::unexpected(
          impl.lose("no answer came before the leases ran out"));
    }
    std::optional<Result<RedisReply>> answer =
        impl.link(impl.shards.steps.front().second).wait(milliseconds(100));
    if (answer) impl.take_step(*std::move(answer));
  }
  impl.shards.is_awaited = false;
  if (impl.failed) return tl::unexpected(*impl.failed);
  return impl.pending() || !impl.news.bodies.empty() ||
         !impl.news.claims.empty() || !impl.news.left_out.empty() ||
         !impl.news.sitemaps.empty();
}

}  // namespace crawl
