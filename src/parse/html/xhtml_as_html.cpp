#include "parse/html/xhtml_as_html.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/ascii.h"

namespace crawl {
namespace {

// HTML Standard, "void elements", and those that its parser treats so.
constexpr std::array<std::string_view, 19> kVoid = {
    "area",  "base",   "basefont", "bgsound", "br",     "col",  "embed",
    "frame", "hr",     "img",      "input",   "keygen", "link", "meta",
    "param", "source", "track",    "wbr",     "image"};
// HTML reads their text to their end tag.
constexpr std::array<std::string_view, 2> kRawText = {"script", "style"};

bool is_one_of(std::string_view name, const auto& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Rewriter {
 public:
  explicit Rewriter(std::string_view xhtml) : text_(xhtml) {
    out_.reserve(xhtml.size() + xhtml.size() / 16);
  }

  std::string run() {
    while (at_ < text_.size()) {
      const std::size_t tag = std::min(text_.find('<', at_), text_.size());
      out_ += text_.substr(at_, tag - at_);
      at_ = tag;
      if (at_ < text_.size()) markup();
    }
    return std::move(out_);
  }

 private:
  bool looking_at(std::string_view word) const {
    return text_.substr(at_).starts_with(word);
  }

  // Up to behind `end`, or to the end.
  std::string_view take_through(std::string_view end, std::size_t skip) {
    const std::size_t found = text_.find(end, at_ + skip);
    const std::size_t next =
        found == text_.npos ? text_.size() : found + end.size();
    const std::string_view taken = text_.substr(at_, next - at_);
    at_ = next;
    return taken;
  }

  // Lines stay the same.
  void leave_out(std::string_view text) {
    out_.append(
        static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')),
        '\n');
  }

  void markup() {
    if (looking_at("<!--")) {
      out_ += take_through("-->", 4);
    } else if (looking_at("<![CDATA[")) {
      cdata();
    } else if (looking_at("<?xml ")) {
      out_ += take_through("?>", 2);  // it may name the encoding
    } else if (looking_at("<?")) {
      leave_out(take_through("?>", 2));
    } else if (looking_at("<!")) {
      document_type();
    } else {
      tag();
    }
  }

  void cdata() {
    std::string_view text = take_through("]]>", 9).substr(9);
    if (text.ends_with("]]>")) text.remove_suffix(3);
    for (const char c : text) {
      if (c == '&') {
        out_ += "&amp;";
      } else if (c == '<') {
        out_ += "&lt;";
      } else {
        out_ += c;
      }
    }
  }

  void document_type() {
    const std::size_t end = text_.find_first_of("[>", at_);
    if (end == text_.npos || text_[end] == '>') {
      out_ += take_through(">", 2);
      return;
    }
    out_ += text_.substr(at_, end - at_);
    out_ += '>';
    at_ = end;
    leave_out(take_through("]", 1));
    leave_out(take_through(">", 0));
  }

  void tag() {
    const bool closes = looking_at("</");
    const std::size_t begin = at_ + (closes ? 2 : 1);
    std::size_t end = begin;
    while (end < text_.size() && is_name(text_[end])) ++end;
    const std::string name =
        lower_case(std::string(text_.substr(begin, end - begin)));
    if (name.empty()) {  // no tag
      out_ += text_[at_++];
      return;
    }
    while (end < text_.size() && text_[end] != '>') {
      const char c = text_[end++];
      if (c == '"' || c == '\'') end = text_.find(c, end);
      if (end == text_.npos) end = text_.size();
      if (end < text_.size() && (c == '"' || c == '\'')) ++end;
    }
    const std::string_view whole =
        text_.substr(at_, std::min(end + 1, text_.size()) - at_);
    at_ += whole.size();
    const bool empty = end < text_.size() && whole.ends_with("/>");
    if (closes) {
      if (!is_one_of(name, kVoid)) out_ += whole;
    } else if (!empty || is_one_of(name, kVoid)) {
      out_ += whole;
      if (is_one_of(name, kRawText) && !empty) raw_text(name);
    } else {
      out_ += whole.substr(0, whole.size() - 2);
      out_ += "></" + name + ">";
    }
  }

  void raw_text(const std::string& name) {
    const std::string end = "</" + name;
    const std::size_t found = std::min(text_.find(end, at_), text_.size());
    out_ += text_.substr(at_, found - at_);
    at_ = found;
  }

  static bool is_name(char c) {
    return is_ascii_letter(c) || is_ascii_digit(c) || c == '-' || c == '_' ||
           c == ':' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::string xhtml_as_html(std::string_view xhtml) {
  if (xhtml.substr(0, 4).find('\0') != xhtml.npos) return std::string(xhtml);
  return Rewriter(xhtml).run();
}

}  // namespace crawl
