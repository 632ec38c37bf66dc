#include "cli/files_apart.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "cli/shown_value.h"
#include "crawl/engine/seed_source.h"
#include "crawl/report/report_output.h"

namespace crawl::cli {
namespace {

// A file that a run reads or writes, as the command line names it.
struct NamedFile {
  std::string option;  // "-o", "INPUT": what messages call it
  std::string path;
  bool written = false;
  int stream = -1;  // the standard stream that stands in place of `path`
};

// Every file that the run would read or write.
std::vector<NamedFile> named_files(const Options& options) {
  std::vector<NamedFile> files;
  const auto add = [&files](std::string option, const std::string& path,
                            bool written, int stream = -1) {
    if (path.empty()) return;
    const bool is_stream = stream >= 0 && path == "-";
    files.push_back(
        {std::move(option), path, written, is_stream ? stream : -1});
  };
  for (const std::string& input : options.inputs) {
    if (is_url_input(input)) continue;
    add("INPUT", input, false, STDIN_FILENO);
  }
  add("--config", options.config, false);
  add("--proxy-cacert", options.crawl.fetch.proxy_ca_file, false);
  add("--cacert", options.crawl.fetch.ca_file, false);
  add("--cert", options.crawl.fetch.cert_file, false);
  add("--key", options.crawl.fetch.key_file, false);
  add("-o", options.output, true, STDOUT_FILENO);
  add("--skipped", options.skipped, true, STDOUT_FILENO);
  add("--har", options.har, true);
  if (!options.report.empty()) {
    add("--report", options.report, true);
    add("the database of --report", report_database(options.report), true);
  }
  add("--state", options.state, true);
  if (options.drop_repeated) add("--state", options.held(), true);
  if (options.check) {
    add("--baseline", options.check->baseline, false);
    add("--state", options.check->cache, true);
    add("--state", options.check->crawl_state(), true);
  }
  add("--log-file", options.log_file, true);
  if (options.warc) {
    add("--warc-file", warc_file_name(*options.warc, 0), true);
    for (const std::string& file : options.warc->known) {
      add("--warc-dedup", file, false);
    }
    if (options.warc->cdx) {
      add("--warc-cdx", options.warc->prefix + ".cdxj", true);
    }
  }
  return files;
}

// What tells files apart.
struct Identity {
  int stream = -1;
  bool found = false;
  struct stat info {};
  std::filesystem::path place;  // of a file that was not found
};

Identity identity_of(const NamedFile& file) {
  Identity identity;
  identity.stream = file.stream;
  if (file.stream >= 0) {
    identity.found = fstat(file.stream, &identity.info) == 0;
  } else {
    identity.found = stat(file.path.c_str(), &identity.info) == 0;
    if (!identity.found) identity.place = place_of(file.path);
  }
  return identity;
}

bool are_same(const Identity& a, const Identity& b) {
  if (a.stream >= 0 && a.stream == b.stream) return true;
  if (a.found != b.found) return false;
  if (!a.found) return !a.place.empty() && a.place == b.place;
  return S_ISREG(a.info.st_mode) && a.info.st_dev == b.info.st_dev &&
         a.info.st_ino == b.info.st_ino;
}

std::string shown(const NamedFile& file) {
  if (file.stream < 0) {
    return fmt::format("{} {}", file.option, shown_value(file.path));
  }
  return fmt::format("{} (standard {})", file.option,
                     file.stream == STDIN_FILENO ? "input" : "output");
}

}  // namespace

// Links may lead to what is not there yet.
std::filesystem::path place_of(std::filesystem::path path) {
  constexpr int kMostLinks = 40;  // as many as Linux follows
  std::error_code error;
  for (int i = 0; i < kMostLinks; ++i) {
    const std::filesystem::path target =
        std::filesystem::read_symlink(path, error);
    if (error) break;
    path = path.parent_path() / target;
  }
  return std::filesystem::weakly_canonical(
      std::filesystem::absolute(path, error), error);
}

Result<void> check_files_apart(const Options& options) {
  const std::vector<NamedFile> files = named_files(options);
  std::vector<Identity> identities;
  std::transform(files.begin(), files.end(), std::back_inserter(identities),
                 identity_of);
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!files[i].written) continue;
    for (std::size_t j = 0; j < files.size(); ++j) {
      // Of two that are written the later one is blamed.
      if (j == i || (files[j].written && j > i)) continue;
      if (!are_same(identities[i], identities[j])) continue;
      return make_error(
          fmt::format("{}: is also {}; nothing was written, name another file",
                      shown(files[i]), shown(files[j])));
    }
  }
  return {};
}

}  // namespace crawl::cli
