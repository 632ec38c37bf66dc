#ifndef CRAWL_BASE_LINK_LIST_H_
#define CRAWL_BASE_LINK_LIST_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crawl {

// The elements and attributes that hold a link a crawler can follow.
enum class LinkElement : std::uint8_t {
  kA,
  kArea,
  kAudio,
  kBody,
  kButton,
  kEmbed,
  kForm,
  kFrame,
  kIframe,
  kImage,  // svg image
  kImg,
  kInput,
  kLink,
  kMeta,
  kObject,
  kScript,
  kSource,
  kTrack,
  kUse,  // svg use
  kVideo,
  // What else a check of links looks at: what names its source (`cite`), and
  // what styles refer to, of style elements and attributes and of a sheet.
  kBlockquote,
  kDel,
  kIns,
  kQ,
  kStyle,
  kCss,
};
enum class LinkAttribute : std::uint8_t {
  kAction,
  kBackground,
  kContent,  // meta http-equiv=refresh
  kData,
  kFormaction,
  kHref,
  kImagesrcset,
  kPoster,
  kSrc,
  kSrcset,
  kXlinkHref,
  kCite,
  kImport,  // of styles: @import
  kStyle,   // a style attribute, of any element
  kUrl,     // of styles: url() and the like
};
std::string_view to_string(LinkElement element);      // "a"
std::string_view to_string(LinkAttribute attribute);  // "href"

// One link as handed out by LinkList; the views live as long as the list is
// neither changed nor destroyed.
struct PageLink {
  std::string_view url;  // resolved, serialised, http or https
  LinkElement element = LinkElement::kA;
  LinkAttribute attribute = LinkAttribute::kHref;
  std::string_view rel;   // as written
  std::string_view text;  // anchor text, when asked for
  // Where its tag begins in the page, from 1, the column in characters; 0 if
  // nobody asked.
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  friend bool operator==(const PageLink&, const PageLink&) = default;
};

// A page's links in page order, repeats included, in one buffer: a link costs a
// small fixed entry, and its text only once however often the page repeats it.
//
// A value, one thread at a time.
class LinkList {
 public:
  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  PageLink operator[](std::size_t index) const;

  // Appends. The views may be into this list's own earlier links, whose text is
  // then shared. Throws std::length_error when the text would exceed 4 GiB: who
  // fills the list bounds it long before.
  void add(const PageLink& link);

  void clear();

 private:
  struct Span {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };
  struct Entry {
    Span url, rel, text;
    LinkElement element;
    LinkAttribute attribute;
  };
  Span find(std::string_view text) const;  // empty if not in the buffer
  Span append(std::string_view text);
  std::string_view view(Span span) const {
    return std::string_view(buffer_).substr(span.begin, span.size);
  }

  struct Place {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
  };

  std::string buffer_;
  std::vector<Entry> entries_;
  std::vector<Place> places_;  // of the first entries; none if nobody asked
};

}  // namespace crawl

#endif  // CRAWL_BASE_LINK_LIST_H_
