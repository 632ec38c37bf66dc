#ifndef CRAWL_EXTRACT_FORM_STATE_H_
#define CRAWL_EXTRACT_FORM_STATE_H_

#include "extract/css_matcher.h"
#include "extract/page_tree.h"

namespace crawl {

// What selectors ask of the parts of forms, of a page that nobody has touched
// (HTML Standard, "Pseudo-classes" and what it refers to).

bool is_checked(const PageTree::Element& element);
bool can_be_disabled(const PageTree::Element& element);
bool can_be_required(const PageTree::Element& element);

// Of all elements at once: what is disabled, itself or by what it is in.
Marks find_disabled(const PageTree& tree);

// Radio buttons of whose group none is checked, and progress bars that do not
// say how far. That of a check box is no attribute's matter.
Marks find_indeterminate(const PageTree& tree);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_FORM_STATE_H_
