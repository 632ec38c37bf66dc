#ifndef CRAWL_TESTS_SUPPORT_MARKDOWN_READER_H_
#define CRAWL_TESTS_SUPPORT_MARKDOWN_READER_H_

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "extract/content_finder.h"
#include "extract/content_tree.h"
#include "extract/text_writer.h"
#include "parse/html/gumbo_tree.h"

// Renders Markdown, as GitHub does, to see what became of a page's text.
namespace crawl::testing {

inline std::string render_markdown(std::string_view markdown) {
  cmark_gfm_core_extensions_ensure_registered();
  cmark_parser* const parser = cmark_parser_new(CMARK_OPT_UNSAFE);
  for (const char* name : {"table", "strikethrough", "autolink", "tasklist"}) {
    cmark_parser_attach_syntax_extension(parser,
                                         cmark_find_syntax_extension(name));
  }
  cmark_parser_feed(parser, markdown.data(), markdown.size());
  cmark_node* const document = cmark_parser_finish(parser);
  char* const html = cmark_render_html(
      document, CMARK_OPT_UNSAFE, cmark_parser_get_syntax_extensions(parser));
  std::string out = html;
  std::free(html);
  cmark_node_free(document);
  cmark_parser_free(parser);
  return out;
}

// The text of a page, all of its body.
inline std::string text_of_html(const std::string& html) {
  const GumboTree gumbo(html, std::size_t{256} << 20, 60);
  if (gumbo.root() == nullptr) return "";
  const ContentTree tree(*gumbo.root());
  std::string text;
  append_content_text(tree, plan_all(tree), html.size() * 8 + 1000, text);
  return text;
}

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_MARKDOWN_READER_H_
