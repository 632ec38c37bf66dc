#include "extract/markdown_render.h"

#include <cmark-gfm-core-extensions.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/utf8.h"

namespace crawl {
namespace {

struct FreeNode {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};
using Document = std::unique_ptr<cmark_node, FreeNode>;

cmark_node* append(cmark_node* parent, cmark_node_type type,
                   const std::string& literal = {}) {
  cmark_node* const node = cmark_node_new(type);
  if (!literal.empty()) cmark_node_set_literal(node, literal.c_str());
  EXPECT_EQ(cmark_node_append_child(parent, node), 1);
  return node;
}

std::string render(cmark_node& document) {
  char* const text = cmark_render_commonmark(&document, CMARK_OPT_DEFAULT, 0);
  std::string out = text;
  std::free(text);
  return out;
}

// What cmark alone makes of it, and then what comes in runs.
void expect_the_same(cmark_node& document, const std::string& of) {
  const std::string cmarks = render(document);
  render_in_runs(document);
  EXPECT_EQ(render(document), cmarks) << of;
}

// A paragraph of the texts, in every place where cmark tells them apart: at the
// line's beginning, behind a list's mark, between others.
Document document_of(const std::vector<std::string>& texts) {
  Document document(cmark_node_new(CMARK_NODE_DOCUMENT));
  const auto fill = [&](cmark_node* block) {
    for (const std::string& text : texts) append(block, CMARK_NODE_TEXT, text);
  };
  cmark_node* const root = document.get();
  fill(append(root, CMARK_NODE_PARAGRAPH));
  cmark_node* const heading = append(root, CMARK_NODE_HEADING);
  cmark_node_set_heading_level(heading, 3);
  fill(heading);
  cmark_node* const quote = append(root, CMARK_NODE_BLOCK_QUOTE);
  for (const cmark_list_type type : {CMARK_BULLET_LIST, CMARK_ORDERED_LIST}) {
    cmark_node* const list = append(quote, CMARK_NODE_LIST);
    cmark_node_set_list_type(list, type);
    cmark_node_set_list_tight(list, type == CMARK_ORDERED_LIST);
    for (int i = 0; i < 2; ++i) {
      cmark_node* const item = append(list, CMARK_NODE_ITEM);
      fill(append(item, CMARK_NODE_PARAGRAPH));
      append(item, CMARK_NODE_CODE_BLOCK, texts[0] + "\n" + texts[1]);
    }
  }
  cmark_node* const paragraph = append(root, CMARK_NODE_PARAGRAPH);
  fill(append(paragraph, CMARK_NODE_EMPH));
  append(paragraph, CMARK_NODE_CODE, texts[0]);
  append(paragraph, CMARK_NODE_LINEBREAK);
  append(paragraph, CMARK_NODE_HTML_INLINE, texts[1]);
  for (const cmark_node_type type : {CMARK_NODE_LINK, CMARK_NODE_IMAGE}) {
    cmark_node* const link = append(paragraph, type);
    cmark_node_set_url(link, texts[0].c_str());
    cmark_node_set_title(link, texts[1].c_str());
    fill(link);
  }
  append(root, CMARK_NODE_HTML_BLOCK, texts[1] + "\n\n" + texts[0]);
  return document;
}

std::string random_text(std::mt19937& random) {
  static constexpr std::array<std::string_view, 38> kParts = {
      "1",        "12",
      ".",        ")",
      "-",        "+",
      "=",        "#",
      "&",        "a",
      "amp;",     "!",
      "[",        "]",
      "|",        " ",
      "  ",       "\t",
      "\n",       "`",
      "~",        "<",
      ">",        "*",
      "_",        "\\",
      "\x7F",     "\r",
      "\"",       "http",
      ":",        "\x01",
      "/",        "(",
      "$",        "^",
      "\xC3\xA9", "\xF0\x9F\x98\x80"};
  std::string text;
  for (std::size_t parts = 1 + random() % 6; parts > 0; --parts) {
    text += kParts[random() % kParts.size()];
  }
  return text;
}

TEST(MarkdownRender, WritesWhatCmarkWrites) {
  std::mt19937 random(7);
  for (int i = 0; i < 4000; ++i) {
    const std::vector<std::string> texts = {
        random_text(random), random_text(random), random_text(random)};
    expect_the_same(*document_of(texts),
                    texts[0] + " // " + texts[1] + " // " + texts[2]);
  }
}

TEST(MarkdownRender, WritesTablesAsCmarkDoes) {
  cmark_gfm_core_extensions_ensure_registered();
  std::mt19937 random(11);
  for (int i = 0; i < 500; ++i) {
    std::string source = "| a | b |\n| --- | :-: |\n";
    for (int row = 0; row < 3; ++row) {
      source += "| `x\\|y` " + random_text(random) + " | " +
                random_text(random) + "\\| |\n";
    }
    cmark_parser* const parser = cmark_parser_new(CMARK_OPT_DEFAULT);
    cmark_parser_attach_syntax_extension(parser,
                                         cmark_find_syntax_extension("table"));
    cmark_parser_feed(parser, source.data(), source.size());
    const Document document(cmark_parser_finish(parser));
    cmark_parser_free(parser);
    expect_the_same(*document, source);
  }
}

TEST(MarkdownRender, CharactersThatAreNoneStayUtf8) {
  for (const std::string none : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (const std::string& text :
         {none, none + none, "a" + none + "b", "1." + none, "12" + none,
          "*" + none + "*", "&" + none, none + "1. a"}) {
      const Document document(cmark_node_new(CMARK_NODE_DOCUMENT));
      append(append(document.get(), CMARK_NODE_PARAGRAPH), CMARK_NODE_TEXT,
             text);
      render_in_runs(*document);
      const std::string markdown = render(*document);
      EXPECT_TRUE(is_valid_utf8(markdown));
      const Document again(cmark_parse_document(
          markdown.data(), markdown.size(), CMARK_OPT_DEFAULT));
      char* const html =
          cmark_render_html(again.get(), CMARK_OPT_DEFAULT, nullptr);
      std::string_view plain = text;
      EXPECT_EQ(std::string(html),
                "<p>" +
                    (plain.starts_with('&') ? "&amp;" + text.substr(1) : text) +
                    "</p>\n");
      std::free(html);
    }
  }
}

}  // namespace
}  // namespace crawl
