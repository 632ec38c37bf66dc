#ifndef CRAWL_ENGINE_LINK_CHECK_H_
#define CRAWL_ENGINE_LINK_CHECK_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "crawl/base/link_list.h"
#include "crawl/engine/site_options.h"
#include "engine/link_policy.h"

namespace crawl {

// What a check of links asks for, and how. Pages of the crawl are fetched as
// ever. What is only linked to, a leaf, and what has the name of a file is
// asked for with HEAD; with GET if that brings no 2xx, since many servers only
// know GET, or if its page has to be seen.
//
// In memory: 16 bytes for each leaf, and for each page that a fragment of is
// linked to. One thread.
class LinkCheck final : public LinkPolicy {
 public:
  explicit LinkCheck(LinkCheckOptions options) : options_(std::move(options)) {}

  // LinkPolicy. A link to a fragment has its page seen, at once or, if it was
  // asked for without being seen, by a second look; one to a text in it has the
  // text looked at.
  bool takes(const PageLink& link, std::size_t href_size,
             const Job& job) override;
  bool has_leaves() const override { return true; }
  std::optional<Ending> refuse(const Url& leaf, const Scope& scope) override;
  void prepare(const Job& job, FetchRequest& request) override;
  bool asks_again(Job& job, const FetchResult& result,
                  const Ending& ending) override;
  void settle(Job& job, FetchResult& result, const Ending& ending) override;
  bool records_skip(const Job& job, ErrorKind error) const override;
  std::vector<Look> take_looks() override { return std::exchange(looks_, {}); }
  Result<void> go_on() override;

 private:
  void note_fragment(const PageLink& link, std::size_t href_size,
                     bool allow_private);
  bool by_head(const Job& job) const;
  bool wants_part(const Job& job);
  static void begin_again(Job& job);

  const LinkCheckOptions options_;
  // By hash, without fragments: to be seen, looked at for a text, and leaves
  // that were asked for without being seen.
  std::unordered_set<std::uint64_t> wanted_, texts_, unseen_;
  std::vector<Look> looks_;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_LINK_CHECK_H_
