#ifndef CRAWL_EXTRACT_CONTENT_TRAITS_H_
#define CRAWL_EXTRACT_CONTENT_TRAITS_H_

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "extract/content_tree.h"

namespace crawl {

// What can be said of an element before its text is looked at. Bits.
enum ContentTrait : std::uint32_t {
  kChrome = 1,  // by its tag or role
  kMain = 2,    // says that it is the main content
  kArticle = 4,
  kInContent = 8,  // in one of those
  kInQuote = 16,   // in a blockquote or figure
  kNamedChrome = 32,
  kMaybeChrome = 64,
  kComments = 128,
  kRegionName = 256,
  kUnseen = 512,
  kInLink = 1024,
  kInHeading = 2048,
  // What may be left out for it.
  kDoubtful = kChrome | kNamedChrome | kMaybeChrome | kComments | kUnseen,
};

// What elements say of themselves: by their tags, roles, classes and ids.
//
// For one tree, which must outlive it.
class TraitReader {
 public:
  // `around`: the traits of what it is in.
  std::uint32_t traits_of(const ContentTree& tree,
                          const ContentTree::Node& node, std::uint32_t around) {
    if (node.attributes == 0 && !kTelling[node.tag]) return 0;
    return read_traits(tree, node, around);
  }

 private:
  // Tags that say something by themselves.
  static constexpr auto kTelling = [] {
    std::array<bool, GUMBO_TAG_LAST + 1> telling{};
    for (const GumboTag tag :
         {GUMBO_TAG_NAV, GUMBO_TAG_NOSCRIPT, GUMBO_TAG_BUTTON, GUMBO_TAG_SELECT,
          GUMBO_TAG_ASIDE, GUMBO_TAG_HEADER, GUMBO_TAG_FOOTER, GUMBO_TAG_MAIN,
          GUMBO_TAG_ARTICLE, GUMBO_TAG_BLOCKQUOTE, GUMBO_TAG_FIGURE,
          GUMBO_TAG_H1, GUMBO_TAG_H2, GUMBO_TAG_H3, GUMBO_TAG_H4, GUMBO_TAG_H5,
          GUMBO_TAG_H6}) {
      telling[tag] = true;
    }
    return telling;
  }();

  std::uint32_t read_traits(const ContentTree& tree,
                            const ContentTree::Node& node,
                            std::uint32_t around);
  std::uint32_t known_hints(std::string_view classes);

  // A page has few classes, each many times: some that were met are known.
  std::array<std::pair<std::string_view, std::uint32_t>, 128> hints_;
};

// How much text that is, roughly: bytes, white space at its ends apart.
std::uint32_t weight_of(std::string_view text);

inline bool is_heading(const ContentTree::Node& node) {
  return !node.is_text && node.tag >= GUMBO_TAG_H1 && node.tag <= GUMBO_TAG_H6;
}

// A link to the place it stands at, for who wants to point there: no text.
bool is_permalink(const ContentTree& tree, ContentTree::Index i);
// As above, of an a element with this href, these classes and this text.
bool is_permalink(std::string_view href, std::string_view classes,
                  std::string_view text);

// The number of a line of code, or the numbers of all, by its class and by what
// it says.
bool is_line_number(const ContentTree& tree, ContentTree::Index i);

// A block of code each line of which is an element, as doxygen writes it.
bool is_code_of_lines(const ContentTree& tree, ContentTree::Index i);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_CONTENT_TRAITS_H_
