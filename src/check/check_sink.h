#ifndef CRAWL_CHECK_CHECK_SINK_H_
#define CRAWL_CHECK_CHECK_SINK_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "check/check_cache.h"
#include "check/check_format.h"
#include "check/check_judge.h"
#include "check/check_store.h"
#include "crawl/base/error.h"
#include "crawl/frontier/url_cleaner.h"
#include "crawl/writer/result_writer.h"
#include "crawl/writer/sink.h"

namespace crawl {

struct CheckSinkOptions {
  bool only_anchors = false;
  bool seeds_are_links = true;  // somebody gave them: what is broken counts
  std::string given_by = "the command line";
  int max_redirs = 10;        // the crawl's
  UrlCleanerOptions cleaner;  // the crawl's
  // All there is to know is in archives: what is not in them is not asked.
  bool is_archived = false;
  // Reads a page of those again, whose text a link names; null for never.
  ReadArchived read_archived;
  bool is_proxied = false;  // addresses that answered are the proxy's
  CheckFormat format = CheckFormat::kJsonl;
  CheckStyle style;
  // Whether a target was broken in an earlier result; null for no.
  std::function<bool(std::string_view url)> is_known;
};

// Takes the Outcomes of a crawl that checks links (SiteOptions::check), and
// writes what comes of them when it is closed: the crawl's "records". Or those
// of archives that are read.
class CheckSink final : public Sink {
 public:
  // `cache`: told of what was there; null for none. `store`: in the cache's
  // file, if the check is to be gone on with; null for a temporary one. Both
  // must outlive the sink.
  static Result<std::unique_ptr<CheckSink>> open(
      CheckSinkOptions options, std::unique_ptr<OutputStream> output,
      CheckCache* cache, CheckStore* store);

  std::string_view name() const override { return "records"; }
  Result<void> take(const Outcome& outcome) override;
  Result<void> look_again(const CrawlRecord& record) override;
  // Nothing is written before all is known; what lasts is in the store.
  Result<void> flush() override { return {}; }
  Result<std::uint64_t> sync() override;
  Result<void> close() override;
  bool closed_by_reader() const override { return output_->closed_by_reader(); }

  // Once it is closed.
  const std::optional<CheckTotals>& totals() const { return totals_; }

 private:
  CheckSink(CheckSinkOptions options, std::unique_ptr<OutputStream> output,
            std::unique_ptr<CheckStore> own, CheckCache* cache,
            CheckStore* store);

  // Of a link's URL without its fragment.
  struct Target {
    std::uint64_t of = 0;   // whose
    std::uint64_t key = 0;  // that of what is asked
    bool is_private = false;
  };

  Result<void> add_links(const CrawlRecord& record);
  Result<const Target*> target_of(std::string_view link);
  Result<bool> is_told_already(const CrawlRecord& record);
  Result<void> write_result();
  Result<void> note_seen(const CrawlRecord& record);
  std::string clean(std::string_view url) const;

  const CheckSinkOptions options_;
  const UrlCleaner cleaner_;
  std::unique_ptr<OutputStream> output_;
  const std::unique_ptr<CheckStore> own_;
  CheckCache* const cache_;
  CheckStore* const store_;
  std::vector<Target> targets_;
  std::optional<CheckTotals> totals_;
};

}  // namespace crawl

#endif  // CRAWL_CHECK_CHECK_SINK_H_
