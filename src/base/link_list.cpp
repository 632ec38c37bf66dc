#include "crawl/base/link_list.h"

#include <array>
#include <functional>
#include <limits>
#include <stdexcept>

namespace crawl {

std::string_view to_string(LinkElement element) {
  static constexpr std::array<std::string_view, 26> kNames = {
      "a",      "area",   "audio",  "body",  "button", "embed", "form",
      "frame",  "iframe", "image",  "img",   "input",  "link",  "meta",
      "object", "script", "source", "track", "use",    "video", "blockquote",
      "del",    "ins",    "q",      "style", "css"};
  return kNames.at(static_cast<std::size_t>(element));
}

std::string_view to_string(LinkAttribute attribute) {
  static constexpr std::array<std::string_view, 15> kNames = {
      "action",     "background",  "content", "data",  "formaction",
      "href",       "imagesrcset", "poster",  "src",   "srcset",
      "xlink:href", "cite",        "import",  "style", "url"};
  return kNames.at(static_cast<std::size_t>(attribute));
}

PageLink LinkList::operator[](std::size_t index) const {
  const Entry& entry = entries_.at(index);
  const Place place = index < places_.size() ? places_[index] : Place();
  return {view(entry.url),  entry.element, entry.attribute, view(entry.rel),
          view(entry.text), place.line,    place.column};
}

void LinkList::add(const PageLink& link) {
  // What is in the buffer already is not stored again: a repeated URL costs its
  // entry only. Looked up before anything is appended, which may move it.
  Entry entry{find(link.url), find(link.rel), find(link.text), link.element,
              link.attribute};
  if (entry.url.size != link.url.size()) entry.url = append(link.url);
  if (entry.rel.size != link.rel.size()) entry.rel = append(link.rel);
  if (entry.text.size != link.text.size()) entry.text = append(link.text);
  if (link.line != 0) {
    places_.resize(entries_.size());
    places_.push_back({link.line, link.column});
  }
  entries_.push_back(entry);
}

void LinkList::clear() {
  buffer_.clear();
  entries_.clear();
  places_.clear();
}

LinkList::Span LinkList::find(std::string_view text) const {
  const std::less<const char*> before;
  const char* const begin = buffer_.data();
  if (text.empty() || before(text.data(), begin) ||
      !before(text.data(), begin + buffer_.size())) {
    return {};
  }
  return {static_cast<std::uint32_t>(text.data() - begin),
          static_cast<std::uint32_t>(text.size())};
}

LinkList::Span LinkList::append(std::string_view text) {
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
  if (text.size() > kMost - buffer_.size())
    throw std::length_error("a page's links hold more than 4 GiB of text");
  const Span span{static_cast<std::uint32_t>(buffer_.size()),
                  static_cast<std::uint32_t>(text.size())};
  buffer_.append(text);
  return span;
}

}  // namespace crawl
