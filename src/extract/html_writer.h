#ifndef CRAWL_EXTRACT_HTML_WRITER_H_
#define CRAWL_EXTRACT_HTML_WRITER_H_

#include <gumbo.h>

#include <cstddef>
#include <string>

namespace crawl {

// Appends the HTML of a node of gumbo's tree, with all below (HTML Standard,
// "serializing HTML fragments"); of a document, its children's. False, and cut
// somewhere, if that takes more than `most` bytes.
bool append_outer_html(const GumboNode& node, std::size_t most,
                       std::string& out);

// Appends the text of a node and all below, as the DOM's textContent. False,
// and cut, if that takes more than `most` bytes.
// Elements below of which `left_out` is true give nothing.
bool append_text(const GumboNode& node, std::size_t most, std::string& out,
                 bool (*left_out)(const GumboNode& element) = nullptr);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_HTML_WRITER_H_
