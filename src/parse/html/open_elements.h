#ifndef CRAWL_PARSE_HTML_OPEN_ELEMENTS_H_
#define CRAWL_PARSE_HTML_OPEN_ELEMENTS_H_

#include <gumbo.h>

#include <cstddef>
#include <vector>

#include "parse/html/tree_actions.h"

namespace crawl {

// The tree builder's stack of open elements from the body on, and what it looks
// for in there (HTML Standard, "The stack of open elements"). A place is one in
// the stack; 0, the body's, says that there is none.
template <class Node>
class OpenElements {
 public:
  struct Open {
    GumboTag tag;
    Node node;
  };

  bool empty() const { return open_.empty(); }
  std::size_t size() const { return open_.size(); }
  GumboTag tag(std::size_t place) const { return open_[place].tag; }
  GumboTag current() const {
    return open_.empty() ? GUMBO_TAG_BODY : open_.back().tag;
  }
  TreeAction action() const { return kTreeActions[current()]; }
  const Node& node() const { return open_.back().node; }
  const Node& node(std::size_t place) const { return open_[place].node; }

  void push(GumboTag tag, Node node) { open_.push_back({tag, node}); }
  Node pop() {
    const Node node = open_.back().node;
    open_.pop_back();
    return node;
  }

  // "Has an element in scope".
  std::size_t in_scope(GumboTag tag) const {
    for (std::size_t i = open_.size(); i-- > 0;) {
      if (open_[i].tag == tag) return i;
      if (is_boundary(open_[i].tag)) return 0;
    }
    return 0;
  }

  // Of any heading.
  std::size_t heading_in_scope() const {
    for (std::size_t i = open_.size(); i-- > 0;) {
      if (kTreeActions[open_[i].tag] == TreeAction::kHeading) return i;
      if (is_boundary(open_[i].tag)) return 0;
    }
    return 0;
  }

  // For items, which lists hide.
  std::size_t in_list_scope(GumboTag tag) const {
    for (std::size_t i = open_.size(); i-- > 0;) {
      const GumboTag other = open_[i].tag;
      if (other == tag) return i;
      if (is_boundary(other) || other == GUMBO_TAG_OL ||
          other == GUMBO_TAG_UL) {
        return 0;
      }
    }
    return 0;
  }

  // For parts of a table: in the innermost one.
  std::size_t in_table_scope(GumboTag tag) const {
    for (std::size_t i = open_.size(); i-- > 0;) {
      if (open_[i].tag == tag) return i;
      if (open_[i].tag == GUMBO_TAG_TABLE) return 0;
    }
    return 0;
  }

  // The innermost part of a table, if it is a cell.
  std::size_t innermost_cell() const {
    for (std::size_t i = open_.size(); i-- > 0;) {
      if (kTreeActions[open_[i].tag] == TreeAction::kCell) return i;
      if (is_boundary(open_[i].tag)) return 0;
    }
    return 0;
  }

  // Of what hides what is around it: in a table, outside of its cells, that is
  // the table.
  std::size_t innermost_boundary() const {
    for (std::size_t i = open_.size(); i-- > 0;) {
      if (is_boundary(open_[i].tag)) return i;
    }
    return 0;
  }

  // Whether there is one from this place on.
  bool has(GumboTag tag, std::size_t from = 0) const {
    for (std::size_t i = open_.size(); i-- > from;) {
      if (open_[i].tag == tag) return true;
    }
    return false;
  }

 private:
  std::vector<Open> open_;
};

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_OPEN_ELEMENTS_H_
