#ifndef CRAWL_ENGINE_SITE_QUEUE_H_
#define CRAWL_ENGINE_SITE_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crawl/base/error.h"
#include "crawl/base/error_kind.h"
#include "crawl/engine/crawl_options.h"
#include "crawl/fetch/fetch_result.h"
#include "crawl/frontier/scope.h"
#include "crawl/frontier/state_store.h"
#include "crawl/frontier/url_cleaner.h"
#include "engine/job_owner.h"
#include "engine/link_policy.h"
#include "engine/seed_url.h"
#include "engine/visits.h"
#include "frontier/duplicate_trap.h"

namespace crawl {

// What a crawl of sites has found: which links belong to it, which are known,
// and the queue behind its visits.
//
// URLs wait in the StateStore; refill() moves some of each host's among the
// visits, so that memory is bounded however long the queues are. One thread.
// Every call that touches the state can fail, and from then on all do.
class SiteQueue {
 public:
  // Told of every URL that is not fetched, and why.
  using OnSkip = std::function<void(const LeftOut&)>;

  static Result<std::unique_ptr<SiteQueue>> open(const SiteOptions& options,
                                                 StateStore& store,
                                                 OnSkip on_skip);

  // A seed belongs to the crawl whatever the scope says. True if it was new, or
  // may be. `line`: what names it in its record, passwords hidden.
  Result<bool> add_seed(const Seed& seed, std::string_view line);
  // One that others have added.
  void know_seed(const Url& url) { scope_.add_seed(url); }

  // Judges what a fetched page links to, and queues what is new and in scope.
  // `nofollow`: the page itself says that none is to be followed; `copy`: its
  // body was seen before.
  Result<void> add_links(const Job& job, const FetchResult& result,
                         bool nofollow, bool copy);
  // Queues what is new of what is needed to show what came (--page-requisites).
  Result<void> add_needed(const Job& job, const FetchResult& result, bool copy);
  // What others have counted at an origin that was theirs.
  void know_copies(std::string_view counted) {
    copies_.restore(counted, false);
  }
  // Says what is asked for, and how.
  LinkPolicy& policy() { return *policy_; }
  // Whether it is the crawl's to follow what the job's answer links to.
  bool leads_on(const Job& job) const;
  // Whether it would be one's to ask for what a style sheet of that URL, found
  // so many links from a seed, refers to.
  bool reads_sheet(const Url& url, int depth) const;
  // What is to be said of copies that lead to copies.
  std::optional<std::string> take_notice() { return copies_.take_notice(); }
  // As a URL is known by here.
  Url cleaned(const Url& url) const { return cleaner_.clean(url); }
  // The same for a URL that a sitemap lists, cleaned.
  Result<void> add_from_sitemap(const Url& url, const Url& sitemap,
                                bool allow_private);
  // A sitemap's location that is none.
  Result<void> leave_out_location(std::string location, const Url& sitemap);

  // What is wrong with a redirect's target, if it must not be followed; else it
  // is this job's from now on, and no other's.
  Result<std::optional<Ending>> claim_redirect(const Job& job, int status_code,
                                               const Url& target,
                                               bool from_private);
  // The same of a target that turned out to be known.
  Ending known_target(const Url& target) const;

  // Keeps the visits supplied, with jobs of `owner`; true if there are new
  // ones.
  Result<bool> refill(Visits& visits, JobOwner& owner);
  // A page of this host is not waiting any more.
  void taken(const Job& job);
  // Pages wait at this host, says the state.
  void note_waiting(StateStore::HostId host);

  // The page has its record.
  void done(const Job& job) { store_.done(job.page); }
  // Where the same body was first seen, "" for nowhere else; nothing if the
  // state answers later.
  Result<std::optional<std::string>> duplicate_of(const Job& job,
                                                  const Fingerprint& body) {
    return store_.first_url_with_body(body, job.page);
  }

  // The host may send its readers to private addresses, being at one itself.
  Result<void> trust(const Job& job) {
    return store_.trust(StateStore::host_of(job.page));
  }

  // URLs were found, and the patterns to include fit none of them.
  bool nothing_included() const { return included_ == 0 && left_out_ > 0; }
  Result<void> save();

  // Nothing waits but what is among the visits.
  bool exhausted() const { return waiting_hosts_.empty(); }

 private:
  SiteQueue(const SiteOptions& options, Scope scope, StateStore& store,
            OnSkip on_skip);

  Result<void> add_found(const Url& url, PageId from, int depth,
                         std::string_view parent);
  std::unique_ptr<Job> make_job(QueuedPage page);
  Result<void> skip_for_now(const LeftOut& what);
  Result<void> queue(const Url& url, int way, PageId from);
  ScopeDecision judge(const Job& job, const Url& url) const;
  void know(StateStore::HostId host);
  ScopeDecision judge_budget(const QueuedPage& page);
  void keep(StateStore::HostId host, std::uint32_t allowed);
  bool is_leaf(const Url& url, int depth) const;
  Result<void> leave_out(const LeftOut& what);
  bool has_lone_refresh(const Job& job, const LinkList& links) const;

  const SiteOptions options_;
  Scope scope_;
  const UrlCleaner cleaner_;
  const std::unique_ptr<LinkPolicy> policy_;
  StateStore& store_;
  const OnSkip on_skip_;

  // Hosts of the state are origins; the budget of pages is their name's. When
  // it is used up, each origin keeps what it has had of it.
  struct Name {
    std::uint64_t pages = 0;
    std::vector<StateStore::HostId> hosts;
    bool used_up = false;
  };
  struct HostWindow {
    std::uint32_t loaded = 0;  // among the visits
    bool listed = false;       // in waiting_hosts_
    bool asked = false;        // a page of it was handed out
    Name* name = nullptr;
    std::uint32_t allowed = ~std::uint32_t{0};  // its first pages
  };
  std::vector<HostWindow> windows_;  // by HostId
  std::unordered_map<std::string, Name> names_;
  std::deque<StateStore::HostId> waiting_hosts_;
  static constexpr std::string_view kIncluded = "included";
  static constexpr std::string_view kLeftOut = "left out";
  static constexpr std::string_view kCopies = "copies";  // a note's name
  // Lines of seeds with userinfo, which no state holds, by URL.
  std::unordered_map<std::string, std::string> userinfo_lines_;
  std::uint64_t included_ = 0;  // found and in scope
  std::uint64_t left_out_ = 0;  // found, and none of the patterns fit
  DuplicateTrap copies_;
  std::vector<QueuedPage> loading_;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_SITE_QUEUE_H_
