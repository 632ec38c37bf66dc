#include "cli/files_there.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/named_descriptor.h"
#include "base/sqlite_header.h"
#include "cli/archive_input.h"
#include "cli/shown_value.h"
#include "crawl/archive/warc_output.h"
#include "crawl/writer/packed_output.h"
#include "crawl/writer/result_writer.h"
#include "crawl/writer/site_database.h"
#include "frontier/state_file.h"
#include "writer/packed_end.h"

namespace crawl::cli {
namespace {

bool holds_something(const std::string& path) {
  // What the shell has opened is its own affair.
  if (named_descriptor(path)) return false;
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         info.st_size > 0;
}

Result<void> check_no_database(const std::string& option,
                               const std::string& path) {
  if (path.empty() || path == "-" || !holds_something(path)) return {};
  if (!read_sqlite_header(path)) return {};
  const std::string what =
      is_site_database(path)
          ? "a database that --format sqlite has written; name another file"
      : is_state_file(path)
          ? fmt::format(
                "the state of a crawl; --state names that, {} another "
                "file",
                option)
          : "a database of another program; name another file";
  return make_error(
      fmt::format("{} {}: is {}", option, shown_value(path), what));
}

// What was kept for good is not replaced because a name was used again.
Result<void> check_no_archive(const Options& options) {
  if (!options.warc) return {};
  for (const std::string& file : warc_files(*options.warc)) {
    if (!holds_something(file)) continue;
    return make_error(fmt::format(
        "--warc-file {}: {} is an archive already: name another PREFIX, or add "
        "--append to write behind it, or --overwrite to have it gone",
        shown_value(options.warc->prefix), shown_value(file)));
  }
  return {};
}

std::string_view words_for(Packing packing) {
  switch (packing) {
    case Packing::kGzip:
      return "packed by gzip";
    case Packing::kZstd:
      return "packed by zstd";
    case Packing::kNone:
      break;
  }
  return "not packed";
}

// What is written behind the bytes of a file that are packed in another way
// could not be read with them.
Result<void> check_packing(const std::string& option, const std::string& path,
                           Packing packing) {
  if (path == "-" || !holds_something(path)) return {};
  const Packing there = packing_of_file(path);
  if (there != packing) {
    return make_error(fmt::format(
        "{} {}: what it holds is {}, and what --append would write behind that "
        "is {}: name another file, or add --overwrite in place of --append",
        option, shown_value(path), words_for(there), words_for(packing)));
  }
  if (packing == Packing::kNone) return {};
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  const std::optional<std::uint64_t> end = end_of_packed(path, packing);
  if (error || !end || *end == size) return {};
  return make_error(fmt::format(
      "{} {}: what is behind its first {} bytes was cut short, and what "
      "--append would write there could not be unpacked: cut that off "
      "(truncate -s {}), or name another file",
      option, shown_value(path), *end, *end));
}

Result<void> check_appended(const Options& options) {
  if (options.format != OutputFormat::kSqlite) {
    if (Result<void> same = check_packing("-o", options.output,
                                          packing_of_name(options.output));
        !same) {
      return same;
    }
  }
  if (Result<void> same = check_packing("--skipped", options.skipped,
                                        packing_of_name(options.skipped));
      !same) {
    return same;
  }
  if (!options.warc) return {};
  for (const std::string& file : warc_files(*options.warc)) {
    if (!holds_something(file)) continue;
    if (!is_archive_input(file)) {
      return make_error(fmt::format(
          "--warc-file {}: {} is no archive: name another PREFIX, or add "
          "--overwrite in place of --append",
          shown_value(options.warc->prefix), shown_value(file)));
    }
    if (Result<void> same =
            check_packing("--warc-file", file,
                          options.warc->pack ? Packing::kGzip : Packing::kNone);
        !same) {
      return same;
    }
  }
  return {};
}

Result<void> check_empty(const Options& options, const std::string& why) {
  struct Output {
    const char* option;
    const std::string& path;
  };
  for (const auto& [option, path] :
       {Output{"-o", options.output}, Output{"--skipped", options.skipped},
        Output{"--har", options.har}, Output{"--report", options.report}}) {
    if (path == "-" || !holds_something(path)) continue;
    return make_error(fmt::format(
        "{} {}: holds records already, and {}: name another file, or add "
        "--append to write behind them, or --overwrite to have them gone",
        option, shown_value(path), why));
  }
  return {};
}

// A folder that is there, or can be made.
Result<void> check_folder(const std::string& path) {
  std::filesystem::path folder = std::filesystem::path(path);
  std::error_code error;
  while (!std::filesystem::exists(folder, error) && !error) {
    if (!folder.has_relative_path()) break;
    folder = folder.parent_path();
  }
  if (folder.empty()) folder = ".";
  int why = error ? error.value() : 0;
  if (!error && !std::filesystem::is_directory(folder, error)) why = ENOTDIR;
  if (why == 0 && access(folder.c_str(), W_OK | X_OK) != 0) why = errno;
  if (why == 0) return {};
  return make_error(fmt::format("cannot save pages in {}: {}", path,
                                std::generic_category().message(why)));
}

}  // namespace

Result<void> check_files_there(const Options& options) {
  for (const auto& [option, path] :
       {std::pair<std::string, std::string>{"-o", options.output},
        {"--skipped", options.skipped},
        {"--har", options.har},
        {"--report", options.report},
        {"--log-file", options.log_file}}) {
    const bool database = options.format == OutputFormat::kSqlite &&
                          option == "-o" && is_site_database(path);
    if (database) continue;
    if (Result<void> other = check_no_database(option, path); !other)
      return other;
    if (options.overwrite || path.empty() || path == "-" ||
        !is_archive_input(path)) {
      continue;
    }
    return make_error(fmt::format(
        "{} {}: is an archive; name another file, or add --overwrite to have "
        "it gone",
        option, shown_value(path)));
  }
  const std::string& state = options.state;
  // What an earlier run of the same crawl left is its own.
  if (options.overwrite || (!state.empty() && holds_something(state))) {
    return {};
  }
  if (options.append) return check_appended(options);
  // Whether a worker of --shared has begun already, Redis knows.
  if (!options.shared.empty()) return {};
  if (Result<void> none = check_no_archive(options); !none) return none;
  if (state.empty()) return {};
  return check_empty(
      options,
      fmt::format("the crawl of --state {} is a new one", shown_value(state)));
}

Result<void> check_new_worker_files(const Options& options) {
  if (options.overwrite) return {};
  if (options.append) return check_appended(options);
  if (Result<void> none = check_no_archive(options); !none) return none;
  return check_empty(options, "the crawl of --shared does not know them");
}

Result<void> check_writable(const Options& options) {
  std::vector<std::string> files = {options.output, options.skipped,
                                    options.har, options.report};
  if (options.warc) {
    std::vector<std::string> parts = warc_files(*options.warc);
    if (parts.empty()) parts.push_back(warc_file_name(*options.warc, 0));
    std::move(parts.begin(), parts.end(), std::back_inserter(files));
    if (options.warc->cdx) files.push_back(options.warc->prefix + ".cdxj");
  }
  for (const std::string& file : files) {
    if (Result<void> can = check_output(file); !can) return can;
  }
  return options.save.empty() ? Result<void>() : check_folder(options.save);
}

}  // namespace crawl::cli
