#include "cli/outputs.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "check/check_baseline.h"
#include "cli/files_there.h"
#include "cli/help.h"
#include "cli/screen.h"
#include "cli/state.h"
#include "cli/terminal.h"
#include "crawl/archive/saved_pages.h"
#include "crawl/archive/warc_output.h"
#include "crawl/engine/seed_source.h"
#include "crawl/report/report_output.h"
#include "crawl/writer/fields.h"
#include "crawl/writer/har_output.h"
#include "crawl/writer/packed_output.h"
#include "crawl/writer/site_database.h"
#include "engine/replayed.h"

namespace crawl::cli {
namespace {

Result<std::unique_ptr<OutputStream>> open_stream(
    const std::string& path, OutputMode mode,
    const std::shared_ptr<Screen>& screen) {
  const Packing packing = packing_of_name(path);
  Result<std::unique_ptr<OutputStream>> output = open_output(
      path, mode,
      packing == Packing::kNone ? OutputUnit::kLine : OutputUnit::kWrite);
  if (!output) return output;
  output = make_packed_output(*std::move(output), packing);
  if (path == "-" && isatty(STDOUT_FILENO) == 1) {
    output = above_status(*std::move(output), screen);
  }
  return output;
}

Result<std::unique_ptr<Sink>> open_writer(
    const std::string& path, OutputMode mode, OutputFormat format,
    const std::vector<std::size_t>& fields,
    const std::vector<std::string>& extracted, bool ordered,
    ResultWriter::Takes takes, const std::shared_ptr<Screen>& screen) {
  Result<std::unique_ptr<OutputStream>> output =
      open_stream(path, mode, screen);
  if (!output) return tl::unexpected(output.error());
  return std::make_unique<ResultWriter>(
      *std::move(output),
      make_formatter(format, fields,
                     path == "-" ? text_style_of(STDOUT_FILENO) : TextStyle(),
                     extracted),
      ordered, takes);
}

// What its outputs hold up to its positions counts. (A worker that has only
// begun has none.)
bool is_gone_on_with(const StateStore* store) {
  return store != nullptr && store->resumed() &&
         (!store->is_shared() || !store->positions().empty());
}

// It cuts itself back.
Result<std::unique_ptr<Sink>> open_database(const Options& options,
                                            OutputMode mode,
                                            const StateStore* store) {
  SiteDatabaseOptions database;
  database.path = options.output;
  database.mode = mode;
  if (is_gone_on_with(store)) database.position = store->position("records");
  database.fields = options.fields;
  database.version = default_user_agent();
  if (!options.shared.empty()) database.worker = worker_name(options);
  return open_site_database(database);
}

// It is written when the crawl ends, whole each time.
bool is_at_end(const Options& options) {
  return options.check || options.drop_repeated;
}

// An earlier crawl is gone on with: what it wrote after its last commit goes,
// the rest stays.
Result<void> cut_outputs(const Options& options, const StateStore& store) {
  const auto cut_back = [&](const std::string& path, std::string_view sink) {
    return cut_output(path, store.position(sink),
                      packing_of_name(path) == Packing::kNone
                          ? CutAt::kLineEnd
                          : CutAt::kAnyByte);
  };
  Result<void> cut;
  if (options.format != OutputFormat::kSqlite && !is_at_end(options)) {
    cut = cut_back(options.output, "records");
  }
  if (cut && !options.skipped.empty()) {
    cut = cut_back(options.skipped, "skipped");
  }
  return cut;
}

// Where a new crawl begins in files that hold something: a kill before its
// first commit must not leave what it wrote there.
Result<void> note_begin(const Outputs& outputs) {
  SinkPositions positions;
  for (Sink* sink : outputs.sinks()) {
    const Result<std::uint64_t> position = sink->sync();
    if (!position) return tl::unexpected(position.error());
    positions.push_back({std::string(sink->name()), *position});
  }
  Result<void> noted = outputs.store->commit(std::move(positions));
  return noted ? outputs.store->await().map([](bool) {}) : noted;
}

// Who names the URLs that are checked: a result's reader looks for them there.
std::string giver_of(const std::vector<std::string>& inputs) {
  const auto is_url = [](const std::string& input) {
    return is_url_input(input);
  };
  if (std::all_of(inputs.begin(), inputs.end(), is_url)) {
    return "the command line";
  }
  if (inputs.size() > 1) return "the input";
  return inputs[0] == "-" ? "standard input" : inputs[0];
}

Result<void> open_check(const Options& options, OutputMode mode,
                        const Report& report, Outputs& outputs) {
  const Options::Check& check = *options.check;
  CheckSinkOptions sink;
  if (!check.baseline.empty()) {
    Result<CheckBaseline> baseline = CheckBaseline::read(check.baseline);
    if (!baseline) return tl::unexpected(baseline.error());
    sink.is_known =
        [known = std::make_shared<const CheckBaseline>(*std::move(baseline))](
            std::string_view url) { return known->has(url); };
  }
  Result<std::unique_ptr<OutputStream>> output =
      open_stream(options.output, mode, report.screen());
  if (!output) return tl::unexpected(output.error());
  sink.only_anchors = check.only_anchors;
  const ProxyRules& proxies = options.crawl.fetch.proxy_rules;
  sink.is_proxied =
      !(proxies.every + proxies.http + proxies.https + proxies.all).empty();
  sink.is_archived = !options.crawl.archives.empty();
  if (sink.is_archived) {
    sink.read_archived = [fetch = options.crawl.fetch](const std::string& file,
                                                       std::uint64_t offset) {
      return read_archived_body(fetch, file, offset);
    };
  }
  sink.seeds_are_links = !check.folder && !sink.is_archived;
  sink.given_by = giver_of(options.inputs);
  sink.max_redirs = options.crawl.max_redirs;
  if (options.crawl.site) sink.cleaner = options.crawl.site->cleaner;
  sink.format = check.format;
  sink.style.color =
      options.output == "-" && text_style_of(STDOUT_FILENO).color;
  sink.style.redirects = check.redirects;
  sink.style.version = CRAWL_VERSION;
  if (check.folder) {
    sink.style.base = check.folder->base.href();
    sink.style.folder = check.folder->folder;
  }
  Result<std::unique_ptr<CheckSink>> opened =
      CheckSink::open(std::move(sink), *std::move(output),
                      outputs.checked.get(), outputs.found.get());
  if (!opened) return tl::unexpected(opened.error());
  outputs.check = opened->get();
  outputs.records = *std::move(opened);
  return {};
}

// Until it is known what is repeated.
Result<std::unique_ptr<Sink>> hold_records(
    const Options& options, std::optional<std::uint64_t> position,
    const WithoutRepeated::OpenSink& open_records, Outputs& outputs) {
  WithoutRepeatedOptions held;
  held.path = options.held();
  held.position = position;
  held.content = *options.drop_repeated;
  held.names = options.extract_names;
  held.skips = options.format == OutputFormat::kSqlite;
  held.ordered = options.crawl.ordered;
  Result<std::unique_ptr<WithoutRepeated>> opened =
      WithoutRepeated::open(held, open_records);
  if (!opened) return tl::unexpected(opened.error());
  outputs.without = opened->get();
  return *std::move(opened);
}

// Nobody else's file of that name.
Result<void> remove_crawl_state(const Options& options, CheckCache& cache) {
  const std::string file = options.check->crawl_state();
  const Result<bool> is_ours = cache.has_crawl();
  if (!is_ours) return tl::unexpected(is_ours.error());
  if (std::error_code ignored;
      !*is_ours && std::filesystem::exists(file, ignored)) {
    return make_error(fmt::format(
        "--state {}: {} is no file of this check, which would keep its crawl "
        "there; it was left as it is, name another file",
        options.check->cache, file));
  }
  for (const char* ending : {"", "-wal", "-shm", "-journal"}) {
    std::remove((file + ending).c_str());
  }
  return {};
}

// What lasts of a check, and what is left of the crawl behind it: both, or
// neither is gone on with.
Result<void> open_found(const Options& options, Outputs& outputs) {
  const std::string& file = options.check->cache;
  if (file.empty()) return {};
  Result<std::unique_ptr<CheckCache>> cache =
      CheckCache::open(file, std::chrono::system_clock::now());
  if (!cache) return tl::unexpected(cache.error());
  outputs.checked = *std::move(cache);
  if (!options.crawl.site) return {};
  std::string settings;
  for (const auto& [name, value] : state_options(options).settings) {
    settings += fmt::format("{} {}\n", name, value);
  }
  Result<std::unique_ptr<CheckStore>> found =
      CheckStore::open(outputs.checked->database(), settings);
  if (!found) return tl::unexpected(found.error());
  outputs.found = *std::move(found);
  if (outputs.found->resumed()) return {};
  Result<void> done = remove_crawl_state(options, *outputs.checked);
  return done ? outputs.checked->set_has_crawl(true) : done;
}

}  // namespace

Result<void> forget_check(const Options& options, Outputs& outputs) {
  if (!outputs.found) return {};
  Result<void> done = outputs.found->forget();
  if (done) done = outputs.checked->save_alone();
  if (done) done = remove_crawl_state(options, *outputs.checked);
  return done ? outputs.checked->set_has_crawl(false) : done;
}

OutputMode mode_of_new(const Options& options) {
  return options.append ? OutputMode::kAppend : OutputMode::kReplace;
}

Result<Outputs> open_outputs(const Options& options, const Report& report,
                             std::unique_ptr<SharedState> shared) {
  Outputs outputs;
  OutputMode mode = mode_of_new(options);
  if (options.check) {
    if (Result<void> found = open_found(options, outputs); !found) {
      return tl::unexpected(found.error());
    }
  }
  if (shared) {
    outputs.shared = shared.get();
    outputs.store = std::move(shared);
  } else if (options.crawl.site || !options.state.empty()) {
    Result<std::unique_ptr<StateStore>> store =
        FileState::open(state_options(options));
    if (!store) return tl::unexpected(store.error());
    outputs.store = *std::move(store);
  }
  if (Result<void> can = check_writable(options); !can) {
    return tl::unexpected(can.error());
  }
  const bool resumed = is_gone_on_with(outputs.store.get());
  if (outputs.found && !resumed) {
    if (Result<void> cleared = outputs.found->clear(); !cleared) {
      return tl::unexpected(cleared.error());
    }
  }
  if (resumed) {
    if (Result<void> cut = cut_outputs(options, *outputs.store); !cut) {
      return tl::unexpected(cut.error());
    }
    mode = OutputMode::kAppend;
  }
  const auto position = [&](std::string_view sink) {
    return resumed ? std::optional(outputs.store->position(sink))
                   : std::nullopt;
  };
  // First, since it reads what the user may have named wrongly.
  if (options.warc) {
    Result<std::unique_ptr<Sink>> warc =
        open_warc(*options.warc, position("warc"), mode);
    if (!warc) return tl::unexpected(warc.error());
    outputs.warc = *std::move(warc);
  }
  if (options.check) {
    if (Result<void> opened =
            open_check(options, mode_of_new(options), report, outputs);
        !opened) {
      return tl::unexpected(opened.error());
    }
  } else {
    const bool at_end = is_at_end(options);
    const OutputMode of_records = at_end ? mode_of_new(options) : mode;
    const auto open_records = [&] {
      return options.format == OutputFormat::kSqlite
                 ? open_database(options, of_records,
                                 at_end ? nullptr : outputs.store.get())
                 : open_writer(options.output, of_records, options.format,
                               options.fields, options.extract_names,
                               options.crawl.ordered && !at_end,
                               ResultWriter::Takes::kRecords, report.screen());
    };
    Result<std::unique_ptr<Sink>> records =
        options.drop_repeated
            ? hold_records(options, position("records"), open_records, outputs)
            : open_records();
    if (!records) return tl::unexpected(records.error());
    outputs.records = *std::move(records);
  }
  if (!options.skipped.empty()) {
    Result<std::unique_ptr<Sink>> skipped =
        open_writer(options.skipped, mode, OutputFormat::kJsonl,
                    *parse_field_list("url,error,error_message,parent,depth"),
                    {}, false, ResultWriter::Takes::kSkips, report.screen());
    if (!skipped) return tl::unexpected(skipped.error());
    outputs.skipped = *std::move(skipped);
  }
  if (!options.save.empty()) {
    Result<std::unique_ptr<Sink>> saved =
        open_saved_pages(options.save, position("saved"));
    if (!saved) return tl::unexpected(saved.error());
    outputs.saved = *std::move(saved);
  }
  if (!options.har.empty()) {
    Result<std::unique_ptr<Sink>> har =
        open_har({options.har, mode_of_new(options), position("har"),
                  default_user_agent()});
    if (!har) return tl::unexpected(har.error());
    outputs.har = *std::move(har);
  }
  if (!options.report.empty()) {
    Result<std::unique_ptr<Sink>> report_sink =
        open_report({options.report, mode_of_new(options), position("report"),
                     default_user_agent(),
                     options.shared.empty() ? "" : worker_name(options)});
    if (!report_sink) return tl::unexpected(report_sink.error());
    outputs.report = *std::move(report_sink);
  }
  if (options.append && outputs.store && !resumed) {
    if (Result<void> noted = note_begin(outputs); !noted) {
      return tl::unexpected(noted.error());
    }
  }
  return outputs;
}

}  // namespace crawl::cli
