#ifndef CRAWL_CLI_OPTIONS_H_
#define CRAWL_CLI_OPTIONS_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "check/check_format.h"
#include "cli/open_files.h"
#include "cli/shared_errand.h"
#include "concurrent/cpu_quota.h"
#include "crawl/archive/warc_output.h"
#include "crawl/base/error.h"
#include "crawl/concurrent/thread_pool_executor.h"
#include "crawl/engine/crawl_options.h"
#include "crawl/extract/extractor.h"
#include "crawl/fetch/folder_fetcher.h"
#include "crawl/fetch/proxy_choice.h"
#include "crawl/writer/result_writer.h"

namespace crawl::cli {

// Everything a run of the command needs, resolved: no "as typed" left.
struct Options {
  std::vector<std::string> inputs;
  std::vector<std::string> lists;  // those that are no archives
  std::string output = "-";
  bool append = false;     // to what output files hold
  bool overwrite = false;  // it, in a new --state too
  OutputFormat format = OutputFormat::kJsonl;
  std::vector<std::size_t> fields;
  std::vector<std::string> extract;  // --extract as typed
  std::string content = "main";      // --content
  // --drop-repeated, and what of pages it is about.
  std::optional<ContentWishes> drop_repeated;
  std::vector<std::string> extract_names;
  CrawlOptions crawl;

  // --compare: the pooled levels to run after the sequential one; empty for a
  // plain crawl.
  std::vector<std::size_t> compare;

  // --check
  struct Check {
    CheckFormat format = CheckFormat::kText;
    bool only_anchors = false;
    bool redirects = true;
    std::string baseline, cache;  // files; "" for none
    // Of the crawl that `cache` goes with, while that is not at its end.
    std::string crawl_state() const {
      return cache.empty() ? "" : cache + "-crawl";
    }
    std::optional<FolderSite> folder;  // the INPUT, if it is one
  };
  std::optional<Check> check;

  std::string state;  // --state; "" for none
  // What goes with it: where records are held.
  std::string held() const { return state.empty() ? "" : state + "-held"; }
  std::string shared;  // --shared; "" for none
  std::chrono::nanoseconds lease = std::chrono::seconds(30);
  std::size_t shards = 0;           // --shards; 0 if it is not given
  std::string skipped;              // --skipped; "" for none
  std::optional<WarcOptions> warc;  // --warc-file
  std::string save;                 // --save; "" for none
  std::string har;                  // --har; "" for none
  std::string report;               // --report; "" for none
  bool warc_check = false;          // INPUTs are checked, nothing else
  std::string explain;              // --explain; "" for a crawl

  std::size_t open_files = 0;  // at most, at once

  bool quiet = false;    // -q: no progress, no summary, no warnings
  int verbosity = 0;     // -v: retries and failures too; -vv: every transfer
  std::string log_file;  // "" for stderr
  // Said once at the start: what was asked for and cannot have its effect.
  std::vector<std::string> notices;
  std::string config;  // the file that options came from; "" for none
};

// What the command line asks for: to print `text` and end (help, version, list
// of fields), to do `errand` and end, or to run with `options`.
struct ParsedArgs {
  std::optional<std::string> text;
  std::optional<SharedErrand> errand;
  Options options;
};

// What the defaults depend on.
struct Surroundings {
  bool stdout_is_terminal = false;
  bool stdin_is_file = false;  // which may be looked into without waiting
  std::size_t columns = 80;    // that help may have
  std::string default_config;  // read if it is there; "" for none
  ProxyRules proxies;          // of the environment
  // The variables that they came from, with their values.
  std::vector<std::pair<std::string, std::string>> proxy_variables;
  std::size_t processors = usable_processors();
  std::size_t default_jobs = default_max_workers();
  // Whether an INPUT, by its bytes, is an archive.
  std::function<bool(const std::string&)> is_archive;
  // Asks for so many open files and says how many there may be.
  std::function<std::size_t(std::size_t)> raise_open_files_limit =
      cli::raise_open_files_limit;
};

// The error's message is one line for stderr: which option, what is wrong with
// its value, how to mend it.
Result<ParsedArgs> parse_args(int argc, const char* const* argv,
                              const Surroundings& surroundings);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_OPTIONS_H_
