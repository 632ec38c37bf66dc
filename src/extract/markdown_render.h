#ifndef CRAWL_EXTRACT_MARKDOWN_RENDER_H_
#define CRAWL_EXTRACT_MARKDOWN_RENDER_H_

#include <cmark-gfm.h>

namespace crawl {

// Has cmark_render_commonmark() write this document, whose text is valid UTF-8,
// at a multiple of its speed: cmark goes by characters, of each of which it
// asks whether it is to be escaped, and how wide it is on a screen. What no
// rule of its can touch is written in runs instead; all else is left to it.
// The same comes out, unless lines are to be broken; but U+FFFE and U+FFFF,
// which cmark (0.29.0.gfm.6) makes invalid UTF-8 of, stay as they are.
//
// For documents, whose nodes may not be rendered on several threads at once.
void render_in_runs(cmark_node& document);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_MARKDOWN_RENDER_H_
