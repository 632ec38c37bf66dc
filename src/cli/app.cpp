#include "cli/app.h"

#include <fmt/format.h>
#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/archive_input.h"
#include "cli/compare.h"
#include "cli/config_file.h"
#include "cli/exit_status.h"
#include "cli/explain.h"
#include "cli/files_apart.h"
#include "cli/files_there.h"
#include "cli/help.h"
#include "cli/line_count.h"
#include "cli/list_check.h"
#include "cli/open_files.h"
#include "cli/options.h"
#include "cli/outputs.h"
#include "cli/refuse.h"
#include "cli/report.h"
#include "cli/resume_hint.h"
#include "cli/seed_spool.h"
#include "cli/shared_errand.h"
#include "cli/shown_value.h"
#include "cli/signals.h"
#include "cli/state.h"
#include "cli/summary.h"
#include "cli/terminal.h"
#include "cli/warc_checking.h"
#include "crawl/base/error_kind.h"
#include "crawl/base/human.h"
#include "crawl/engine/crawler.h"
#include "crawl/engine/seed_source.h"
#include "crawl/frontier/shared_state.h"
#include "crawl/frontier/state_store.h"
#include "crawl/report/comparison_report.h"
#include "crawl/writer/result_writer.h"
#include "crawl/writer/sink.h"
#include "crawl/writer/site_database.h"
#include "writer/file_lock.h"

namespace crawl::cli {
namespace {

// The crawl that Ctrl-C is meant for at the moment.
class StopButton {
 public:
  explicit StopButton(Report& report)
      : report_(report),
        watcher_([this](int count) { press(count); },
                 [this](bool stopped) { report_.stopped(stopped); }) {}

  void connect(Crawler* crawler) {
    const std::lock_guard lock(mutex_);
    crawler_ = crawler;
    begun_ = true;
    // A press before the crawl began counts too.
    if (crawler_ == nullptr) return;
    for (int i = 0; i < presses_; ++i) crawler_->request_stop();
  }
  bool pressed() const {
    const std::lock_guard lock(mutex_);
    return presses_ > 0;
  }

 private:
  void press(int count) {
    const std::lock_guard lock(mutex_);
    if (!begun_) {
      report_.warn("interrupted before it began");
      _exit(kExitInterrupted);
    }
    ++presses_;
    if (crawler_ != nullptr) crawler_->request_stop();
    // What is said has been done, and connect() keeps the summary behind it.
    report_.warn(count == 1
                     ? "interrupted: finishing what is in flight (press Ctrl-C "
                       "once more to stop now)"
                     : "interrupted again: stopping now");
  }

  Report& report_;
  mutable std::mutex mutex_;
  Crawler* crawler_ = nullptr;
  bool begun_ = false;
  int presses_ = 0;
  InterruptWatcher watcher_;  // last: it uses all of the above
};

// Archives are looked into when they are recognised.
Result<void> check_inputs(const Options& options) {
  if (options.check && options.check->folder) return {};
  return options.lists.empty() ? Result<void>() : check_lists(options.lists);
}

Result<void> report_comparison(const Comparison& comparison,
                               const std::string& path) {
  std::vector<ComparedRun> runs;
  for (const CompareRun& run : comparison.runs) {
    runs.push_back(
        {run.jobs, run.sync, run.pages, run.seconds, run.p50, run.p95});
  }
  Result<std::unique_ptr<OutputStream>> page = open_output(path);
  if (!page) return tl::unexpected(page.error());
  Result<void> written =
      write_comparison_report(runs, default_user_agent(), **page);
  return written ? (*page)->close() : written;
}

int run_compare(const Options& options, Report& report) {
  Result<std::unique_ptr<OutputStream>> output =
      open_output(options.output, mode_of_new(options));
  if (!output) return refuse(output.error());
  if (Result<void> lists = check_inputs(options); !lists) {
    return refuse(lists.error());
  }
  StopButton button(report);
  const Result<Comparison> comparison =
      run_comparison(options, report,
                     [&button](Crawler* crawler) { button.connect(crawler); });
  if (!comparison) return refuse(comparison.error());
  const std::string table = format_comparison(comparison->runs, options.format);
  report.end_progress();
  Result<void> written = (*output)->write(table);
  if (written) written = (*output)->flush();
  if (written && !options.report.empty()) {
    written = report_comparison(*comparison, options.report);
  }
  if (!written) return refuse(written.error());
  if (comparison->interrupted) return kExitInterrupted;
  if (comparison->disagreements > 0) {
    report.warn(fmt::format("the runs do not agree on {} of {} URLs: {}",
                            human_count(comparison->disagreements),
                            human_count(comparison->urls),
                            comparison->first_disagreement));
    return kExitFailures;
  }
  return comparison->failures ? kExitFailures : kExitOk;
}

// Success is that everything the user asked for was fetched. Workers of one
// crawl answer for what befell them, but may well have come too late for more.
int exit_status(const CrawlStats& stats, bool is_list, bool others_fetched) {
  // A budget may leave no time for anything, patterns may fit nothing.
  const bool nothing = stats.fetched == 0 && !others_fetched &&
                       (stats.skipped > 0 || stats.left > 0);
  return stats.failed > 0 || stats.seeds_skipped > 0 ||
                 stats.sitemaps_failed > 0 || stats.nothing_included ||
                 (is_list && stats.out_of_budget) || nothing
             ? kExitFailures
             : kExitOk;
}

// How a crawl went.
struct Ended {
  int status = kExitOk;
  bool lost = false;  // with others: its leases; it is to be begun anew
};

// What outlives the runs of a crawl that has to begin anew.
struct Lasting {
  std::string begun;  // which of the crawls of that name it is; "" before
  bool lost = false;  // at once, before anything was opened
  std::unique_ptr<SeedSpool> seeds;
};

Result<std::unique_ptr<SharedState>> join_crawl(
    const Options& options, const Clock& clock, Fetcher& fetcher,
    const StopButton& button, Report& report, Lasting& lasting) {
  // Its leases would be taken from it.
  const std::string writer = options.format == OutputFormat::kSqlite
                                 ? site_database_writer(options.output)
                                 : writer_of(options.output);
  if (!writer.empty()) {
    return make_error(fmt::format("-o {}: is being written by {}",
                                  shown_value(options.output), writer));
  }
  // Who was in it waits for Redis as long as it takes.
  const bool again = !lasting.begun.empty();
  SharedOptions as_worker = shared_options(options);
  as_worker.begun = lasting.begun;
  Result<std::unique_ptr<SharedState>> shared = SharedState::open(
      std::move(as_worker), clock, [&fetcher] { fetcher.wake(); },
      again ? std::chrono::hours(24 * 365) : kRedisPatience,
      [&button] { return button.pressed(); },
      [&report](std::string_view what) { report.warn(what); });
  if (!shared) return shared;
  lasting.begun = (*shared)->begun();
  // Where Redis forgot that it was in it, nothing of its outputs counts: they
  // are emptied. (What it was to append to is not.)
  if (!(*shared)->resumed() && (!again || options.append)) {
    if (Result<void> empty = check_new_worker_files(options); !empty) {
      return tl::unexpected(empty.error());
    }
  }
  // From now on what is in them is its own, however soon it is killed. (Behind
  // what is another's it begins with positions: open_outputs() notes them.)
  if (!(*shared)->resumed() && !options.append) {
    Result<void> noted = (*shared)->commit({});
    if (noted) noted = (*shared)->await().map([](bool) {});
    lasting.lost = (*shared)->is_lost();
    if (!noted) return tl::unexpected(noted.error());
  }
  return shared;
}

// A pipe's slow producer is read beside the crawl, which `ready` has go on.
Result<std::unique_ptr<SeedSource>> open_lines(const Options& options,
                                               Lasting& lasting,
                                               std::function<void()> ready) {
  if (options.check && options.check->folder) {
    Result<std::vector<std::string>> pages = pages_of(*options.check->folder);
    if (!pages) return tl::unexpected(pages.error());
    return make_seeds(*std::move(pages));
  }
  if (options.lists.empty()) return make_seeds({});
  if (options.shared.empty() || !has_input_to_spool(options.lists)) {
    return open_seeds(options.lists, std::move(ready));
  }
  if (!lasting.seeds) {
    Result<std::unique_ptr<SeedSpool>> spool = SeedSpool::open(options.lists);
    if (!spool) return tl::unexpected(spool.error());
    lasting.seeds = *std::move(spool);
  }
  return lasting.seeds->begin(std::move(ready));
}

Ended begin_anew(Report& report, const Error& why) {
  report.warn(
      fmt::format("{}; going on from the last that counts", why.message));
  return {kExitOk, true};
}

Ended run_once(const Options& options, Report& report, StopButton& button,
               Lasting& lasting) {
  Result<std::unique_ptr<Fetcher>> fetcher =
      options.crawl.sync
          ? make_inline_fetcher(options.crawl.fetch)
          : make_pooled_fetcher(options.crawl.fetch, options.crawl.threads);
  if (!fetcher) return {refuse(fetcher.error())};
  const bool is_folder = options.check && options.check->folder;
  if (is_folder) {
    fetcher = make_folder_fetcher(*options.check->folder, options.crawl.fetch,
                                  *std::move(fetcher));
  }

  if (Result<void> lists = check_inputs(options); !lists) {
    return {refuse(lists.error())};
  }
  const bool reads_archives = !options.crawl.archives.empty();
  Result<std::unique_ptr<SeedSource>> seeds =
      open_lines(options, lasting, [&fetcher] { (*fetcher)->wake(); });
  if (!seeds) return {refuse(seeds.error())};
  // The fetcher does not outlive this run.
  const std::unique_ptr<SeedSpool, void (*)(SeedSpool*)> forgetter(
      lasting.seeds.get(), [](SeedSpool* spool) { spool->forget(); });
  WatchedLines lines(is_folder
                         ? *std::move(seeds)
                         : checked_lines(options.lists, *std::move(seeds)));

  const SystemClock clock;
  std::unique_ptr<SharedState> shared;
  if (!options.shared.empty()) {
    Result<std::unique_ptr<SharedState>> joined =
        join_crawl(options, clock, **fetcher, button, report, lasting);
    if (!joined && std::exchange(lasting.lost, false)) {
      return begin_anew(report, joined.error());
    }
    if (!joined) return {refuse(joined.error())};
    shared = *std::move(joined);
  }
  // Last, since it empties the file.
  Result<Outputs> outputs = open_outputs(options, report, std::move(shared));
  if (!outputs) return {refuse(outputs.error())};

  CrawlOptions crawl = options.crawl;
  // All workers together, says the state.
  if (outputs->shared != nullptr) crawl.budget.max_pages = 0;
  if (outputs->checked) {
    crawl.site->check->is_known =
        [&checked = *outputs->checked](std::string_view url) {
          return checked.is_good(url);
        };
  }
  if (outputs->found && outputs->found->resumed()) {
    crawl.site->check->each_known =
        [&found = *outputs->found](const auto& answered, const auto& to_part) {
          return found.each_known(answered, to_part);
        };
  }
  Crawler crawler(std::move(crawl), **fetcher, outputs->sinks(), clock, &report,
                  outputs->store.get());
  button.connect(&crawler);
  std::optional<LineCount> count;
  if (report.has_progress() && !options.crawl.site && !reads_archives) {
    count.emplace(options.inputs);
    report.set_total([&count, most = options.crawl.budget.max_pages] {
      std::optional<std::uint64_t> total = count->total();
      if (total && most > 0) total = std::min(*total, most);
      return total;
    });
  }
  Result<CrawlStats> stats = crawler.run(lines);
  button.connect(nullptr);
  report.set_total({});
  report.end_progress();
  if (!stats && outputs->shared != nullptr && outputs->shared->is_lost()) {
    return begin_anew(report, stats.error());
  }
  if (!stats) return {refuse(stats.error())};
  if (outputs->records->closed_by_reader()) return {kExitOk};

  const std::size_t columns = columns_of(STDERR_FILENO);
  std::optional<SharedState::Totals> whole;
  if (outputs->shared != nullptr) {
    whole = outputs->shared->totals();
    // Others may have found what fits.
    stats->nothing_included &= whole->known <= stats->admitted;
  }
  report.print(format_summary(*stats, columns));
  if (outputs->without != nullptr) {
    report.print(fmt::format(
        "what stands on many pages of a host was left out of {} pages\n",
        human_count(outputs->without->changed())));
  }
  if (whole) {
    const SharedState::Totals& totals = *whole;
    report.print(fmt::format("the whole crawl: {} done, {} left\n",
                             human_count(totals.done),
                             human_count(totals.left)));
  }
  if (stats->times) report.print(format_times(*stats, *stats->times, columns));
  if (const std::string error = lines.error(); !error.empty()) {
    report.warn(error);
    return {kExitFailures};
  }
  if (button.pressed()) {
    if (!whole || whole->left > 0) {
      report.print(format_resume_hint(options, lines.exact(), columns));
    }
    return {kExitInterrupted};
  }
  if (whole && whole->left > 0 && outputs->shared->stops()) {
    report.print("stopped for all workers; --resume lets them go on\n");
    return {kExitFailures};
  }
  if (stats->left == 0 && !stats->out_of_budget) {
    if (Result<void> forgotten = forget_check(options, *outputs); !forgotten) {
      return {refuse(forgotten.error())};
    }
  }
  if (outputs->check != nullptr) {
    const CheckTotals& totals = *outputs->check->totals();
    const bool damaged =
        stats->by_kind[static_cast<std::size_t>(ErrorKind::kArchive)] > 0;
    if (damaged) {
      report.warn(
          "an archive is damaged: links on pages that it lost were not "
          "checked");
    }
    if (totals.newly_broken() > 0) return {kExitFailures};
    if (damaged) return {kExitUsage};
    if (totals.pages > 0) return {kExitOk};
    report.warn("no page could be read, so no link was checked");
    return {kExitUsage};
  }
  const bool follows =
      options.crawl.site && !options.crawl.site->follow.empty();
  return {exit_status(*stats, !follows, whole && whole->records > 0)};
}

int run_crawl(const Options& options, Report& report) {
  StopButton button(report);
  Lasting lasting;
  Ended ended = run_once(options, report, button, lasting);
  while (ended.lost) ended = run_once(options, report, button, lasting);
  return ended.status;
}

// What records of archives took goes back to the system when they have been
// read: kept for what comes next, by each thread, it is several times as much.
void return_large_blocks() {
#ifdef __GLIBC__
  constexpr int kLarge = 4 << 20;
  mallopt(M_MMAP_THRESHOLD, kLarge);
#endif
}

}  // namespace

int run_app(int argc, const char* const* argv) {
  Surroundings surroundings;
  surroundings.stdout_is_terminal = isatty(STDOUT_FILENO) == 1;
  struct stat input {};
  surroundings.stdin_is_file =
      fstat(STDIN_FILENO, &input) == 0 && S_ISREG(input.st_mode);
  if (surroundings.stdout_is_terminal) {
    surroundings.columns = terminal_columns(STDOUT_FILENO);
  }
  surroundings.is_archive = is_archive_input;
  surroundings.default_config = default_config_path();
  surroundings.proxies =
      proxy_rules_of_environment([&surroundings](const char* name) {
        const char* const value = std::getenv(name);
        if (value != nullptr && *value != '\0') {
          surroundings.proxy_variables.emplace_back(name, value);
        }
        return value;
      });
  const Result<ParsedArgs> parsed = parse_args(argc, argv, surroundings);
  if (!parsed) return refuse(parsed.error());
  if (parsed->text) {
    std::fputs(parsed->text->c_str(), stdout);
    return std::fflush(stdout) == 0 ? kExitOk : kExitUsage;
  }
  if (parsed->errand) return run_shared_errand(*parsed->errand);
  const Options& options = parsed->options;
  // First of all, since the log is a file too.
  if (Result<void> apart = check_files_apart(options); !apart) {
    return refuse(apart.error());
  }
  if (options.explain.empty()) {
    if (Result<void> there = check_files_there(options); !there) {
      return refuse(there.error());
    }
  }
  make_room_for_open_files(options.open_files);
  if (!options.crawl.archives.empty()) return_large_blocks();
  const Result<std::unique_ptr<Report>> report = Report::open(options);
  if (!report) return refuse(report.error());
  if (options.warc_check) {
    const InterruptWatcher watcher([](int) { _exit(kExitInterrupted); });
    return run_warc_check(options, **report);
  }
  if (!options.explain.empty()) {
    const InterruptWatcher watcher([](int) { _exit(kExitInterrupted); });
    return run_explain(options, **report);
  }
  for (const std::string& notice : options.notices) (*report)->warn(notice);
  return options.compare.empty() ? run_crawl(options, **report)
                                 : run_compare(options, **report);
}

}  // namespace crawl::cli
