// What stands on many pages of a host is left out, whichever came first.
#include "extract/without_repeated.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/sqlite.h"
#include "crawl/base/url.h"
#include "extract/text_writer.h"
#include "parse/html/html_text.h"
#include "support/heap_meter.h"
#include "support/temp_dir.h"

namespace crawl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::TempDir;

// What a sink was given.
struct Given {
  std::vector<CrawlRecord> records;
  std::vector<std::pair<std::string, std::string>> listed;
  int others = 0;
  bool closed = false;
  std::size_t most = 1'000'000;  // records that its reader wants
};

class GivenSink final : public Sink {
 public:
  explicit GivenSink(Given& given) : given_(given) {}
  std::string_view name() const override { return "records"; }
  Result<void> take(const Outcome& outcome) override {
    if (!outcome.is_record) {
      ++given_.others;
      return {};
    }
    if (outcome.record.url == "http://bad.test/") return make_error("full");
    given_.records.push_back(outcome.record);
    return {};
  }
  Result<void> listed(std::string_view url, std::string_view sitemap) override {
    given_.listed.emplace_back(url, sitemap);
    return {};
  }
  Result<std::uint64_t> sync() override { return std::uint64_t{0}; }
  Result<void> close() override {
    given_.closed = true;
    return {};
  }
  bool closed_by_reader() const override {
    return given_.records.size() >= given_.most;
  }

 private:
  Given& given_;
};

using Pages = std::vector<std::pair<std::string, std::string>>;  // URL, HTML

ContentWishes wishes_for_all() {
  ContentWishes wishes;
  wishes.text = wishes.markdown = wishes.words = wishes.digest = true;
  wishes.again = true;
  return wishes;
}

CrawlRecord record_of(const std::string& url, const std::string& html,
                      const ContentWishes& wishes,
                      std::string_view encoding = "utf-8") {
  Extractor extractor;
  extractor.want_content(wishes);
  CrawlRecord record;
  record.url = record.final_url = url;
  record.ok = true;
  record.extraction = extractor.extract(html, encoding, *Url::parse(url));
  return record;
}

WithoutRepeated::OpenSink given_to(Given& given) {
  return [&given]() -> Result<std::unique_ptr<Sink>> {
    return std::make_unique<GivenSink>(given);
  };
}

std::unique_ptr<WithoutRepeated> open(Given& given,
                                      WithoutRepeatedOptions options = {}) {
  options.content = wishes_for_all();
  auto sink = WithoutRepeated::open(options, given_to(given));
  EXPECT_TRUE(sink) << sink.error().message;
  return *std::move(sink);
}

// The content of each page, by its URL.
std::map<std::string, PageContent> contents_of(
    const Pages& pages, ContentWishes wishes = wishes_for_all()) {
  Given given;
  WithoutRepeatedOptions options;
  options.content = wishes;
  auto sink = WithoutRepeated::open(options, given_to(given));
  EXPECT_TRUE(sink);
  for (const auto& [url, html] : pages) {
    EXPECT_TRUE((*sink)->take({record_of(url, html, wishes)}));
  }
  EXPECT_THAT(given.records, IsEmpty());
  EXPECT_TRUE((*sink)->close());
  EXPECT_EQ(given.records.size(), pages.size());
  EXPECT_TRUE(given.closed);
  std::map<std::string, PageContent> contents;
  for (const CrawlRecord& record : given.records) {
    const PageContent& content = *record.extraction->content;
    EXPECT_FALSE(content.again);
    if (content.text && content.words && content.digest && !wishes.whole) {
      EXPECT_EQ(*content.words, count_words(*content.text));
      EXPECT_EQ(*content.digest, fingerprint(collapsed(*content.text)));
    }
    contents[record.url] = content;
  }
  return contents;
}

// Pages with this body, "{n}" in it another word on each.
Pages pages_of(std::string_view body, int count = 6,
               const std::string& host = "a.test") {
  Pages pages;
  for (int n = 0; n < count; ++n) {
    std::string html(body);
    for (std::size_t at; (at = html.find("{n}")) != html.npos;) {
      html.replace(at, 3, fmt::format("w{}", n));
    }
    pages.emplace_back(fmt::format("http://{}/{}", host, n), html);
  }
  return pages;
}

std::string first_text(const Pages& pages, bool whole = true) {
  ContentWishes wishes = wishes_for_all();
  wishes.whole = whole;
  return *contents_of(pages, wishes).at(pages[0].first).text;
}

const std::string kLong =
    "Subscribe to our letter today and get ten percent off all that you order "
    "from us.";

TEST(WithoutRepeated, LeavesOutWhatTheTableSays) {
  struct Row {
    const char* what;
    std::string body, text;
  };
  const std::vector<Row> rows = {
      {"at the beginning and the end",
       "<p>Menu<p>Home<p>own {n}<p>Imprint<p>(c) us", "own w0"},
      {"all between, if it says much", "<p>own {n}<p>" + kLong + "<p>more {n}",
       "own w0\n\nmore w0"},
      {"not what says little between", "<p>own {n}<p>Example:<p>more {n}",
       "own w0\n\nExample:\n\nmore w0"},
      {"not a heading that has something of its own below",
       "<h1>{n}</h1><p>" + kLong + "<h2>Synopsis</h2><p>own {n}",
       "w0\n\nSynopsis\n\nown w0"},
      {"nor several of them", "<h1>Manual</h1><h2>Synopsis</h2><p>own {n}",
       "Manual\n\nSynopsis\n\nown w0"},
      {"but one that has not", "<p>own {n}<h2>Newsletter</h2><p>" + kLong,
       "own w0"},
      {"not a table's head",
       "<table><tr><th>Name<th>Type<tr><td>{n}<td>int"
       "<tr><td>a<td>{n}</table>",
       "Name\tType\nw0\tint\na\tw0"},
      {"items", "<p>own {n}<ul><li>Home<li>News {n}<li>About us</ul>",
       "own w0\n\nHome\nNews w0"},
      {"a box of code as one",
       "<p>own {n}<pre>make\nmake install\n\nmake {n}</pre>",
       "own w0\n\nmake\nmake install\n\nmake w0"},
      {"text beside elements", "Menu<p>own {n}</p>(c) us", "own w0"},
      {"whatever it is dressed in",
       "<div><div><a href=/>Home</a> <b>News</b></div></div><p>own {n}",
       "own w0"},
      {"not all there is", "<p>Menu<p>Nothing here", "Menu\n\nNothing here"},
      {"nor what is on this page alone", "<p>own {n}<p>own {n}<p>own {n}",
       "own w0\n\nown w0\n\nown w0"},
  };
  for (const Row& row : rows) {
    Pages pages = pages_of(row.body);
    if (row.body.find("{n}") == row.body.npos) {
      // The same page six times is one page: they are to differ.
      for (auto& [url, html] : pages_of("<p>own {n}" + row.body)) {
        pages.emplace_back(url + "x", html);
      }
    }
    EXPECT_EQ(first_text(pages), row.text) << row.what;
  }
}

TEST(WithoutRepeated, OfTheMainContentToo) {
  const Pages pages = pages_of("<nav>Home</nav><main><p>" + kLong +
                               "<h1>{n}</h1><p>own {n}</main>");
  const PageContent content = contents_of(pages).at("http://a.test/0");
  EXPECT_EQ(content.text, "w0\n\nown w0");
  EXPECT_EQ(content.markdown, "# w0\n\nown w0");
  EXPECT_EQ(content.words, 3u);
}

// Of the whole body the digest is of the main content all the same.
TEST(WithoutRepeated, TheDigestIsOfTheMainContent) {
  ContentWishes whole = wishes_for_all();
  whole.whole = true;
  const Pages pages = pages_of("<nav>Home {n}</nav><main><p>" + kLong +
                               "<p>own {n} and more of it</main>");
  const auto all = contents_of(pages, whole);
  const auto main = contents_of(pages);
  EXPECT_NE(all.at("http://a.test/0").text, main.at("http://a.test/0").text);
  EXPECT_EQ(all.at("http://a.test/0").digest,
            main.at("http://a.test/0").digest);
}

TEST(WithoutRepeated, LinksAreThoseOfThePage) {
  ContentWishes wishes = wishes_for_all();
  wishes.whole = true;
  for (const std::string encoding : {"utf-8", "windows-1252"}) {
    for (const std::string base : {"", "<base href=/b/>"}) {
      Given given;
      const auto sink = open(given);
      for (int n = 0; n < 6; ++n) {
        const std::string query = encoding == "utf-8" ? "\xC3\xBC" : "\xFC";
        const std::string html = base + "<p>Menu<p>own " + std::to_string(n) +
                                 " <a href='l?" + query + "'>link</a>";
        ASSERT_TRUE(sink->take({record_of(fmt::format("http://a.test/{}", n),
                                          html, wishes, encoding)}));
      }
      ASSERT_TRUE(sink->close());
      EXPECT_EQ(given.records[0].extraction->content->markdown,
                fmt::format("own 0 [link](http://a.test/{}l?{})",
                            base.empty() ? "" : "b/",
                            encoding == "utf-8" ? "%C3%BC" : "%FC"));
    }
  }
}

TEST(WithoutRepeated, FivePagesAtLeast) {
  EXPECT_THAT(first_text(pages_of("<p>Menu<p>own {n}", 4)), HasSubstr("Menu"));
  EXPECT_EQ(first_text(pages_of("<p>Menu<p>own {n}", 5)), "own w0");
}

TEST(WithoutRepeated, HalfOfThePagesAtLeast) {
  Pages pages = pages_of("<p>Menu<p>own {n}", 10);
  const auto add = [&](int count) {
    for (int n = 0; n < count; ++n) {
      pages.emplace_back(fmt::format("http://a.test/x{}-{}", count, n),
                         fmt::format("<p>other {} {}", count, n));
    }
  };
  add(10);
  EXPECT_EQ(first_text(pages), "own w0");
  add(1);
  EXPECT_EQ(first_text(pages), "Menu\n\nown w0");
}

TEST(WithoutRepeated, APageThatIsThereSeveralTimesCountsOnce) {
  Pages pages;
  for (int n = 0; n < 20; ++n) {
    pages.emplace_back(fmt::format("http://a.test/?{}", n),
                       "<h1>Not found</h1><p>Look elsewhere");
  }
  EXPECT_THAT(first_text(pages), HasSubstr("elsewhere"));
}

TEST(WithoutRepeated, HostsAreApart) {
  Pages pages = pages_of("<p>Menu<p>own {n}", 3);
  for (const auto& page : pages_of("<p>Menu<p>own {n}", 3, "b.test")) {
    pages.push_back(page);
  }
  EXPECT_EQ(first_text(pages), "Menu\n\nown w0");
  // By name: whatever their port, and whether by https.
  pages = pages_of("<p>Menu<p>own {n}", 3);
  for (auto [url, html] : pages_of("<p>Menu<p>own 1{n}", 3)) {
    pages.emplace_back("https://a.test:8443" + url.substr(13), html);
  }
  EXPECT_EQ(first_text(pages), "own w0");
}

TEST(WithoutRepeated, TheOrderMakesNoDifference) {
  Pages pages;
  for (const char* host : {"a.test", "b.test", "c.test"}) {
    for (auto& page : pages_of("<p>Menu of " + std::string(host) +
                                   "<p>own {n}<p>" + kLong + "<p>more {n}",
                               20, host)) {
      pages.push_back(std::move(page));
    }
  }
  const auto texts = [](const std::map<std::string, PageContent>& contents) {
    std::map<std::string, std::string> all;
    for (const auto& [url, content] : contents) all[url] = *content.text;
    return all;
  };
  const auto first = texts(contents_of(pages));
  EXPECT_EQ(first.at("http://b.test/3"), "own w3\n\nmore w3");
  std::minstd_rand random(3);
  for (int i = 0; i < 10; ++i) {
    std::shuffle(pages.begin(), pages.end(), random);
    EXPECT_EQ(texts(contents_of(pages)), first);
  }
}

// More pages than are looked at: those that are, are the same.
TEST(WithoutRepeated, SomeOfManyPagesSpeakForAll) {
  std::vector<std::pair<std::uint64_t, std::vector<BlockKey>>> pages;
  for (BlockKey n = 0; n < 5'000; ++n) {
    std::vector<BlockKey> blocks = {1, 1'000 + n};
    if (n % 3 == 0) blocks.push_back(900'000);
    pages.emplace_back(page_key(blocks), blocks);
  }
  std::sort(pages.begin(), pages.end());
  RepeatedBlocks host;
  for (const auto& [page, blocks] : pages) host.add(page, blocks);
  EXPECT_EQ(host.found(), BlockSet{1});
}

TEST(WithoutRepeated, WhatWasNotChangedIsAsItWas) {
  Given given;
  const auto sink = open(given);
  CrawlRecord none;
  none.url = "http://a.test/x";
  none.error = ErrorKind::kDns;
  ASSERT_TRUE(sink->take({none}));
  CrawlRecord page = record_of("http://a.test/", "<p>own", wishes_for_all());
  page.extraction->error = "too much";
  ASSERT_TRUE(sink->take({page}));
  ASSERT_TRUE(sink->close());
  ASSERT_EQ(given.records.size(), 2u);
  EXPECT_EQ(given.records[0].error, ErrorKind::kDns);
  EXPECT_EQ(given.records[1].extraction->error, "too much");
  EXPECT_EQ(given.records[1].extraction->content->text, "own");
  EXPECT_EQ(sink->changed(), 0u);
}

TEST(WithoutRepeated, GivesWhatIsAskedForAlone) {
  ContentWishes wishes;
  wishes.markdown = wishes.again = true;
  const PageContent content =
      contents_of(pages_of("<p>Menu<p>own {n}"), wishes).at("http://a.test/0");
  EXPECT_EQ(content.markdown, "own w0");
  EXPECT_FALSE(content.text || content.words || content.digest);
}

TEST(WithoutRepeated, RecordsComeInTheOrderTheyCameOrOfTheInput) {
  for (const bool ordered : {false, true}) {
    Given given;
    WithoutRepeatedOptions options;
    options.ordered = ordered;
    const auto sink = open(given, options);
    for (const std::uint64_t index : {2U, 0U, 1U}) {
      CrawlRecord record;
      record.index = index;
      ASSERT_TRUE(sink->take({record}));
    }
    ASSERT_TRUE(sink->close());
    std::vector<std::uint64_t> order;
    for (const CrawlRecord& record : given.records) {
      order.push_back(record.index);
    }
    if (ordered) {
      EXPECT_THAT(order, ElementsAre(0, 1, 2));
    } else {
      EXPECT_THAT(order, ElementsAre(2, 0, 1));
    }
  }
}

TEST(WithoutRepeated, WhatIsNoRecordIsHeldForWhoWantsIt) {
  for (const bool wanted : {false, true}) {
    Given given;
    WithoutRepeatedOptions options;
    options.skips = wanted;
    const auto sink = open(given, options);
    CrawlRecord skipped;
    skipped.url = "http://other.test/";
    ASSERT_TRUE(sink->take({skipped, false}));
    ASSERT_TRUE(sink->listed("http://a.test/a b", "http://a.test/map.xml"));
    EXPECT_THAT(given.listed, IsEmpty());
    ASSERT_TRUE(sink->close());
    EXPECT_EQ(given.others, wanted ? 1 : 0);
    EXPECT_EQ(given.listed.size(), wanted ? 1u : 0u);
    if (wanted) {
      EXPECT_EQ(given.listed[0].first, "http://a.test/a b");
      EXPECT_EQ(given.listed[0].second, "http://a.test/map.xml");
    }
  }
}

TEST(WithoutRepeated, EndsWhenItsReaderHasGone) {
  Given given;
  given.most = 3;
  const auto sink = open(given);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(sink->take({CrawlRecord()}));
  EXPECT_TRUE(sink->close());
  EXPECT_EQ(given.records.size(), 3u);
}

TEST(WithoutRepeated, AnErrorOfTheSinkIsItsOwn) {
  Given given;
  const auto sink = open(given);
  CrawlRecord record;
  record.url = "http://bad.test/";
  ASSERT_TRUE(sink->take({record}));
  const Result<void> closed = sink->close();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().message, "full");
}

TEST(WithoutRepeated, WhatAnotherWroteIsLeftAsItIs) {
  const TempDir folder;
  WithoutRepeatedOptions options;
  options.path = folder.write("held", "letters to my aunt, more than a page");
  Given given;
  const auto other = WithoutRepeated::open(options, given_to(given));
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("left as it is"));
  EXPECT_THAT(folder.read("held"), HasSubstr("my aunt"));
  // And what is missing is said, before anything is emptied for it.
  options.path = folder.file("gone");
  options.position = 7;
  bool opened = false;
  const auto missing =
      WithoutRepeated::open(options, [&]() -> Result<std::unique_ptr<Sink>> {
        opened = true;
        return std::make_unique<GivenSink>(given);
      });
  EXPECT_FALSE(opened);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("records are missing"));
}

TEST(WithoutRepeated, ADamagedRecordIsSaid) {
  const TempDir folder;
  WithoutRepeatedOptions options;
  options.path = folder.file("held");
  Given given;
  auto sink = open(given, options);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(sink->take({CrawlRecord()}));
  options.position = *sink->sync();
  sink.reset();
  sqlite3* made = nullptr;
  ASSERT_EQ(sqlite3_open(options.path.c_str(), &made), SQLITE_OK);
  ASSERT_EQ(execute(made, "UPDATE held SET data='x' WHERE id=2"), SQLITE_OK);
  sqlite3_close(made);
  sink = open(given, options);
  const Result<void> closed = sink->close();
  ASSERT_FALSE(closed);
  EXPECT_THAT(closed.error().message, HasSubstr("is damaged"));
}

// A hundred thousand different blocks are on disk, and not in memory.
TEST(WithoutRepeated, MemoryIsBounded) {
  const auto most_held = [](int pages) {
    Given given;
    given.most = 1;
    const auto sink = open(given);
    for (int n = 0; n < pages; ++n) {
      std::string html = "<p>Menu";
      for (int i = 0; i < 100; ++i) {
        html += fmt::format("<p>block {} of page {}", i, n);
      }
      EXPECT_TRUE(sink->take({record_of(fmt::format("http://a.test/{}", n),
                                        html, wishes_for_all())}));
    }
    testing::reset_heap_peak();
    const std::size_t before = testing::heap_held();
    EXPECT_TRUE(sink->close());
    return testing::heap_peak() - before;
  };
  const std::size_t some = most_held(600);
  EXPECT_LT(some, 10'000'000u);
  // Three times as many pages. (Where SQLite's memory counts, it still fills
  // what it may have.)
  EXPECT_LT(most_held(1'800), 2 * some);
}

TEST(WithoutRepeated, AMillionBlocksOfAPageCostAMultipleOfIt) {
  std::string html = "<p>Menu";
  for (int i = 0; i < 300'000; ++i) html += fmt::format("<p>b{}", i);
  Pages pages = pages_of("<p>Menu<p>own {n}");
  pages.emplace_back("http://a.test/large", html);
  const auto contents = contents_of(pages);
  EXPECT_EQ(contents.at("http://a.test/0").text, "own w0");
  EXPECT_THAT(*contents.at("http://a.test/large").text, Not(HasSubstr("Menu")));
  const CrawlRecord record =
      record_of("http://a.test/large", html, wishes_for_all());
  EXPECT_EQ(record.extraction->content->again->blocks.size(), kMostBlocks);
}

}  // namespace
}  // namespace crawl
