#ifndef CRAWL_PARSE_HTML_XHTML_AS_HTML_H_
#define CRAWL_PARSE_HTML_XHTML_AS_HTML_H_

#include <string>
#include <string_view>

namespace crawl {

// A page of type application/xhtml+xml written as HTML has it, so that a reader
// of HTML finds the same elements: what closes itself ("<script src='x'/>") has
// an end tag, CDATA sections are text, processing instructions and what a
// document type holds within itself are left out. All else stays as it is, on
// the line where it was, and so does what is no XML.
//
// Bytes of an encoding that has ASCII in it (not UTF-16: that is given back as
// it is). Linear in its size. Any thread.
std::string xhtml_as_html(std::string_view xhtml);

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_XHTML_AS_HTML_H_
