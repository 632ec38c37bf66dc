#ifndef CRAWL_CLI_OUTPUTS_H_
#define CRAWL_CLI_OUTPUTS_H_

#include <memory>
#include <vector>

#include "check/check_cache.h"
#include "check/check_sink.h"
#include "cli/options.h"
#include "cli/report.h"
#include "crawl/base/error.h"
#include "crawl/frontier/shared_state.h"
#include "crawl/frontier/state_store.h"
#include "crawl/writer/result_writer.h"
#include "crawl/writer/sink.h"
#include "extract/without_repeated.h"

namespace crawl::cli {

// How files are opened that are no earlier crawl's, to be gone on with.
OutputMode mode_of_new(const Options& options);

// The places that records go to, opened; with -r also the state behind them.
struct Outputs {
  std::unique_ptr<StateStore> store;
  SharedState* shared = nullptr;        // the same, if it is that
  std::unique_ptr<CheckCache> checked;  // --check --state
  std::unique_ptr<CheckStore> found;    // in its file
  CheckSink* check = nullptr;           // `records`, with --check
  WithoutRepeated* without = nullptr;   // or with --drop-repeated
  std::unique_ptr<Sink> records;
  std::unique_ptr<Sink> skipped;
  std::unique_ptr<Sink> saved;
  std::unique_ptr<Sink> warc;
  std::unique_ptr<Sink> har;
  std::unique_ptr<Sink> report;

  std::vector<Sink*> sinks() const {
    std::vector<Sink*> all{records.get()};
    if (skipped) all.push_back(skipped.get());
    if (saved) all.push_back(saved.get());
    if (warc) all.push_back(warc.get());
    if (har) all.push_back(har.get());
    if (report) all.push_back(report.get());
    return all;
  }
};

// Opens all that the options name. What an earlier run of the crawl wrote
// after its last commit is cut off; a new crawl empties files, or appends
// to them. `shared`: the state of --shared, which is opened already.
Result<Outputs> open_outputs(const Options& options, const Report& report,
                             std::unique_ptr<SharedState> shared);

// A check with --state has come to its end, and its result is written: the next
// one begins anew, but for what was there on other sites.
Result<void> forget_check(const Options& options, Outputs& outputs);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_OUTPUTS_H_
