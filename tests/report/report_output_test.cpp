#include "crawl/report/report_output.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/sqlite.h"
#include "crawl/report/comparison_report.h"
#include "crawl/writer/site_database.h"
#include "support/temp_dir.h"
#include "writer/page_audit.h"
#include "writer/site_audit.h"

namespace crawl {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kEvil =
    "</script></style></title><script>alert(1)</script>\"'><img src=x "
    "onerror=alert(1)>&lt;\x1b[31m\xff\xe2\x80\xae";

CrawlRecord page(const std::string& url, const std::string& text = "a title") {
  CrawlRecord record;
  record.url = record.final_url = url;
  record.status_code = 200;
  record.ok = true;
  record.content_type = "text/html; " + text;
  record.title = text;
  record.description = text;
  record.link_count = 1;
  record.size_body = record.size_download = 1'000;
  record.attempts = 1;
  record.time_total = 0.02;
  record.time_starttransfer = 0.01;
  record.headers = {{text, text}};
  return record;
}

WireExchange exchange(const CrawlRecord& record, double begun) {
  WireExchange made;
  made.url = record.url;
  made.status_code = record.status_code;
  made.error = record.error;
  made.sent = true;
  made.times = {.blocked = 0.001,
                .pretransfer = 0.002,
                .starttransfer = 0.015,
                .total = 0.02};
  made.begun = std::chrono::system_clock::time_point(
      std::chrono::milliseconds(static_cast<int>(begun * 1000)));
  return made;
}

class ReportOutput : public ::testing::Test {
 protected:
  void open(std::optional<std::uint64_t> position = std::nullopt) {
    auto sink = open_report(
        {dir_.file("r.html"), OutputMode::kReplace, position, "crawl/1"});
    ASSERT_TRUE(sink) << sink.error().message;
    sink_ = *std::move(sink);
  }
  void give(const CrawlRecord& record, bool is_record = true) {
    static const auto keeper = make_request_keeper();
    if (is_record && !is_skip(record.error)) {
      begun_ += 0.01;
      ASSERT_TRUE(sink_->keep(*keeper->keep(exchange(record, begun_))));
    }
    ASSERT_TRUE(sink_->take({record, is_record}));
  }
  void give_failed(const std::string& url, ErrorKind error, int status,
                   const std::string& why, bool is_record = true) {
    CrawlRecord record = page(url);
    record.ok = false;
    record.error = error;
    record.status_code = status;
    record.error_message = record.parent = why;
    give(record, is_record);
  }
  std::string made() {
    const Result<void> closed = sink_->close();
    EXPECT_TRUE(closed) << closed.error().message;
    return dir_.read("r.html");
  }

  testing::TempDir dir_;
  std::unique_ptr<Sink> sink_;
  double begun_ = 1e6;
};

TEST_F(ReportOutput, AddsUpAsTheCommandsSummary) {
  open();
  give(page("http://a.test/"));
  give(page("http://a.test/b/c"));
  give_failed("http://a.test/no", ErrorKind::kHttp, 404, "HTTP status 404");
  give_failed("http://a.test/robots", ErrorKind::kRobots, 0, "a rule");
  give_failed("http://b.test/", ErrorKind::kScope, 0, "elsewhere", false);
  give_failed("no url", ErrorKind::kInvalidUrl, 0, "it is none", false);
  const std::string html = made();
  EXPECT_THAT(html, HasSubstr("5 URLs = 2 fetched + 1 failed + 2 skipped"));
  for (const char* part :
       {"summary", "depth", "over-time", "waterfall", "latency", "slowest",
        "errors", "audit", "folders"}) {
    EXPECT_THAT(html, HasSubstr(fmt::format("<h2 id=\"{}\"", part)));
    EXPECT_THAT(html, HasSubstr(fmt::format("href=\"#{}\"", part)));
  }
}

// Every text of a stranger at once, in every place that shows one.
TEST_F(ReportOutput, NothingInItIsAStrangersMarkup) {
  open();
  const std::string evil = kEvil;
  CrawlRecord record = page("http://a.test/" + evil, evil);
  record.canonical = record.lang = evil;
  record.redirects = {{"http://a.test/" + evil, 301, evil},
                      {"http://a.test/" + evil, 302, evil}};
  record.links.add({"http://a.test/broken" + evil, LinkElement::kA,
                    LinkAttribute::kHref, evil, evil});
  record.extraction.emplace();
  record.extraction->facts.emplace();
  record.extraction->facts->headings = {{1, evil, evil}, {1, evil, evil}};
  record.extraction->facts->meta = {{"name", "robots", "noindex," + evil}};
  record.extraction->facts->alternates = {
      {"http://a.test/other" + evil, evil, evil, evil}};
  record.headers.emplace_back("X-Robots-Tag", "noindex, " + evil);
  ASSERT_TRUE(sink_->listed("javascript:alert(1)" + evil, evil));
  ASSERT_TRUE(sink_->listed(record.url, evil));
  give(record);
  give(record);
  CrawlRecord huge = page("http://a.test/other" + evil,
                          std::string(1'000'000, '<') + "]]>" + evil);
  huge.extraction = record.extraction;
  huge.canonical = record.url;
  huge.body_digest = Fingerprint{1, 1};
  give(huge);
  give_failed("http://a.test/broken" + evil, ErrorKind::kHttp, 404, evil);
  give_failed("javascript:alert(1)" + evil, ErrorKind::kDns, 0, evil);
  give_failed("data:" + evil, ErrorKind::kScope, 0, evil, false);
  const std::string html = made();
  EXPECT_THAT(html, AllOf(HasSubstr("id=\"broken-links\""),
                          HasSubstr("id=\"audit\""), HasSubstr("&lt;script")));
  EXPECT_THAT(html, AllOf(Not(HasSubstr("<img")), Not(HasSubstr("alert(1)<")),
                          Not(HasSubstr("\x1b")), Not(HasSubstr("\xff")),
                          Not(HasSubstr("\xe2\x80\xae"))));
  const auto count = [&html](const std::string& what) {
    std::size_t n = 0;
    for (std::size_t at = 0; (at = html.find(what, at)) != html.npos; ++at) ++n;
    return n;
  };
  EXPECT_EQ(count("<script"), 1u);
  EXPECT_EQ(count("<style"), 1u);
  EXPECT_EQ(count(" style="), 0u);
  const std::regex links("<a [^>]*href=\"([^\"]*)\"");
  for (std::sregex_iterator at(html.begin(), html.end(), links), end; at != end;
       ++at) {
    const std::string target = (*at)[1];
    EXPECT_TRUE(target.starts_with("http://") ||
                target.starts_with("https://") || target.starts_with("#"))
        << target;
    if (!target.starts_with("#")) {
      EXPECT_THAT(at->str(), HasSubstr("rel=\"noreferrer\""));
    }
  }
}

// CSP3 section 2.3.1, by OpenSSL's own functions.
TEST_F(ReportOutput, PolicyAllowsItsOwnStyleAndScriptAlone) {
  open();
  const std::string html = made();
  EXPECT_THAT(html, HasSubstr("default-src 'none'; style-src 'sha256-"));
  for (const std::string tag : {"style", "script"}) {
    const std::size_t begin = html.find("<" + tag + ">") + tag.size() + 2;
    const std::string text =
        html.substr(begin, html.find("</" + tag + ">") - begin);
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
           digest);
    unsigned char coded[64];
    EVP_EncodeBlock(coded, digest, sizeof digest);
    EXPECT_THAT(html,
                HasSubstr(fmt::format("{}-src 'sha256-{}'", tag,
                                      reinterpret_cast<const char*>(coded))));
  }
  EXPECT_THAT(html, Not(HasSubstr("unsafe")));
}

TEST_F(ReportOutput, IsSmallHoweverManyPagesThereAre) {
  open();
  const std::string evil = std::string(300, '<') + kEvil;
  for (int i = 0; i < 10'000; ++i) {
    const std::string url =
        fmt::format("http://h{}.test/{}/{}/{}/{}", i % 100, i % 37, i % 11, i,
                    std::string(static_cast<std::size_t>(i % 200), '&'));
    if (i % 10 == 0) {
      give_failed(url, ErrorKind::kHttp, 400 + i / 10 % 100, evil);
    } else {
      CrawlRecord record = page(url, evil);
      record.links.add({fmt::format("http://h{}.test/{}/{}/{}/{}", i % 100,
                                    i % 37, i % 11, i - i % 10, ""),
                        LinkElement::kA, LinkAttribute::kHref, "", evil});
      give(record);
    }
  }
  const std::string html = made();
  EXPECT_LT(html.size(), 2'000'000u);
  EXPECT_THAT(html, HasSubstr("Shown are "));
}

TEST_F(ReportOutput, OfNothingIsAPageToo) {
  open();
  EXPECT_THAT(made(),
              AllOf(HasSubstr("0 URLs = 0 fetched"), HasSubstr("</html>"),
                    Not(HasSubstr("\"nan")), Not(HasSubstr("\"inf"))));
}

TEST_F(ReportOutput, GoesOnWithItsDatabaseAfterAnEnd) {
  open();
  give(page("http://a.test/1"));
  const auto position = sink_->sync();
  ASSERT_TRUE(position);
  give(page("http://a.test/lost"));
  made();
  open(*position);
  give(page("http://a.test/2"));
  const std::string html = made();
  EXPECT_THAT(html, HasSubstr("2 URLs = 2 fetched"));
  EXPECT_THAT(html, Not(HasSubstr("a.test/lost")));
  sqlite3* db = nullptr;
  sqlite3_open(report_database(dir_.file("r.html")).c_str(), &db);
  const Database owner(db);
  Statement rows;
  ASSERT_EQ(rows.prepare(db, "SELECT pages FROM runs ORDER BY id"), SQLITE_OK);
  for (int run = 0; run < 2; ++run) {
    ASSERT_EQ(rows.step(), SQLITE_ROW);
    EXPECT_EQ(rows.integer(0), 1) << run;
  }
}

// What no page's Outcome stands behind is there once, too: robots.txt, and what
// sitemaps list.
TEST_F(ReportOutput, WhatIsNoPagesIsKeptOnceAfterAnEnd) {
  const auto errand = [this](const std::string& url) {
    const CrawlRecord record = page(url);
    ASSERT_TRUE(sink_->keep(*make_request_keeper()->keep(exchange(record, 1))));
    ASSERT_TRUE(sink_->listed(url, "http://a.test/sitemap.xml"));
  };
  const auto urls_of = [this](const char* table) {
    std::vector<std::string> urls;
    sqlite3* db = nullptr;
    sqlite3_open(report_database(dir_.file("r.html")).c_str(), &db);
    const Database owner(db);
    Statement rows;
    EXPECT_EQ(rows.prepare(
                  db, fmt::format("SELECT url FROM {} ORDER BY rowid", table)),
              SQLITE_OK);
    while (rows.step() == SQLITE_ROW) urls.emplace_back(rows.text(0));
    return urls;
  };
  open();
  errand("http://a.test/before");
  give(page("http://a.test/1"));
  errand("http://a.test/after");
  const auto position = sink_->sync();
  ASSERT_TRUE(position);
  errand("http://a.test/lost");
  give(page("http://a.test/lost"));
  ASSERT_TRUE(sink_->sync());
  sink_.reset();
  open(*position);
  errand("http://a.test/again");
  made();
  EXPECT_THAT(
      urls_of("requests"),
      ::testing::ElementsAre("http://a.test/before", "http://a.test/1",
                             "http://a.test/after", "http://a.test/again"));
  EXPECT_THAT(
      urls_of("sitemap_urls"),
      ::testing::ElementsAre("http://a.test/before", "http://a.test/after",
                             "http://a.test/again"));
}

// Each check finds the fault that it is there for, and nothing else.
TEST_F(ReportOutput, AuditFindsEachFaultAndNoOther) {
  open();
  const auto sound = [](int number) {
    CrawlRecord record = page(fmt::format("https://a.test/{}", number),
                              fmt::format("title {}", number));
    record.lang = "en";
    record.input = record.url;
    record.headers = {{"Strict-Transport-Security", "max-age=1"},
                      {"Content-Security-Policy", "default-src 'self'"},
                      {"X-Content-Type-Options", "nosniff"}};
    record.body_digest = Fingerprint{static_cast<std::uint64_t>(number), 1};
    record.extraction.emplace();
    record.extraction->facts.emplace();
    record.extraction->facts->headings = {{1, "one", ""}};
    return record;
  };
  std::vector<CrawlRecord> pages;
  for (int i = 0; i < 40; ++i) pages.push_back(sound(i));
  const auto url = [](int number) {
    return fmt::format("https://a.test/{}", number);
  };
  pages[1].title.reset();
  pages[2].title = pages[3].title;
  pages[4].title = std::string(71, 't');
  pages[5].description.reset();
  pages[6].description = pages[7].description;
  pages[8].description = std::string(301, 'd');
  pages[9].lang.reset();
  pages[10].extraction->facts->headings = {{1, "a", ""}, {1, "b", ""}};
  pages[11].canonical = url(12);
  pages[12].canonical = url(13);
  pages[14].canonical = url(15);
  pages[15].ok = false;
  pages[15].status_code = 404;
  pages[15].error = ErrorKind::kHttp;
  pages[16].extraction->facts->meta = {{"name", "ROBOTS", "NoIndex"}};
  pages[17].headers.emplace_back("X-Robots-Tag", "noindex");
  pages[18].extraction->facts->alternates.push_back({url(19), "de", "", ""});
  pages[20].redirects = {{url(20), 301, "/x"}, {"https://a.test/x", 301, "/y"}};
  pages[21].input = "";
  // What leads to a page that is known already.
  CrawlRecord known = page(url(41));
  known.ok = false;
  known.error = ErrorKind::kDuplicate;
  known.redirects = {{url(41), 301, url(42)}, {url(42), 301, url(0)}};
  pages[22].body_digest = pages[23].body_digest;
  pages[24].links.add(
      {"http://a.test/i.png", LinkElement::kImg, LinkAttribute::kSrc, "", ""});
  pages[25].time_starttransfer = 1.9;
  pages[26].size_body = 2'000'001;
  for (const int i : {27, 28, 29}) {
    pages[static_cast<std::size_t>(i)].final_url =
        fmt::format("https://host{}.test/", i);
  }
  pages[27].headers.erase(pages[27].headers.begin());
  pages[28].headers.erase(pages[28].headers.begin() + 1);
  pages[29].headers.erase(pages[29].headers.begin() + 2);
  pages[30].title = " ";
  // The record has the first that is not empty.
  pages[31].description.reset();
  pages[31].extraction->facts->meta = {{"name", "Description", " "}};
  pages[32].extraction->facts->headings.clear();
  pages[33].extraction->facts->images_without_alt = 1;
  pages[34].canonical = url(41);
  // A way back may be to where the page is now.
  pages[35].extraction->facts->alternates.push_back({url(36), "de", "", ""});
  pages[35].final_url = "https://a.test/moved#part";
  pages[35].canonical = "https://a.test/moved";
  pages[36].extraction->facts->alternates.push_back(
      {"https://a.test/moved", "en", "", ""});
  // Whom a rule is for, and rules that are no such.
  pages[37].headers.emplace_back("X-Robots-Tag",
                                 "otherbot: noarchive, nofollow");
  pages[37].extraction->facts->meta = {{"name", "robots", "noindexing, all"},
                                       {"property", "robots", "noindex"}};
  pages[39].canonical = url(39) + "#top";
  pages[39].headers.emplace_back("X-Robots-Tag",
                                 "googlebot: nofollow, otherbot: noindex");
  // All but one of them are linked, one of those by what redirects to it.
  pages[38].final_url = url(3);
  for (int i = 0; i < 40; ++i) {
    if (i == 21 || i == 3) continue;
    pages[0].links.add({url(i), LinkElement::kA, LinkAttribute::kHref, "", ""});
  }
  pages[1].links.add({url(0), LinkElement::kA, LinkAttribute::kHref, "", ""});
  for (const CrawlRecord& each : pages) {
    // The other is not to be found.
    if (each.url == url(5) || each.url == url(16)) continue;
    ASSERT_TRUE(sink_->listed(each.url, "https://a.test/sitemap.xml"));
  }
  for (const CrawlRecord& each : pages) give(each);
  ASSERT_TRUE(sink_->listed(known.url, "https://a.test/sitemap.xml"));
  give(known, false);
  made();

  const std::map<std::string_view, std::vector<int>> expected = {
      {"audit_title_missing", {1}},
      {"audit_title_empty", {30}},
      {"audit_title_long", {4}},
      {"audit_description_missing", {5}},
      {"audit_description_empty", {31}},
      {"audit_description_long", {8}},
      {"audit_lang_missing", {9}},
      {"audit_h1_several", {10}},
      {"audit_h1_missing", {32}},
      {"audit_alt_missing", {33}},
      {"audit_sitemap_lacks", {5}},
      {"audit_canonical_broken", {14, 34}},
      {"audit_canonical_disagrees", {11}},
      {"audit_noindex_meta", {16}},
      {"audit_noindex_header", {17}},
      {"audit_hreflang_one_way", {18}},
      {"audit_redirect_chain", {20, 41}},
      {"audit_orphan", {21}},
      {"audit_mixed_content", {24}},
      {"audit_slow", {25}},
      {"audit_large", {26}},
      {"audit_hsts_missing", {27}},
      {"audit_csp_missing", {28}},
      {"audit_nosniff_missing", {29}},
      {"audit_title_doubled", {2, 3}},
      {"audit_description_doubled", {6, 7}},
      {"audit_duplicate_body", {22, 23}},
      {"audit_canonical_elsewhere", {11, 12, 14, 34}},
      {"audit_sitemap_broken", {15, 27, 28, 29, 35, 38, 41}}};
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(report_database(dir_.file("r.html")).c_str(), &db),
            SQLITE_OK);
  const Database owner(db);
  const auto is_of_page = [](std::string_view name) {
    const auto& names = page_finding_names();
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  std::map<std::string, std::set<std::string>> said;  // of each page alone
  for (const AuditCheck& check : all_audit_checks()) {
    Statement rows;
    ASSERT_EQ(rows.prepare(db, fmt::format("SELECT url FROM {}", check.view)),
              SQLITE_OK)
        << check.view << sqlite3_errmsg(db);
    std::vector<std::string> found, wanted;
    while (rows.step() == SQLITE_ROW) found.emplace_back(rows.text(0));
    ASSERT_TRUE(expected.contains(check.view)) << check.view;
    for (const int number : expected.at(check.view)) {
      wanted.push_back(url(number));
      const std::string_view name = check.view.substr(6);
      if (is_of_page(name)) said[url(number)].emplace(name);
    }
    EXPECT_THAT(found, ::testing::UnorderedElementsAreArray(wanted))
        << check.view;
  }
  // The field says the same.
  for (const CrawlRecord& each : pages) {
    const auto found = page_findings(each);
    EXPECT_THAT(std::set<std::string>(found.begin(), found.end()),
                said[each.url])
        << each.url;
  }
}

// Pages made to be slow for whoever compares each with each.
TEST_F(ReportOutput, AuditCostsAMultipleOfThePages) {
  std::map<std::string_view, double> steps_before;
  for (const int count : {300, 1'200}) {
    open();
    for (int i = 0; i < count; ++i) {
      CrawlRecord record =
          page(fmt::format("https://a.test/{}", i), fmt::format("t{}", i / 2));
      record.canonical = fmt::format("https://a.test/{}", (i + 1) % count);
      record.body_digest = Fingerprint{static_cast<std::uint64_t>(i / 2), 1};
      record.extraction.emplace();
      auto& alternates = record.extraction->facts.emplace().alternates;
      for (int n = 0; i < 2 && n < count; ++n) {
        alternates.push_back({"https://a.test/1", "de", "", ""});
        alternates.push_back({"https://a.test/x", "fr", "", ""});
      }
      record.links.add(
          {"https://a.test/0", LinkElement::kA, LinkAttribute::kHref, "", ""});
      record.redirects = {{record.url, 301, record.url}};
      ASSERT_TRUE(sink_->listed(record.url, "https://a.test/sitemap.xml"));
      give(record);
    }
    made();
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(report_database(dir_.file("r.html")).c_str(), &db),
              SQLITE_OK);
    const Database owner(db);
    for (const AuditCheck& check : all_audit_checks()) {
      double steps = 0;
      sqlite3_progress_handler(
          db, 1,
          [](void* counted) {
            ++*static_cast<double*>(counted);
            return 0;
          },
          &steps);
      Statement rows;
      ASSERT_EQ(
          rows.prepare(db, fmt::format("SELECT count(*) FROM {}", check.view)),
          SQLITE_OK);
      EXPECT_EQ(rows.step(), SQLITE_ROW) << check.view;
      const double before = std::exchange(steps_before[check.view], steps);
      // Four times the pages.
      if (before > 0) {
        EXPECT_LT(steps, 6 * before) << check.view;
      }
    }
  }
}

// One after the other in one database, as --append has them.
TEST_F(ReportOutput, TwoCrawlsOfOnePageDoNotDoubleIt) {
  open();
  for (int i = 0; i < 2; ++i) {
    CrawlRecord record = page("https://a.test/", "the title");
    record.body_digest = Fingerprint{1, 1};
    give(record);
  }
  made();
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(report_database(dir_.file("r.html")).c_str(), &db),
            SQLITE_OK);
  const Database owner(db);
  for (const char* view :
       {"audit_title_doubled", "audit_description_doubled",
        "audit_duplicate_body", "duplicate_titles", "duplicate_bodies"}) {
    Statement rows;
    ASSERT_EQ(rows.prepare(db, fmt::format("SELECT count(*) FROM {}", view)),
              SQLITE_OK);
    ASSERT_EQ(rows.step(), SQLITE_ROW);
    EXPECT_EQ(rows.integer(0), 0) << view;
  }
}

TEST(SiteAudit, HasAViewAndASourceForWhateverPagesAreFoundToHave) {
  std::set<std::string_view> views;
  for (const AuditCheck& check : all_audit_checks()) {
    EXPECT_TRUE(check.source.starts_with("https://")) << check.view;
    views.insert(check.view.substr(6));
  }
  EXPECT_THAT(views, ::testing::IsSupersetOf(page_finding_names()));
}

TEST(ComparisonReport, ShowsWhatEachRunWasAndWhatWouldBeIdeal) {
  const testing::TempDir dir;
  const std::vector<ComparedRun> runs = {{1, true, 100, 10, 0.1, 0.2},
                                         {2, false, 100, 5, 0.1, 0.2},
                                         {8, false, 100, 2, 0.1, 0.2}};
  {
    auto output = open_output(dir.file("c.html"));
    ASSERT_TRUE(output);
    ASSERT_TRUE(write_comparison_report(runs, "crawl/1", **output));
    ASSERT_TRUE((*output)->close());
  }
  const std::string html = dir.read("c.html");
  EXPECT_THAT(html, AllOf(HasSubstr(">1 (--sync)<"), HasSubstr(">5.00<"),
                          HasSubstr(">0.62<"), HasSubstr("ideal"),
                          HasSubstr("</html>")));
  auto output = open_output(dir.file("c.html"));
  EXPECT_TRUE(write_comparison_report({}, "crawl/1", **output));
}

}  // namespace
}  // namespace crawl
