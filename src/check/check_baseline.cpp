#include "check/check_baseline.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "base/json_library.h"
#include "check/link_kind.h"
#include "crawl/writer/packed_output.h"

namespace crawl {

Result<CheckBaseline> CheckBaseline::read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return make_error(
        fmt::format("--baseline {}: {}", path, std::strerror(errno)));
  }
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return make_error(fmt::format("--baseline {}: is a folder", path));
  }
  if (packing_of_name(path) != Packing::kNone) {
    return make_error(fmt::format(
        "--baseline {}: is packed; unpack it, and give that", path));
  }
  CheckBaseline baseline;
  std::string line;
  for (std::uint64_t number = 1; std::getline(file, line); ++number) {
    if (line.empty()) continue;
    rapidjson::Document entry;
    entry.Parse<rapidjson::kParseIterativeFlag>(line.data(), line.size());
    const bool good = !entry.HasParseError() && entry.IsObject() &&
                      entry.HasMember("url") && entry.HasMember("outcome") &&
                      entry["outcome"].IsString();
    if (!good) {
      return make_error(fmt::format(
          "--baseline {}: line {} is none of a check's result; give what "
          "--check wrote with --format jsonl",
          path, number));
    }
    if (!entry["url"].IsString() ||
        std::string_view(entry["outcome"].GetString()) != "broken") {
      continue;
    }
    baseline.broken_.insert(
        link_key({entry["url"].GetString(), entry["url"].GetStringLength()}));
  }
  if (file.bad()) {
    return make_error(
        fmt::format("--baseline {}: {}", path, std::strerror(errno)));
  }
  return baseline;
}

bool CheckBaseline::has(std::string_view url) const {
  return broken_.contains(link_key(url));
}

}  // namespace crawl
