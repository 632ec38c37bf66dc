// Workers of one crawl with all the outputs there are: what they hold together,
// whatever befalls them.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "archive/archive_reader.h"
#include "archive/unpacker.h"
#include "base/sqlite.h"
#include "cli/shared_fixture.h"

namespace crawl::testing {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

// Worker 0 has a database, saves pages and makes a report, 1 packs its records
// and what was skipped and keeps a HAR, 2 has archives.
class SharedOutputsTest : public SharedCliTest {
 protected:
  static constexpr int kWorkers = 3;

  std::string ending_of(int worker) const override {
    return worker == 0 ? ".db" : worker == 1 ? ".jsonl.gz" : ".jsonl";
  }
  std::vector<std::string> with_outputs(int worker,
                                        std::vector<std::string> more = {}) {
    if (worker == 0) {
      more.insert(more.end(), {"--save", files_.file("saved"), "--report",
                               files_.file("report.html")});
    }
    if (worker == 1) more.insert(more.end(), {"--har", files_.file("w.har")});
    if (worker == 2) {
      more.insert(more.end(), {"--warc-file", files_.file("w"), "--warc-cdx",
                               "--warc-max-size", "60k"});
    }
    return worker_command(worker, std::move(more));
  }

  std::string archive_file(int part) const {
    return files_.file(fmt::format("w-{:05}.warc.gz", part));
  }

  using TextPairs = std::vector<std::pair<std::string, std::string>>;
  static TextPairs rows_of(const std::string& path, std::string_view sql) {
    TextPairs rows;
    sqlite3* made = nullptr;
    EXPECT_EQ(
        sqlite3_open_v2(path.c_str(), &made, SQLITE_OPEN_READONLY, nullptr),
        SQLITE_OK);
    const Database db(made);
    Statement select;
    EXPECT_EQ(select.prepare(made, sql), SQLITE_OK) << sql;
    while (select.step() == SQLITE_ROW) {
      rows.emplace_back(select.text(0), select.text(1));
    }
    return rows;
  }
  TextPairs database_rows() const {
    return rows_of(output(0), "SELECT url, file FROM pages");
  }
  std::vector<json> packed_records() const {
    Unpacker unpacker(*open_bytes(output(1)));
    std::string text;
    while (unpacker.more(text)) {
    }
    EXPECT_EQ(unpacker.fault(), "");
    return records(text);
  }
  std::multiset<std::string> all_urls() const {
    std::multiset<std::string> all;
    for (const auto& [url, file] : database_rows()) all.insert(url);
    for (const json& record : packed_records()) all.insert(record["url"]);
    for (const json& record : records(files_.read("o2.jsonl"))) {
      all.insert(record["url"]);
    }
    return all;
  }

  void expect_each_page_once() {
    const auto all = all_urls();
    EXPECT_EQ(all.size(), pages_);
    EXPECT_EQ(all, undisturbed());
  }
  // Both sinks of this worker were told the same, and the page is made of it.
  void expect_reported_as_the_rows_say() const {
    const std::string database = files_.file("report.html.db");
    const char* const sql = "SELECT url, final_url FROM pages ORDER BY url";
    EXPECT_EQ(rows_of(database, sql), rows_of(output(0), sql));
    EXPECT_THAT(files_.read("report.html"),
                AllOf(HasSubstr("what worker <code>"), HasSubstr("</html>")));
    const TextPairs views = rows_of(
        database, "SELECT name, type FROM sqlite_schema WHERE type = 'view'");
    EXPECT_THAT(views, Contains(Pair("audit_title_doubled", "view")));
    EXPECT_THAT(views, Not(Contains(Pair("audit_orphan", "view"))));
  }
  // An entry for each request of its records' pages.
  void expect_entries_as_the_records_say() const {
    std::multiset<std::string> pages, entries;
    for (const json& record : packed_records()) {
      pages.insert(record["final_url"]);
    }
    const json har = json::parse(files_.read("w.har"));
    for (const json& entry : har["log"]["entries"]) {
      if (entry["response"]["status"] == 302) continue;
      entries.insert(entry["request"]["url"]);
    }
    EXPECT_EQ(entries, pages);
    EXPECT_FALSE(entries.empty());
  }
  // The folder holds what the rows name, and nothing else.
  void expect_saved_as_the_rows_say() const {
    std::set<std::string> named, there;
    for (const auto& [url, file] : database_rows()) {
      if (!file.empty()) named.insert(file);
    }
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(files_.file("saved"))) {
      const std::string name = entry.path().filename().string();
      if (!entry.is_regular_file() || name == ".saved" || name == ".part") {
        continue;
      }
      there.insert(std::filesystem::relative(entry.path(), files_.file("saved"))
                       .string());
    }
    EXPECT_EQ(named, there);
    EXPECT_FALSE(named.empty());
  }
  // Each page of the worker's records is in its archive, once; a redirect may
  // be in another worker's than the page it leads to.
  void expect_archived_as_the_records_say() const {
    std::multiset<std::string> pages, captured;
    for (const json& record : records(files_.read("o2.jsonl"))) {
      pages.insert(record["final_url"]);
    }
    std::set<std::string> redirects;
    for (int part = 0;; ++part) {
      const std::string file = archive_file(part);
      if (!std::filesystem::exists(file)) break;
      ArchiveReader archive(*open_bytes(file), 1 << 20);
      while (const auto record = archive.next()) {
        EXPECT_EQ(record->fault, "");
        if (record->block.starts_with("HTTP/1.1 302")) {
          EXPECT_TRUE(redirects.insert(record->url).second) << record->url;
        } else {
          captured.insert(record->url);
        }
      }
    }
    EXPECT_EQ(captured, pages);
    EXPECT_FALSE(captured.empty());
  }
};

TEST_F(SharedOutputsTest, EverySinkOfWorkersKilledAtRandomHoldsWhatCounts) {
  serve(900, 9);
  EXPECT_GT(
      kill_at_random(
          kWorkers, [this](int worker) { return with_outputs(worker); }, 30),
      5);
  expect_each_page_once();
  expect_saved_as_the_rows_say();
  expect_reported_as_the_rows_say();
  expect_entries_as_the_records_say();
  expect_archived_as_the_records_say();
}

TEST_F(SharedOutputsTest,
       EverySinkOfWorkersKilledAtSeveralShardsHoldsWhatCounts) {
  serve(900, 9);
  EXPECT_GT(kill_at_random(
                kWorkers,
                [this](int worker) {
                  return with_outputs(worker, {"--shards", "3"});
                },
                30),
            5);
  expect_each_page_once();
  expect_saved_as_the_rows_say();
  expect_reported_as_the_rows_say();
  expect_entries_as_the_records_say();
  expect_archived_as_the_records_say();
}

TEST_F(SharedOutputsTest, FinishCutsEveryKindOfOutput) {
  serve(900, 9);
  const std::vector<std::string> lease = {"--lease", "300ms"};
  std::vector<std::unique_ptr<Process>> lost;
  for (int i = 0; i < kWorkers; ++i) {
    lost.push_back(std::make_unique<Process>(with_outputs(i, lease)));
  }
  ASSERT_TRUE(site_.request_log().wait_for_started(300));
  for (auto& worker : lost) {
    worker->signal(SIGKILL);
    worker->wait();
  }
  // The rest goes to another; it is a fourth, with records alone.
  std::vector<std::string> rest = worker_command(3, lease);
  EXPECT_LE(run_process(rest).exit_status, 1);
  std::ofstream(output(1), std::ios::app) << "torn";
  int part = 0;
  while (std::filesystem::exists(archive_file(part + 1))) ++part;
  std::ofstream(archive_file(part), std::ios::app) << "torn";
  std::ofstream(files_.file("w.har"), std::ios::app) << "torn";
  std::ofstream(files_.file("saved/.saved"), std::ios::app) << "h0.test/x\n";
  std::filesystem::create_directories(files_.file("saved/h0.test"));
  files_.write("saved/h0.test/x", "x");
  const ProcessResult finished = run({"--shared", redis_.url(), "--finish"});
  EXPECT_EQ(finished.exit_status, 0) << finished.out << finished.err;
  EXPECT_THAT(finished.out, AllOf(HasSubstr("cut off"), HasSubstr("rows"),
                                  HasSubstr("files behind")));
  auto all = all_urls();
  for (const json& record : records(files_.read("o3.jsonl"))) {
    all.insert(record["url"]);
  }
  EXPECT_EQ(all, undisturbed());
  expect_saved_as_the_rows_say();
  expect_reported_as_the_rows_say();
  expect_entries_as_the_records_say();
  expect_archived_as_the_records_say();
  EXPECT_THAT(run({"--shared", redis_.url(), "--finish"}).out,
              Not(HasSubstr("cut off")));
}

TEST_F(SharedOutputsTest, AWorkerComesBackWithTheSameOutputsOnly) {
  serve(30, 2);
  EXPECT_LE(run_process(with_outputs(2)).exit_status, 1);
  const std::string before = files_.read("o2.jsonl");
  for (const auto& [more, said] :
       {std::pair{std::vector<std::string>{"--fields", "url"}, "--fields"},
        {{"--save", files_.file("other")}, "--save"}}) {
    const ProcessResult other = run_process(with_outputs(2, more));
    EXPECT_EQ(other.exit_status, 2);
    EXPECT_THAT(other.err, AllOf(HasSubstr("other outputs"), HasSubstr(said)));
  }
  EXPECT_EQ(files_.read("o2.jsonl"), before);
  EXPECT_LE(run_process(with_outputs(2)).exit_status, 1);
  EXPECT_EQ(files_.read("o2.jsonl"), before);
}

TEST_F(SharedOutputsTest, OutputsOfOthersAreNotTouched) {
  serve(30, 2);
  files_.write("o2.jsonl", "");
  files_.write("w-00000.warc.gz", "an archive");
  const ProcessResult foreign = run_process(with_outputs(2));
  EXPECT_EQ(foreign.exit_status, 2);
  EXPECT_THAT(foreign.err, HasSubstr("is an archive already"));
  EXPECT_EQ(files_.read("w-00000.warc.gz"), "an archive");
  // Behind what is there, if the user says so, and cut to no less.
  files_.write("o3.jsonl", "{\"url\":\"mine\"}\n");
  EXPECT_LE(run_process(worker_command(3, {"--append"})).exit_status, 1);
  EXPECT_EQ(records(files_.read("o3.jsonl")).size(), 31u);
}

TEST_F(SharedOutputsTest, AStartThatIsRefusedForItsFilesLeavesNoCrawl) {
  serve(10, 1);
  files_.write("o2.jsonl", "mine\n");
  for (const char* const shards : {"1", "3"}) {
    const ProcessResult refused =
        run_process(worker_command(2, {"--shards", shards}));
    EXPECT_EQ(refused.exit_status, 2);
    EXPECT_EQ(redis_.ask({"KEYS", "crawl:*"}), "\n") << refused.err;
  }
  EXPECT_EQ(files_.read("o2.jsonl"), "mine\n");
}

TEST_F(SharedOutputsTest, ADatabaseHasOneWriterAndAnyReaders) {
  serve(50, 1);
  site_.serve("/w/0", [](const HttpRequest&) {
    return Reply().wait_for("held").then(Reply::html("<title>1</title>"));
  });
  Process first(with_outputs(0));
  ASSERT_TRUE(site_.request_log().wait_for_started(1));
  const ProcessResult second = run_process(with_outputs(0));
  EXPECT_EQ(second.exit_status, 2);
  EXPECT_THAT(second.err, HasSubstr("is being written"));
  site_.open_gate("held");
  EXPECT_LE(first.wait().exit_status, 1);
  sqlite3* made = nullptr;
  ASSERT_EQ(
      sqlite3_open_v2(output(0).c_str(), &made, SQLITE_OPEN_READWRITE, nullptr),
      SQLITE_OK);
  const Database reader(made);
  Statement rows;
  ASSERT_EQ(rows.prepare(made, "SELECT count(*) FROM pages"), SQLITE_OK);
  EXPECT_EQ(rows.step(), SQLITE_ROW);
  rows.reset();
  const ProcessResult again = run_process(with_outputs(0));
  EXPECT_LE(again.exit_status, 1) << again.err;
}

}  // namespace
}  // namespace crawl::testing
