#ifndef CRAWL_PARSE_SITEMAP_XML_STREAM_H_
#define CRAWL_PARSE_SITEMAP_XML_STREAM_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crawl {

using XmlAttributes =
    std::vector<std::pair<std::string_view, std::string_view>>;

// What a document is made of. `own`: the element is in the root's namespace, or
// written without a prefix. The views last as long as the call. Returning false
// ends the reading.
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual bool start_element(std::string_view name, bool own,
                             const XmlAttributes& attributes) = 0;
  virtual bool end_element() = 0;                // of the innermost open one
  virtual void text(std::string_view text) = 0;  // a part of it
};

// Reads XML that may be broken or hostile, piece by piece, and goes on after
// errors where libxml2 can.
//
// Valid UTF-8 goes in, whatever the declaration says. What stands before the
// root is left out, a DTD with its entities and default attributes included; so
// only XML's five entities exist, and any other stays as written. Tags that do
// not fit are made to, see XmlRepair; markup too deep or too long for honest
// files ends the reading, as its cost would not be linear (libxml2 compares all
// attributes of a tag).
class XmlStream {
 public:
  explicit XmlStream(XmlHandler& handler);  // must outlive the stream
  ~XmlStream();

  // False once no more is wanted.
  bool feed(std::string_view bytes);
  // The input is over.
  void finish();

  // What ended the reading, else the first thing wrong with the document; "" if
  // nothing is.
  std::string problem() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crawl

#endif  // CRAWL_PARSE_SITEMAP_XML_STREAM_H_
