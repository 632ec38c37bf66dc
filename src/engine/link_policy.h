#ifndef CRAWL_ENGINE_LINK_POLICY_H_
#define CRAWL_ENGINE_LINK_POLICY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "crawl/base/error.h"
#include "crawl/base/error_kind.h"
#include "crawl/base/link_list.h"
#include "crawl/base/url.h"
#include "crawl/engine/crawl_options.h"
#include "crawl/engine/site_options.h"
#include "crawl/fetch/fetch_result.h"
#include "crawl/frontier/job.h"
#include "crawl/frontier/scope.h"
#include "engine/job_owner.h"

namespace crawl {

// What a crawl of sites makes of what its pages link to: which links it asks
// for, how, and what is left of the answers. One for each kind of such a crawl;
// what is here is that of one that fetches pages, and nothing else.
//
// The crawl loop's thread. `job` is the one that a page came with, or that is
// asked for.
class LinkPolicy {
 public:
  virtual ~LinkPolicy() = default;

  // Whether the crawl asks for what this link of a page leads to, as far as the
  // link itself goes. Told of each link; `href_size`: of link.url, without its
  // fragment.
  virtual bool takes(const PageLink& link, std::size_t href_size,
                     const Job& job) = 0;

  // Whether what does not belong to the crawl is asked for too, as a leaf
  // (Job::leaf), and followed nowhere; and why one is not.
  virtual bool has_leaves() const { return false; }
  virtual std::optional<Ending> refuse(const Url& /*leaf*/,
                                       const Scope& /*scope*/) {
    return std::nullopt;
  }

  // Sets what an exchange of the job is to keep and to leave out.
  virtual void prepare(const Job& /*job*/, FetchRequest& /*request*/) {}

  // Whether the job is to be asked for once more, now that this came; it is set
  // up for that.
  virtual bool asks_again(Job& /*job*/, const FetchResult& /*result*/,
                          const Ending& /*ending*/) {
    return false;
  }
  // It is not: what came of it may be put as this kind of crawl sees it.
  virtual void settle(Job& /*job*/, FetchResult& /*result*/,
                      const Ending& /*ending*/) {}
  // Whether a skipped URL has a record nevertheless.
  virtual bool records_skip(const Job& /*job*/, ErrorKind /*error*/) const {
    return false;
  }

  // Pages that have to be fetched once more, since more is to be known of them.
  struct Look {
    Url url;
    bool text = false;  // that they hold
    bool allow_private = false;
  };
  virtual std::vector<Look> take_looks() { return {}; }

  // Goes on from where an earlier run was; once, before all else.
  virtual Result<void> go_on() { return {}; }
};

std::unique_ptr<LinkPolicy> make_link_policy(const SiteOptions& options);

// Whether robots.txt has a say in it, in a crawl of sites.
bool asks_robots_of(const CrawlOptions& options, const Url& url);

}  // namespace crawl

#endif  // CRAWL_ENGINE_LINK_POLICY_H_
