#ifndef CRAWL_EXTRACT_WITHOUT_REPEATED_H_
#define CRAWL_EXTRACT_WITHOUT_REPEATED_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/error.h"
#include "crawl/extract/extractor.h"
#include "crawl/writer/sink.h"
#include "extract/held_records.h"

namespace crawl {

struct WithoutRepeatedOptions {
  // Where the Outcomes are held: a file that lasts, and what its sink gave at
  // its last sync(), to be gone on with; "" for a temporary one.
  std::string path;
  std::optional<std::uint64_t> position;
  ContentWishes content;           // as the pages were read
  std::vector<std::string> names;  // of Extraction::names
  bool skips = false;              // what is no record is of use too
  bool ordered = false;            // by CrawlRecord::index
};

// Holds a crawl's Outcomes until it ends; then gives them to another sink, what
// stands on many pages of a host left out of their content. So what is left out
// depends on which pages there were, and not on which of them came first.
//
// That sink is to be empty: it gets all of them each time, those of the runs
// before included.
class WithoutRepeated final : public Sink {
 public:
  using OpenSink = std::function<Result<std::unique_ptr<Sink>>()>;

  // `open_sink` may empty what it opens: it is called when all else is good.
  static Result<std::unique_ptr<WithoutRepeated>> open(
      const WithoutRepeatedOptions& options, const OpenSink& open_sink);

  std::string_view name() const override { return sink_->name(); }
  Result<void> take(const Outcome& outcome) override;
  Result<void> listed(std::string_view url, std::string_view sitemap) override;
  // Nothing is written before all is known.
  Result<void> flush() override { return {}; }
  Result<std::uint64_t> sync() override { return held_.sync(); }
  Result<void> close() override;
  bool closed_by_reader() const override { return sink_->closed_by_reader(); }

  // Pages that something was left out of, once it is closed.
  std::uint64_t changed() const { return changed_; }

 private:
  WithoutRepeated(const WithoutRepeatedOptions& options, HeldRecords held,
                  std::unique_ptr<Sink> sink);

  Result<void> clean(CrawlRecord& record);

  HeldRecords held_;
  const std::unique_ptr<Sink> sink_;
  Extractor reader_;
  const std::shared_ptr<const std::vector<std::string>> names_;
  const bool skips_;
  const bool ordered_;
  std::uint64_t changed_ = 0;
};

}  // namespace crawl

#endif  // CRAWL_EXTRACT_WITHOUT_REPEATED_H_
