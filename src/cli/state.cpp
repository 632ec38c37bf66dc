#include "cli/state.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/userinfo.h"
#include "cli/files_apart.h"
#include "crawl/engine/seed_source.h"
#include "crawl/fetch/secure_channel.h"
#include "crawl/frontier/scope.h"
#include "crawl/writer/fields.h"
#include "engine/seed_url.h"

namespace crawl::cli {
namespace {

std::string_view name_of(OutputFormat format) {
  switch (format) {
    case OutputFormat::kJsonl:
      return "jsonl";
    case OutputFormat::kTsv:
      return "tsv";
    case OutputFormat::kCsv:
      return "csv";
    case OutputFormat::kCsvSafe:
      return "csv with --csv-safe";
    case OutputFormat::kText:
      return "text";
    case OutputFormat::kSqlite:
      return "sqlite";
  }
  return "";
}

std::string names_of(const std::vector<std::size_t>& fields) {
  std::string names;
  for (const std::size_t field : fields) {
    if (!names.empty()) names += ',';
    names += all_fields()[field].name;
  }
  return names;
}

// A changed password makes no other crawl, and stands in no file.
std::string inputs_of(const Options& options) {
  std::vector<std::string> inputs;
  for (const std::string& input : options.inputs) {
    const auto seed = parse_seed(input);
    inputs.emplace_back(is_url_input(input) && seed &&
                                !seed->user_password.empty()
                            ? std::string(seed->url.href())
                            : hide_password(input));
  }
  return fmt::format("{}", fmt::join(inputs, " "));
}

// What decides which links a check has, and which of them it asks for.
std::string check_settings(const Options& options) {
  const LinkCheckOptions& check = *options.crawl.site->check;
  std::string settings =
      fmt::format("{}{}", check.only_anchors ? "pages" : "all",
                  check.offline ? " --offline" : "");
  if (options.check->folder) {
    settings += " --base " + std::string(options.check->folder->base.href());
  }
  for (const ScopeOptions::Ignored& each : options.crawl.site->scope.ignore) {
    settings += " --ignore " + each.pattern;
  }
  return settings;
}

std::string archive_of(const Options& options) {
  if (!options.warc) return "";
  return fmt::format("{} {} {}{}", options.warc->prefix,
                     options.warc->pack ? "packed" : "plain",
                     options.warc->max_file_bytes,
                     options.warc->cdx ? " indexed" : "");
}

// What decides which pages a crawl of sites has.
void add_site_settings(
    const SiteOptions& site,
    std::vector<std::pair<std::string, std::string>>& settings) {
  settings.insert(
      settings.end(),
      {{"--scope and its limits", Scope::make(site.scope)->settings()},
       {"--depth", site.depth ? fmt::format("{}", *site.depth) : "any"},
       {"--strip-query-param",
        fmt::format("{}", fmt::join(site.cleaner.strip_query_params, " "))},
       {"--keep-session-ids", site.cleaner.strip_session_ids ? "no" : "yes"},
       {"--sort-query", site.cleaner.sort_query ? "yes" : "no"}});
  // Not for crawls that never heard of it.
  if (site.page_requisites) {
    settings.emplace_back("--page-requisites",
                          site.follow.empty() ? "of a list" : "of a site");
  }
}

// And how: by whichever worker, a host is asked in one way. (A state is gone on
// with by whoever began it, who may have thought better. Limits of a crawl may
// be raised when it has come to them.)
void add_manners(const CrawlOptions& crawl,
                 std::vector<std::pair<std::string, std::string>>& settings) {
  const auto ms = [](std::chrono::nanoseconds time) {
    return fmt::to_string(
        std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
  };
  const auto pace = [&](const PaceOptions& of) {
    return ms(of.delay) + (of.adaptive ? " auto" : "");
  };
  const auto yes = [](bool value) { return value ? "yes" : "no"; };
  const SiteOptions& site = *crawl.site;
  std::string follow;
  for (const LinkElement each : site.follow) {
    follow += fmt::format("{} ", static_cast<int>(each));
  }
  settings.insert(
      settings.end(),
      {{"--delay", pace(crawl.pace) + ", " + pace(crawl.private_pace)},
       {"--per-host",
        crawl.per_host == 0 ? "as -j" : fmt::to_string(crawl.per_host)},
       {"--robots", fmt::to_string(static_cast<int>(crawl.robots))},
       {"-A", crawl.fetch.user_agent},
       {"--product-token", crawl.product_token},
       {"--follow", follow},
       {"--ignore-nofollow", yes(!site.obey_nofollow)},
       {"--all-types", yes(site.all_types)},
       {"--no-sitemaps", yes(!site.read_sitemaps)},
       {"--max-duplicates", fmt::to_string(site.max_duplicates)},
       {"--max-redirs", fmt::to_string(crawl.max_redirs)},
       {"--allow-private", yes(crawl.allow_private)}});
}

// Of a file that may not be there yet: the same for no two at once, whatever
// their machines are called. (Containers of one machine have its boot id.)
std::string whereabouts(const std::string& path) {
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  struct stat folder {};
  if (::stat(place_of(path).parent_path().c_str(), &folder) != 0) return boot;
  return fmt::format("{} {} {}", boot, folder.st_dev, folder.st_ino);
}

}  // namespace

StateOptions state_options(const Options& options) {
  StateOptions state;
  state.path = options.check ? options.check->crawl_state() : options.state;
  state.settings = {
      {"INPUT", inputs_of(options)},
      {"--skipped", options.skipped},
      {"-r", options.crawl.site ? "yes" : "no"},
  };
  if (options.check) {
    // Its result is written at the end, however it is wanted then.
    state.settings.emplace_back("--check", check_settings(options));
  } else {
    state.settings.insert(state.settings.begin() + 1,
                          {{"-o", options.output},
                           {"--format", std::string(name_of(options.format))}});
  }
  // Not for crawls that never heard of it.
  if (!options.extract.empty()) {
    state.settings.emplace_back(
        "--extract", fmt::format("{}", fmt::join(options.extract, "\n")));
  }
  if (!options.save.empty()) {
    state.settings.emplace_back("--save", options.save);
  }
  if (options.warc) {
    state.settings.emplace_back("--warc-file", archive_of(options));
  }
  if (!options.har.empty()) state.settings.emplace_back("--har", options.har);
  if (!options.report.empty()) {
    state.settings.emplace_back("--report", options.report);
  }
  if (options.content != "main") {
    state.settings.emplace_back("--content", options.content);
  }
  if (options.drop_repeated) {
    state.settings.emplace_back("--drop-repeated", "yes");
  }
  // Behind what has fields of its own.
  if (!options.check) {
    state.settings.emplace_back("--fields", names_of(options.fields));
  }
  if (options.crawl.site) {
    add_site_settings(*options.crawl.site, state.settings);
    return state;
  }
  state.settings.emplace_back("--unique", options.crawl.unique ? "yes" : "no");
  state.settings.emplace_back(
      "--include and --exclude",
      options.crawl.filter ? Scope::make(*options.crawl.filter)->settings()
                           : "none");
  return state;
}

std::string machine_name() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

std::string worker_name(const Options& options) {
  return fmt::format("{}:{}", machine_name(),
                     place_of(options.output).string());
}

SharedOptions shared_options(const Options& options) {
  SharedOptions shared;
  shared.address = options.shared;
  shared.secure = &open_secure_channel;
  const auto place = [](const std::string& path) {
    return path.empty() ? path : place_of(path).string();
  };
  shared.worker = worker_name(options);
  shared.place = whereabouts(options.output);
  const WarcOptions warc = options.warc.value_or(WarcOptions{});
  shared.outputs = {
      {"-o", place(options.output)},
      {"--skipped", place(options.skipped)},
      {"--save", place(options.save)},
      {"--warc-file", place(warc.prefix)},
      {"--warc-max-size", fmt::to_string(warc.max_file_bytes)},
      {"--no-warc-compression", warc.pack ? "no" : "yes"},
      {"--warc-cdx", warc.cdx ? "yes" : "no"},
      {"--har", place(options.har)},
      {"--report", place(options.report)},
      {"--format", std::string(name_of(options.format))},
      {"--fields", names_of(options.fields)},
      {"--extract", fmt::format("{}", fmt::join(options.extract, "\n"))},
      {"--content", options.content},
  };
  shared.lease =
      std::chrono::duration_cast<std::chrono::milliseconds>(options.lease);
  shared.shards = options.shards;
  shared.has_input = true;
  shared.max_pages = options.crawl.budget.max_pages;
  for (const PaceOptions& pace :
       {options.crawl.pace, options.crawl.private_pace}) {
    shared.delay = std::max(
        shared.delay, std::chrono::ceil<std::chrono::milliseconds>(
                          pace.adaptive ? pace.adaptive_start : pace.delay));
  }
  shared.rate = options.crawl.rate;
  add_site_settings(*options.crawl.site, shared.settings);
  add_manners(options.crawl, shared.settings);
  shared.settings.emplace_back("--rate", fmt::to_string(shared.rate));
  return shared;
}

}  // namespace crawl::cli
