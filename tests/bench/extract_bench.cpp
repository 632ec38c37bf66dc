// What --extract costs: five selectors against gumbo's tree alone, which few
// pages need; and what text and Markdown do. On real pages, in one run, by
// processor time; after the table come the ratios that count, with their
// budgets. Exit status 1 if one is not met.
//
// The pages are those of the documentation in CRAWL_CORPUS_DIRS, or of the
// directories in the environment variable CRAWL_BENCH_PAGES (colon-separated).
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "bench/corpus.h"
#include "crawl/extract/extractor.h"
#include "extract/content_scan.h"
#include "parse/html/gumbo_tree.h"
#include "parse/html/plain_tree.h"

namespace crawl {
namespace {

using bench::page_url;
using bench::pages;

void gumbo_tree(benchmark::State& state) {
  for (auto _ : state) {
    for (const std::string& page : pages().pages) {
      const GumboTree tree(page, std::size_t{256} << 20, 60);
      const GumboNode* root = tree.root();
      benchmark::DoNotOptimize(root);
    }
  }
  bench::finish(state, "values/page", 0);
}
BENCHMARK(gumbo_tree)->Unit(benchmark::kMillisecond);

// The pages whose tags do not tell enough are left out of what this reads, and
// counted.
void plain_tree(benchmark::State& state) {
  std::size_t doubted = 0;
  for (auto _ : state) {
    for (const std::string& page : pages().pages) {
      const PlainTree tree(page, std::size_t{256} << 20);
      doubted += tree.root() != nullptr ? 0 : 1;
      const GumboNode* root = tree.root();
      benchmark::DoNotOptimize(root);
    }
  }
  bench::finish(state, "left_to_gumbo/page", doubted);
}
BENCHMARK(plain_tree)->Unit(benchmark::kMillisecond);

void extract(benchmark::State& state,
             const std::vector<std::string_view>& selectors) {
  Extractor extractor;
  for (const std::string_view selector : selectors) {
    if (!extractor.add(std::string(selector), selector)) {
      state.SkipWithError("a selector is invalid");
    }
  }
  std::size_t values = 0;
  for (auto _ : state) {
    for (const std::string& page : pages().pages) {
      for (const auto& list :
           extractor.extract(page, "utf-8", page_url()).values) {
        values += list.size();
      }
    }
  }
  bench::finish(state, "values/page", values);
}

void five_css(benchmark::State& state) {
  extract(state, {"title::text", "h1, h2, h3 | string | normalize",
                  "a[href]::attr(href) | url",
                  "table tr:nth-child(2n+1) > td:first-child ::text",
                  "div:not(.nav):has(> p) > p:first-of-type::text | first"});
}
BENCHMARK(five_css)->Unit(benchmark::kMillisecond);

void five_xpath(benchmark::State& state) {
  extract(state, {"//title/text()", "//h1 | //h2 | //h3 | string | normalize",
                  "//a/@href | url",
                  "//table/tbody/tr[position() mod 2 = 1]/td[1]/text()",
                  "//div[p]/p[1]/text() | first"});
}
BENCHMARK(five_xpath)->Unit(benchmark::kMillisecond);

// libxml2 looks through all it has found below one node for each that it finds
// below the next.
void xpath_below_below(benchmark::State& state) {
  extract(state, {"//table//tr//text()"});
}
BENCHMARK(xpath_below_below)->Unit(benchmark::kMillisecond);

// The whole page once more as HTML.
void outer_html(benchmark::State& state) { extract(state, {"html"}); }
BENCHMARK(outer_html)->Unit(benchmark::kMillisecond);

void content(benchmark::State& state, const ContentWishes& wishes) {
  Extractor extractor;
  extractor.want_content(wishes);
  std::size_t bytes = 0;
  for (auto _ : state) {
    for (const std::string& page : pages().pages) {
      const auto found = extractor.extract(page, "utf-8", page_url()).content;
      bytes += found->text.value_or("").size();
      bytes += found->markdown.value_or("").size();
    }
  }
  bench::finish(state, "bytes/page", bytes);
}

void text(benchmark::State& state) { content(state, {.text = true}); }
BENCHMARK(text)->Unit(benchmark::kMillisecond);

void whole_text(benchmark::State& state) {
  content(state, {.text = true, .whole = true});
}
BENCHMARK(whole_text)->Unit(benchmark::kMillisecond);

void markdown(benchmark::State& state) { content(state, {.markdown = true}); }
BENCHMARK(markdown)->Unit(benchmark::kMillisecond);

// As plain_tree.
void content_scan(benchmark::State& state) {
  std::size_t doubted = 0;
  for (auto _ : state) {
    for (const std::string& page : pages().pages) {
      const auto tree = scan_content(page);
      doubted += tree ? 0 : 1;
      benchmark::DoNotOptimize(tree);
    }
  }
  bench::finish(state, "left_to_tree/page", doubted);
}
BENCHMARK(content_scan)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace crawl

int main(int argc, char** argv) {
  return crawl::bench::run(argc, argv,
                           {{"five CSS selectors to gumbo's tree alone",
                             "five_css", "gumbo_tree", 0.4, false},
                            {"five XPath expressions to gumbo's tree alone",
                             "five_xpath", "gumbo_tree", 0.6, false}});
}
