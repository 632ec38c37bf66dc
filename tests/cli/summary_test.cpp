#include "cli/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace crawl::cli {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

void count(CrawlStats& stats, ErrorKind kind, std::uint64_t times) {
  stats.by_kind[static_cast<std::size_t>(kind)] += times;
  (is_skip(kind) ? stats.skipped : stats.failed) += times;
  stats.admitted += times;
}

CrawlStats sample() {
  CrawlStats stats;
  stats.admitted = stats.fetched = 4'400;
  count(stats, ErrorKind::kHttp, 12);
  count(stats, ErrorKind::kDns, 3);
  count(stats, ErrorKind::kTimeout, 5);
  count(stats, ErrorKind::kDuplicate, 4);
  stats.requests = 4'460;
  stats.retries = 12;
  stats.redirects = 28;
  stats.connections = 8;
  stats.bytes_downloaded = 43'200'000;
  stats.bytes_decoded = 163'000'000;
  stats.elapsed = 1'020ms;
  return stats;
}

TEST(Summary, TotalsVisiblyAddUp) {
  EXPECT_EQ(format_summary(sample()),
            "4,424 URLs = 4,400 fetched + 20 failed + 4 skipped, in 1.02 s "
            "(4,337/s)\n"
            "Failed: 12 http, 5 timeout, 3 dns\n"
            "Skipped: 4 duplicate\n"
            "4,460 requests (28 redirects, 12 retries) over 8 connections, "
            "41.2 MiB received, 155 MiB decoded\n");
}

TEST(Summary, SaysWhyItIsNoSuccess) {
  CrawlStats stats = sample();
  stats.end_by("--max-pages");
  stats.seeds_skipped = 2;
  stats.sitemaps_failed = 1;
  stats.bad_locations = 4;
  stats.nothing_included = true;
  EXPECT_THAT(format_summary(stats),
              HasSubstr("--max-pages ended it\n"
                        "2 URLs of the input skipped\n"
                        "1 sitemap of the command line could not be read\n"
                        "4 locations in sitemaps are no URLs\n"
                        "--include fits none of the URLs that were found\n"));
}

TEST(Summary, LinesBreakBetweenWords) {
  EXPECT_EQ(format_summary(sample(), 60),
            "4,424 URLs = 4,400 fetched + 20 failed + 4 skipped,\n"
            "  in 1.02 s (4,337/s)\n"
            "Failed: 12 http, 5 timeout, 3 dns\n"
            "Skipped: 4 duplicate\n"
            "4,460 requests (28 redirects,\n"
            "  12 retries) over 8 connections, 41.2 MiB received,\n"
            "  155 MiB decoded\n");
  EXPECT_EQ(format_summary(sample(), 200), format_summary(sample()));
  const std::string narrow = format_summary(sample(), 40);
  EXPECT_THAT(narrow, testing::StartsWith("4,424 URLs = 4,400 fetched + 20 "
                                          "failed +\n  4 skipped, in 1.02 s"));
}

TEST(Summary, BodiesThatWereCutAreCounted) {
  CrawlStats stats;
  stats.admitted = stats.fetched = stats.truncated = 1;
  EXPECT_THAT(format_summary(stats),
              testing::EndsWith("\n1 body was cut at --max-filesize\n"));
  stats.truncated = 2'000;
  EXPECT_THAT(format_summary(stats),
              testing::EndsWith("\n2,000 bodies were cut at "
                                "--max-filesize\n"));
  stats.of_archives = true;
  EXPECT_THAT(format_summary(stats),
              testing::EndsWith("--max-filesize, or before it was archived\n"));
}

TEST(Summary, PagesThatWereNotReadWholeAreCounted) {
  CrawlStats stats;
  stats.admitted = stats.fetched = stats.extracts_cut = 1;
  EXPECT_THAT(format_summary(stats),
              testing::EndsWith("\n1 page was not read whole: see the field "
                                "extract_error\n"));
  stats.extracts_cut = 2'000;
  EXPECT_THAT(format_summary(stats),
              testing::HasSubstr("\n2,000 pages were not read whole: "));
}

TEST(Summary, RateIsThisRunsThoughTotalsAreTheWholeCrawls) {
  CrawlStats stats;
  stats.admitted = stats.fetched = 1'000;
  stats.done_before = 900;
  stats.elapsed = 2s;
  EXPECT_EQ(format_summary(stats),
            "1,000 URLs = 1,000 fetched + 0 failed + 0 skipped, in 2.00 s "
            "(50/s)\n"
            "900 of them were done before this run\n");
}

TEST(Summary, AllWellIsShort) {
  CrawlStats stats;
  stats.admitted = stats.fetched = stats.requests = stats.connections = 1;
  stats.elapsed = 250ms;
  EXPECT_EQ(format_summary(stats),
            "1 URL = 1 fetched + 0 failed + 0 skipped, in 250 ms (4.0/s)\n"
            "1 request over 1 connection, 0 B received, 0 B decoded\n");
}

TEST(Summary, NothingToDoIsOneLine) {
  EXPECT_EQ(format_summary({}),
            "0 URLs = 0 fetched + 0 failed + 0 skipped, in 0.00 ms\n");
}

TEST(Summary, AStoppedCrawlSaysWhatIsLeft) {
  CrawlStats stats = sample();
  stats.stopped = true;
  stats.left = 76;
  stats.admitted += 76;
  EXPECT_THAT(format_summary(stats),
              HasSubstr("4,500 URLs = 4,400 fetched + 20 failed + 4 skipped + "
                        "76 left, in"));
}

TEST(Summary, TotalsThatDoNotAddUpAreOwnedUpTo) {
  EXPECT_THAT(format_summary(sample()), Not(HasSubstr("do not add up")));
  CrawlStats stats = sample();
  ++stats.admitted;
  EXPECT_THAT(format_summary(stats), HasSubstr("do not add up"));
}

TEST(Summary, StatsSayWhereTheTimeWent) {
  CrawlStats stats = sample();
  stats.elapsed = 10s;
  TimeBreakdown times;
  times.slots = 8;
  const auto slots = [&times](SlotUse use) -> double& {
    return times.slot_time[static_cast<std::size_t>(use)];
  };
  slots(SlotUse::kNetwork) = 60;
  slots(SlotUse::kParsing) = 4;
  slots(SlotUse::kNothing) = 16;
  times.writing = 0.5;
  times.reused = 4'452;
  times.lookups = 2;
  times.lookup_time = 0.01;
  times.slowest = {{"http://slow.test:80", 12, 15, 5}};
  EXPECT_EQ(format_times(stats, times),
            "Where the time of 8 transfer slots went, 10.0 s each:\n"
            "  network        75.0 %  a request was under way\n"
            "  politeness      0.0 %  URLs were queued, but their hosts had to "
            "wait: --per-host, --delay, --rate, retries\n"
            "  parsing         5.0 %  a page was being read\n"
            "  nothing to do  20.0 %  fewer URLs were left than slots\n"
            "Writing records: 500 ms (5.0 % of the crawl's own thread)\n"
            "Connections: 8 opened, 4,452 reused; DNS: 2 look-ups, 5.00 ms on "
            "average\n"
            "Slowest hosts:\n"
            "     mean    worst  requests\n"
            "   1.25 s   5.00 s        12  http://slow.test:80\n");
  EXPECT_THAT(format_times(stats, times, 60),
              testing::HasSubstr("URLs were queued, but their hosts\n"
                                 "                         had to wait: "));
}

}  // namespace
}  // namespace crawl::cli
