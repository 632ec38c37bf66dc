#ifndef CRAWL_PARSE_HTML_TREE_READER_H_
#define CRAWL_PARSE_HTML_TREE_READER_H_

#include <cstddef>
#include <optional>
#include <string_view>

#include "crawl/base/url.h"
#include "crawl/parse/page.h"

namespace crawl {

// What a tree may cost. The defaults let any honest page through whole.
struct TreeLimits {
  // See affordable_prefix(). Half of a million squared is far beyond it, ten
  // thousand levels of nesting within.
  std::size_t nesting_cost = std::size_t{64} << 20;
  // Memory of the tree, in bytes.
  std::size_t memory = std::size_t{256} << 20;
  // Processor time: this much and again as much for every MiB. For pages made
  // to deceive the first limit; an honest one takes a tenth of it.
  double seconds = 0.5;
};

// Reads a page by building its tree with gumbo: the reference for the scanner,
// and what reads the pages of which tags alone do not tell enough.
//
// `html` is valid UTF-8; `encoding` the Encoding Standard's name of what it was
// before. Any thread, any text. Nothing if the page is beyond the limits.
std::optional<Page> read_whole_tree(std::string_view html, const Url& url,
                                    std::string_view encoding,
                                    const PageOptions& options,
                                    const TreeLimits& limits = {});

// The same, but of a page beyond the limits its front is read, up to about
// where they are reached.
Page read_tree(std::string_view html, const Url& url, std::string_view encoding,
               const PageOptions& options, const TreeLimits& limits = {});

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_TREE_READER_H_
