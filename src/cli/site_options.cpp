#include "cli/site_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/ascii.h"
#include "base/named_descriptor.h"
#include "base/userinfo.h"
#include "cli/check_options.h"
#include "cli/shown_value.h"
#include "cli/value_reader.h"
#include "cli/values.h"
#include "crawl/base/link_list.h"
#include "crawl/base/nearest_name.h"
#include "crawl/engine/seed_source.h"
#include "crawl/frontier/shared_state.h"
#include "crawl/parse/robots.h"
#include "crawl/writer/packed_output.h"
#include "engine/seed_url.h"

namespace crawl::cli {
namespace {

// Standard output, or another file that whoever began the crawl has open.
bool is_stream(const std::string& output) {
  return output == "-" || named_descriptor(output);
}

// Strangers' servers get a pause by default; one's own do not need it.
constexpr std::chrono::milliseconds kPublicDelay{250};
constexpr std::size_t kPerHost = 2;
constexpr std::uint64_t kMost = std::numeric_limits<std::int32_t>::max();

using Names = std::span<const std::string_view>;

Result<std::size_t> one_of(std::string_view text, Names names) {
  const auto at = std::find(names.begin(), names.end(), text);
  if (at != names.end()) return static_cast<std::size_t>(at - names.begin());
  const std::optional<std::string_view> near = nearest_name(text, names);
  return make_error(fmt::format(
      "{}give {}",
      near ? fmt::format("did you mean '{}'? ", *near) : std::string(),
      fmt::join(names, ", ")));
}

Result<std::vector<LinkElement>> parse_follow(std::string_view list) {
  std::vector<std::string_view> names;
  for (auto element = LinkElement::kA; element <= LinkElement::kVideo;
       element = static_cast<LinkElement>(static_cast<int>(element) + 1)) {
    names.push_back(to_string(element));
  }
  std::vector<LinkElement> elements;
  while (true) {
    const std::size_t comma = list.find(',');
    const Result<std::size_t> at = one_of(list.substr(0, comma), names);
    if (!at) return tl::unexpected(at.error());
    elements.push_back(static_cast<LinkElement>(*at));
    if (comma == std::string_view::npos) return elements;
    list.remove_prefix(comma + 1);
  }
}

// Options that only mean something with -r, and were given without it.
std::optional<std::string_view> needs_recursive(const TypedArgs& args) {
  const std::pair<std::string_view, bool> given[] = {
      {"--depth", args.depth.has_value()},
      {"--scope", args.scope.has_value()},
      {"--exact-host", args.exact_host},
      {"--follow", args.follow.has_value()},
      {"--ignore-nofollow", args.ignore_nofollow},
      {"--all-types", args.all_types},
      {"--sitemap", !args.sitemap.empty()},
      {"--no-sitemaps", args.no_sitemaps},
      {"--strip-query-param", !args.strip_query_param.empty()},
      {"--keep-session-ids", args.keep_session_ids},
      {"--sort-query", args.sort_query},
      {"--max-pages-per-host", args.max_pages_per_host.has_value()},
      {"--max-url-length", args.max_url_length.has_value()},
      {"--max-path-depth", args.max_path_depth.has_value()},
      {"--max-path-repeats", args.max_path_repeats.has_value()},
      {"--max-query-params", args.max_query_params.has_value()},
      {"--max-param-repeats", args.max_param_repeats.has_value()},
      {"--max-duplicates", args.max_duplicates.has_value()},
      {"--explain", args.explain.has_value()},
      {"--shared", args.shared.has_value()},
  };
  for (const auto& [name, is_given] : given) {
    if (is_given) return name;
  }
  return std::nullopt;
}

// By its name: "sitemap.xml", "sitemap-2.xml", "news.xml.gz".
bool is_named_like_a_sitemap(const Url& url) {
  const std::string_view path_and_query = url.path_and_query();
  const std::string path = lower_case(
      std::string(path_and_query.substr(0, path_and_query.find('?'))));
  const std::string_view name =
      std::string_view(path).substr(path.rfind('/') + 1);
  return name.ends_with("sitemap.xml") || name.ends_with(".xml.gz") ||
         (name.starts_with("sitemap") && name.ends_with(".xml"));
}

// A name that is meant for a file, there or not: no URL.
bool is_meant_for_a_file(const std::string& name) {
  if (is_url_input(name)) return false;
  std::error_code ignored;
  const bool ends_so =
      name.ends_with(".xml") || name.ends_with(".gz") || name.ends_with(".txt");
  return std::filesystem::exists(name, ignored) || name.starts_with('/') ||
         name.starts_with('.') || name.starts_with('~') ||
         (ends_so && name.find('/') == std::string::npos);
}

class SiteResolver : ValueReader {
 public:
  SiteResolver(const TypedArgs& args, Options& options)
      : args_(args), options_(options), crawl_(options.crawl) {}

  Result<void> resolve() {
    pace();
    robots();
    crawl_.allow_private = args_.allow_private;
    budget();
    state();
    shared();
    if (args_.recursive) {
      site();
    } else if (const auto option = needs_recursive(args_)) {
      fail(fmt::format("{} is for recursive crawls: add -r", *option));
    } else {
      filter();
      if (options_.check) resolve_check_archives(options_);
      if (args_.page_requisites) requisites_of_list();
    }
    if (failed()) return tl::unexpected(take_error());
    return {};
  }

 private:
  template <class To>
  void read_count(std::string_view option,
                  const std::optional<std::string>& typed, To& to,
                  std::uint64_t least = 0) {
    ValueReader::read_count(option, typed, to, least, kMost);
  }

  void pace() {
    PaceOptions& pace = crawl_.pace;
    if (args_.delay == "auto") {
      pace.adaptive = true;
    } else {
      read("--delay", args_.delay, pace.delay, parse_duration);
    }
    crawl_.private_pace = pace;
    static constexpr std::array<std::string_view, 2> kHosts = {"name",
                                                               "address"};
    read("--pace-by", args_.pace_by, crawl_.pace_by_address,
         [](std::string_view text) { return one_of(text, kHosts); });
    if (!args_.recursive && !args_.page_requisites) return;
    if (!args_.delay) pace.delay = kPublicDelay;
    if (!args_.per_host) crawl_.per_host = kPerHost;
  }

  void robots() {
    static constexpr std::array<std::string_view, 3> kModes = {"never", "links",
                                                               "always"};
    read("--robots", args_.robots, crawl_.robots,
         [](std::string_view text) { return one_of(text, kModes); });
    if (args_.no_robots) {
      if (args_.robots && crawl_.robots != RobotsMode::kNever) {
        fail("--no-robots and --robots say different things: leave one out");
      }
      crawl_.robots = RobotsMode::kNever;
    }
    crawl_.product_token = args_.product_token.value_or(std::string(
        args_.user_agent ? product_token(*args_.user_agent) : "crawl"));
    if (crawl_.product_token.empty()) {
      if (args_.product_token) fail("--product-token '': the name is empty");
      crawl_.product_token = "crawl";
    }
  }

  void budget() {
    BudgetOptions& budget = crawl_.budget;
    read_count("--max-pages", args_.max_pages, budget.max_pages, 1);
    read("--max-time", args_.max_crawl_time, budget.max_time, parse_duration);
    read("--max-bytes", args_.max_bytes, budget.max_bytes, parse_size);
  }

  void state() {
    // Of a check it is no crawl's.
    if (!args_.check) options_.state = args_.state.value_or("");
    crawl_.lasting = args_.check ? args_.state.has_value() && !args_.compare
                                 : !options_.state.empty();
    options_.skipped = args_.skipped.value_or("");
    if (args_.skipped && args_.skipped->empty()) {
      fail("--skipped '': the file name is empty");
    }
    read("--commit-interval", args_.commit_interval, crawl_.commit_interval,
         parse_duration);
    if (args_.skipped && args_.compare) {
      fail("--skipped and --compare do not go together: leave one out");
    }
    if (!args_.state || args_.check) return;
    if (options_.state.empty()) fail("--state '': the file name is empty");
    if (is_stream(options_.output) && !args_.explain) {
      fail(
          "--state needs -o FILE: what is on standard output cannot be gone "
          "on with");
    }
    if (args_.compare || args_.ordered) {
      fail("--state goes with neither --compare nor --ordered");
    }
  }

  // What only one worker could keep to, or would know of, is refused.
  void shared() {
    read("--lease", args_.lease, options_.lease, parse_duration);
    read_count("--shards", args_.shards, options_.shards, 1);
    if (!args_.shared) {
      if (args_.lease) fail("--lease is for crawls with --shared URL");
      if (args_.shards) fail("--shards is for crawls with --shared URL");
      return;
    }
    if (options_.shards > kMostSharedShards) {
      fail(fmt::format("--shards: {} at most", kMostSharedShards));
    }
    options_.shared = *args_.shared;
    if (options_.lease < std::chrono::milliseconds(100)) {
      fail("--lease is too short for a turn with Redis: 100ms at least");
    }
    crawl_.lasting = true;
    if (Result<void> good = check_shared_address(options_.shared); !good) {
      fail(fmt::format("--shared: {}", good.error().message));
    }
    if (is_stream(options_.output) && !args_.explain) {
      fail(
          "--shared needs -o FILE: what a worker that was killed wrote last is "
          "cut off, and standard output cannot be");
    }
    for (const auto& [option, given] :
         {std::pair{"--state", args_.state.has_value()},
          {"--commit-interval", args_.commit_interval.has_value()}}) {
      if (given) fail(fmt::format("{} does not go with --shared", option));
    }
    if (crawl_.pace_by_address) {
      fail(
          "--pace-by address does not go with --shared: workers lease hosts by "
          "name, and two names of one address may be at two workers");
    }
  }

  void patterns(ScopeOptions& scope) {
    scope.include = args_.include;
    scope.exclude = args_.exclude;
  }

  // Of a list, the patterns alone decide.
  void filter() {
    ScopeOptions filter;
    filter.kind = ScopeKind::kAny;
    filter.traps = {0, 0, 0, 0, 0, 0};
    patterns(filter);
    if (options_.check) filter.ignore = ignored_patterns(args_);
    if (filter.include.empty() && filter.exclude.empty() &&
        filter.ignore.empty()) {
      return;
    }
    if (Result<Scope> scope = Scope::make(filter); !scope) {
      fail(scope.error().message);
    }
    crawl_.filter = std::move(filter);
  }

  void check_inputs() {
    for (const std::string& input : options_.inputs) {
      if (!is_url_input(input)) continue;
      const auto seed = parse_seed(input);
      if (!seed || !is_named_like_a_sitemap(seed->url)) continue;
      fail(
          fmt::format("{0} looks like a sitemap: to crawl what it lists, give "
                      "the site, and the sitemap with --sitemap: crawl -r {1} "
                      "--sitemap {0}",
                      seed->url.href(), seed->url.resolve("/")->href()));
    }
  }

  void check_sitemap(const std::string& sitemap) {
    const std::string shown = shown_value(hide_password(sitemap));
    if (is_meant_for_a_file(sitemap)) {
      fail(fmt::format(
          "--sitemap {}: give the URL that the sitemap has on its site; what a "
          "file lists can be crawled as a list: {} {} | grep -o "
          "'<loc>[^<]*' | cut -c6- | crawl -",
          shown, sitemap.ends_with(".gz") ? "zcat" : "cat", shown));
    } else if (const auto url = parse_seed(sitemap); !url) {
      fail(fmt::format("--sitemap {}: {}", shown, url.error().message));
    }
  }

  // What only lists have, and not with what `option` does.
  void refuse_list_options(std::string_view option) {
    for (const auto& [of_lists, given] :
         {std::pair{"--sync", args_.sync},
          {"--compare", args_.compare.has_value()},
          {"--ordered", args_.ordered},
          {"--unique", args_.unique}}) {
      if (given) {
        fail(fmt::format("{} is for lists: leave out either it or {}", of_lists,
                         option));
      }
    }
    if (args_.head) {
      fail(
          fmt::format("--head is for lists: links are found in bodies, which "
                      "it leaves out; leave out either it or {}",
                      option));
    }
  }

  // A site of which nothing is followed: each line's page, what that needs,
  // and no more.
  void requisites_of_list() {
    refuse_list_options("-p");
    SiteOptions site;
    site.scope.kind = ScopeKind::kAny;
    site.scope.exclude = args_.exclude;
    site.scope.traps.pages_per_host = 0;
    site.max_duplicates = 0;
    site.follow.clear();
    site.follow_lone_refresh = false;
    site.all_types = true;
    site.read_sitemaps = false;
    use(std::move(site));
  }

  void use(SiteOptions site) {
    site.page_requisites = args_.page_requisites;
    FetchOptions& fetch = crawl_.fetch;
    fetch.parse_pages = true;
    fetch.page.links = true;
    fetch.style_urls = site.page_requisites;
    fetch.body_digest = true;
    crawl_.site = std::move(site);
  }

  void site() {
    refuse_list_options(args_.check ? "--check" : "-r");
    SiteOptions site;
    read_count("--depth", args_.depth, site.depth);

    static constexpr std::array<std::string_view, 4> kScopes = {
        "host", "domain", "prefix", "any"};
    read("--scope", args_.scope, site.scope.kind,
         [](std::string_view text) { return one_of(text, kScopes); });
    site.scope.exact_host = args_.exact_host;
    patterns(site.scope);
    TrapLimits& traps = site.scope.traps;
    read_count("--max-pages-per-host", args_.max_pages_per_host,
               traps.pages_per_host);
    read_count("--max-url-length", args_.max_url_length, traps.url_bytes);
    read_count("--max-path-depth", args_.max_path_depth, traps.path_depth);
    read_count("--max-path-repeats", args_.max_path_repeats,
               traps.path_repeats);
    read_count("--max-query-params", args_.max_query_params, traps.parameters);
    read_count("--max-param-repeats", args_.max_param_repeats,
               traps.parameter_repeats);
    read_count("--max-duplicates", args_.max_duplicates, site.max_duplicates);
    if (Result<Scope> scope = Scope::make(site.scope); !scope) {
      fail(scope.error().message);
    }

    site.cleaner.strip_query_params = args_.strip_query_param;
    site.cleaner.sort_query = args_.sort_query;
    site.cleaner.strip_session_ids = !args_.keep_session_ids;
    read("--follow", args_.follow, site.follow, parse_follow);
    site.follow_lone_refresh = !args_.follow;
    site.obey_nofollow = !args_.ignore_nofollow;
    site.all_types = args_.all_types;
    site.read_sitemaps = !args_.no_sitemaps;
    check_inputs();
    for (const std::string& sitemap : args_.sitemap) check_sitemap(sitemap);
    site.sitemaps = args_.sitemap;

    options_.explain = args_.explain.value_or("");
    use(std::move(site));
    if (!options_.check) return;
    if (Result<void> check = resolve_check_crawl(args_, options_); !check) {
      fail(std::move(check.error()));
    }
  }

  const TypedArgs& args_;
  Options& options_;
  CrawlOptions& crawl_;
};

}  // namespace

Result<void> resolve_site_options(const TypedArgs& args, Options& options) {
  return SiteResolver(args, options).resolve();
}

}  // namespace crawl::cli
