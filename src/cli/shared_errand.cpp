#include "cli/shared_errand.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "cli/exit_status.h"
#include "cli/refuse.h"
#include "cli/shared_finish.h"
#include "crawl/base/human.h"
#include "crawl/fetch/secure_channel.h"
#include "crawl/frontier/shared_state.h"
#include "writer/clean_text.h"
#include "writer/json_encoder.h"

namespace crawl::cli {
namespace {

using std::chrono::milliseconds;
using What = SharedErrand::What;

double in_seconds(milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

// Without terminal escapes: it comes from Redis.
std::string shown(std::string_view text) {
  std::string out;
  append_shown(text, out);
  return out;
}

// Of a kind of error, as workers count them.
constexpr std::string_view kKind = "kind ";

std::uint64_t counter(const std::map<std::string, std::uint64_t>& counters,
                      const std::string& name) {
  const auto found = counters.find(name);
  return found == counters.end() ? 0 : found->second;
}

void say_waiting(std::string_view what) {
  fmt::print(stderr, "crawl: {}\n", shown(what));
}

int show_status(const SharedErrand& errand) {
  const bool redraws = errand.watch && !errand.json && isatty(STDOUT_FILENO);
  while (true) {
    const Result<SharedStatus> status =
        read_shared_status(errand.address, kRedisPatience, &open_secure_channel,
                           false, say_waiting);
    if (!status) return refuse(status.error());
    const std::string text =
        errand.json ? status_json(*status) : format_status(*status);
    // From the corner, over what was there.
    if (redraws) std::fputs("\x1b[H\x1b[J", stdout);
    std::fputs(text.c_str(), stdout);
    if (std::fflush(stdout) != 0) return kExitUsage;
    if (!errand.watch || status->has_ended() || !status->is_at_work()) {
      return kExitOk;
    }
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

}  // namespace

Result<std::optional<SharedErrand>> read_shared_errand(const TypedArgs& args) {
  const std::pair<std::string_view, std::pair<bool, What>> all[] = {
      {"--status", {args.status, What::kStatus}},
      {"--pause", {args.pause, What::kPause}},
      {"--resume", {args.resume, What::kResume}},
      {"--stop", {args.stop, What::kStop}},
      {"--finish", {args.finish, What::kFinish}},
  };
  SharedErrand errand;
  std::string_view option;
  for (const auto& [name, given] : all) {
    if (!given.first) continue;
    if (!option.empty()) {
      return make_error(
          fmt::format("{} and {} do not go together: leave out "
                      "either",
                      option, name));
    }
    option = name;
    errand.what = given.second;
  }
  if (args.watch && option != "--status") {
    return make_error("--watch goes with --status");
  }
  if (option.empty()) return std::nullopt;
  if (!args.shared) {
    return make_error(fmt::format(
        "{} needs --shared URL{}", option,
        errand.what == What::kResume
            ? "; a crawl with --state FILE is gone on with by the same command"
            : ""));
  }
  if (!args.inputs.empty() || args.recursive) {
    return make_error(
        fmt::format("{} crawls nothing: leave out -r and INPUT", option));
  }
  errand.address = *args.shared;
  if (Result<void> good = check_shared_address(errand.address); !good) {
    return make_error(fmt::format("--shared: {}", good.error().message));
  }
  errand.watch = args.watch;
  errand.json = args.format == "jsonl";
  if (args.format && *args.format != "jsonl" && *args.format != "text") {
    return make_error("--status has the formats text and jsonl");
  }
  return errand;
}

int run_shared_errand(const SharedErrand& errand) {
  switch (errand.what) {
    case What::kStatus:
      return show_status(errand);
    case What::kFinish:
      return finish_shared(errand.address);
    case What::kPause:
    case What::kResume:
    case What::kStop:
      break;
  }
  const SharedOrder order = errand.what == What::kPause  ? SharedOrder::kPause
                            : errand.what == What::kStop ? SharedOrder::kStop
                                                         : SharedOrder::kGoOn;
  if (const Result<void> given =
          give_shared_order(errand.address, order, kRedisPatience,
                            &open_secure_channel, say_waiting);
      !given) {
    return refuse(given.error());
  }
  fmt::print("{}\n", order == SharedOrder::kGoOn ? "workers go on"
                     : order == SharedOrder::kPause
                         ? "workers begin nothing new until --resume"
                         : "workers finish what is in flight and end; with "
                           "--resume, the same commands go on");
  return kExitOk;
}

std::string format_status(const SharedStatus& status) {
  const auto counters = status.counters();
  std::string out = fmt::format(
      "{}  begun {} ago, {} done, {} left, {} known\n",
      status.has_ended() && status.order.empty() ? "ended "
      : status.order == "pause"                  ? "paused"
      : status.order == "stop"                   ? "stopped"
      : status.is_at_work()                      ? "going "
                                                 : "idle  ",
      human_seconds(in_seconds(status.age)), human_count(status.done),
      human_count(status.left), human_count(status.known));
  out += fmt::format("pages   {} fetched, {} failed, {} skipped\n",
                     human_count(counter(counters, "fetched")),
                     human_count(counter(counters, "failed")),
                     human_count(counter(counters, "skipped")));
  for (const auto& [name, value] : counters) {
    if (!name.starts_with(kKind) || value == 0) continue;
    out += fmt::format("        {} {}\n", human_count(value),
                       shown(name.substr(kKind.size())));
  }
  out += fmt::format(
      "hosts   {} leased, {} waiting ({} of them may be asked)\n",
      human_count(status.hosts_leased), human_count(status.hosts_waiting),
      human_count(status.hosts_due));
  for (const SharedStatus::Host& host : status.slowest) {
    out += fmt::format("        {} in {}{}{}\n", shown(host.name),
                       human_seconds(in_seconds(host.asked_in)),
                       host.worker.empty() ? "" : ", at ", shown(host.worker));
  }
  if (status.readers > 0) {
    out += fmt::format(
        "input   {} {} it\n", human_count(status.readers),
        status.readers == 1 ? "worker still reads" : "workers still read");
  }
  for (const SharedStatus::Worker& worker : status.workers) {
    const double seconds =
        static_cast<double>(counter(worker.counters, "nanoseconds")) / 1e9;
    const auto records =
        static_cast<double>(counter(worker.counters, "records"));
    out += fmt::format(
        "worker  {}: {}, {} records ({:.1f}/s), {} hosts, heard {} ago\n",
        shown(worker.name), worker.alive ? "at work" : "gone",
        human_count(counter(worker.counters, "records")),
        seconds > 0 ? records / seconds : 0.0, human_count(worker.hosts),
        human_seconds(in_seconds(worker.seen)));
  }
  return out;
}

std::string status_json(const SharedStatus& status) {
  const auto put_counters = [](JsonEncoder& json, const auto& counters) {
    json.key("fetched");
    json.number(counter(counters, "fetched"));
    json.key("failed");
    json.number(counter(counters, "failed"));
    json.key("skipped");
    json.number(counter(counters, "skipped"));
    json.key("by_kind");
    json.begin_object();
    for (const auto& [name, value] : counters) {
      if (!name.starts_with(kKind)) continue;
      json.key(name.substr(kKind.size()));
      json.number(value);
    }
    json.end_object();
  };
  std::vector<std::string> workers;
  for (const SharedStatus::Worker& worker : status.workers) {
    JsonEncoder json;
    json.reset();
    json.begin_object();
    json.key("name");
    json.text(worker.name);
    json.key("alive");
    json.boolean(worker.alive);
    json.key("seen_seconds");
    json.seconds(in_seconds(worker.seen));
    json.key("hosts");
    json.number(worker.hosts);
    json.key("records");
    json.number(counter(worker.counters, "records"));
    json.key("at_work_seconds");
    json.seconds(static_cast<double>(counter(worker.counters, "nanoseconds")) /
                 1e9);
    put_counters(json, worker.counters);
    json.end_object();
    workers.emplace_back(json.str());
  }
  std::vector<std::string> slowest;
  for (const SharedStatus::Host& host : status.slowest) {
    JsonEncoder json;
    json.reset();
    json.begin_object();
    json.key("host");
    json.text(host.name);
    json.key("asked_in_seconds");
    json.seconds(in_seconds(host.asked_in));
    json.key("worker");
    json.text(host.worker);
    json.end_object();
    slowest.emplace_back(json.str());
  }
  JsonEncoder json;
  json.reset();
  json.begin_object();
  json.key("order");
  json.text(status.order.empty() ? "go" : status.order);
  json.key("age_seconds");
  json.seconds(in_seconds(status.age));
  for (const auto& [name, value] : {std::pair{"done", status.done},
                                    {"left", status.left},
                                    {"known", status.known},
                                    {"records", status.records},
                                    {"hosts_leased", status.hosts_leased},
                                    {"hosts_waiting", status.hosts_waiting},
                                    {"hosts_due", status.hosts_due},
                                    {"reading_input", status.readers}}) {
    json.key(name);
    json.number(value);
  }
  put_counters(json, status.counters());
  json.key("slowest_hosts");
  json.json_texts(slowest);
  json.key("workers");
  json.json_texts(workers);
  json.end_object();
  std::string out;
  append_clean_json(json.str(), out);
  return out + "\n";
}

}  // namespace crawl::cli
