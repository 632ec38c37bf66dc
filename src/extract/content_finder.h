#ifndef CRAWL_EXTRACT_CONTENT_FINDER_H_
#define CRAWL_EXTRACT_CONTENT_FINDER_H_

#include <cstdint>
#include <vector>

#include "extract/content_tree.h"

namespace crawl {

// What of a tree is read: the node `region` and what is in it, without the
// nodes left out and what is in those; before it the element `heading`, unless
// that is the root.
struct ContentPlan {
  ContentTree::Index heading = ContentTree::kRoot;
  ContentTree::Index region = ContentTree::kRoot;
  std::vector<std::uint8_t> left_out;  // of each node, not 0 if it is
};

// All of the body.
ContentPlan plan_all(const ContentTree& tree);

// The main content: without what stands around it on every page of a site. Says
// so by tags and roles, by what classes and ids are called, and by how much of
// a block's text is in links. Never nothing, unless the page has no text.
// Time and memory go with the number of nodes.
ContentPlan plan_main(const ContentTree& tree);

// Calls enter(i) for each element that is read, in order, which says where to
// go on: tree[i].end leaves out what is in it; text(i) for each text; leave(i)
// for each element that was gone into, once all in it was read.
template <class Visitor>
void walk_content(const ContentTree& tree, const ContentPlan& plan,
                  ContentTree::Index top, Visitor& visitor) {
  std::vector<ContentTree::Index> open;
  const ContentTree::Index end = tree[top].end;
  for (ContentTree::Index i = top; i < end;) {
    while (!open.empty() && tree[open.back()].end <= i) {
      visitor.leave(open.back());
      open.pop_back();
    }
    const ContentTree::Node& node = tree[i];
    if (plan.left_out[i] != 0) {
      i = node.end;
    } else if (node.is_text) {
      visitor.text(i++);
    } else {
      const ContentTree::Index next = visitor.enter(i);
      if (next == i + 1) open.push_back(i);
      i = next;
    }
  }
  while (!open.empty()) {
    visitor.leave(open.back());
    open.pop_back();
  }
}

}  // namespace crawl

#endif  // CRAWL_EXTRACT_CONTENT_FINDER_H_
