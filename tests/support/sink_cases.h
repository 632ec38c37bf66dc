#ifndef CRAWL_TESTS_SUPPORT_SINK_CASES_H_
#define CRAWL_TESTS_SUPPORT_SINK_CASES_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "archive/archive_reader.h"
#include "archive/unpacker.h"
#include "base/sqlite.h"
#include "crawl/archive/saved_pages.h"
#include "crawl/archive/warc_output.h"
#include "crawl/frontier/state_store.h"
#include "crawl/report/report_output.h"
#include "crawl/writer/fields.h"
#include "crawl/writer/har_output.h"
#include "crawl/writer/packed_output.h"
#include "crawl/writer/result_writer.h"
#include "crawl/writer/sink.h"
#include "crawl/writer/site_database.h"
#include "extract/without_repeated.h"

namespace crawl::testing {

// A kind of sink, as the tests of what all sinks promise need it.
struct SinkCase {
  std::string name;
  // Opens it in a folder: anew, or cut back to a position that it gave.
  std::function<std::unique_ptr<Sink>(const std::string& folder,
                                      std::optional<std::uint64_t> position)>
      open;
  // The URLs of the Outcomes that it holds, read as its users read it.
  std::function<std::vector<std::string>(const std::string& folder)> urls;
  bool takes_skips = false;  // those not asked for, in place of records
};

inline std::unique_ptr<Sink> open_file_sink(
    const std::string& path, std::optional<std::uint64_t> position,
    OutputFormat format, ResultWriter::Takes takes) {
  if (position) {
    const Result<void> cut = cut_output(path, *position);
    EXPECT_TRUE(cut) << cut.error().message;
  }
  auto output =
      open_output(path, position ? OutputMode::kAppend : OutputMode::kReplace);
  EXPECT_TRUE(output) << output.error().message;
  return std::make_unique<ResultWriter>(
      *std::move(output),
      make_formatter(format, *parse_field_list("url,final_url,error")), false,
      takes);
}

inline std::vector<std::string> lines_of(const std::string& path) {
  std::vector<std::string> all;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) all.push_back(line);
  return all;
}

// Records that are packed, in each way there is.
inline SinkCase packed_case(std::string name) {
  return {name,
          [=](const std::string& folder,
              std::optional<std::uint64_t> position) -> std::unique_ptr<Sink> {
            const std::string path = folder + "/" + name;
            if (position) {
              EXPECT_TRUE(cut_output(path, *position, CutAt::kAnyByte));
            }
            auto output = open_output(
                path, position ? OutputMode::kAppend : OutputMode::kReplace,
                OutputUnit::kWrite);
            EXPECT_TRUE(output) << output.error().message;
            return std::make_unique<ResultWriter>(
                make_packed_output(*std::move(output), packing_of_name(name)),
                make_formatter(OutputFormat::kJsonl, *parse_field_list("url")),
                false);
          },
          [=](const std::string& folder) {
            Unpacker unpacker(*open_bytes(folder + "/" + name));
            std::string text;
            while (unpacker.more(text)) {
            }
            EXPECT_EQ(unpacker.fault(), "");
            std::vector<std::string> urls;
            std::istringstream lines(text);
            for (std::string line; std::getline(lines, line);) {
              const nlohmann::json url = nlohmann::json::parse(line)["url"];
              urls.push_back(url.is_null() ? "" : url);
            }
            return urls;
          }};
}

inline SinkCase jsonl_case(std::string name, ResultWriter::Takes takes) {
  const std::string file = "/" + name + ".jsonl";
  return {
      name,
      [=](const std::string& folder, std::optional<std::uint64_t> position) {
        return open_file_sink(folder + file, position, OutputFormat::kJsonl,
                              takes);
      },
      [=](const std::string& folder) {
        std::vector<std::string> urls;
        for (const std::string& line : lines_of(folder + file)) {
          const nlohmann::json record = nlohmann::json::parse(line);
          urls.push_back(record["url"].is_null() ? "" : record["url"]);
        }
        return urls;
      },
      takes == ResultWriter::Takes::kSkips};
}

inline SinkCase table_case(std::string name, OutputFormat format) {
  const std::string file = "/" + name;
  return {
      name,
      [=](const std::string& folder, std::optional<std::uint64_t> position) {
        return open_file_sink(folder + file, position, format,
                              ResultWriter::Takes::kRecords);
      },
      [=](const std::string& folder) {
        std::vector<std::string> urls;
        for (const std::string& line : lines_of(folder + file)) {
          urls.push_back(line.substr(0, line.find_first_of(",\t")));
        }
        // The header, once.
        if (!urls.empty() && urls.front() == "url") urls.erase(urls.begin());
        return urls;
      }};
}

inline std::vector<std::string> urls_of_database(const std::string& path) {
  std::vector<std::string> urls;
  sqlite3* made = nullptr;
  EXPECT_EQ(sqlite3_open_v2(path.c_str(), &made, SQLITE_OPEN_READONLY, nullptr),
            SQLITE_OK);
  const Database db(made);
  Statement rows;
  EXPECT_EQ(rows.prepare(made, "SELECT url FROM pages ORDER BY id"), SQLITE_OK);
  while (rows.step() == SQLITE_ROW) urls.emplace_back(rows.text(0));
  return urls;
}

inline SinkCase database_case() {
  const std::string file = "/records.db";
  return {
      "records.db",
      [=](const std::string& folder, std::optional<std::uint64_t> position) {
        auto sink = open_site_database(
            {.path = folder + file,
             .mode = OutputMode::kReplace,
             .position = position,
             .fields = *parse_field_list("url,final_url,error,links,redirects"),
             .version = ""});
        EXPECT_TRUE(sink) << sink.error().message;
        return *std::move(sink);
      },
      [=](const std::string& folder) {
        return urls_of_database(folder + file);
      }};
}

inline SinkCase report_case() {
  return {"report",
          [](const std::string& folder,
             std::optional<std::uint64_t> position) -> std::unique_ptr<Sink> {
            auto sink = open_report({.path = folder + "/report.html",
                                     .mode = OutputMode::kReplace,
                                     .position = position,
                                     .version = ""});
            EXPECT_TRUE(sink) << sink.error().message;
            return *std::move(sink);
          },
          [](const std::string& folder) {
            return urls_of_database(report_database(folder + "/report.html"));
          }};
}

// Records that are held until the crawl has ended: read as by who goes on with
// it and ends it.
inline SinkCase held_case() {
  const auto open = [](const std::string& records, const std::string& held,
                       std::optional<std::uint64_t> position) {
    WithoutRepeatedOptions options;
    options.path = held;
    options.position = position;
    auto sink =
        WithoutRepeated::open(options, [&]() -> Result<std::unique_ptr<Sink>> {
          return open_file_sink(records, std::nullopt, OutputFormat::kJsonl,
                                ResultWriter::Takes::kRecords);
        });
    EXPECT_TRUE(sink) << sink.error().message;
    return *std::move(sink);
  };
  return {"held",
          [=](const std::string& folder,
              std::optional<std::uint64_t> position) -> std::unique_ptr<Sink> {
            return open(folder + "/held.jsonl", folder + "/held", position);
          },
          [=](const std::string& folder) {
            const std::string copy = folder + "/copy";
            for (const std::string ending : {"", "-wal"}) {
              std::filesystem::remove(copy + ending);
              if (std::filesystem::exists(folder + "/held" + ending)) {
                std::filesystem::copy_file(folder + "/held" + ending,
                                           copy + ending);
              }
            }
            std::int64_t last = 0;
            {
              sqlite3* made = nullptr;
              EXPECT_EQ(sqlite3_open(copy.c_str(), &made), SQLITE_OK);
              const Database db(made);
              Statement rows;
              EXPECT_EQ(rows.prepare(made, "SELECT max(id) FROM held"),
                        SQLITE_OK);
              if (rows.step() == SQLITE_ROW) last = rows.integer(0);
            }
            const auto sink = open(folder + "/copy.jsonl", copy,
                                   static_cast<std::uint64_t>(last));
            EXPECT_TRUE(sink->close());
            std::vector<std::string> urls;
            for (const std::string& line : lines_of(folder + "/copy.jsonl")) {
              const nlohmann::json record = nlohmann::json::parse(line);
              urls.push_back(record["url"].is_null() ? "" : record["url"]);
            }
            return urls;
          }};
}

// What all keepers make of an exchange for this URL.
inline std::vector<std::shared_ptr<const KeptExchange>> kept_of_exchange(
    const std::string& url) {
  static const std::vector<std::shared_ptr<const ExchangeKeeper>> keepers = {
      make_warc_keeper({}), make_har_keeper(), make_request_keeper()};
  WireExchange exchange;
  exchange.url = url;
  exchange.request = "GET / HTTP/1.1\r\nHost: s.test\r\n\r\n";
  exchange.head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n";
  exchange.body = "the body of " + url;
  exchange.status_code = 200;
  exchange.http_version = "1.1";
  std::vector<std::shared_ptr<const KeptExchange>> kept;
  for (const auto& keeper : keepers) kept.push_back(keeper->keep(exchange));
  return kept;
}

inline SinkCase har_case() {
  const std::string file = "/requests.har";
  return {"requests.har",
          [=](const std::string& folder,
              std::optional<std::uint64_t> position) -> std::unique_ptr<Sink> {
            auto sink = open_har({.path = folder + file,
                                  .mode = OutputMode::kReplace,
                                  .position = position,
                                  .version = "1"});
            EXPECT_TRUE(sink) << sink.error().message;
            return *std::move(sink);
          },
          [=](const std::string& folder) {
            std::vector<std::string> urls;
            std::ifstream input(folder + file);
            const nlohmann::json har =
                nlohmann::json::parse(input)["log"]["entries"];
            for (const nlohmann::json& entry : har) {
              const std::string url = entry["request"]["url"];
              // Asked once in each run.
              if (!url.ends_with("/robots.txt")) urls.push_back(url);
            }
            return urls;
          }};
}

inline SinkCase warc_case(std::string name, std::uint64_t max_file_bytes) {
  const auto options = [=](const std::string& folder) {
    WarcOptions warc;
    warc.prefix = folder + "/" + name;
    warc.max_file_bytes = max_file_bytes;
    warc.index_file = folder + "/" + name + "-payloads";
    return warc;
  };
  return {name,
          [=](const std::string& folder,
              std::optional<std::uint64_t> position) -> std::unique_ptr<Sink> {
            auto sink = open_warc(options(folder), position);
            EXPECT_TRUE(sink) << sink.error().message;
            return *std::move(sink);
          },
          [=](const std::string& folder) {
            std::vector<std::string> urls;
            for (const std::string& file : warc_files(options(folder))) {
              ArchiveReader archive(*open_bytes(file), 1 << 20);
              while (const auto record = archive.next()) {
                EXPECT_EQ(record->fault, "") << file << record->offset;
                // Asked once in each run.
                if (record->url.ends_with("/robots.txt")) continue;
                urls.push_back(record->url);
              }
            }
            return urls;
          }};
}

inline SinkCase saved_case() {
  return {
      "saved",
      [](const std::string& folder,
         std::optional<std::uint64_t> position) -> std::unique_ptr<Sink> {
        auto sink = open_saved_pages(folder + "/saved", position);
        EXPECT_TRUE(sink) << sink.error().message;
        return *std::move(sink);
      },
      [](const std::string& folder) {
        // "s.test/17", or with a hash; as they were made.
        std::vector<std::pair<int, std::string>> found;
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(folder + "/saved")) {
          const std::string name = entry.path().filename().string();
          if (!entry.is_regular_file() || name == ".saved") continue;
          const std::string place =
              std::filesystem::relative(entry.path(), folder + "/saved")
                  .string();
          found.emplace_back(std::atoi(name.c_str()), "http://" + place);
        }
        std::sort(found.begin(), found.end());
        std::vector<std::string> urls;
        for (auto& [number, url] : found) urls.push_back(std::move(url));
        return urls;
      }};
}

// Every kind of sink there is. A new one is added here, and has passed.
inline std::vector<SinkCase> all_sink_cases() {
  return {jsonl_case("records", ResultWriter::Takes::kRecords),
          jsonl_case("skipped", ResultWriter::Takes::kSkips),
          table_case("records.tsv", OutputFormat::kTsv),
          table_case("records.csv", OutputFormat::kCsv),
          database_case(),
          packed_case("records.jsonl.gz"),
          packed_case("records.jsonl.zst"),
          held_case(),
          har_case(),
          report_case(),
          saved_case(),
          warc_case("archive", 0),
          warc_case("archive_in_parts", 20'000)};
}

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_SINK_CASES_H_
