#ifndef CRAWL_EXTRACT_CONTENT_COUNTS_H_
#define CRAWL_EXTRACT_CONTENT_COUNTS_H_

#include <cstdint>

namespace crawl {

// How much of what is in an element.
struct Counts {
  std::uint32_t links = 0;           // a elements with text
  std::uint32_t headings = 0;        // h1 to h3
  std::uint32_t code = 0;            // blocks of it
  std::uint32_t first_headings = 0;  // h1
  // Together, since texts add to these alone: what was just written in parts
  // is slow to read as a whole.
  std::uint32_t text = 0;      // bytes, about
  std::uint32_t in_links = 0;  // of those

  Counts& operator+=(const Counts& other) {
    links += other.links;
    headings += other.headings;
    code += other.code;
    first_headings += other.first_headings;
    text += other.text;
    in_links += other.in_links;
    return *this;
  }
  Counts& operator-=(const Counts& other) {
    links -= other.links;
    headings -= other.headings;
    code -= other.code;
    first_headings -= other.first_headings;
    text -= other.text;
    in_links -= other.in_links;
    return *this;
  }

  std::uint32_t prose() const { return text - in_links; }
  double link_share() const {
    return text == 0 ? 0 : static_cast<double>(in_links) / text;
  }
};

}  // namespace crawl

#endif  // CRAWL_EXTRACT_CONTENT_COUNTS_H_
