// Prints what is read of pages, for score.py and across.py: a line of JSON for
// each page named on standard input, {"text": ..., "markdown": ..., "without":
// ...}. With an argument "all" of the whole body, else of the main content.
// Behind a tab a line may name the host of its page; "without" is the text
// without what stands on many pages of that.
//
// Usage: content_files [all] < PATHS
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/extract/extractor.h"
#include "crawl/parse/charset.h"

int main(int argc, char** argv) {
  crawl::Extractor extractor;
  crawl::ContentWishes wishes;
  wishes.text = wishes.markdown = wishes.again = true;
  wishes.whole = argc > 1 && std::string_view(argv[1]) == "all";
  extractor.want_content(wishes);
  const crawl::Url url = *crawl::Url::parse("http://site.test/dir/page.html");
  std::vector<std::pair<std::string, crawl::Extraction>> pages;
  for (std::string line; std::getline(std::cin, line);) {
    const std::size_t tab = std::min(line.find('\t'), line.size());
    std::ifstream file(line.substr(0, tab), std::ios::binary);
    const std::string body{std::istreambuf_iterator<char>(file), {}};
    pages.emplace_back(
        line.substr(tab),
        extractor.extract(body, crawl::detect_encoding(body, ""), url));
  }
  using Blocks = std::vector<crawl::BlockKey>;
  std::map<std::string, std::map<std::uint64_t, const Blocks*>> hosts;
  for (const auto& [host, page] : pages) {
    const Blocks& blocks = page.content->again->blocks;
    hosts[host].emplace(crawl::page_key(blocks), &blocks);
  }
  std::map<std::string, crawl::BlockSet> repeated;
  for (const auto& [host, blocks_of] : hosts) {
    crawl::RepeatedBlocks all;
    for (const auto& [key, blocks] : blocks_of) all.add(key, *blocks);
    repeated[host] = all.found();
  }
  for (const auto& [host, page] : pages) {
    const crawl::PageContent& content = *page.content;
    const crawl::PageContent without =
        extractor.content_without(repeated[host], *content.again, url);
    std::cout << nlohmann::json{{"text", *content.text},
                                {"markdown", *content.markdown},
                                {"without", *without.text},
                                {"error", page.error}}
                     .dump()
              << '\n';
  }
}
