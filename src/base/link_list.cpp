#include "crawl/base/link_list.h"

#include <array>
#include <functional>

namespace crawl {

std::string_view to_string(LinkElement element) {
  static constexpr std::array<std::string_view, 20> kNames = {
      "a",      "area",   "audio",  "body",  "button", "embed", "form",
      "frame",  "iframe", "image",  "img",   "input",  "link",  "meta",
      "object", "script", "source", "track", "use",    "video"};
  return kNames.at(static_cast<std::size_t>(element));
}

std::string_view to_string(LinkAttribute attribute) {
  static constexpr std::array<std::string_view, 11> kNames = {
      "action",      "background", "content", "data",   "formaction", "href",
      "imagesrcset", "poster",     "src",     "srcset", "xlink:href"};
  return kNames.at(static_cast<std::size_t>(attribute));
}

PageLink LinkList::operator[](std::size_t index) const {
  const Entry& entry = entries_.at(index);
  return {view(entry.url), entry.element, entry.attribute, view(entry.rel),
          view(entry.text)};
}

void LinkList::add(const PageLink& link) {
  // A page's own earlier text is not stored again: a repeated URL is a view
  // into the buffer, and so costs its entry only.
  const Span url = store(link.url);
  const Span rel = store(link.rel);
  const Span text = store(link.text);
  entries_.push_back({url, rel, text, link.element, link.attribute});
}

void LinkList::clear() {
  buffer_.clear();
  entries_.clear();
}

LinkList::Span LinkList::store(std::string_view text) {
  if (text.empty()) return {};
  const auto size = static_cast<std::uint32_t>(text.size());
  const std::less<const char*> before;
  if (!before(text.data(), buffer_.data()) &&
      before(text.data(), buffer_.data() + buffer_.size())) {
    return {static_cast<std::uint32_t>(text.data() - buffer_.data()), size};
  }
  const auto begin = static_cast<std::uint32_t>(buffer_.size());
  buffer_.append(text);
  return {begin, size};
}

}  // namespace crawl
