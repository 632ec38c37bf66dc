#ifndef CRAWL_PARSE_HTML_PLAIN_TREE_H_
#define CRAWL_PARSE_HTML_PLAIN_TREE_H_

#include <gumbo.h>

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace crawl {

// The tree that gumbo makes of a page, made of its tags alone at some ten times
// the speed, where they tell enough: see PlainScan. In gumbo's types, as far as
// they are filled in: of a document the children and quirks; of an element the
// children, tag, namespace, attributes' namespaces, names and values, and the
// original tag of what gumbo has no name for; of text and comments the text. A
// text may be in several nodes next to each other, and is of no other kind if
// it is white space.
//
// One thread at a time. `html` must outlive it: nodes point into it.
class PlainTree {
 public:
  // `html` is valid UTF-8. root() is null if the tags do not tell enough, or if
  // the tree would take more memory (bytes) than this.
  PlainTree(std::string_view html, std::size_t max_memory);
  PlainTree(const PlainTree&) = delete;
  PlainTree& operator=(const PlainTree&) = delete;

  // gumbo's html element; its parent is the document.
  const GumboNode* root() const { return root_; }

 private:
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  const GumboNode* root_ = nullptr;
};

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_PLAIN_TREE_H_
