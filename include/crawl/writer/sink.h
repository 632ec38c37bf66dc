#ifndef CRAWL_WRITER_SINK_H_
#define CRAWL_WRITER_SINK_H_

#include <cstdint>
#include <limits>
#include <string_view>

#include "crawl/base/error.h"
#include "crawl/base/sink_position.h"
#include "crawl/writer/exchange.h"
#include "crawl/writer/outcome.h"
#include "crawl/writer/slot_times.h"

namespace crawl {

// Where Outcomes go: a file of records, a list of what was left out, an
// archive, a database. One thread, the crawl loop's.
//
// The contract that makes a crawl's outputs exact: each Outcome is taken once,
// whole or with an error; sync() gives a position that whoever opens the sink
// again can cut it back to, and then it holds the Outcomes taken before that
// sync(), each once, and nothing of any later one. After an error every call
// returns it.
class Sink {
 public:
  virtual ~Sink() = default;

  // Which of a crawl's sinks it is: its position is kept under this name.
  virtual std::string_view name() const = 0;

  // Notes in one of the crawl's records what it does with it, for all sinks to
  // tell: before any of them takes it.
  virtual Result<void> annotate(CrawlRecord& /*record*/) { return {}; }

  virtual Result<void> take(const Outcome& outcome) = 0;

  // A URL that has its Outcome, or is going to, was asked for once more, for
  // what its page holds.
  virtual Result<void> look_again(const CrawlRecord& /*record*/) { return {}; }

  // A sitemap of the crawl lists a URL, which may have an Outcome, earlier or
  // later.
  virtual Result<void> listed(std::string_view /*url*/,
                              std::string_view /*sitemap*/) {
    return {};
  }

  // What was kept of an exchange: of a URL's, redirects on the way included,
  // before its Outcome; of those that the crawl makes for itself (robots.txt,
  // sitemaps), as they end.
  virtual Result<void> keep(const KeptExchange& /*exchange*/) { return {}; }

  // How a part of the crawl's time went; of crawls with
  // CrawlOptions::slot_times.
  virtual Result<void> slot_times(const SlotTimes& /*span*/) { return {}; }

  // What was taken has left the process: the reader of a pipe has it.
  virtual Result<void> flush() { return {}; }

  // What was taken lasts, through a loss of power too. Its position then.
  virtual Result<std::uint64_t> sync() = 0;

  // flush(), and the last errors that there may be. Called once, at the end.
  virtual Result<void> close() { return flush(); }

  // For records that leave in the order of CrawlRecord::index: the first that
  // has not left yet.
  virtual std::uint64_t next_index() const {
    return std::numeric_limits<std::uint64_t>::max();
  }

  // Nobody reads it any more, and the crawl has lost its purpose (`| head`).
  virtual bool closed_by_reader() const { return false; }
};

}  // namespace crawl

#endif  // CRAWL_WRITER_SINK_H_
