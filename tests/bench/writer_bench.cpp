// How many records a second each format writes and a database takes, and what
// links, a body and scripts beyond ASCII add. One record of a typical page; one
// thread.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>

#include "crawl/writer/fields.h"
#include "crawl/writer/result_writer.h"
#include "crawl/writer/site_database.h"
#include "writer/sample_records.h"

namespace crawl {
namespace {

void run(benchmark::State& state, OutputFormat format, const char* fields,
         const CrawlRecord& record) {
  const auto formatter = make_formatter(format, *parse_field_list(fields));
  std::string out;
  std::size_t bytes = 0;
  for (auto _ : state) {
    out.clear();
    formatter->append(record, out);
    benchmark::DoNotOptimize(out.data());
    bytes += out.size();
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void Jsonl(benchmark::State& state) {
  run(state, OutputFormat::kJsonl, "+url", page_record());
}
void Tsv(benchmark::State& state) {
  run(state, OutputFormat::kTsv, "+url", page_record());
}
void Csv(benchmark::State& state) {
  run(state, OutputFormat::kCsv, "+url", page_record());
}
void Text(benchmark::State& state) {
  run(state, OutputFormat::kText, "+url", page_record());
}
BENCHMARK(Jsonl);
BENCHMARK(Tsv);
BENCHMARK(Csv);
BENCHMARK(Text);

void JsonlBeyondAscii(benchmark::State& state) {
  CrawlRecord record = page_record();
  record.title = "Überblick über Behälter – コンテナライブラリ";
  record.description = "Контейнеры последовательности и их итераторы";
  run(state, OutputFormat::kJsonl, "+url", record);
}
BENCHMARK(JsonlBeyondAscii);

void JsonlWith200Links(benchmark::State& state) {
  CrawlRecord record = page_record();
  for (int i = 0; i < 200; ++i) {
    record.links.add({"https://example.org/docs/containers/page" +
                          std::to_string(i) + ".html",
                      LinkElement::kA, LinkAttribute::kHref, "", "text"});
  }
  run(state, OutputFormat::kJsonl, "+links", record);
}
BENCHMARK(JsonlWith200Links);

void JsonlWithBodyOf36K(benchmark::State& state) {
  CrawlRecord record = page_record();
  while (record.body.size() < 36'966) {
    record.body += "<li><a href=\"/docs/vector.html\">vector</a> of things\n";
  }
  run(state, OutputFormat::kJsonl, "+body", record);
}
BENCHMARK(JsonlWithBodyOf36K);

// Through the ResultWriter into /dev/null, in order and with every pair
// swapped.
void JsonlOrderedToDevNull(benchmark::State& state) {
  ResultWriter writer(*open_output("/dev/null"),
                      make_formatter(OutputFormat::kJsonl, default_fields()),
                      true);
  CrawlRecord record = page_record();
  std::uint64_t pair = 0;
  for (auto _ : state) {
    record.index = 2 * pair + 1;
    benchmark::DoNotOptimize(writer.write(record).has_value());
    record.index = 2 * pair;
    benchmark::DoNotOptimize(writer.write(record).has_value());
    ++pair;
  }
  state.SetItemsProcessed(state.iterations() * 2);
}
BENCHMARK(JsonlOrderedToDevNull);

// Rows of a database, each page with so many links; committed at the end.
void Database(benchmark::State& state) {
  const std::string file = "writer_bench.db";
  SiteDatabaseOptions options;
  options.path = file;
  options.fields = *parse_field_list("+links");
  const auto sink = open_site_database(options);
  if (!sink) return state.SkipWithError(sink.error().message.c_str());
  CrawlRecord record = page_record();
  for (int i = 0; i < state.range(0); ++i) {
    record.links.add({"https://example.org/docs/containers/page" +
                          std::to_string(i) + ".html",
                      LinkElement::kA, LinkAttribute::kHref, "", "text"});
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize((*sink)->take({record}).has_value());
  }
  benchmark::DoNotOptimize((*sink)->sync().has_value());
  state.SetItemsProcessed(state.iterations() *
                          std::max<std::int64_t>(1, state.range(0)));
  for (const char* ending : {"", "-wal", "-shm"}) {
    std::remove((file + ending).c_str());
  }
}
BENCHMARK(Database)->Arg(0)->Arg(33)->Arg(200);

}  // namespace
}  // namespace crawl
