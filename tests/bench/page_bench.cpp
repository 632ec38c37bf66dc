// What reading a page costs: the tag scanner against gumbo and libxml2's SAX
// parser, and a page's links against the bare scan. On real pages, in one run,
// by processor time; after the table come the ratios that count, with their
// budgets. Exit status 1 if one is not met.
//
// The pages are those of the documentation in CRAWL_CORPUS_DIRS, or of the
// directories in the environment variable CRAWL_BENCH_PAGES (colon-separated).
#include <benchmark/benchmark.h>
#include <gumbo.h>
#include <libxml/HTMLparser.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/corpus.h"
#include "crawl/base/fingerprint.h"
#include "crawl/parse/page.h"
#include "parse/html/page_builder.h"
#include "parse/html/scan_reader.h"
#include "parse/html/source_text.h"
#include "parse/html/tree_reader.h"

namespace crawl {
namespace {

using bench::page_url;
using bench::pages;

// Tags to links and fields, as views into the page.
void bare_scan(benchmark::State& state) {
  PageOptions options;
  options.links = true;
  std::uint64_t doubts = 0;
  for (auto _ : state) {
    for (const std::string& page : pages().pages) {
      const SourceText text(page, "utf-8");
      PageBuilder builder(page_url(), options, &text);
      doubts += scan_page(page, OnDoubt::kStop, builder) != ScanDoubt::kNone;
      PageBuilder* built = &builder;
      benchmark::DoNotOptimize(built);
    }
  }
  bench::finish(state, "links/page", 0);
  state.counters["doubts"] =
      static_cast<double>(doubts) / static_cast<double>(state.iterations());
}
BENCHMARK(bare_scan)->Unit(benchmark::kMillisecond);

// The same, links resolved, normalised and fingerprinted.
void scan_and_links(benchmark::State& state) {
  PageOptions options;
  options.links = true;
  std::uint64_t links = 0;
  for (auto _ : state) {
    for (const std::string& page : pages().pages) {
      const std::optional<Page> read = read_scan(
          {page, "utf-8", "utf-8"}, page_url(), options, OnDoubt::kStop);
      if (!read) continue;
      links += read->links.size();
      for (std::size_t i = 0; i < read->links.size(); ++i) {
        Fingerprint print = fingerprint(read->links[i].url);
        benchmark::DoNotOptimize(print.low);
      }
    }
  }
  bench::finish(state, "links/page", links);
}
BENCHMARK(scan_and_links)->Unit(benchmark::kMillisecond);

// All of it, charset included, as the crawler calls it.
void whole_page(benchmark::State& state) {
  PageOptions options;
  options.links = true;
  std::uint64_t links = 0;
  for (auto _ : state) {
    for (const std::string& page : pages().pages) {
      links += read_page(page, page_url(), "text/html", options).links.size();
    }
  }
  bench::finish(state, "links/page", links);
}
BENCHMARK(whole_page)->Unit(benchmark::kMillisecond);

void whole_page_with_text(benchmark::State& state) {
  PageOptions options;
  options.links = true;
  options.anchor_text = true;
  std::uint64_t links = 0;
  for (auto _ : state) {
    for (const std::string& page : pages().pages) {
      links += read_page(page, page_url(), "text/html", options).links.size();
    }
  }
  bench::finish(state, "links/page", links);
}
BENCHMARK(whole_page_with_text)->Unit(benchmark::kMillisecond);

// A tree by gumbo as it comes, not walked.
void gumbo_tree(benchmark::State& state) {
  GumboOptions options = kGumboDefaultOptions;
  options.max_errors = 0;
  for (auto _ : state) {
    for (const std::string& page : pages().pages) {
      GumboOutput* output =
          gumbo_parse_with_options(&options, page.data(), page.size());
      GumboNode* root = output->root;
      benchmark::DoNotOptimize(root);
      gumbo_destroy_output(&options, output);
    }
  }
  bench::finish(state, "links/page", 0);
}
BENCHMARK(gumbo_tree)->Unit(benchmark::kMillisecond);

void tree_reader(benchmark::State& state) {
  PageOptions options;
  options.links = true;
  std::uint64_t links = 0;
  for (auto _ : state) {
    for (const std::string& page : pages().pages) {
      links += read_tree(page, page_url(), "utf-8", options).links.size();
    }
  }
  bench::finish(state, "links/page", links);
}
BENCHMARK(tree_reader)->Unit(benchmark::kMillisecond);

void count_links(void* links, const xmlChar* name, const xmlChar** attributes) {
  if (attributes == nullptr) return;
  const std::string_view tag(reinterpret_cast<const char*>(name));
  for (; attributes[0] != nullptr; attributes += 2) {
    const std::string_view attribute(
        reinterpret_cast<const char*>(attributes[0]));
    if (tag == "a" && attribute == "href") {
      ++*static_cast<std::uint64_t*>(links);
    }
  }
}

void libxml2_sax(benchmark::State& state) {
  xmlSAXHandler handler{};
  handler.startElement = count_links;
  std::uint64_t links = 0;
  for (auto _ : state) {
    for (const std::string& page : pages().pages) {
      htmlParserCtxtPtr context = htmlCreatePushParserCtxt(
          &handler, &links, nullptr, 0, nullptr, XML_CHAR_ENCODING_UTF8);
      htmlCtxtUseOptions(context, HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
      htmlParseChunk(context, page.data(), static_cast<int>(page.size()), 1);
      htmlFreeParserCtxt(context);
    }
  }
  bench::finish(state, "links/page", links);
}
BENCHMARK(libxml2_sax)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace crawl

int main(int argc, char** argv) {
  return crawl::bench::run(
      argc, argv,
      {{"gumbo's time to the scan's", "gumbo_tree", "bare_scan", 50, true},
       {"libxml2 SAX's time to the scan's", "libxml2_sax", "bare_scan", 10,
        true},
       {"scan, links and fingerprints to the bare scan", "scan_and_links",
        "bare_scan", 2.5, false}});
}
