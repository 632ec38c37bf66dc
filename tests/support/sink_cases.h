#ifndef CRAWL_TESTS_SUPPORT_SINK_CASES_H_
#define CRAWL_TESTS_SUPPORT_SINK_CASES_H_

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/sqlite.h"
#include "crawl/frontier/state_store.h"
#include "crawl/writer/fields.h"
#include "crawl/writer/result_writer.h"
#include "crawl/writer/sink.h"
#include "crawl/writer/site_database.h"

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
        std::vector<std::string> urls;
        sqlite3* made = nullptr;
        EXPECT_EQ(sqlite3_open_v2((folder + file).c_str(), &made,
                                  SQLITE_OPEN_READONLY, nullptr),
                  SQLITE_OK);
        const Database db(made);
        Statement rows;
        EXPECT_EQ(rows.prepare(made, "SELECT url FROM pages ORDER BY id"),
                  SQLITE_OK);
        while (rows.step() == SQLITE_ROW) urls.emplace_back(rows.text(0));
        return urls;
      }};
}

// Every kind of sink there is. A new one is added here, and has passed.
inline std::vector<SinkCase> all_sink_cases() {
  return {jsonl_case("records", ResultWriter::Takes::kRecords),
          jsonl_case("skipped", ResultWriter::Takes::kSkips),
          table_case("records.tsv", OutputFormat::kTsv),
          table_case("records.csv", OutputFormat::kCsv), database_case()};
}

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_SINK_CASES_H_
