#include "concurrent/cpu_quota.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

namespace crawl {
namespace {

namespace fs = std::filesystem;

// A root directory with just the files of /proc and /sys that are asked for.
class CpuQuotaTest : public ::testing::Test {
 protected:
  CpuQuotaTest() {
    std::string name = (fs::temp_directory_path() / "quota-XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  ~CpuQuotaTest() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& text) {
    const fs::path file = root_ / path;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  void mount_v2(const std::string& root = "/") {
    write("proc/self/mountinfo",
          "23 28 0:21 / /proc rw,nosuid - proc proc rw\n"
          "30 28 0:26 " +
              root +
              " /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n");
  }
  void mount_v1(const std::string& root = "/") {
    write("proc/self/mountinfo",
          "31 30 0:27 " + root +
              " /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
              "32 30 0:28 / /sys/fs/cgroup/cpuset rw - cgroup cgroup "
              "rw,cpuset\n");
  }

  fs::path root_;
};

TEST_F(CpuQuotaTest, NothingToRead) {
  EXPECT_EQ(cgroup_cpu_quota(root_), std::nullopt);
  mount_v2();
  EXPECT_EQ(cgroup_cpu_quota(root_), std::nullopt);
  write("proc/self/cgroup", "0::/\n");
  EXPECT_EQ(cgroup_cpu_quota(root_), std::nullopt);
}

TEST_F(CpuQuotaTest, Version2) {
  mount_v2();
  write("proc/self/cgroup", "0::/user.slice/run.scope\n");
  write("sys/fs/cgroup/user.slice/run.scope/cpu.max", "150000 100000\n");
  EXPECT_EQ(cgroup_cpu_quota(root_), 1.5);
}

TEST_F(CpuQuotaTest, Version2_LeastOfAllGroupsAbove) {
  mount_v2();
  write("proc/self/cgroup", "0::/a/b/c\n");
  write("sys/fs/cgroup/a/cpu.max", "200000 100000\n");
  write("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
  write("sys/fs/cgroup/a/b/c/cpu.max", "400000 100000\n");
  EXPECT_EQ(cgroup_cpu_quota(root_), 2.0);
}

TEST_F(CpuQuotaTest, Version2_NoLimit) {
  mount_v2();
  write("proc/self/cgroup", "0::/a\n");
  write("sys/fs/cgroup/a/cpu.max", "max 100000\n");
  EXPECT_EQ(cgroup_cpu_quota(root_), std::nullopt);
}

TEST_F(CpuQuotaTest, Version2_ContainerWithItsOwnNamespace) {
  mount_v2();
  write("proc/self/cgroup", "0::/\n");
  write("sys/fs/cgroup/cpu.max", "50000 100000\n");
  EXPECT_EQ(cgroup_cpu_quota(root_), 0.5);
}

TEST_F(CpuQuotaTest, Version1) {
  mount_v1();
  write("proc/self/cgroup", "5:cpuset:/x\n4:cpu,cpuacct:/job\n0::/\n");
  write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "300000\n");
  write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cgroup_cpu_quota(root_), 3.0);
}

TEST_F(CpuQuotaTest, Version1_NoLimitIsMinusOne) {
  mount_v1();
  write("proc/self/cgroup", "4:cpu,cpuacct:/job\n");
  write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "-1\n");
  write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cgroup_cpu_quota(root_), std::nullopt);
}

TEST_F(CpuQuotaTest, Version1_ContainerSeesOnlyItsPartOfTheHierarchy) {
  mount_v1("/docker/1234");
  write("proc/self/cgroup", "4:cpu,cpuacct:/docker/1234\n");
  write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "100000\n");
  write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cgroup_cpu_quota(root_), 1.0);
  write("proc/self/cgroup", "4:cpu,cpuacct:/../elsewhere\n");
  EXPECT_EQ(cgroup_cpu_quota(root_), 1.0);
}

TEST_F(CpuQuotaTest, MountPointsWithSpaces) {
  write("proc/self/mountinfo",
        "30 28 0:26 / /sys/c\\040g rw - cgroup2 none rw\n");
  write("proc/self/cgroup", "0::/\n");
  write("sys/c g/cpu.max", "70000 10000\n");
  EXPECT_EQ(cgroup_cpu_quota(root_), 7.0);
}

TEST_F(CpuQuotaTest, NonsenseIsIgnored) {
  mount_v2();
  write("proc/self/cgroup", "\nx\n:::\n0::\n0::/a\n");
  write("sys/fs/cgroup/a/cpu.max", "");
  EXPECT_EQ(cgroup_cpu_quota(root_), std::nullopt);
  write("sys/fs/cgroup/a/cpu.max", "100 0\n");
  EXPECT_EQ(cgroup_cpu_quota(root_), std::nullopt);
  write("sys/fs/cgroup/a/cpu.max", "lots of it\n");
  EXPECT_EQ(cgroup_cpu_quota(root_), std::nullopt);
  write("proc/self/mountinfo",
        "1 2 3\n- - - -\n30 28 0:26 / /x rw - cgroup2\n");
  EXPECT_EQ(cgroup_cpu_quota(root_), std::nullopt);
}

TEST_F(CpuQuotaTest, PartOfAProcessorCountsAsOne) {
  EXPECT_EQ(usable_processors(8, std::nullopt), 8u);
  EXPECT_EQ(usable_processors(8, 1.5), 2u);
  EXPECT_EQ(usable_processors(8, 2.0), 2u);
  EXPECT_EQ(usable_processors(8, 0.25), 1u);
  EXPECT_EQ(usable_processors(2, 64.0), 2u);
  EXPECT_EQ(usable_processors(0, std::nullopt), 1u);
}

TEST_F(CpuQuotaTest, AffinityOfThisThread) {
  // In a thread of its own, whose affinity may be narrowed.
  std::thread([] {
    const std::size_t before = affinity_processors();
    EXPECT_GE(before, 1u);
    cpu_set_t allowed;
    ASSERT_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    EXPECT_EQ(before, static_cast<std::size_t>(CPU_COUNT(&allowed)));
    int first = 0;
    while (!CPU_ISSET(static_cast<std::size_t>(first), &allowed)) ++first;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(first), &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    EXPECT_EQ(affinity_processors(), 1u);
    EXPECT_EQ(usable_processors(), 1u);
  }).join();
}

}  // namespace
}  // namespace crawl
