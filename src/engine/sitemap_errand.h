#ifndef CRAWL_ENGINE_SITEMAP_ERRAND_H_
#define CRAWL_ENGINE_SITEMAP_ERRAND_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crawl/base/url.h"
#include "crawl/concurrent/future.h"
#include "crawl/concurrent/thread_pool_executor.h"
#include "crawl/frontier/state_store.h"
#include "crawl/parse/sitemap.h"
#include "engine/job_owner.h"
#include "engine/ledger.h"
#include "engine/sitemap_list.h"
#include "engine/visits.h"

namespace crawl {

// Fetches sitemaps and the sitemaps that those name, each once, and hands on
// the pages they list. They are read beside the loop: one may have 50 MB. Few
// are fetched or wait to be read at a time, so that their bodies are bounded.
//
// The crawl loop's thread; all that is referred to must outlive it.
class SitemapErrand final : public JobOwner {
 public:
  // What a sitemap says; `url`: where it was.
  struct Read {
    Sitemap sitemap;
    std::string first_url;  // as it is in the list
    Url url;
    int level = 0;
    bool allow_private = false;  // what it lists may be at such addresses
    bool wanted = false;         // as SitemapList::Entry has it
    PageId page = 0;             // as of Hand
  };
  using OnRead = std::function<void(const Read&)>;
  // A sitemap that is not fetched: there are too many.
  using OnLeftOut = std::function<void(const Url& sitemap, std::string reason)>;

  // `wake`, called from any thread, makes the loop call take_in() soon.
  SitemapErrand(Visits& visits, Ledger& ledger, OnRead on_read,
                OnLeftOut on_left_out, std::function<void()> wake);
  ~SitemapErrand() override;

  // Of a crawl that others share: sitemaps that are found go to `queue`, and
  // one that comes from there, to begin(), comes back to `done` when it is
  // through, whatever came of it.
  struct Hand {
    std::function<void(const SitemapList::Entry&)> queue;
    std::function<void(PageId)> done;
  };
  void hand_round(Hand hand) { hand_ = std::move(hand); }
  void begin(SitemapList::Entry sitemap, PageId page);

  void add(SitemapList::Entry sitemap);
  // One that the user names; `user_password`: for its own requests.
  void add_named_by_user(Url url, std::string user_password);
  // What a host's robots.txt names.
  void add_named(const Job& robots, const std::vector<std::string>& names,
                 bool allow_private);

  // Hands on what has been read meanwhile.
  void take_in();

  // None is being read; those that are being fetched are visits.
  bool idle() const { return reading_.empty(); }

  // Those not finished: for the state, and whether it has changed since.
  SitemapList& list() { return list_; }

 private:
  bool may_begin() const override { return open_ < kMostOpen; }
  void begins(const Job& /*job*/) override { ++open_; }
  void stands_back(const Job& /*job*/) override { --open_; }
  void goes_on(const Job& /*job*/) override { ++open_; }
  void prepare(const Job& job, FetchRequest& request) const override;
  std::optional<Ending> refuse_redirect(const Job& job,
                                        const FetchResult& result,
                                        const Url& target,
                                        bool from_private) override;
  void ended(std::unique_ptr<Job> job, FetchResult result,
             Ending ending) override;
  std::unique_ptr<Job> make_job(SitemapList::Entry sitemap);
  void read(std::unique_ptr<Job> job, FetchResult result);
  void finished(std::string_view first_url, PageId page);

  static constexpr std::size_t kMostOpen = 4;

  Visits& visits_;
  Ledger& ledger_;
  const OnRead on_read_;
  const OnLeftOut on_left_out_;
  const std::function<void()> wake_;
  SitemapList list_;
  Hand hand_;
  // Of those that the user names, by URL; no state holds them.
  std::unordered_map<std::string, std::string> passwords_;
  std::size_t open_ = 0;  // begun, and not read yet
  std::deque<Future<Read>> reading_;
  std::unique_ptr<ThreadPoolExecutor> reader_;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_SITEMAP_ERRAND_H_
