#include "cli/archive_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "cli/help.h"
#include "cli/value_reader.h"
#include "cli/values.h"
#include "crawl/writer/har_output.h"
#include "crawl/writer/site_database.h"

namespace crawl::cli {
namespace {

class ArchiveResolver : ValueReader {
 public:
  ArchiveResolver(const TypedArgs& args, Options& options)
      : args_(args), options_(options) {}

  Result<void> resolve() {
    if (args_.save) save();
    if (args_.warc_file) {
      warc();
    } else {
      needs_warc_file();
    }
    if (args_.har) har();
    if (args_.report) report();
    if (failed()) return tl::unexpected(take_error());
    return {};
  }

 private:
  void save() {
    if (args_.save->empty()) fail("--save '': the folder's name is empty");
    if (args_.compare) {
      fail("--save and --compare do not go together: leave one out");
    }
    if (args_.head) {
      fail("--save is about bodies, which --head leaves out: leave out either");
    }
    options_.save = *args_.save;
    options_.crawl.fetch.keep_body = true;
  }

  void har() {
    if (args_.har->empty()) fail("--har '': the file name is empty");
    if (*args_.har == "-") {
      fail("--har needs a FILE: it has an end, which moves as it grows");
    }
    if (args_.compare) {
      fail("--har and --compare do not go together: leave one out");
    }
    options_.har = *args_.har;
    options_.crawl.fetch.keepers.push_back(make_har_keeper());
  }

  void report() {
    if (args_.report->empty() || *args_.report == "-") {
      fail("--report needs a FILE: a database is to be beside it");
    }
    options_.report = *args_.report;
    if (!args_.compare) {
      options_.crawl.fetch.keepers.push_back(make_request_keeper());
      options_.crawl.slot_times = true;
    }
  }

  void needs_warc_file() {
    for (const auto& [option, given] :
         {std::pair{"--warc-max-size", args_.warc_max_size.has_value()},
          {"--warc-header", !args_.warc_header.empty()},
          {"--warc-cdx", args_.warc_cdx},
          {"--warc-dedup", args_.warc_dedup.has_value()},
          {"--no-warc-compression", args_.no_warc_compression}}) {
      if (given) {
        fail(fmt::format("{} is about an archive: add --warc-file PREFIX",
                         option));
      }
    }
  }

  void warc() {
    WarcOptions warc;
    warc.prefix = *args_.warc_file;
    if (warc.prefix.empty() || warc.prefix.ends_with('/')) {
      fail(
          fmt::format("--warc-file '{}': the file name is empty", warc.prefix));
    }
    if (args_.compare) {
      fail("--warc-file and --compare do not go together: leave one out");
    }
    if (args_.warc_max_size) {
      read("--warc-max-size", args_.warc_max_size, warc.max_file_bytes,
           parse_size);
      if (!failed() && warc.max_file_bytes == 0) {
        fail("--warc-max-size 0: without the option there is no limit");
      }
    }
    warc.cdx = args_.warc_cdx;
    if (args_.warc_dedup) warc.known.push_back(*args_.warc_dedup);
    warc.pack = !args_.no_warc_compression;
    const bool obeys = options_.crawl.robots == RobotsMode::kAlways ||
                       (options_.crawl.robots == RobotsMode::kLinks &&
                        options_.crawl.site.has_value());
    std::vector<std::pair<std::string, std::string>> usual = {
        {"software", default_user_agent()},
        {"format", "WARC File Format 1.1"},
        {"conformsTo",
         "https://iipc.github.io/warc-specifications/specifications/"
         "warc-format/warc-1.1/"},
        {"robots", obeys ? "classic" : "ignore"},
        {"http-header-user-agent", options_.crawl.fetch.user_agent}};
    for (const std::string& typed : args_.warc_header) {
      std::pair<std::string, std::string> header;
      read("--warc-header", typed, header, parse_header);
      std::erase_if(usual, [&](const auto& each) {
        return equals_ignoring_case(each.first, header.first);
      });
      if (!header.second.empty()) warc.info.push_back(std::move(header));
    }
    warc.info.insert(warc.info.begin(), usual.begin(), usual.end());
    // It is as old as the archive, so it is where that is gone on with from.
    const std::string& beside =
        options_.shared.empty() ? options_.state : options_.output;
    if (!beside.empty()) warc.index_file = beside + "-payloads";
    options_.crawl.fetch.keepers.push_back(make_warc_keeper(warc));
    options_.warc = std::move(warc);
  }

  const TypedArgs& args_;
  Options& options_;
};

}  // namespace

Result<void> resolve_archive_options(const TypedArgs& args, Options& options) {
  return ArchiveResolver(args, options).resolve();
}

UseWithArchives use_with_archives(const OptionSpec& option) {
  using Group = OptionSpec::Group;
  using enum UseWithArchives;
  const auto is_one_of = [&](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), option.long_name) !=
           names.end();
  };
  switch (option.group) {
    case Group::kConcurrency:
      return is_one_of({"per-host", "delay", "pace-by", "rate"}) ? kOfLists
                                                                 : kFull;
    case Group::kOutput:
      return is_one_of({"warc-file", "har"}) ? kNone : kFull;
    case Group::kRequests:
      return option.long_name == "head" ? kNone : kOfLists;
    case Group::kLimits:
      return is_one_of(
                 {"transfer-timeout", "connect-timeout", "max-redirs", "retry"})
                 ? kOfLists
                 : kFull;
    case Group::kSites:
      if (is_one_of({"include", "exclude", "skipped", "check", "baseline",
                     "ignore", "no-redirects-report"})) {
        return kFull;
      }
      return is_one_of({"robots", "no-robots", "product-token", "allow-private",
                        "commit-interval"})
                 ? kOfLists
                 : kNone;
    case Group::kMessages:
      break;
  }
  return kFull;
}

}  // namespace crawl::cli
