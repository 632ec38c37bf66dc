#include "engine/site_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/userinfo.h"
#include "engine/requisites.h"
#include "frontier/seen_key.h"
#include "frontier/shared_entry.h"

namespace crawl {
namespace {

// Pages among the visits, over all hosts, and of one host at a time.
constexpr std::size_t kWindow = 16'384;
// Those of hosts that want to be left alone counted too.
constexpr std::size_t kMostQueued = 8 * kWindow;
constexpr std::size_t kMinLoad = 8;
constexpr std::size_t kMaxLoad = 512;

// How many pages of an origin are within its name's budget, and one; set once
// that is used up.
std::string allowed_counter(std::string_view host_key) {
  return fmt::format("allowed {}", host_key);
}

// Is `word` one of the space-separated words of a rel attribute?
bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end =
        std::min(words.find_first_of(" \t\r\n\f"), words.size());
    if (equals_ignoring_case(words.substr(0, end), word)) return true;
    words.remove_prefix(std::min(words.size(), end + 1));
  }
  return false;
}

std::string key_of(std::string_view href) {
  std::string buffer;
  return std::string(seen_key(href, buffer));
}

}  // namespace

SiteQueue::SiteQueue(const SiteOptions& options, Scope scope, StateStore& store,
                     OnSkip on_skip)
    : options_(options),
      scope_(std::move(scope)),
      cleaner_(options.cleaner),
      policy_(make_link_policy(options)),
      store_(store),
      on_skip_(std::move(on_skip)),
      copies_(options.max_duplicates) {
  included_ = store_.counter(kIncluded);
  left_out_ = store_.counter(kLeftOut);
  // An earlier crawl's hosts have work from the start.
  for (StateStore::HostId host = 0; host < store_.hosts(); ++host) {
    note_waiting(host);
  }
}

Result<std::unique_ptr<SiteQueue>> SiteQueue::open(const SiteOptions& options,
                                                   StateStore& store,
                                                   OnSkip on_skip) {
  Result<Scope> scope = Scope::make(options.scope);
  if (!scope) return tl::unexpected(scope.error());
  const Result<std::optional<std::string>> copies = store.note(kCopies);
  if (!copies) return tl::unexpected(copies.error());
  std::unique_ptr<SiteQueue> queue(
      new SiteQueue(options, *std::move(scope), store, std::move(on_skip)));
  if (*copies) queue->copies_.restore(**copies);
  return queue;
}

Result<void> SiteQueue::save() {
  store_.set_counter(kIncluded, included_);
  store_.set_counter(kLeftOut, left_out_);
  return copies_.take_changed() ? store_.set_note(kCopies, copies_.save())
                                : Result<void>();
}

// Whether nothing else on the page leads anywhere: links to itself do not, nor
// those that are not followed or not in scope.
bool SiteQueue::has_lone_refresh(const Job& job, const LinkList& links) const {
  const Url self = job.url.without_fragment();
  for (std::size_t i = 0; i < links.size(); ++i) {
    const PageLink link = links[i];
    const std::string_view href = link.url.substr(0, link.url.find('#'));
    if (!policy_->takes(link, href.size(), job) ||
        (options_.obey_nofollow && has_word(link.rel, "nofollow"))) {
      continue;
    }
    const auto url = Url::parse(href);
    if (url && *url != self && scope_.judge(cleaner_.clean(*url)).allowed()) {
      return false;
    }
  }
  return true;
}

Result<bool> SiteQueue::add_seed(const Seed& seed, std::string_view line) {
  scope_.add_seed(seed.url);
  const Url url = cleaner_.clean(seed.url);
  // Before all else: it may be known from an earlier run, and still queued.
  if (!seed.user_password.empty()) {
    userinfo_lines_.emplace(url.href(), line);
  }
  const Result<std::optional<PageId>> page = store_.add(url, 0, kNoPage);
  if (!page) return tl::unexpected(page.error());
  if (!*page) return store_.is_shared();
  note_waiting(StateStore::host_of(**page));
  return true;
}

Result<void> SiteQueue::add_links(const Job& job, const FetchResult& result,
                                  bool nofollow, bool copy) {
  if (job.needed > 0) return {};  // a frame's are not followed
  if (result.page) {
    copies_.note(job.first_url(), job.parent, copy);
    if (store_.is_shared()) {
      if (std::string counted = copies_.take_counted(); !counted.empty()) {
        store_.keep_copies(*Url::parse(job.first_url()), std::move(counted));
      }
    }
  }
  if ((!result.page && !result.sheet) || result.error != ErrorKind::kNone ||
      result.status_code >= 400) {
    return {};
  }
  const int depth = job.depth + 1;
  const std::string parent(job.url.href());
  const LinkList& links =
      result.page ? result.page->links : result.sheet->links;
  const bool lone_refresh = result.page && result.page->refresh &&
                            options_.follow_lone_refresh &&
                            has_lone_refresh(job, links);
  for (std::size_t i = 0; i < links.size(); ++i) {
    const PageLink link = links[i];
    const std::string_view href = link.url.substr(0, link.url.find('#'));
    if (!policy_->takes(link, href.size(), job) &&
        !(lone_refresh && link.element == LinkElement::kMeta)) {
      continue;
    }
    // Most links of a page are known: nothing is parsed for those.
    if (store_.knows(href)) continue;
    if (nofollow ||
        (options_.obey_nofollow && has_word(link.rel, "nofollow"))) {
      if (Result<void> skipped = skip_for_now(
              {std::string(href), ErrorKind::kNofollow,
               nofollow ? "the page says nofollow" : "rel=nofollow", parent,
               depth});
          !skipped) {
        return skipped;
      }
      continue;
    }
    const std::optional<Url> url = Url::parse(href);
    if (!url) continue;
    const Url clean = cleaner_.clean(*url);
    if (copies_.caught()) {
      if (store_.knows(clean.href())) continue;
      if (Result<void> skipped = skip_for_now(
              {std::string(clean.href()), ErrorKind::kTrap,
               fmt::format("found on a copy of an earlier page, as too many "
                           "copies were (--max-duplicates {})",
                           options_.max_duplicates),
               parent, depth});
          !skipped) {
        return skipped;
      }
      continue;
    }
    if (Result<void> added = add_found(clean, job.page, depth, parent);
        !added) {
      return added;
    }
  }
  return {};
}

Result<void> SiteQueue::add_from_sitemap(const Url& url, const Url& sitemap,
                                         bool allow_private) {
  return add_found(url, allow_private ? kFromPrivateSitemap : kFromSitemap, 0,
                   sitemap.href());
}

Result<void> SiteQueue::leave_out_location(std::string location,
                                           const Url& sitemap) {
  return skip_for_now({hide_password(std::move(location)),
                       ErrorKind::kInvalidUrl,
                       "a sitemap's location that is no http or https URL",
                       std::string(sitemap.href()), 0});
}

Result<void> SiteQueue::add_found(const Url& url, PageId from, int depth,
                                  std::string_view parent) {
  if (store_.knows(url.href())) return {};
  const ScopeDecision decision = scope_.judge(url);
  if (decision.rule == ScopeRule::kNotIncluded) ++left_out_;
  const bool leaf = is_leaf(url, depth);
  if (leaf) {
    if (auto refused = policy_->refuse(url, scope_)) {
      return leave_out({std::string(url.href()), refused->error,
                        std::move(refused->message), std::string(parent),
                        depth});
    }
  } else if (!decision.allowed()) {
    const LeftOut what{std::string(url.href()), decision.error(),
                       scope_.explain(decision), std::string(parent), depth};
    // A page may need to be shown what none may link to.
    if (options_.page_requisites && scope_.judge_needed(url).allowed()) {
      return skip_for_now(what);
    }
    return leave_out(what);
  }
  if (!leaf && options_.depth && depth > *options_.depth) {
    return skip_for_now({std::string(url.href()), ErrorKind::kLimit,
                         fmt::format("{} links away from a seed (--depth {})",
                                     depth, *options_.depth),
                         std::string(parent), depth});
  }
  ++included_;
  return queue(url, Way{depth, 0}.packed(), from);
}

Result<void> SiteQueue::queue(const Url& url, int way, PageId from) {
  const Result<std::optional<PageId>> page = store_.add(url, way, from);
  if (!page) return tl::unexpected(page.error());
  if (*page) note_waiting(StateStore::host_of(**page));
  return {};
}

Result<void> SiteQueue::add_needed(const Job& job, const FetchResult& result,
                                   bool copy) {
  if (result.error != ErrorKind::kNone || result.status_code >= 400) return {};
  const Way way{job.depth + 1, job.needed + 1};
  const std::string parent(job.url.href());
  return each_needed(result, [&](std::string_view href) -> Result<void> {
    if (store_.knows(href)) return {};
    const std::optional<Url> url = Url::parse(href);
    if (!url) return {};
    const Url clean = cleaner_.clean(*url);
    if (store_.knows(clean.href())) return {};
    LeftOut what{std::string(clean.href()), ErrorKind::kNone, "", parent,
                 way.depth};
    if (way.needed > kMostNeeded) {
      what.error = ErrorKind::kLimit;
      what.reason = fmt::format(
          "needed by what is needed, and so on: {} steps from a page",
          way.needed);
      return skip_for_now(what);
    }
    // An endless site's copies would ask for endless others.
    if (copy && copies_.caught()) {
      what.error = ErrorKind::kTrap;
      what.reason = fmt::format(
          "needed by a copy of an earlier page, as too many copies were "
          "(--max-duplicates {})",
          options_.max_duplicates);
      return skip_for_now(what);
    }
    const ScopeDecision decision = scope_.judge_needed(clean);
    if (!decision.allowed()) {
      what.error = decision.error();
      what.reason = scope_.explain(decision);
      return skip_for_now(what);
    }
    return queue(clean, way.packed(), job.page);
  });
}

// Where a job may be redirected to.
ScopeDecision SiteQueue::judge(const Job& job, const Url& url) const {
  return job.needed > 0 ? scope_.judge_needed(url) : scope_.judge(url);
}

Result<void> SiteQueue::leave_out(const LeftOut& what) {
  const Result<bool> fresh = store_.leave_out(what.url, what);
  if (!fresh) return tl::unexpected(fresh.error());
  if (*fresh) on_skip_(what);
  return {};
}

// Another page may link to it without the reason, so it does not become known;
// that it is listed does, under a name that no URL has.
Result<void> SiteQueue::skip_for_now(const LeftOut& what) {
  const Result<bool> fresh =
      store_.leave_out(fmt::format("skipped {}", what.url), what);
  if (!fresh) return tl::unexpected(fresh.error());
  if (*fresh) on_skip_(what);
  return {};
}

Ending SiteQueue::known_target(const Url& target) const {
  return {ErrorKind::kDuplicate,
          fmt::format("redirects to {}, which is known already",
                      cleaner_.clean(target).href())};
}

Result<std::optional<Ending>> SiteQueue::claim_redirect(const Job& job,
                                                        int status_code,
                                                        const Url& target,
                                                        bool from_private) {
  const Url clean = cleaner_.clean(target);
  const std::string href(clean.href());
  if (job.leaf || is_leaf(clean, job.depth)) return std::nullopt;
  if (const ScopeDecision decision = judge(job, clean); !decision.allowed()) {
    return Ending{decision.error(), fmt::format("redirects to {}: {}", href,
                                                scope_.explain(decision))};
  }
  // A redirect back to itself (cookies, sessions) goes on until --max-redirs.
  const std::string key = key_of(href);
  const auto leads_to_it = [&](const RedirectHop& hop) {
    return key_of(hop.url) == key || key_of(hop.location) == key;
  };
  const bool own = key == key_of(cleaner_.clean(job.url).href()) ||
                   std::any_of(job.redirects.begin(), job.redirects.end(),
                               [&](const RedirectHop& hop) {
                                 return key_of(hop.url) == key;
                               }) ||
                   // Claimed already, when HEAD was tried.
                   std::any_of(job.redirects_of_head.begin(),
                               job.redirects_of_head.end(), leads_to_it);
  // Only who has the lease of a host asks it.
  const bool elsewhere =
      store_.is_shared() && host_name_of(clean) != host_name_of(job.url);
  if (own && !elsewhere) return std::nullopt;
  Redirect redirect{job.page, Way{job.depth, job.needed}.packed(), clean};
  redirect.again = own;
  redirect.hops = job.redirects;
  redirect.hops.push_back(
      {std::string(job.url.href()), status_code, std::string(target.href())});
  redirect.allow_private = job.allow_private && from_private;
  redirect.cookies = job.cookies;
  redirect.if_known = {std::string(job.first_url()),
                       ErrorKind::kDuplicate,
                       known_target(target).message,
                       job.parent,
                       job.depth,
                       job.input};
  const Result<std::optional<bool>> claimed = store_.claim_redirect(redirect);
  if (!claimed) return tl::unexpected(claimed.error());
  if (!*claimed) return Ending{.later = true};
  if (!**claimed) return known_target(target);
  return std::nullopt;
}

bool SiteQueue::is_leaf(const Url& url, int depth) const {
  if (!policy_->has_leaves()) return false;
  if (options_.depth && depth > *options_.depth) return true;
  const ScopeRule rule = scope_.judge(url).rule;
  return rule == ScopeRule::kOutside || rule == ScopeRule::kNotIncluded;
}

bool SiteQueue::leads_on(const Job& job) const {
  return !job.leaf && (job.redirects.empty() ||
                       !is_leaf(cleaner_.clean(job.url), job.depth));
}

// Import after import, as far as pages' own parts go.
bool SiteQueue::reads_sheet(const Url& url, int depth) const {
  if (!options_.check || options_.check->only_anchors) return false;
  if (options_.depth && depth > *options_.depth + kMostNeeded) return false;
  const ScopeRule rule = scope_.judge(url).rule;
  return rule == ScopeRule::kInScope || rule == ScopeRule::kNotIncluded;
}

void SiteQueue::know(StateStore::HostId host) {
  while (windows_.size() <= host) {
    const auto next = static_cast<StateStore::HostId>(windows_.size());
    const std::string key(store_.host_key(next));
    const std::optional<Url> url = Url::parse(key);
    Name& name = names_[url ? std::string(url->hostname()) : key];
    windows_.emplace_back().name = &name;
    name.hosts.push_back(next);
    if (const std::uint64_t kept = store_.counter(allowed_counter(key))) {
      windows_.back().allowed = static_cast<std::uint32_t>(kept - 1);
      name.used_up = true;
    } else if (name.used_up) {
      keep(next, 0);
    } else {
      // What waits again after a kill is counted when it is loaded.
      name.pages += store_.admitted(next) - store_.waiting(next);
    }
  }
}

void SiteQueue::keep(StateStore::HostId host, std::uint32_t allowed) {
  windows_[host].allowed = allowed;
  store_.set_counter(allowed_counter(store_.host_key(host)),
                     std::uint64_t{allowed} + 1);
}

// A page's place among its host's is the lower half of its id, and pages are
// loaded in that order.
ScopeDecision SiteQueue::judge_budget(const QueuedPage& page) {
  if (page.place) return scope_.judge_budget(*page.place);
  const StateStore::HostId host = StateStore::host_of(page.id);
  const auto place = static_cast<std::uint32_t>(page.id);
  Name& name = *windows_[host].name;
  if (!name.used_up) {
    const ScopeDecision decision = scope_.judge_budget(name.pages);
    if (decision.allowed()) {
      ++name.pages;
      return decision;
    }
    name.used_up = true;
    for (const StateStore::HostId each : name.hosts) {
      keep(each, each == host
                     ? place
                     : static_cast<std::uint32_t>(store_.admitted(each) -
                                                  store_.waiting(each)));
    }
  }
  return place < windows_[host].allowed
             ? ScopeDecision()
             : scope_.judge_budget(scope_.options().traps.pages_per_host);
}

void SiteQueue::note_waiting(StateStore::HostId host) {
  know(host);
  HostWindow& window = windows_[host];
  // Of a host that was never asked one page is enough to see what it says.
  if (window.listed || window.loaded >= (window.asked ? kMinLoad : 1) ||
      store_.waiting(host) == 0) {
    return;
  }
  window.listed = true;
  waiting_hosts_.push_back(host);
}

Result<bool> SiteQueue::refill(Visits& visits, JobOwner& owner) {
  bool any = false;
  while (!waiting_hosts_.empty() && visits.supply() < kWindow &&
         visits.queued() < kMostQueued) {
    const StateStore::HostId host = waiting_hosts_.front();
    waiting_hosts_.pop_front();
    // Many hosts get a little each, a single one its fill at a time.
    HostWindow& window = windows_[host];
    const bool held = visits.frontier().is_held(store_.host_key(host));
    if (held && window.loaded > 0) {
      window.listed = false;  // until that page is taken
      continue;
    }
    const std::size_t share =
        held || !window.asked
            ? 1
            : std::clamp(kWindow / (waiting_hosts_.size() + 1) / 8, kMinLoad,
                         kMaxLoad);
    loading_.clear();
    if (Result<void> loaded = store_.load(host, share, loading_); !loaded) {
      return tl::unexpected(loaded.error());
    }
    window.listed = false;
    for (QueuedPage& page : loading_) {
      const ScopeDecision budget = judge_budget(page);
      std::unique_ptr<Job> job = make_job(std::move(page));
      ++window.loaded;
      any = true;
      if (!budget.allowed()) {
        owner.ended(std::move(job), {},
                    {budget.error(), scope_.explain(budget)});
        continue;
      }
      job->owner = &owner;
      visits.add(std::move(job));
    }
    note_waiting(host);
  }
  return any;
}

std::unique_ptr<Job> SiteQueue::make_job(QueuedPage page) {
  auto job = std::make_unique<Job>(0, "", std::move(page.url));
  job->page = page.id;
  const Way way = Way::of(page.depth);
  job->depth = way.depth;
  job->needed = way.needed;
  job->parent = std::move(page.parent_url);
  job->allow_private = page.allow_private;
  job->redirects = std::move(page.redirects);
  job->cookies = std::move(page.cookies);
  if (page.is_on_copy) copies_.note_copy(job->parent);
  job->leaf = page.parent != kNoPage && is_leaf(job->url, job->depth);
  job->reads_sheet = reads_sheet(job->url, job->depth);
  if (page.parent == kNoPage) {
    const auto line = userinfo_lines_.find(std::string(job->first_url()));
    job->input = line != userinfo_lines_.end() ? line->second
                                               : std::string(job->first_url());
  }
  return job;
}

void SiteQueue::taken(const Job& job) {
  const StateStore::HostId host = StateStore::host_of(job.page);
  HostWindow& window = windows_[host];
  if (window.loaded > 0) --window.loaded;
  window.asked = true;
  note_waiting(host);
}

}  // namespace crawl
