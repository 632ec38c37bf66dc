#include "extract/content_names.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <unordered_map>

#include "base/ascii.h"
#include "parse/html/html_text.h"

namespace crawl {
namespace {

constexpr std::string_view kBlanks = " \t\n\r\f";
constexpr std::size_t kLongestWord = 20;

using Words = std::unordered_map<std::string_view, std::uint32_t>;

const Words& words() {
  static const Words kWords = [] {
    Words words;
    const auto add = [&](std::uint32_t hint,
                         std::initializer_list<std::string_view> list) {
      for (const std::string_view word : list) words[word] |= hint;
    };
    add(kSaysChrome, {"ad",
                      "ads",
                      "advert",
                      "advertisement",
                      "adsense",
                      "banner",
                      "breadcrumb",
                      "breadcrumbs",
                      "crumb",
                      "crumbs",
                      "catlinks",
                      "consent",
                      "cookie",
                      "cookies",
                      "editsection",
                      "feedback",
                      "footer",
                      "gdpr",
                      "linkbar",
                      "login",
                      "masthead",
                      "menu",
                      "menubar",
                      "minitoc",
                      "modal",
                      "nav",
                      "navbar",
                      "navbox",
                      "navfooter",
                      "navheader",
                      "navigation",
                      "navpath",
                      "navrow",
                      "newsletter",
                      "noprint",
                      "outbrain",
                      "pager",
                      "paginate",
                      "pagination",
                      "paging",
                      "paywall",
                      "popup",
                      "printfooter",
                      "promo",
                      "promotion",
                      "recommendations",
                      "relbar",
                      "searchbox",
                      "searchform",
                      "share",
                      "sharebar",
                      "sharing",
                      "sidebar",
                      "sidebars",
                      "sidenav",
                      "signup",
                      "skip",
                      "skiplink",
                      "skiplinks",
                      "social",
                      "sphinxsidebar",
                      "sponsor",
                      "sponsored",
                      "subscribe",
                      "subnav",
                      "taboola",
                      "toc",
                      "tocbox",
                      "toolbar",
                      "topbar",
                      "topnav",
                      "toptoolbar",
                      "upsell",
                      "xnav",
                      "prevnext",
                      "nextprev",
                      "copyright",
                      "postprofile",
                      "backtop",
                      "pagetop",
                      "toplang",
                      "bottomlang",
                      "colophon",
                      "siteinfo",
                      "sitenav"});
    add(kSaysMaybeChrome,
        {"aside",     "author",   "bio",     "bottom",      "copy",
         "cta",       "edit",     "header",  "improve",     "jump",
         "languages", "meta",     "more",    "next",        "prev",
         "previous",  "popular",  "recent",  "recommended", "related",
         "rating",    "search",   "similar", "tags",        "tools",
         "trending",  "widget",   "widgets", "utility",     "versions",
         "hamburger", "controls", "actions", "backlink"});
    add(kSaysContent,
        {"article", "body", "content", "contents", "description", "document",
         "entry", "main", "page", "post", "story", "text", "message", "product",
         "section", "definition", "example"});
    add(kSaysComments, {"comment", "comments", "disqus", "commentlist",
                        "respond", "replies", "discuss"});
    add(kSaysPermalink,
        {"headerlink", "permalink", "headeranchor", "headinganchor", "anchorjs",
         "hashlink", "anchorlink", "octicon", "selflink", "pilcrow",
         "headinglink", "sectionlink"});
    add(kSaysLineNumber, {"linenos", "lineno", "linenumbers", "linenumber",
                          "linenodiv", "gutter", "lnt", "codelineno"});
    add(kSaysNote,
        {"admonition", "alert", "callout", "caution", "example", "footnote",
         "footnotes", "hint", "important", "info", "note", "notice", "notes",
         "pullquote", "quote", "tip", "warning", "sidenote", "infobox"});
    add(kSaysUnseen, {"sronly", "visuallyhidden", "srtext", "skiplink",
                      "screenreadertext", "offscreen"});
    add(kSaysTitle, {"title", "headline"});
    add(kSaysRegion,
        {"articlebody",  "articlecontent", "articletext",    "bodycontent",
         "bodycolumn",   "content",        "contents",       "contentarea",
         "contentbody",  "contentmain",    "docbody",        "doccontent",
         "docscontent",  "document",       "documentation",  "entrycontent",
         "entrybody",    "entry",          "article",        "main",
         "maincontent",  "mainbody",       "maincolumn",     "maintext",
         "markdownbody", "mwcontenttext",  "mwparseroutput", "pagecontent",
         "pagebody",     "postbody",       "postcontent",    "posttext",
         "primary",      "primarycontent", "story",          "storybody",
         "text",         "body",           "rstcontent",     "themedocmarkdown",
         "vpdoc",        "booktext",       "productmain",    "productdetails"});
    return words;
  }();
  return kWords;
}

// Whether a word of words() begins and ends as this one and is as long, which
// is true of few others.
bool looks_known(std::string_view word) {
  static const auto kLooks = [] {
    std::array<std::array<std::uint32_t, 26>, kLongestWord + 1> looks{};
    for (const auto& [known, hint] : words()) {
      looks[known.size()][static_cast<std::size_t>(known.front() - 'a')] |=
          1U << static_cast<unsigned>(known.back() - 'a');
    }
    return looks;
  }();
  if (word.empty() || !is_ascii_letter(word.front()) ||
      !is_ascii_letter(word.back())) {
    return false;
  }
  return (kLooks[word.size()][static_cast<std::size_t>(word.front() - 'a')] >>
              static_cast<unsigned>(word.back() - 'a') &
          1U) != 0;
}

// `word` is in lower case.
std::uint32_t hint_of(std::string_view word) {
  if (word.size() > kLongestWord || !looks_known(word)) return 0;
  const auto found = words().find(word);
  return found == words().end() ? 0 : found->second;
}

bool is_word_byte(char c) {
  return is_ascii_letter(c) || static_cast<unsigned char>(c) >= 0x80;
}

// One name: its words, and itself with them joined.
std::uint32_t hints_of_name(std::string_view name) {
  constexpr std::size_t kMostBytes = 80;
  constexpr std::size_t kLongestRegion = 40;
  std::array<char, kMostBytes> joined;
  std::size_t size = 0;
  std::size_t word = 0;  // where in there it begins
  std::uint32_t hints = 0;
  bool ascii = true;
  const auto flush = [&] {
    if (size - word > 1) hints |= hint_of({joined.data() + word, size - word});
    word = size;
  };
  for (std::size_t i = 0; i < name.size() && i < kMostBytes; ++i) {
    const char c = name[i];
    const bool upper = c >= 'A' && c <= 'Z';
    const bool after_lower = i > 0 && name[i - 1] >= 'a' && name[i - 1] <= 'z';
    if (!is_word_byte(c) || (upper && after_lower)) flush();
    if (!is_word_byte(c)) continue;
    ascii = ascii && static_cast<unsigned char>(c) < 0x80;
    joined[size++] = to_lower(c);
  }
  flush();
  hints &= ~std::uint32_t{kSaysRegion};  // that only the whole name can say
  const std::uint32_t whole = hint_of({joined.data(), size});
  hints |= whole & ~std::uint32_t{kSaysRegion};
  if (name.size() > kLongestRegion) return hints;
  if (ascii) return hints | whole;
  const auto end = std::remove_if(
      joined.begin(), joined.begin() + static_cast<std::ptrdiff_t>(size),
      [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  const auto letters = static_cast<std::size_t>(end - joined.begin());
  return hints | (hint_of({joined.data(), letters}) & kSaysRegion);
}

}  // namespace

std::uint32_t hints_of(std::string_view names) {
  std::uint32_t hints = 0;
  for (std::size_t begin = 0; begin < names.size();) {
    std::size_t end = begin;
    while (end < names.size() && !is_html_space(names[end])) ++end;
    hints |= hints_of_name(names.substr(begin, end - begin));
    begin = end + 1;
  }
  return hints;
}

std::string_view fence_language(std::string_view text) {
  constexpr std::size_t kLongest = 30;
  text = trim(text, kBlanks);
  const bool good =
      !text.empty() && text.size() <= kLongest &&
      std::all_of(text.begin(), text.end(), [](char c) {
        return is_ascii_letter(c) || is_ascii_digit(c) ||
               std::string_view("+#-._").find(c) != std::string_view::npos;
      });
  static constexpr std::array<std::string_view, 8> kNone = {
      "none",        "default", "plain", "plaintext",
      "nohighlight", "auto",    "text",  "source"};
  return good && std::find(kNone.begin(), kNone.end(), text) == kNone.end()
             ? text
             : std::string_view();
}

std::string_view code_language(std::string_view classes) {
  static constexpr std::array<std::string_view, 8> kPrefixes = {
      "language-",
      "lang-",
      "highlight-source-",
      "highlight-text-",
      "mw-highlight-lang-",
      "src-",
      "brush:",
      "highlight-"};
  // Behind one of these comes the language by itself.
  static constexpr std::array<std::string_view, 7> kBefore = {
      "brush:",         "sourcecode", "hljs", "prettyprint",
      "programlisting", "src",        "code"};
  static constexpr std::array<std::string_view, 12> kNoLanguage = {
      "notranslate", "literal-block", "linenums",      "numberlines",
      "wrap",        "code",          "highlight",     "numbersource",
      "copyable",    "doctest",       "prettyprinted", "block"};
  std::string before;
  for (classes = trim(classes, kBlanks); !classes.empty();
       classes = trim(classes, kBlanks)) {
    const std::string_view name = take_until(classes, kBlanks);
    for (const std::string_view prefix : kPrefixes) {
      if (!starts_with_ignoring_case(name, prefix)) continue;
      std::string_view rest = name.substr(prefix.size());
      rest = rest.substr(0, rest.find(';'));
      const std::string_view language = fence_language(rest);
      if (!language.empty()) return language;
    }
    const bool announced =
        std::find(kBefore.begin(), kBefore.end(), before) != kBefore.end();
    const std::string lower = lower_case(std::string(name));
    const bool other = std::find(kNoLanguage.begin(), kNoLanguage.end(),
                                 lower) != kNoLanguage.end();
    if (announced && !other) {
      const std::string_view language =
          fence_language(name.substr(0, name.find(';')));
      if (!language.empty() && language.find('-') == language.npos) {
        return language;
      }
    }
    if (!other) before = lower;
  }
  return {};
}

}  // namespace crawl
