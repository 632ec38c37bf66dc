#ifndef CRAWL_PARSE_SITEMAP_XML_REPAIR_H_
#define CRAWL_PARSE_SITEMAP_XML_REPAIR_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace crawl {

// Makes the tags of a broken document fit each other, so that a parser that
// gives up at the first such error reads on: an end tag closes what is still
// open inside its element, or is dropped if no element waits for it; a `<` that
// begins no markup, and one that begins a tag broken off by another `<`, become
// text; so does a `&` that begins no reference. References by name become
// numbers, the only ones that libxml2 does not drop once it has seen an error.
// Otherwise good documents pass unchanged.
//
// Starts at the root's tag. Piece by piece; what is not yet a whole tag or
// reference is held back, and never more than kMaxTag.
class XmlRepair {
 public:
  static constexpr std::size_t kMaxTag = 16 * 1024;
  static constexpr std::size_t kMaxDepth = 100;

  // Appends what has become certain to `out`. False: the markup is of a kind
  // that honest files do not have, see trouble(); what came before is in `out`.
  bool feed(std::string_view bytes, std::string& out);

  // The root is closed: what follows is no part of the document.
  bool closed() const { return closed_; }
  std::string_view trouble() const { return trouble_; }
  // Newlines before the first repair, npos if there was none.
  std::size_t repaired_after() const { return repaired_after_; }

 private:
  // What was done with the markup at the front of `text`: bytes taken, 0 if
  // more must be seen first.
  std::size_t markup(std::string_view text, std::string& out);
  std::size_t start_tag(std::string_view text, std::string& out);
  std::size_t end_tag(std::string_view text, std::string& out);
  std::size_t not_markup(std::string& out);
  // Text or a tag, up to a reference that is not whole, `all` of it if nothing
  // more belongs to it. Returns the bytes taken.
  std::size_t references(std::string_view text, bool all, std::string& out);
  std::size_t fail(std::string_view why);
  void take(std::string_view text);
  // A repair after `before`, which is not taken yet.
  void repaired(std::string_view before = {});

  std::string held_;
  std::string_view until_;  // of a comment, CDATA section or instruction
  std::vector<std::string> open_;
  bool closed_ = false;
  std::string_view trouble_;
  std::size_t lines_ = 0;
  std::size_t repaired_after_ = std::string::npos;
};

}  // namespace crawl

#endif  // CRAWL_PARSE_SITEMAP_XML_REPAIR_H_
