#ifndef CRAWL_PARSE_HTML_TREE_ACTIONS_H_
#define CRAWL_PARSE_HTML_TREE_ACTIONS_H_

#include <gumbo.h>

#include <array>
#include <cstdint>
#include <initializer_list>

namespace crawl {

// What the tree builder does with an element in a body, as far as that is the
// same for several (HTML Standard, "Tree construction"). kDoubt: more than a
// PlainScan knows.
enum class TreeAction : std::uint8_t {
  kOrdinary,
  kVoid,
  kBlock,  // ends a paragraph
  kHeading,
  kItem,
  kTerm,
  kFormatting,
  kRule,
  kTable,
  kCaption,
  kColumns,
  kColumn,
  kRows,
  kRow,
  kCell,
  kOption,
  kSelect,
  kRaw,
  kScript,
  kSvg,
  kForm,
  kButton,
  kHead,  // of a head, and void
  kTitle,
  kHtml,
  kBody,
  kDoubt,
};

inline constexpr auto kTreeActions = [] {
  std::array<TreeAction, GUMBO_TAG_LAST + 1> actions{};
  const auto set = [&](TreeAction action,
                       std::initializer_list<GumboTag> tags) {
    for (const GumboTag tag : tags) actions[tag] = action;
  };
  set(TreeAction::kVoid, {GUMBO_TAG_AREA, GUMBO_TAG_BR, GUMBO_TAG_EMBED,
                          GUMBO_TAG_IMG, GUMBO_TAG_WBR, GUMBO_TAG_INPUT,
                          GUMBO_TAG_PARAM, GUMBO_TAG_SOURCE, GUMBO_TAG_TRACK});
  set(TreeAction::kBlock,
      {GUMBO_TAG_ADDRESS,    GUMBO_TAG_ARTICLE,    GUMBO_TAG_ASIDE,
       GUMBO_TAG_BLOCKQUOTE, GUMBO_TAG_CENTER,     GUMBO_TAG_DETAILS,
       GUMBO_TAG_DIR,        GUMBO_TAG_DIV,        GUMBO_TAG_DL,
       GUMBO_TAG_FIELDSET,   GUMBO_TAG_FIGCAPTION, GUMBO_TAG_FIGURE,
       GUMBO_TAG_FOOTER,     GUMBO_TAG_HEADER,     GUMBO_TAG_HGROUP,
       GUMBO_TAG_MAIN,       GUMBO_TAG_MENU,       GUMBO_TAG_NAV,
       GUMBO_TAG_OL,         GUMBO_TAG_P,          GUMBO_TAG_PRE,
       GUMBO_TAG_SECTION,    GUMBO_TAG_SUMMARY,    GUMBO_TAG_UL});
  set(TreeAction::kHeading, {GUMBO_TAG_H1, GUMBO_TAG_H2, GUMBO_TAG_H3,
                             GUMBO_TAG_H4, GUMBO_TAG_H5, GUMBO_TAG_H6});
  set(TreeAction::kItem, {GUMBO_TAG_LI});
  set(TreeAction::kTerm, {GUMBO_TAG_DD, GUMBO_TAG_DT});
  set(TreeAction::kFormatting,
      {GUMBO_TAG_A, GUMBO_TAG_B, GUMBO_TAG_BIG, GUMBO_TAG_CODE, GUMBO_TAG_EM,
       GUMBO_TAG_FONT, GUMBO_TAG_I, GUMBO_TAG_S, GUMBO_TAG_SMALL,
       GUMBO_TAG_STRIKE, GUMBO_TAG_STRONG, GUMBO_TAG_TT, GUMBO_TAG_U});
  set(TreeAction::kRule, {GUMBO_TAG_HR});
  set(TreeAction::kTable, {GUMBO_TAG_TABLE});
  set(TreeAction::kCaption, {GUMBO_TAG_CAPTION});
  set(TreeAction::kColumns, {GUMBO_TAG_COLGROUP});
  set(TreeAction::kColumn, {GUMBO_TAG_COL});
  set(TreeAction::kRows, {GUMBO_TAG_TBODY, GUMBO_TAG_THEAD, GUMBO_TAG_TFOOT});
  set(TreeAction::kRow, {GUMBO_TAG_TR});
  set(TreeAction::kCell, {GUMBO_TAG_TD, GUMBO_TAG_TH});
  set(TreeAction::kOption, {GUMBO_TAG_OPTION, GUMBO_TAG_OPTGROUP});
  set(TreeAction::kSelect, {GUMBO_TAG_SELECT});
  set(TreeAction::kRaw, {GUMBO_TAG_STYLE, GUMBO_TAG_IFRAME, GUMBO_TAG_TEXTAREA,
                         GUMBO_TAG_NOFRAMES, GUMBO_TAG_NOEMBED});
  set(TreeAction::kScript, {GUMBO_TAG_SCRIPT});
  set(TreeAction::kSvg, {GUMBO_TAG_SVG});
  set(TreeAction::kForm, {GUMBO_TAG_FORM});
  set(TreeAction::kButton, {GUMBO_TAG_BUTTON});
  set(TreeAction::kHead, {GUMBO_TAG_META, GUMBO_TAG_LINK, GUMBO_TAG_BASE});
  set(TreeAction::kTitle, {GUMBO_TAG_TITLE});
  set(TreeAction::kHtml, {GUMBO_TAG_HTML, GUMBO_TAG_HEAD});
  set(TreeAction::kBody, {GUMBO_TAG_BODY});
  set(TreeAction::kDoubt,
      {GUMBO_TAG_TEMPLATE,  GUMBO_TAG_FRAMESET, GUMBO_TAG_FRAME,
       GUMBO_TAG_PLAINTEXT, GUMBO_TAG_XMP,      GUMBO_TAG_LISTING,
       GUMBO_TAG_IMAGE,     GUMBO_TAG_ISINDEX,  GUMBO_TAG_NOBR,
       GUMBO_TAG_MATH,      GUMBO_TAG_OBJECT,   GUMBO_TAG_APPLET,
       GUMBO_TAG_MARQUEE,   GUMBO_TAG_RUBY,     GUMBO_TAG_RB,
       GUMBO_TAG_RT,        GUMBO_TAG_RP,       GUMBO_TAG_RTC,
       GUMBO_TAG_BASEFONT,  GUMBO_TAG_BGSOUND,  GUMBO_TAG_KEYGEN,
       GUMBO_TAG_MENUITEM});
  return actions;
}();

// The tree builder's "special" elements, as far as they are not doubted.
inline bool is_special(GumboTag tag) {
  switch (kTreeActions[tag]) {
    case TreeAction::kOrdinary:
      return tag == GUMBO_TAG_NOSCRIPT;
    case TreeAction::kFormatting:
    case TreeAction::kOption:
      return false;
    default:
      return true;
  }
}

inline bool ends_by_itself(GumboTag tag) {
  return tag == GUMBO_TAG_DD || tag == GUMBO_TAG_DT || tag == GUMBO_TAG_LI ||
         tag == GUMBO_TAG_OPTION || tag == GUMBO_TAG_OPTGROUP ||
         tag == GUMBO_TAG_P;
}

// Where nothing but parts of a table may be.
inline bool is_table_frame(GumboTag tag) {
  switch (kTreeActions[tag]) {
    case TreeAction::kTable:
    case TreeAction::kRows:
    case TreeAction::kRow:
    case TreeAction::kColumns:
      return true;
    default:
      return false;
  }
}

// Behind which nothing is looked for ("has an element in scope").
inline bool is_boundary(GumboTag tag) {
  return tag == GUMBO_TAG_TABLE || tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH ||
         tag == GUMBO_TAG_CAPTION || tag == GUMBO_TAG_BODY;
}

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_TREE_ACTIONS_H_
