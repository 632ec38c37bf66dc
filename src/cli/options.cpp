#include "cli/options.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "base/ascii.h"
#include "base/named_descriptor.h"
#include "cli/archive_options.h"
#include "cli/check_options.h"
#include "cli/config_file.h"
#include "cli/documents.h"
#include "cli/extract_option.h"
#include "cli/help.h"
#include "cli/shown_value.h"
#include "cli/site_options.h"
#include "cli/typed_args.h"
#include "cli/value_reader.h"
#include "cli/values.h"
#include "crawl/base/human.h"
#include "crawl/base/nearest_name.h"
#include "crawl/report/report_output.h"
#include "crawl/writer/fields.h"
#include "crawl/writer/packed_output.h"

namespace crawl::cli {
namespace {

constexpr std::size_t kMostJobs = 1'000'000;
constexpr std::size_t kMostThreads = 1'024;

// Files that are open whatever -j is: standard streams, input, output, log,
// each loop's own.
constexpr std::size_t kOtherFiles = 64;

// The second step: what was typed becomes what it means, or the first Error.
class Resolver : ValueReader {
 public:
  explicit Resolver(const Surroundings& surroundings)
      : surroundings_(surroundings) {}

  Result<Options> resolve(TypedArgs args) {
    if (args.inputs.empty()) {
      fail(
          "no INPUT: name a file of URLs, '-' for standard input, or a URL "
          "(crawl --help says more)");
    }
    for (const std::string& input : args.inputs) {
      if (input.empty()) fail("INPUT '': the name is empty");
      if (args.compare == "default" && parse_levels(input) &&
          !std::filesystem::exists(input)) {
        fail(
            fmt::format("--compare {0}: its numbers follow a '=', "
                        "--compare={0}",
                        input));
      }
    }
    options_.inputs = options_.lists = args.inputs;
    archives(args);
    // Of archives, what is in them is checked.
    if (args.check && options_.crawl.archives.empty()) args.recursive = true;
    concurrency(args);
    output(args);
    requests(args);
    limits(args);
    sites(args);
    archive(args);
    options_.quiet = args.quiet;
    if (args.quiet && args.stats) {
      fail("--stats has something to say: leave out either it or --quiet");
    }
    options_.crawl.time_breakdown = args.stats;
    options_.verbosity = args.verbose;
    if (args.log_file) {
      if (args.log_file->empty()) fail("--log-file '': the name is empty");
      const bool is_stderr = named_descriptor(*args.log_file) == STDERR_FILENO;
      options_.log_file = is_stderr ? "-" : *args.log_file;
    }
    options_.config = args.config.value_or("");
    if (!failed()) notices(args);
    if (!failed()) open_files();
    if (failed()) return tl::unexpected(take_error());
    return std::move(options_);
  }

 private:
  // INPUTs that are read in place of fetching anything.
  void archives(const TypedArgs& args) {
    options_.warc_check = args.warc_check;
    if (args.warc_check &&
        (args.output || args.recursive || args.check || args.page_requisites ||
         args.compare || args.state || args.warc_file || args.save ||
         args.har || args.report)) {
      fail(
          "--warc-check only checks its INPUTs: leave out what else is to be "
          "done");
    }
    if (!surroundings_.is_archive || args.warc_check) return;
    std::vector<std::string>& archives = options_.crawl.archives;
    // To look into a pipe is to wait for it: what stands before it in a list
    // need not wait, nor those who share a crawl with it.
    std::vector<bool> found(args.inputs.size());
    bool pipe_too =
        (!args.inputs.empty() && args.inputs[0] == "-" && !args.recursive) ||
        surroundings_.stdin_is_file;
    for (std::size_t i = 0; i < args.inputs.size(); ++i) {
      if (args.inputs[i] == "-") continue;
      found[i] = surroundings_.is_archive(args.inputs[i]);
      pipe_too = pipe_too || found[i];
    }
    for (std::size_t i = 0; i < args.inputs.size(); ++i) {
      const std::string& input = args.inputs[i];
      if (input == "-" && pipe_too) found[i] = surroundings_.is_archive(input);
      if (found[i]) archives.push_back(input);
    }
    if (archives.empty()) return;
    options_.lists.clear();
    for (std::size_t i = 0; i < args.inputs.size(); ++i) {
      if (!found[i]) options_.lists.push_back(args.inputs[i]);
    }
    refuse_fetching(args);
    if (args.check && !options_.lists.empty()) {
      fail(
          "--check checks a site, or what is in archives: name them in two "
          "commands");
    }
    if (args.compare && !options_.lists.empty()) {
      fail(
          "--compare compares how archives are read, or lists are fetched: "
          "name them in two commands");
    }
    if (args.compare &&
        std::find(archives.begin(), archives.end(), "-") != archives.end()) {
      fail(
          "--compare reads its input several times: give the archive as a "
          "file");
    }
  }

  // Archives are read: what is about fetching has no meaning, unless there are
  // lists too. What was not typed but stands in a configuration is for others.
  void refuse_fetching(const TypedArgs& args) {
    for (const OptionSpec& option : all_options()) {
      const UseWithArchives use = use_with_archives(option);
      const bool for_lists =
          use == UseWithArchives::kOfLists && options_.lists.empty();
      for (const TypedArgs::Setting& setting : args.settings) {
        if (setting.option != option.long_name ||
            !(use == UseWithArchives::kNone ||
              (for_lists && setting.origin == kCommandLine))) {
          continue;
        }
        fail(fmt::format(
            "{} is about fetching, and INPUT {} is an archive "
            "that is read: leave it out",
            option.name(), shown_value(options_.crawl.archives.front())));
      }
    }
  }

  void read_file_name(std::string_view option,
                      const std::optional<std::string>& typed,
                      std::string& file) {
    if (typed && typed->empty()) {
      fail(fmt::format("{} '': the file name is empty", option));
    }
    file = typed.value_or("");
  }

  void read_millis(std::string_view option,
                   const std::optional<std::string>& typed,
                   std::chrono::milliseconds& to) {
    std::chrono::nanoseconds time{to};
    read(option, typed, time, parse_duration);
    // No limit is written 0: what is less than a millisecond must not become
    // that.
    to = std::chrono::ceil<std::chrono::milliseconds>(time);
  }

  void concurrency(const TypedArgs& args) {
    CrawlOptions& crawl = options_.crawl;
    crawl.jobs = surroundings_.default_jobs;
    read_count("-j", args.jobs, crawl.jobs, 1, kMostJobs);
    crawl.sync = args.sync;
    if (args.sync && args.jobs && crawl.jobs > 1) {
      fail(fmt::format(
          "--sync fetches one URL at a time: leave out either it or -j {}",
          crawl.jobs));
    }
    if (args.sync && args.threads) {
      fail("--sync uses no threads: leave out either it or --threads");
    }
    if (args.sync) crawl.jobs = 1;
    if (args.compare) compare(args);
    crawl.threads = std::min(surroundings_.processors, most_jobs());
    read_count("--threads", args.threads, crawl.threads, 1, kMostThreads);
    read_count("--per-host", args.per_host, crawl.per_host, 1, kMostJobs);
    read("--rate", args.rate, crawl.rate, parse_rate);
    crawl.unique = args.unique;
    crawl.ordered = args.ordered;
  }

  void compare(const TypedArgs& args) {
    if (args.sync) {
      fail("--compare includes a --sync run: leave out --sync");
    }
    if (*args.compare != "default") {
      read("--compare", args.compare, options_.compare, parse_levels);
    } else if (args.jobs) {
      options_.compare = {options_.crawl.jobs};
    } else {
      options_.compare = {1, 2, 4, 8};
    }
  }

  std::size_t most_jobs() const {
    std::size_t most = options_.crawl.jobs;
    for (const std::size_t level : options_.compare) {
      most = std::max(most, level);
    }
    return most;
  }

  void output(const TypedArgs& args) {
    if (args.output) {
      if (args.output->empty()) fail("-o '': the file name is empty");
      const bool is_stdout = named_descriptor(*args.output) == STDOUT_FILENO;
      options_.output = is_stdout ? "-" : *args.output;
    }
    options_.append = args.append;
    options_.overwrite = args.overwrite;
    if (args.append && args.overwrite) {
      fail("--append keeps what --overwrite takes: leave out either");
    }
    if (args.append && options_.output == "-" && !args.skipped &&
        !args.warc_file && !args.har && !args.report) {
      fail("--append is about files: add -o FILE, or write >> FILE");
    }
    if (Result<void> check = resolve_check_output(args, options_); !check) {
      return fail(std::move(check.error()));
    }
    if (options_.check) return;
    const bool people =
        !options_.compare.empty() ||
        (options_.output == "-" && surroundings_.stdout_is_terminal);
    options_.format = people ? OutputFormat::kText : OutputFormat::kJsonl;
    if (options_.compare.empty()) {
      options_.format = format_of_name(options_.output, options_.format);
    }
    read("--format", args.format, options_.format, parse_format);
    if (args.csv_safe) {
      const bool open =
          !args.format && format_of_name(options_.output, OutputFormat::kCsv) ==
                              OutputFormat::kCsv;
      if (open) options_.format = OutputFormat::kCsv;
      if (options_.format != OutputFormat::kCsv) {
        fail("--csv-safe is about CSV: add --format csv");
      }
      options_.format = OutputFormat::kCsvSafe;
    }
    database(args);
    options_.fields = usual_fields(args.head);
    if (args.save) options_.fields.push_back(parse_field_list("file")->front());
    read("--fields", args.fields, options_.fields,
         [usual = options_.fields](std::string_view list) {
           return parse_field_list(list, usual);
         });
    extracts(args);

    // Nothing is gathered that nobody will read.
    const std::vector<std::size_t> reported = fields_of_report(args);
    const auto wanted = [&](std::string_view field) {
      return has_field(options_.fields, field) || has_field(reported, field);
    };
    FetchOptions& fetch = options_.crawl.fetch;
    const bool audit = wanted("audit");
    fetch.keep_headers = wanted("headers") || audit;
    fetch.keep_body = wanted("body");
    fetch.body_digest = wanted("body_digest") || wanted("duplicate_of");
    fetch.page.anchor_text = wanted("links");
    fetch.page.links = fetch.page.anchor_text || audit;
    static constexpr std::array<std::string_view, 8> kOfPages = {
        "charset", "title",      "description", "canonical",
        "lang",    "link_count", "links",       "parser"};
    fetch.parse_pages = fetch.extractor != nullptr ||
                        std::any_of(kOfPages.begin(), kOfPages.end(), wanted);
  }

  void database(const TypedArgs& args) {
    if (options_.format != OutputFormat::kSqlite) return;
    if (!options_.compare.empty()) {
      fail("--compare writes a table of timings: leave out --format sqlite");
    } else if (options_.output == "-") {
      fail("--format sqlite writes a file: name it with -o FILE");
    }
    if (packing_of_name(options_.output) != Packing::kNone) {
      fail(
          "-o: a database cannot be packed while it is written: leave out .gz "
          "or .zst");
    }
    if (args.ordered) {
      fail(
          "--ordered is about lines: rows of a database come in the order of "
          "the query");
    }
  }

  // A database is there to be asked about links.
  std::vector<std::size_t> usual_fields(bool head) const {
    const std::vector<std::size_t> usual =
        default_fields(head, !options_.crawl.archives.empty());
    return options_.format == OutputFormat::kSqlite && !head
               ? *parse_field_list("+links", usual)
               : usual;
  }

  static std::vector<std::size_t> fields_of_report(const TypedArgs& args) {
    return args.report && !args.compare ? report_fields()
                                        : std::vector<std::size_t>();
  }

  void extracts(const TypedArgs& args) {
    const auto wanted = [&](std::string_view field) {
      return has_field(options_.fields, field);
    };
    static constexpr std::array<std::string_view, 6> kFacts = {
        "headings", "meta", "alternates", "json_ld", "json_ld_broken", "audit"};
    Result<Extractor> extractor = read_extracts(args.extract);
    if (!extractor) return fail(std::move(extractor.error()));
    if (std::any_of(kFacts.begin(), kFacts.end(), wanted) ||
        !fields_of_report(args).empty()) {
      extractor->want_facts();
    }
    extractor->want_content(content_wishes(args));
    options_.extract = args.extract;
    options_.extract_names = extractor->names();
    if (!extractor->empty()) {
      options_.crawl.fetch.extractor =
          std::make_shared<const Extractor>(*std::move(extractor));
    } else if (wanted("extract_error")) {
      fail(
          "--fields: 'extract_error' is about what --extract asks for, and "
          "text and the like");
    }
    if (args.extract.empty()) {
      if (wanted("extracted")) {
        fail("--fields: 'extracted' is what --extract NAME=SELECTOR asks for");
      }
      return;
    }
    if (!args.fields && options_.format == OutputFormat::kText) {
      // A screen has no room for all the others.
      options_.fields = *parse_field_list("status_code,url,extracted,error");
    }
    if (!wanted("extracted")) {
      const std::vector<std::size_t> more =
          *parse_field_list("extracted,extract_error");
      for (const std::size_t field : more) {
        if (!wanted(all_fields()[field].name)) options_.fields.push_back(field);
      }
    }
    const bool columns = options_.format == OutputFormat::kTsv ||
                         options_.format == OutputFormat::kCsv ||
                         options_.format == OutputFormat::kCsvSafe;
    for (const std::string& name : options_.extract_names) {
      if (columns && wanted(name)) {
        fail(
            fmt::format("--extract {0}: there is a column {0} already: choose "
                        "another name, or leave it out with --fields -{0}",
                        name));
      }
    }
  }

  ContentWishes content_wishes(const TypedArgs& args) {
    const auto wanted = [&](std::string_view field) {
      return has_field(options_.fields, field);
    };
    ContentWishes wishes;
    wishes.text = wanted("text");
    wishes.markdown = wanted("markdown");
    wishes.words = wanted("word_count");
    wishes.digest = wanted("text_digest");
    wishes.origin =
        wanted("published") || wanted("modified") || wanted("author");
    if (args.drop_repeated) {
      drop_repeated(args, wishes);
      options_.drop_repeated = wishes;
    }
    if (!args.content) return wishes;
    if (*args.content != "main" && *args.content != "all") {
      fail("--content: give main or all");
    } else if (!wishes.text && !wishes.markdown && !wishes.words) {
      fail(
          "--content is about the fields text, markdown and word_count: add "
          "for example --fields +text");
    }
    wishes.whole = *args.content == "all";
    options_.content = *args.content;
    if (options_.drop_repeated) options_.drop_repeated->whole = wishes.whole;
    return wishes;
  }

  void drop_repeated(const TypedArgs& args, ContentWishes& wishes) {
    if (!wishes.text && !wishes.markdown && !wishes.words && !wishes.digest) {
      fail(
          "--drop-repeated is about the fields text, markdown, word_count and "
          "text_digest: add for example --fields +text");
    }
    for (const auto& [option, given] :
         {std::pair{"--compare", args.compare.has_value()},
          {"--shared", args.shared.has_value()}}) {
      if (!given) continue;
      fail(
          fmt::format("--drop-repeated does not go with {}: what is repeated "
                      "is known when all pages are",
                      option));
    }
    if (args.append && args.state) {
      fail(
          "--drop-repeated with --state writes its records anew each time: "
          "leave out --append");
    }
    wishes.again = true;
  }

  static OutputFormat format_of_name(const std::string& name,
                                     OutputFormat otherwise) {
    const std::string ending = lower_case(
        std::filesystem::path(unpacked_name(name)).extension().string());
    if (ending == ".csv") return OutputFormat::kCsv;
    if (ending == ".tsv") return OutputFormat::kTsv;
    if (ending == ".txt") return OutputFormat::kText;
    if (ending == ".db" || ending == ".sqlite" || ending == ".sqlite3") {
      return OutputFormat::kSqlite;
    }
    return ending == ".jsonl" ? OutputFormat::kJsonl : otherwise;
  }

  static Result<OutputFormat> parse_format(std::string_view text) {
    static constexpr std::array<std::string_view, 5> kNames = {
        "jsonl", "tsv", "csv", "text", "sqlite"};
    static constexpr std::array<OutputFormat, 5> kFormats = {
        OutputFormat::kJsonl, OutputFormat::kTsv, OutputFormat::kCsv,
        OutputFormat::kText, OutputFormat::kSqlite};
    const auto* const at = std::find(kNames.begin(), kNames.end(), text);
    if (at != kNames.end()) {
      return kFormats[static_cast<std::size_t>(at - kNames.begin())];
    }
    // What others call it.
    const auto nearest = text == "json" || text == "ndjson"
                             ? std::optional<std::string_view>("jsonl")
                             : nearest_name(text, kNames);
    return make_error(fmt::format(
        "{}give jsonl, tsv, csv, text or sqlite",
        nearest ? fmt::format("did you mean '{}'? ", *nearest) : ""));
  }

  void requests(const TypedArgs& args) {
    FetchOptions& fetch = options_.crawl.fetch;
    options_.crawl.head = args.head;
    fetch.user_agent = args.user_agent.value_or(default_user_agent());
    for (const std::string& typed : args.header) {
      std::pair<std::string, std::string> header;
      read("-H", typed, header, parse_header);
      if (header.first.empty()) continue;
      // Another origin has another name; credentials are the fetcher's matter.
      const bool host = lower_case(header.first) == "host";
      (host ? fetch.origin_headers : fetch.headers)
          .push_back(std::move(header));
    }
    if (args.user) {
      if (args.user->find(':') == std::string::npos) {
        // What stands there may be the password.
        fail("-u: give USER:PASSWORD, or USER: without one");
      }
      fetch.user_password = *args.user;
    }
    fetch.proxy = args.proxy.value_or("");
    // As curl has it, an empty one is none, whatever the environment says.
    if (!args.proxy || !args.proxy->empty()) {
      fetch.proxy_rules = surroundings_.proxies;
    }
    fetch.proxy_rules.every = fetch.proxy;
    if (args.no_proxy) fetch.proxy_rules.no_proxy = *args.no_proxy;
    read_file_name("--proxy-cacert", args.proxy_cacert, fetch.proxy_ca_file);
    fetch.proxy_insecure = args.proxy_insecure;
    fetch.insecure = args.insecure;
    read_file_name("--cacert", args.cacert, fetch.ca_file);
    read_file_name("--cert", args.cert, fetch.cert_file);
    read_file_name("--key", args.key, fetch.key_file);
    fetch.resolve = args.resolve;
    fetch.connect_to = args.connect_to;
    fetch.http1_only = args.http1_1;
    fetch.system_resolver = args.system_resolver;
  }

  void limits(const TypedArgs& args) {
    CrawlOptions& crawl = options_.crawl;
    FetchOptions& fetch = crawl.fetch;
    read_millis("-m", args.max_time, fetch.max_time);
    read_millis("--connect-timeout", args.connect_timeout,
                fetch.connect_timeout);
    read_count("--max-redirs", args.max_redirs, crawl.max_redirs, 0, 1'000);
    read("--max-filesize", args.max_filesize, fetch.max_body, parse_size);
    read_count("--retry", args.retry, crawl.retry.retries, 0, 1'000);
  }

  void sites(const TypedArgs& args) {
    Result<void> resolved = resolve_site_options(args, options_);
    if (!resolved) fail(std::move(resolved.error()));
  }

  void archive(const TypedArgs& args) {
    Result<void> resolved = resolve_archive_options(args, options_);
    if (!resolved) fail(std::move(resolved.error()));
  }

  void notices(const TypedArgs& args) {
    const CrawlOptions& crawl = options_.crawl;
    if (args.per_host && crawl.per_host > most_jobs()) {
      options_.notices.push_back(
          fmt::format("--per-host {0} comes to {1}: no more run at a time in "
                      "all (-j {1})",
                      crawl.per_host, most_jobs()));
    } else if (crawl.site && args.jobs && !args.per_host &&
               crawl.jobs > crawl.per_host) {
      options_.notices.push_back(
          fmt::format("-j {0} is for all hosts together: of one host {1} run "
                      "at a time (--per-host {0} for a server of your own)",
                      crawl.jobs, crawl.per_host));
    }
  }

  // A transfer takes one file, two while it connects both ways or asks DNS; the
  // connections that are kept for later take what is left.
  void open_files() {
    FetchOptions& fetch = options_.crawl.fetch;
    const std::size_t jobs = most_jobs();
    const std::size_t needed = jobs + kOtherFiles + 4 * options_.crawl.threads;
    const std::size_t limit = surroundings_.raise_open_files_limit(
        needed + jobs + fetch.max_connections);
    if (limit < needed) {
      return fail(fmt::format(
          "-j {}: that takes {} open files and the system allows {}: use -j {} "
          "or raise the open-files limit (ulimit -n {})",
          jobs, human_count(needed), human_count(limit),
          limit > needed - jobs ? limit - (needed - jobs) : 1, needed));
    }
    fetch.max_connections =
        std::clamp(limit - needed, std::size_t{16}, fetch.max_connections);
    options_.open_files = std::min(limit, needed + fetch.max_connections);
  }

  const Surroundings& surroundings_;
  Options options_;
};

}  // namespace

Result<ParsedArgs> parse_args(int argc, const char* const* argv,
                              const Surroundings& surroundings) {
  const Result<TypedArgs> typed =
      read_args(argc, argv, surroundings.default_config);
  if (!typed) return tl::unexpected(typed.error());
  ParsedArgs parsed;
  if (typed->help) {
    parsed.text = help_text(surroundings.columns);
  } else if (typed->version) {
    parsed.text = version_text();
  } else if (typed->list_fields) {
    parsed.text = field_list_text(surroundings.columns);
  } else if (typed->generate) {
    Result<std::string> document = make_document(*typed->generate);
    if (!document) return tl::unexpected(document.error());
    parsed.text = *std::move(document);
  } else if (typed->print_config) {
    parsed.text = print_config(
        typed->settings, typed->no_config ? "" : surroundings.default_config,
        surroundings.proxy_variables);
  } else {
    Result<std::optional<SharedErrand>> errand = read_shared_errand(*typed);
    if (!errand) return tl::unexpected(errand.error());
    parsed.errand = *std::move(errand);
    if (parsed.errand) return parsed;
    Result<Options> options = Resolver(surroundings).resolve(*typed);
    if (!options) return tl::unexpected(options.error());
    parsed.options = *std::move(options);
  }
  return parsed;
}

}  // namespace crawl::cli
