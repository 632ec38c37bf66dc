#include "check/kept_link.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace crawl {
namespace {

// What is of fixed size comes first.
struct Head {
  std::uint64_t target;
  std::uint32_t line, column;
  std::uint32_t fragment;  // bytes, of which the text's follow
  std::uint8_t text, element, attribute, advice;
};
static_assert(sizeof(Head) == 24);

constexpr std::uint8_t kGiven = 255;  // as an element
constexpr std::size_t kMostText = 200;

// At most so many bytes, whole characters.
std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0U) == 0x80) {
    --most;
  }
  return text.substr(0, most);
}

}  // namespace

std::uint64_t KeptLink::part() const {
  return fragment.empty()
             ? target
             : XXH3_64bits_withSeed(fragment.data(), fragment.size(), target);
}

void append(const KeptLink& link, std::string& links) {
  const std::string_view text = cut(link.text, kMostText);
  const Head head = {
      link.target,
      link.line,
      link.column,
      static_cast<std::uint32_t>(link.fragment.size()),
      static_cast<std::uint8_t>(text.size()),
      link.given ? kGiven : static_cast<std::uint8_t>(link.element),
      static_cast<std::uint8_t>(link.attribute),
      static_cast<std::uint8_t>(link.advice)};
  links.append(reinterpret_cast<const char*>(&head), sizeof head);
  links += link.fragment;
  links += text;
}

bool take_first(std::string_view& links, KeptLink& link) {
  Head head;
  if (links.size() < sizeof head) return false;
  std::memcpy(&head, links.data(), sizeof head);
  links.remove_prefix(sizeof head);
  link.target = head.target;
  link.line = head.line;
  link.column = head.column;
  link.given = head.element == kGiven;
  link.element =
      link.given ? LinkElement::kA : static_cast<LinkElement>(head.element);
  link.attribute = static_cast<LinkAttribute>(head.attribute);
  link.advice = head.advice;
  link.fragment = links.substr(0, head.fragment);
  links.remove_prefix(link.fragment.size());
  link.text = links.substr(0, head.text);
  links.remove_prefix(link.text.size());
  return true;
}

}  // namespace crawl
