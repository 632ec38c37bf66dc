#include "concurrent/cpu_quota.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace crawl {
namespace {

namespace fs = std::filesystem;

// A hierarchy that controls CPU time, as this process sees it.
struct Hierarchy {
  bool version2 = false;
  fs::path mount_point;  // where it is mounted
  fs::path mount_root;   // which of its groups is found there
  fs::path group;        // this process's group
};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) {
    parts.push_back(part);
  }
  return parts;
}

bool contains(const std::vector<std::string>& parts, std::string_view part) {
  return std::find(parts.begin(), parts.end(), part) != parts.end();
}

// proc(5): space, tab, newline and backslash are written as \ooo.
fs::path unescape(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octal = [&](std::size_t at) {
      return at < text.size() && text[at] >= '0' && text[at] <= '7';
    };
    if (text[i] == '\\' && octal(i + 1) && octal(i + 2) && octal(i + 3)) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 +
                                 (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

// Mounts of cgroup file systems (proc(5), /proc/[pid]/mountinfo):
// id parent major:minor root mount-point options [tags...] - type source super
std::vector<Hierarchy> read_mounts(const fs::path& root) {
  std::vector<Hierarchy> mounts;
  std::ifstream file(root / "proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> fields = split(line, ' ');
    const auto dash = std::find(fields.begin(), fields.end(), "-");
    if (dash - fields.begin() < 6 || fields.end() - dash < 4) continue;
    const bool version2 = dash[1] == "cgroup2";
    if (!version2 &&
        (dash[1] != "cgroup" || !contains(split(dash[3], ','), "cpu"))) {
      continue;
    }
    mounts.push_back(
        {version2, unescape(fields[4]), unescape(fields[3]), fs::path()});
  }
  return mounts;
}

// This process's groups (cgroups(7), /proc/[pid]/cgroup): id:controllers:path,
// where version 2 has id 0 and no controllers.
std::vector<Hierarchy> read_hierarchies(const fs::path& root) {
  std::vector<Hierarchy> found;
  const std::vector<Hierarchy> mounts = read_mounts(root);
  std::ifstream file(root / "proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    if (first == std::string::npos) continue;
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool version2 = line.substr(0, first) == "0" && controllers.empty();
    if (!version2 && !contains(split(controllers, ','), "cpu")) continue;
    for (Hierarchy hierarchy : mounts) {
      if (hierarchy.version2 != version2) continue;
      hierarchy.group = line.substr(second + 1);
      found.push_back(std::move(hierarchy));
    }
  }
  return found;
}

std::optional<double> read_quota(const fs::path& group, bool version2) {
  double quota = 0;
  double period = 0;
  if (version2) {
    std::ifstream file(group / "cpu.max");  // "max 100000" fails to read
    if (!(file >> quota >> period)) return std::nullopt;
  } else {
    std::ifstream quota_file(group / "cpu.cfs_quota_us");  // -1: none
    std::ifstream period_file(group / "cpu.cfs_period_us");
    if (!(quota_file >> quota) || !(period_file >> period)) return std::nullopt;
  }
  if (quota <= 0 || period <= 0) return std::nullopt;
  return quota / period;
}

// Where the process's group lies below the mount point. In a container the
// mount may show only part of the hierarchy, or the path may name a group that
// is not visible: then the mount point itself is the best guess.
fs::path visible_group(const Hierarchy& hierarchy) {
  const fs::path group = hierarchy.group.lexically_normal().lexically_relative(
      hierarchy.mount_root.lexically_normal());
  return group.empty() || *group.begin() == ".." || group == "." ? fs::path()
                                                                 : group;
}

}  // namespace

std::optional<double> cgroup_cpu_quota(const fs::path& root) {
  std::optional<double> least;
  for (const Hierarchy& hierarchy : read_hierarchies(root)) {
    const fs::path mount = root / hierarchy.mount_point.relative_path();
    fs::path group = visible_group(hierarchy);
    for (;;) {
      const std::optional<double> quota =
          read_quota(mount / group, hierarchy.version2);
      if (quota && (!least || *quota < *least)) least = quota;
      if (group.empty()) break;
      group = group.parent_path();
    }
  }
  return least;
}

std::size_t affinity_processors() {
  // The mask must be at least as large as the kernel's.
  for (std::size_t count = CPU_SETSIZE; count <= (1u << 20); count *= 2) {
    const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set(
        CPU_ALLOC(count), [](cpu_set_t* p) { CPU_FREE(p); });
    if (!set) break;
    const std::size_t size = CPU_ALLOC_SIZE(count);
    if (sched_getaffinity(0, size, set.get()) == 0) {
      return static_cast<std::size_t>(
          std::max(1, CPU_COUNT_S(size, set.get())));
    }
    if (errno != EINVAL) break;
  }
  return std::max(1u, std::thread::hardware_concurrency());
}

std::size_t usable_processors(std::size_t affinity,
                              std::optional<double> quota) {
  if (!quota || *quota >= static_cast<double>(affinity)) {
    return std::max<std::size_t>(1, affinity);
  }
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(*quota)));
}

std::size_t usable_processors() {
  return usable_processors(affinity_processors(), cgroup_cpu_quota());
}

}  // namespace crawl
