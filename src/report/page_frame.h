#ifndef CRAWL_REPORT_PAGE_FRAME_H_
#define CRAWL_REPORT_PAGE_FRAME_H_

#include <string_view>

#include "report/html.h"

namespace crawl {

// The style and the script of a page; the policy in its head names their
// digests, so that nothing else is obeyed, whatever gets in.
std::string_view report_style();
std::string_view report_script();

// A page, up to its heading.
void begin_page(Html& html, std::string_view title);
void end_page(Html& html, std::string_view version);

// A part of it with a heading and an anchor of its own.
void begin_section(Html& html, Markup id, Markup heading);
void end_section(Html& html);

// A table that can be sorted and filtered, where a script is obeyed. Cells are
// to come: rows of `td`, whose data-v is what they are sorted by, if it is
// another thing than their text.
void begin_table(Html& html, Markup caption);
// Ends its head: `headings` are `th` elements.
void table_head(Html& html, Markup headings);
void end_table(Html& html);

// A picture with words for those who cannot see it; `title` and `description`
// are plain text.
void begin_picture(Html& html, std::string_view title,
                   std::string_view description, double width, double height);
void end_picture(Html& html);

}  // namespace crawl

#endif  // CRAWL_REPORT_PAGE_FRAME_H_
