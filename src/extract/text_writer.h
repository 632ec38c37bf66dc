#ifndef CRAWL_EXTRACT_TEXT_WRITER_H_
#define CRAWL_EXTRACT_TEXT_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "extract/content_finder.h"
#include "extract/content_tree.h"

namespace crawl {

// Appends the text that is read, as a browser would give it (HTML Standard,
// innerText): each block on lines of its own, paragraphs, lists and tables with
// an empty line around, cells of a row with tabs between, white space as it is
// shown. False if that is more than `most` bytes: then the front of it.
// `plan` is the tree's.
bool append_content_text(const ContentTree& tree, const ContentPlan& plan,
                         std::size_t most, std::string& out);

// Words: runs of what is no white space, with a letter or digit in them; of
// scripts written without spaces every ideograph, kana and the like by itself.
std::uint64_t count_words(std::string_view text);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_TEXT_WRITER_H_
