// Prints what is read of pages, for score.py: a line of JSON for each page
// named on standard input, {"text": ..., "markdown": ...}. With an argument
// "all" of the whole body, else of the main content.
//
// Usage: content_files [all] < PATHS
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "crawl/extract/extractor.h"
#include "crawl/parse/charset.h"

int main(int argc, char** argv) {
  crawl::Extractor extractor;
  crawl::ContentWishes wishes;
  wishes.text = wishes.markdown = true;
  wishes.whole = argc > 1 && std::string_view(argv[1]) == "all";
  extractor.want_content(wishes);
  const crawl::Url url = *crawl::Url::parse("http://site.test/dir/page.html");
  for (std::string path; std::getline(std::cin, path);) {
    std::ifstream file(path, std::ios::binary);
    const std::string body{std::istreambuf_iterator<char>(file), {}};
    const auto found =
        extractor.extract(body, crawl::detect_encoding(body, ""), url);
    std::cout << nlohmann::json{{"text", *found.content->text},
                                {"markdown", *found.content->markdown},
                                {"error", found.error}}
                     .dump()
              << '\n';
  }
}
