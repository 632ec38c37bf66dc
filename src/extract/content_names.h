#ifndef CRAWL_EXTRACT_CONTENT_NAMES_H_
#define CRAWL_EXTRACT_CONTENT_NAMES_H_

#include <cstdint>
#include <string_view>

namespace crawl {

// What the words in an element's class and id say of it. Bits.
enum NameHint : std::uint32_t {
  kSaysChrome = 1,       // around the content: menus, ads, what to share
  kSaysMaybeChrome = 2,  // unless something else says content
  kSaysContent = 4,
  kSaysComments = 8,
  kSaysPermalink = 16,  // a link to the heading it stands in
  kSaysLineNumber = 32,
  kSaysNote = 64,     // set apart from the text but of it
  kSaysUnseen = 128,  // for readers that do not see, such as "skip to content"
  kSaysTitle = 256,
  // As the element around the content is called in many a generator's pages:
  // "main-content", "post-body".
  kSaysRegion = 512,
};

// `names`: a class or id, or several with white space between them. Words are
// split where others join them: "site-nav", "site_nav", "siteNav".
std::uint32_t hints_of(std::string_view names);

// The language that a code block's class names ("language-c++",
// "highlight-python3 notranslate", "brush: js"), for behind a fence; "" if it
// names none.
std::string_view code_language(std::string_view classes);

// `text` as it may stand behind a fence; "" if it may not.
std::string_view fence_language(std::string_view text);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_CONTENT_NAMES_H_
