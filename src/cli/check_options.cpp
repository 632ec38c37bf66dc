#include "cli/check_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "crawl/base/nearest_name.h"
#include "crawl/engine/seed_source.h"
#include "crawl/frontier/scope.h"
#include "crawl/writer/packed_output.h"

namespace crawl::cli {
namespace {

// Between requests to strangers that a site happens to link to.
constexpr std::chrono::seconds kLeafDelay{1};

constexpr const char* kIgnoreFile = ".crawlignore";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

constexpr std::array<std::string_view, 5> kFormats = {"text", "jsonl", "junit",
                                                      "markdown", "sarif"};

Result<CheckFormat> parse_check_format(std::string_view text) {
  const auto* const at = std::find(kFormats.begin(), kFormats.end(), text);
  if (at != kFormats.end()) {
    return static_cast<CheckFormat>(at - kFormats.begin());
  }
  const auto nearest = nearest_name(text, kFormats);
  return make_error(fmt::format(
      "--format '{}': {}of --check give {}", text,
      nearest ? fmt::format("did you mean '{}'? ", *nearest) : std::string(),
      fmt::join(kFormats, ", ")));
}

// By the ending of its name; a name without one, or a text's, is for people.
Result<CheckFormat> format_of_name(const std::string& name) {
  const std::string ending = lower_case(
      std::filesystem::path(unpacked_name(name)).extension().string());
  if (ending == ".jsonl") return CheckFormat::kJsonl;
  if (ending == ".xml") return CheckFormat::kJunit;
  if (ending == ".md") return CheckFormat::kMarkdown;
  if (ending == ".sarif") return CheckFormat::kSarif;
  for (const char* other : {".csv", ".db", ".htm", ".html", ".json", ".sqlite",
                            ".sqlite3", ".tsv", ".ndjson"}) {
    if (ending == other) {
      return make_error(fmt::format(
          "-o {}: a check does not write {}: name it .txt, .jsonl, .xml "
          "(JUnit), .md or .sarif, or say which with --format",
          name, ending));
    }
  }
  return CheckFormat::kText;
}

Result<void> read_folder(const TypedArgs& args, Options::Check& check) {
  std::error_code ignored;
  const auto folder = std::find_if(
      args.inputs.begin(), args.inputs.end(), [&](const std::string& input) {
        return !is_url_input(input) &&
               std::filesystem::is_directory(input, ignored);
      });
  if (folder == args.inputs.end()) {
    if (!args.base) return {};
    for (const std::string& input : args.inputs) {
      if (!is_url_input(input) && input != "-" &&
          !std::filesystem::exists(input, ignored)) {
        return make_error(
            fmt::format("INPUT {}: there is no such folder", input));
      }
    }
    return make_error("--base is for a folder: name that as INPUT");
  }
  if (args.inputs.size() > 1) {
    return make_error(fmt::format(
        "INPUT {} is a folder: it is checked by itself, name the others in "
        "another command",
        *folder));
  }
  if (!args.base) {
    return make_error(fmt::format(
        "INPUT {0} is a folder: say where the site will be, as in crawl "
        "--check {0} --base https://example.org/",
        *folder));
  }
  Result<FolderSite> site = make_folder_site(*folder, *args.base);
  if (!site) return tl::unexpected(site.error());
  check.folder = *std::move(site);
  return {};
}

// One that is there and cannot be read would ignore nothing, unsaid.
Result<void> check_ignore_file() {
  std::error_code error;
  if (!std::filesystem::exists(kIgnoreFile, error)) return {};
  if (std::filesystem::is_directory(kIgnoreFile, error)) {
    return make_error(fmt::format("{}: is a folder", kIgnoreFile));
  }
  if (!std::ifstream(kIgnoreFile)) {
    return make_error(fmt::format("{}: cannot be read", kIgnoreFile));
  }
  return {};
}

}  // namespace

// Of the file a line each; "#" begins a comment.
std::vector<ScopeOptions::Ignored> ignored_patterns(const TypedArgs& args) {
  std::vector<ScopeOptions::Ignored> patterns;
  std::ifstream file(kIgnoreFile);
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    std::string_view pattern = line;
    if (number == 1 && pattern.starts_with(kByteOrderMark)) {
      pattern.remove_prefix(kByteOrderMark.size());
    }
    pattern = trim(pattern, " \t\r");
    if (pattern.empty() || pattern.front() == '#') continue;
    patterns.push_back(
        {std::string(pattern), fmt::format("{}:{}", kIgnoreFile, number)});
  }
  for (const std::string& pattern : args.ignore) {
    patterns.push_back({pattern, "--ignore"});
  }
  return patterns;
}

Result<void> resolve_check_output(const TypedArgs& args, Options& options) {
  if (!args.check) {
    for (const auto& [option, given] :
         {std::pair{"--baseline", args.baseline.has_value()},
          {"--ignore", !args.ignore.empty()},
          {"--no-redirects-report", args.no_redirects_report},
          {"--base", args.base.has_value()},
          {"--offline", args.offline}}) {
      if (given) {
        return make_error(fmt::format("{} is for --check: add that", option));
      }
    }
    return {};
  }
  if (*args.check != "all" && *args.check != "pages") {
    return make_error(
        fmt::format("--check={}: give all or pages", *args.check));
  }
  for (const auto& [option, given] :
       {std::pair{"--fields", args.fields.has_value()},
        {"--extract", !args.extract.empty()},
        {"--content", args.content.has_value()},
        {"--drop-repeated", args.drop_repeated},
        {"--csv-safe", args.csv_safe},
        {"--compare", args.compare.has_value()},
        {"--shared", args.shared.has_value()},
        {"--explain", args.explain.has_value()},
        {"--follow", args.follow.has_value()},
        {"--all-types", args.all_types},
        {"--append", args.append}}) {
    if (given) {
      return make_error(
          fmt::format("{} does not go with --check: leave out either", option));
    }
  }
  if (args.baseline && args.baseline->empty()) {
    return make_error("--baseline '': the file name is empty");
  }
  if (args.state && args.state->empty()) {
    return make_error("--state '': the file name is empty");
  }
  Options::Check check;
  const Result<CheckFormat> format = args.format
                                         ? parse_check_format(*args.format)
                                         : format_of_name(options.output);
  if (!format) return tl::unexpected(format.error());
  check.format = *format;
  check.only_anchors = *args.check == "pages";
  check.redirects = !args.no_redirects_report;
  check.baseline = args.baseline.value_or("");
  check.cache = args.state.value_or("");
  if (Result<void> folder = read_folder(args, check); !folder) return folder;
  if (Result<void> ignore = check_ignore_file(); !ignore) return ignore;
  options.check = std::move(check);
  return {};
}

Result<void> resolve_check_crawl(const TypedArgs& args, Options& options) {
  CrawlOptions& crawl = options.crawl;
  SiteOptions& site = *crawl.site;
  LinkCheckOptions& check = site.check.emplace();
  check.only_anchors = options.check->only_anchors;
  check.offline = args.offline;
  // What search engines are asked not to follow is to be in order too.
  site.obey_nofollow = false;
  site.scope.ignore = ignored_patterns(args);
  if (Result<Scope> scope = Scope::make(site.scope); !scope) {
    return tl::unexpected(scope.error());
  }
  // A list is of the pages that are to be checked.
  const bool is_list = std::any_of(
      options.inputs.begin(), options.inputs.end(),
      [](const std::string& input) { return !is_url_input(input); });
  const bool is_folder = options.check->folder.has_value();
  if (is_list && !is_folder && !site.depth) site.depth = 0;
  crawl.leaf_pace = crawl.pace;
  if (is_folder) {
    crawl.pace = {};
    // All its pages are named; what else is on its host is another site.
    site.scope.kind = ScopeKind::kPrefix;
    check.is_local = [folder = *options.check->folder](const Url& url) {
      return folder.has(url);
    };
    for (const auto& [option, given] :
         {std::pair{"--scope", args.scope.has_value()},
          {"--sitemap", !args.sitemap.empty()}}) {
      if (given) {
        return make_error(fmt::format(
            "{} does not go with a folder: leave out either", option));
      }
    }
  }
  if (!args.delay) crawl.leaf_pace->delay = kLeafDelay;
  crawl.fetch.page.check = true;
  crawl.fetch.style_links = !check.only_anchors;
  return {};
}

void resolve_check_archives(Options& options) {
  FetchOptions& fetch = options.crawl.fetch;
  fetch.parse_pages = fetch.page.links = fetch.page.check = true;
  fetch.style_links = !options.check->only_anchors;
  fetch.keep_headers = true;  // where redirects lead
}

}  // namespace crawl::cli
