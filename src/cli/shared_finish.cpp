#include "cli/shared_finish.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "cli/exit_status.h"
#include "cli/help.h"
#include "cli/refuse.h"
#include "cli/shared_errand.h"
#include "cli/state.h"
#include "crawl/archive/saved_pages.h"
#include "crawl/archive/warc_output.h"
#include "crawl/fetch/secure_channel.h"
#include "crawl/frontier/shared_status.h"
#include "crawl/frontier/state_store.h"
#include "crawl/report/report_output.h"
#include "crawl/writer/har_output.h"
#include "crawl/writer/packed_output.h"
#include "crawl/writer/site_database.h"
#include "writer/clean_text.h"
#include "writer/file_lock.h"

namespace crawl::cli {
namespace {

// Without terminal escapes: it comes from Redis.
std::string shown(std::string_view text) {
  std::string out;
  append_shown(text, out);
  return out;
}

// One of a worker's outputs, and what of it counts.
struct Part {
  std::string name;  // shown
  std::string file;  // it is there if this is
  std::uint64_t position = 0;
  std::string counts;  // in words: "its first 12 bytes"
  std::string unit;    // of what cut() gives
  std::function<std::string()> writer;
  std::function<Result<std::uint64_t>()> cut;
};

Part part_of_lines(const std::string& path, std::uint64_t position) {
  return {shown(path),
          path,
          position,
          fmt::format("its first {} bytes", position),
          "bytes",
          [path] { return writer_of(path); },
          [path, position]() -> Result<std::uint64_t> {
            std::error_code ignored;
            const auto size = std::filesystem::file_size(path, ignored);
            const Result<void> cut = cut_output(
                path, position,
                packing_of_name(path) == Packing::kNone ? CutAt::kLineEnd
                                                        : CutAt::kAnyByte);
            if (!cut) return tl::unexpected(cut.error());
            return ignored || size < position ? 0 : size - position;
          }};
}

Part part_of_database(const std::string& path, std::uint64_t position) {
  return {shown(path),
          path,
          position,
          fmt::format("its rows up to {}", position),
          "rows",
          [path] { return site_database_writer(path); },
          [path, position] { return cut_site_database(path, position); }};
}

Part part_of_har(const std::string& path, std::uint64_t position) {
  HarOptions har;
  har.path = path;
  har.position = position;
  har.version = default_user_agent();
  return {shown(path),
          path,
          position,
          fmt::format("its first {} bytes", position),
          "bytes",
          [path] { return writer_of(path); },
          [har] { return cut_har(har); }};
}

Part part_of_report(const std::string& path, const std::string& worker,
                    std::uint64_t position) {
  ReportOptions report;
  report.path = path;
  report.position = position;
  report.version = default_user_agent();
  report.worker = worker;
  const std::string database = report_database(path);
  return {shown(path),
          database,
          position,
          fmt::format("rows up to {} of its database", position),
          "rows",
          [database] { return site_database_writer(database); },
          [report] { return cut_report(report); }};
}

Part part_of_saved(const std::string& folder, std::uint64_t position) {
  const std::string list = folder + "/.saved";
  return {shown(folder),
          list,
          position,
          fmt::format("what the first {} bytes of .saved list", position),
          "files",
          [list] { return writer_of(list); },
          [folder, position] { return cut_saved_pages(folder, position); }};
}

Part part_of_archive(const WarcOptions& warc, std::uint64_t position) {
  const std::string file = warc_file_name(warc, 0);
  return {shown(file),
          file,
          position,
          shown(warc_extent(warc, position)),
          "bytes",
          [warc] {
            const std::vector<std::string> files = warc_files(warc);
            return files.empty() ? std::string() : writer_of(files.back());
          },
          [warc, position] { return cut_warc(warc, position); }};
}

// Those that a worker said it has.
std::vector<Part> parts_of(const SharedStatus::Worker& worker) {
  std::map<std::string, std::string> outputs(worker.outputs.begin(),
                                             worker.outputs.end());
  const auto position = [&](std::string_view sink) {
    for (const SinkPosition& each : worker.positions) {
      if (each.name == sink) return each.position;
    }
    return std::uint64_t{0};
  };
  std::vector<Part> parts;
  if (const std::string& path = outputs["-o"]; !path.empty()) {
    parts.push_back(outputs["--format"] == "sqlite"
                        ? part_of_database(path, position("records"))
                        : part_of_lines(path, position("records")));
  }
  if (const std::string& path = outputs["--skipped"]; !path.empty()) {
    parts.push_back(part_of_lines(path, position("skipped")));
  }
  if (const std::string& path = outputs["--save"]; !path.empty()) {
    parts.push_back(part_of_saved(path, position("saved")));
  }
  if (const std::string& path = outputs["--har"]; !path.empty()) {
    parts.push_back(part_of_har(path, position("har")));
  }
  if (const std::string& path = outputs["--report"]; !path.empty()) {
    parts.push_back(part_of_report(path, worker.name, position("report")));
  }
  if (const std::string& path = outputs["--warc-file"]; !path.empty()) {
    WarcOptions warc;
    warc.prefix = path;
    const std::string& size = outputs["--warc-max-size"];
    std::from_chars(size.data(), size.data() + size.size(),
                    warc.max_file_bytes);
    warc.pack = outputs["--no-warc-compression"] != "yes";
    warc.cdx = outputs["--warc-cdx"] == "yes";
    parts.push_back(part_of_archive(warc, position("warc")));
  }
  return parts;
}

int finish(const Part& part, bool is_here) {
  std::error_code ignored;
  if (!is_here || !std::filesystem::exists(part.file, ignored)) {
    fmt::print("{}: is not on this machine; {} count\n", part.name,
               part.counts);
    return is_here && part.position > 0 ? kExitFailures : kExitOk;
  }
  if (const std::string writer = part.writer(); !writer.empty()) {
    fmt::print("{}: is being written by {}\n", part.name, writer);
    return kExitFailures;
  }
  const Result<std::uint64_t> cut = part.cut();
  if (!cut) {
    refuse(cut.error());
    return kExitFailures;
  }
  fmt::print("{}: {} count, {}\n", part.name, part.counts,
             *cut > 0
                 ? fmt::format("{} {} behind that cut off", *cut, part.unit)
                 : "nothing was behind that");
  return kExitOk;
}

}  // namespace

int finish_shared(const std::string& address) {
  const Result<SharedStatus> status =
      read_shared_status(address, kRedisPatience, &open_secure_channel, true);
  if (!status) return refuse(status.error());
  int exit_status = kExitOk;
  const std::string here = machine_name() + ":";
  for (const SharedStatus::Worker& worker : status->workers) {
    if (!worker.begun) continue;
    if (worker.alive) {
      fmt::print("{} is still at work\n", shown(worker.name));
      exit_status = kExitFailures;
      continue;
    }
    for (const Part& part : parts_of(worker)) {
      const int done = finish(part, worker.name.starts_with(here));
      if (done != kExitOk) exit_status = done;
    }
  }
  return exit_status;
}

}  // namespace crawl::cli
