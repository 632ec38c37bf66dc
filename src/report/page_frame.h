#ifndef CRAWL_REPORT_PAGE_FRAME_H_
#define CRAWL_REPORT_PAGE_FRAME_H_

#include <cstdint>
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

// Cells. A figure is shown in its unit, and sorted by what it is without.
void count_cell(Html& html, std::uint64_t count);
void bytes_cell(Html& html, std::uint64_t bytes);
void seconds_cell(Html& html, double seconds);
void figure_cell(Html& html, double figure, std::string_view shown);
// Text of a stranger, cut after 120 characters.
void text_cell(Html& html, std::string_view text);

// A picture with words for those who cannot see it; `title` and `description`
// are plain text.
void begin_picture(Html& html, std::string_view title,
                   std::string_view description, double width, double height);
void end_picture(Html& html);
// Words in it.
void label(Html& html, double x, double y, std::string_view text);

}  // namespace crawl

#endif  // CRAWL_REPORT_PAGE_FRAME_H_
