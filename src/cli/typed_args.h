#ifndef CRAWL_CLI_TYPED_ARGS_H_
#define CRAWL_CLI_TYPED_ARGS_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crawl/base/error.h"

namespace crawl::cli {

inline constexpr std::string_view kCommandLine = "command line";

// The command line as typed, values unread: the first of two steps. What it
// means is options.h's matter.
struct TypedArgs {
  std::vector<std::string> inputs;

  std::optional<std::string> jobs, threads, compare, per_host, delay, rate,
      pace_by;
  bool sync = false, unique = false;

  std::optional<std::string> output, format, fields, content;
  std::vector<std::string> extract, warc_header;
  std::optional<std::string> save, warc_file, warc_max_size, warc_dedup, har,
      report;
  bool ordered = false, csv_safe = false, append = false, overwrite = false,
       drop_repeated = false, warc_cdx = false, warc_check = false,
       no_warc_compression = false;

  std::vector<std::string> header, resolve, connect_to;
  std::optional<std::string> user_agent, user, proxy, no_proxy, proxy_cacert,
      cacert, cert, key;
  bool head = false, proxy_insecure = false, insecure = false, http1_1 = false,
       system_resolver = false;

  std::optional<std::string> max_time, connect_timeout, max_redirs,
      max_filesize, retry;

  bool recursive = false;
  std::optional<std::string> depth, max_pages, max_crawl_time, max_bytes, scope,
      follow, max_pages_per_host, max_path_depth, max_path_repeats,
      max_url_length, max_query_params, max_param_repeats, max_duplicates,
      robots, product_token, state, shared, shards, lease, commit_interval,
      skipped, explain;
  std::vector<std::string> include, exclude, strip_query_param, sitemap;
  std::optional<std::string> check, baseline, base;
  std::vector<std::string> ignore;
  bool no_redirects_report = false, offline = false;
  bool sort_query = false, keep_session_ids = false, exact_host = false,
       no_robots = false, no_sitemaps = false, all_types = false,
       page_requisites = false, ignore_nofollow = false, allow_private = false,
       status = false, watch = false, pause = false, resume = false,
       stop = false, finish = false;

  bool quiet = false, stats = false;
  int verbose = 0;
  std::optional<std::string> log_file, config;
  bool no_config = false;

  bool help = false, version = false, list_fields = false, print_config = false;
  std::optional<std::string> generate;

  // Every option that was given, in the order of all_options().
  struct Setting {
    std::string_view option;          // its long name
    std::vector<std::string> values;  // "true" for a flag, each time
    std::string origin;               // kCommandLine, "FILE, line 3"
  };
  std::vector<Setting> settings;
};

// One option: how it is spelled, what --help says, where it goes.
struct OptionSpec {
  enum class Group {
    kConcurrency,
    kOutput,
    kRequests,
    kLimits,
    kSites,
    kMessages,
  };
  using Flag = bool TypedArgs::*;
  using Counter = int TypedArgs::*;
  using Value = std::optional<std::string> TypedArgs::*;
  using Values = std::vector<std::string> TypedArgs::*;

  Group group;
  std::string_view long_name;   // without dashes
  char short_name;              // '\0' for none
  std::string_view value_name;  // "" for a flag
  std::string_view help;
  std::variant<Flag, Counter, Value, Values> target;
  bool in_config = true;  // may stand in a --config file
  // What the option alone stands for, where "=value" may be left out.
  std::string_view optional_value = {};
  // The words that its value is one of, or a list of; "" for any value.
  std::string_view choices = {};
  bool hidden = false;  // not for people: not in --help

  bool takes_value() const { return !value_name.empty(); }
  // "-j" or "--per-host": as error messages name it.
  std::string name() const;
};

// All options, in the order of --help.
std::span<const OptionSpec> all_options();
std::string_view title_of(OptionSpec::Group group);

// Reads argv with CLI11, and what it leaves open from the file that --config
// names and then from `default_config` ("" for none), if that is there.
Result<TypedArgs> read_args(int argc, const char* const* argv,
                            const std::string& default_config = "");

// What a counter's values come to: "true" for each time on the command line; a
// digit from a file.
int count_of(const std::vector<std::string>& values);

// What to do here, a sentence, for an option of curl, wget or Scrapy that has
// no namesake; "" if there is nothing to say.
std::string_view elsewhere_hint(std::string_view word);

// The option that was most likely meant by a word, as an ending for an error
// message: ", did you mean '--format'?"; or "".
std::string did_you_mean(std::string_view long_name);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_TYPED_ARGS_H_
