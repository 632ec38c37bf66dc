#ifndef CRAWL_ENGINE_LINK_CHECK_H_
#define CRAWL_ENGINE_LINK_CHECK_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "crawl/base/link_list.h"
#include "crawl/base/url.h"
#include "crawl/engine/site_options.h"
#include "crawl/fetch/fetch_result.h"
#include "crawl/frontier/job.h"
#include "crawl/frontier/scope.h"
#include "engine/job_owner.h"

namespace crawl {

// What a check of links asks for, and how. Pages of the crawl are fetched as
// ever. What is only linked to, a leaf, and what has the name of a file is
// asked for with HEAD; with GET if that brings no 2xx, since many servers only
// know GET, or if its page has to be seen.
//
// In memory: 16 bytes for each leaf, and for each page that a fragment of is
// linked to. One thread.
class LinkCheck {
 public:
  explicit LinkCheck(LinkCheckOptions options) : options_(std::move(options)) {}

  // Whether what it leads to is to be there.
  bool asks_for(const PageLink& link) const;

  // A page, that `job` brought, has this link. If it is to a fragment, the page
  // it is in has to be seen; if to a text in it, that too. `href_size`: of
  // link.url, without its fragment.
  void note_fragment(const PageLink& link, std::size_t href_size,
                     const Job& job);

  // Pages that have to be fetched (once more) for that.
  struct Look {
    Url url;
    bool text = false;
    bool allow_private = false;
  };
  std::vector<Look> take_looks() { return std::exchange(looks_, {}); }

  // Why a leaf is not asked for; nothing if it is.
  std::optional<Ending> refuse(const Url& url, const Scope& scope);

  void prepare(const Job& job, FetchRequest& request);

  // Whether the answer to HEAD is not to be believed, or not enough: then the
  // job is one for GET.
  bool asks_again(Job& job, const FetchResult& result) const;

 private:
  bool by_head(const Job& job) const;

  const LinkCheckOptions options_;
  // By hash, without fragments: to be seen, looked at for a text, and leaves
  // that were asked for without being seen.
  std::unordered_set<std::uint64_t> wanted_, texts_, unseen_;
  std::vector<Look> looks_;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_LINK_CHECK_H_
