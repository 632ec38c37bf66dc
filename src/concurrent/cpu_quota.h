#ifndef CRAWL_CONCURRENT_CPU_QUOTA_H_
#define CRAWL_CONCURRENT_CPU_QUOTA_H_

#include <cstddef>
#include <filesystem>
#include <optional>

namespace crawl {

// How many processors' worth of time the control groups of this process grant
// it: the least quota from its own group up to the topmost one it can see, of
// version 2 (cpu.max) and version 1 (cpu.cfs_quota_us, cpu.cfs_period_us).
// Nothing if there is none, or it cannot be read. `root` stands for "/".
std::optional<double> cgroup_cpu_quota(const std::filesystem::path& root = "/");

// The processors this thread may be scheduled on (sched_getaffinity); at least
// 1.
std::size_t affinity_processors();

// The lesser of both, a part of a processor counted as one.
std::size_t usable_processors();
std::size_t usable_processors(std::size_t affinity,
                              std::optional<double> quota);

}  // namespace crawl

#endif  // CRAWL_CONCURRENT_CPU_QUOTA_H_
