// Prints what selectors find in pages, for parsel_check.py: a line of JSON for
// each page named on standard input, {"page": its tree as HTML, "shape": the
// depth and name of every element, "values": [[... of the first selector],
// ...]}.
//
// Usage: extract_files SELECTOR... < PATHS
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/extract/extractor.h"
#include "crawl/parse/charset.h"
#include "extract/page_tree.h"
#include "parse/html/gumbo_tree.h"

namespace {

std::vector<std::string> shape_of(const std::string& html) {
  const crawl::GumboTree gumbo(html, std::size_t{256} << 20, 60);
  const crawl::PageTree tree(*gumbo.root());
  std::vector<std::string> shape;
  std::vector<std::size_t> depth = {0};
  for (std::size_t i = 1; i < tree.elements().size(); ++i) {
    const auto& element = tree.elements()[i];
    depth.push_back(element.parent == 0 ? 0 : depth[element.parent] + 1);
    shape.push_back(std::to_string(depth[i]) + " " + std::string(element.name));
  }
  return shape;
}

}  // namespace

int main(int argc, char** argv) {
  crawl::Extractor extractor;
  for (int i = 0; i < argc; ++i) {
    const std::string selector = i == 0 ? "/" : argv[i];
    if (const auto added = extractor.add("x", selector); !added) {
      std::cerr << selector << ": " << added.error().message << '\n';
      return EXIT_FAILURE;
    }
  }
  const crawl::Url url = *crawl::Url::parse("http://site.test/");
  for (std::string path; std::getline(std::cin, path);) {
    std::ifstream file(path, std::ios::binary);
    const std::string body{std::istreambuf_iterator<char>(file), {}};
    const std::string_view encoding = crawl::detect_encoding(body, "");
    crawl::Extraction found = extractor.extract(body, encoding, url);
    nlohmann::json line = {{"page", found.values.at(0).at(0)},
                           {"shape", shape_of(crawl::to_utf8(body, encoding))},
                           {"error", found.error}};
    found.values.erase(found.values.begin());
    line["values"] = std::move(found.values);
    std::cout << line.dump() << '\n';
  }
  return EXIT_SUCCESS;
}
