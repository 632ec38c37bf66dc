#ifndef CRAWL_PARSE_HTML_PLAIN_SCAN_H_
#define CRAWL_PARSE_HTML_PLAIN_SCAN_H_

#include <gumbo.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ascii.h"
#include "parse/html/open_elements.h"
#include "parse/html/tag_names.h"
#include "parse/html/tag_reader.h"
#include "parse/html/tree_actions.h"

namespace crawl {

// Of a page that is in no quirks.
inline constexpr std::string_view kUsualDoctype = "<!doctype html>";

// Builds the tree of a page from its tags alone, at many times the speed of a
// tree builder, where every element is closed in the order in which they were
// opened, or left to be closed by what follows as paragraphs, items, rows and
// cells may be. Where more than that is to be known it gives up: emphasis that
// crosses blocks, HTML in svg, most of what is in a table outside of its cells.
//
// The tree is the sink's, which is told in the document's order:
//
//   using Node;               // what it calls an element
//   kReadsBase, kFosters      // whether a base element may be, and what stands
//                             // before a table that it is in; else they are a
//                             // doubt
//   Node document()           // above all
//   attribute(name, value)    // of the element that open() opens next, as in
//                             // the page
//   forget_attributes()       // there is none
//   bool unknown(name, tag)   // what gumbo has no name for is opened next;
//                             // false is a doubt
//   Node open(tag, parent)
//   Node open_svg(name, tag, parent)  // an element of svg; its tag as it is
//   Node implied(tag, parent) // without attributes, before that whose
//                             // attributes were just read
//   close(node)               // of the body, all in it, and noscript
//   text(raw, parent)         // not empty; references are as in the page
//   raw_text(tag, raw, parent)  // an element and all that it holds
//   comment(text, parent)
//   foster(tag, table)        // as open(), but right before a table that is
//   foster_text(raw, table)   // open; as text()
//   optional<bool> quirks(doctype)  // which its tag asks for; if it is known
//   bool good()               // false gives up
//
// (gumbo 0.10.1 puts the text right before a form's end behind the form,
// against the standard, and replaces control characters; this does not.)
template <class Sink>
class PlainScan {
 public:
  using Node = typename Sink::Node;

  PlainScan(std::string_view html, Sink& sink)
      : html_(html),
        none_(kNoNames, {}, {}),
        reader_(html, none_, {}),
        sink_(sink),
        html_node_(sink.document()),
        head_(html_node_),
        noscript_(html_node_) {}

  // Linear in the page's size. False if it gave up: then the tree is of no use.
  bool run();

 private:
  static constexpr std::array<std::string_view, 1> kNoNames = {"script"};
  // Deeper ones are the tree's to judge: each tag looks through what is open.
  static constexpr std::size_t kDeepest = 400;

  // "Insertion modes", as far as they differ here.
  enum class Stage : std::uint8_t {
    kStart,
    kDoctype,  // there was one
    kBeforeHead,
    kHead,
    kNoscript,  // in the head
    kAfterHead,
    kBody,
    kAfterBody,
    kAfterHtml,
  };

  std::size_t left(const char* p) const {
    return static_cast<std::size_t>(reader_.page_end() - p);
  }
  void doubt() { good_ = false; }
  GumboTag current() const { return open_.current(); }

  void end_noscript() {
    if (stage_ != Stage::kNoscript) return;
    sink_.close(noscript_);
    stage_ = Stage::kHead;
  }
  void begin_html() {
    if (stage_ >= Stage::kBeforeHead) return;
    html_node_ = sink_.implied(GUMBO_TAG_HTML, sink_.document());
    stage_ = Stage::kBeforeHead;
  }
  void begin_head() {
    begin_html();
    if (stage_ != Stage::kBeforeHead) return;
    head_ = sink_.implied(GUMBO_TAG_HEAD, html_node_);
    stage_ = Stage::kHead;
  }
  void end_head() {
    begin_head();
    end_noscript();
    stage_ = Stage::kAfterHead;
  }
  void begin_body() {
    end_head();
    open_.push(GUMBO_TAG_BODY, sink_.implied(GUMBO_TAG_BODY, html_node_));
    stage_ = Stage::kBody;
  }
  // Where a comment goes, and white space in the head.
  Node place() const {
    switch (stage_) {
      case Stage::kStart:
      case Stage::kDoctype:
      case Stage::kAfterHtml:
        return sink_.document();
      case Stage::kBeforeHead:
      case Stage::kAfterHead:
      case Stage::kAfterBody:
        return html_node_;
      case Stage::kHead:
        return head_;
      case Stage::kNoscript:
        return noscript_;
      case Stage::kBody:
        break;
    }
    return open_.node();
  }

  void push(GumboTag tag) {
    if (is_table_frame(current())) return foster(tag);
    push_part(tag);
  }
  void push_part(GumboTag tag) {
    open_.push(tag, sink_.open(tag, open_.node()));
    if (open_.size() > kDeepest) doubt();
  }
  void push_implied(GumboTag tag) {
    open_.push(tag, sink_.implied(tag, open_.node()));
  }
  void add_void(GumboTag tag) {
    if (is_table_frame(current())) return foster(tag);
    sink_.close(sink_.open(tag, open_.node()));
  }
  void pop() { sink_.close(open_.pop()); }
  // Formatting that ends with what is around it would begin again behind.
  void pop_to(std::size_t size) {
    while (open_.size() > size) {
      if (open_.action() == TreeAction::kFormatting) doubt();
      pop();
    }
  }
  void pop_cell(std::size_t size) {
    while (open_.size() > size) pop();
  }
  // All behind this place, and what is there.
  void pop_through(std::size_t at) {
    pop_to(at + 1);
    pop();
  }
  void end_by_themselves(GumboTag but = GUMBO_TAG_LAST) {
    while (ends_by_itself(current()) && current() != but) pop();
  }
  void end_paragraph() {
    for (std::size_t i = open_.size(); i-- > 0;) {
      const GumboTag tag = open_.tag(i);
      if (tag == GUMBO_TAG_P) {
        end_by_themselves(GUMBO_TAG_P);
        return pop_to(i);
      }
      if (is_boundary(tag) || tag == GUMBO_TAG_BUTTON) return;
    }
  }
  bool end_cell() {
    const std::size_t cell = open_.innermost_cell();
    // What is open in there ends with it, formatting too.
    if (cell != 0) pop_cell(cell);
    return cell != 0;
  }

  void add_text(const char* begin, const char* end);
  void foster_text(std::string_view raw);
  const char* declaration(const char* tag);
  const char* bogus_comment(const char* text);
  const char* start_tag(const char* p);
  bool start_in_head(GumboTag tag, TreeAction action, const char*& p);
  const char* end_tag(const char* p);
  void end_in_head(GumboTag tag);
  const char* raw_text(const char* p, GumboTag tag, Node parent);
  const char* svg(const char* begin, const char* p);
  void open_element(GumboTag tag, TreeAction action);
  void foster(GumboTag tag);
  void open_item(GumboTag tag, TreeAction action);
  void open_in_table(GumboTag tag, TreeAction action);
  void close_element(GumboTag tag);
  void close_in_select(GumboTag tag, TreeAction action);
  void close_in_table(GumboTag tag, TreeAction action);

  const std::string_view html_;
  const TagBeginnings none_;
  const TagNames& tags_ = TagNames::all();
  TagReader<NoMeter> reader_;
  Sink& sink_;
  OpenElements<Node> open_;
  Node html_node_;
  Node head_;
  Node noscript_;
  Stage stage_ = Stage::kStart;
  std::optional<bool> quirks_ = true;  // then a table ends no paragraph
  bool good_ = true;
  bool skip_newline_ = false;
  bool in_select_ = false;
  bool form_ = false;
  bool attributes_ = false;  // the tag has some
};

template <class Sink>
bool PlainScan<Sink>::run() {
  if (html_.find('\0') != html_.npos) return false;
  const char* p = reader_.page_begin();
  const char* text = p;
  while (good_ && sink_.good()) {
    const char* const tag = reader_.find_tag(p);
    if (left(tag) < 2) break;
    const char c = tag[1];
    if (bytes::is(c, bytes::kAlpha)) {
      add_text(text, tag);
      p = start_tag(tag + 1);
    } else if (c == '/' && left(tag) > 2 && bytes::is(tag[2], bytes::kAlpha)) {
      add_text(text, tag);
      p = end_tag(tag + 2);
    } else if (c == '/' && left(tag) > 2) {
      add_text(text, tag);
      p = tag[2] == '>' ? tag + 3 : bogus_comment(tag + 2);
    } else if (c == '!') {
      add_text(text, tag);
      p = declaration(tag);
    } else if (c == '?') {
      add_text(text, tag);
      p = bogus_comment(tag + 1);
    } else {
      p = tag + 1;  // text
      continue;
    }
    text = p;
  }
  if (good_) add_text(text, reader_.page_end());
  if (good_ && stage_ < Stage::kBody) begin_body();
  if (good_) pop_cell(0);
  return good_ && sink_.good();
}

template <class Sink>
void PlainScan<Sink>::add_text(const char* begin, const char* end) {
  if (skip_newline_) {
    skip_newline_ = false;
    if (begin != end && *begin == '\r') ++begin;
    if (begin != end && *begin == '\n') ++begin;
  }
  if (begin == end) return;
  const auto view = [](const char* from, const char* to) {
    return std::string_view(from, static_cast<std::size_t>(to - from));
  };
  if (stage_ != Stage::kBody || is_table_frame(current())) {
    const char* const word = bytes::skip(begin, end, bytes::kSpace);
    if (stage_ < Stage::kBody) {
      if (word != begin && stage_ > Stage::kBeforeHead) {
        sink_.text(view(begin, word), place());
      }
      if (word == end) return;
      // A reference may be one to white space.
      if (*word == '&') return doubt();
      begin_body();
      begin = word;
    } else if (word != end) {
      return foster_text(view(begin, end));
    }
  }
  sink_.text(view(begin, end), open_.node());
}

template <class Sink>
void PlainScan<Sink>::foster_text(std::string_view raw) {
  if constexpr (Sink::kFosters) {
    // A reference may be one to white space.
    if (stage_ == Stage::kBody && current() != GUMBO_TAG_COLGROUP &&
        raw.find('&') == raw.npos) {
      return sink_.foster_text(raw, open_.node(open_.innermost_boundary()));
    }
  }
  doubt();
}

// From the `<` of "<!" on.
template <class Sink>
const char* PlainScan<Sink>::declaration(const char* tag) {
  constexpr std::string_view kDoctype = "<!doctype";
  const char* const end = reader_.declaration(tag + 2);
  const std::string_view whole(tag, static_cast<std::size_t>(end - tag));
  if (whole.starts_with("<!--")) {
    std::string_view text = whole.substr(4);
    if (text == ">" || text == "->") {
      text = {};
    } else if (text.ends_with("--!>")) {
      text.remove_suffix(4);
    } else if (text.ends_with("-->")) {
      text.remove_suffix(3);
    } else {
      doubt();  // what of it is text, where it does not end
    }
    sink_.comment(text, place());
  } else if (starts_with_ignoring_case(whole, kDoctype)) {
    if (!whole.ends_with('>')) doubt();
    if (stage_ == Stage::kStart) {
      stage_ = Stage::kDoctype;
      quirks_ = sink_.quirks(whole);
    }
  } else {
    return bogus_comment(tag + 2);
  }
  return end;
}

template <class Sink>
const char* PlainScan<Sink>::bogus_comment(const char* text) {
  const char* const end = reader_.bogus_comment(text);
  const bool ends = end != text && end[-1] == '>';
  sink_.comment({text, static_cast<std::size_t>(end - text) - (ends ? 1 : 0)},
                place());
  return end;
}

template <class Sink>
const char* PlainScan<Sink>::start_tag(const char* p) {
  const char* const name = p;
  p = reader_.tag_name(p);
  const auto length = static_cast<std::size_t>(p - name);
  const GumboTag tag = tags_.find(name, length, reader_.page_end());
  const TreeAction action = kTreeActions[tag];
  skip_newline_ = false;
  attributes_ = false;
  p = reader_.attributes(p,
                         [this](std::string_view key, std::string_view value) {
                           attributes_ = true;
                           sink_.attribute(key, value);
                         });
  if (p == nullptr) {
    sink_.forget_attributes();
    return reader_.page_end();
  }
  if (tag == GUMBO_TAG_UNKNOWN &&
      !sink_.unknown({name, length},
                     {name - 1, static_cast<std::size_t>(p - name) + 1})) {
    doubt();
  }
  if (stage_ > Stage::kBody || action == TreeAction::kDoubt ||
      (tag == GUMBO_TAG_BASE && !Sink::kReadsBase)) {
    doubt();
    return p;
  }
  if (stage_ < Stage::kBody && start_in_head(tag, action, p)) return p;
  switch (action) {
    case TreeAction::kRaw:
    case TreeAction::kScript:
    case TreeAction::kTitle:
      if (current() == GUMBO_TAG_COLGROUP ||
          (action != TreeAction::kScript &&
           (in_select_ ||
            (tag != GUMBO_TAG_STYLE && is_table_frame(current()))))) {
        doubt();
      }
      return raw_text(p, tag, open_.node());
    case TreeAction::kSvg:
      if (is_table_frame(current()) || in_select_) doubt();
      return svg(name - 1, p);
    case TreeAction::kHtml:
    case TreeAction::kBody:
      if (attributes_) doubt();
      return p;
    case TreeAction::kHead:
      if (is_table_frame(current()) || in_select_) doubt();
      add_void(tag);
      return p;
    default:
      open_element(tag, action);
      return p;
  }
}

// False if it is one of the body's, which has begun then.
template <class Sink>
bool PlainScan<Sink>::start_in_head(GumboTag tag, TreeAction action,
                                    const char*& p) {
  switch (action) {
    case TreeAction::kHtml:
      if (tag == GUMBO_TAG_HTML) {
        if (stage_ >= Stage::kBeforeHead) {
          if (attributes_) doubt();
          return true;
        }
        html_node_ = sink_.open(tag, sink_.document());
        stage_ = Stage::kBeforeHead;
        return true;
      }
      begin_html();
      if (stage_ != Stage::kBeforeHead) {
        sink_.forget_attributes();
        return true;
      }
      head_ = sink_.open(tag, html_node_);
      stage_ = Stage::kHead;
      return true;
    case TreeAction::kBody:
      end_head();
      open_.push(tag, sink_.open(tag, html_node_));
      stage_ = Stage::kBody;
      return true;
    case TreeAction::kHead:
      begin_head();
      if (tag == GUMBO_TAG_BASE) end_noscript();
      sink_.close(
          sink_.open(tag, stage_ == Stage::kNoscript ? noscript_ : head_));
      return true;
    case TreeAction::kTitle:
    case TreeAction::kRaw:
    case TreeAction::kScript: {
      const bool either = tag == GUMBO_TAG_STYLE || tag == GUMBO_TAG_NOFRAMES;
      if (action == TreeAction::kRaw && !either) break;
      begin_head();
      if (!either) end_noscript();
      p = raw_text(p, tag, stage_ == Stage::kNoscript ? noscript_ : head_);
      return true;
    }
    default:
      if (tag != GUMBO_TAG_NOSCRIPT || stage_ == Stage::kAfterHead) break;
      begin_head();
      if (stage_ == Stage::kNoscript) {
        sink_.forget_attributes();
      } else {
        noscript_ = sink_.open(tag, head_);
        stage_ = Stage::kNoscript;
      }
      return true;
  }
  begin_body();
  return false;
}

template <class Sink>
const char* PlainScan<Sink>::end_tag(const char* p) {
  const char* const name = p;
  p = reader_.tag_name(p);
  const GumboTag tag =
      tags_.find(name, static_cast<std::size_t>(p - name), reader_.page_end());
  skip_newline_ = false;
  p = reader_.attributes(p);
  if (p == nullptr) return reader_.page_end();
  if (stage_ < Stage::kBody) {
    end_in_head(tag);
  } else if (tag == GUMBO_TAG_BODY || tag == GUMBO_TAG_HTML) {
    // In a table it is ignored.
    if (in_select_ || open_.has(GUMBO_TAG_TABLE)) doubt();
    stage_ = tag == GUMBO_TAG_BODY ? Stage::kAfterBody : Stage::kAfterHtml;
  } else if (stage_ > Stage::kBody) {
    doubt();
  } else {
    close_element(tag);
  }
  return p;
}

template <class Sink>
void PlainScan<Sink>::end_in_head(GumboTag tag) {
  if (tag == GUMBO_TAG_BR) return doubt();
  if (stage_ == Stage::kNoscript) {
    if (tag == GUMBO_TAG_NOSCRIPT) end_noscript();
  } else if (tag == GUMBO_TAG_BODY || tag == GUMBO_TAG_HTML) {
    doubt();
  } else if (tag == GUMBO_TAG_HEAD) {
    end_head();
  }
}

template <class Sink>
const char* PlainScan<Sink>::raw_text(const char* p, GumboTag tag,
                                      Node parent) {
  const std::string_view name = gumbo_normalized_tagname(tag);
  const char* const end = tag == GUMBO_TAG_SCRIPT
                              ? reader_.end_of_script(p)
                              : reader_.end_of_text(p, name);
  sink_.raw_text(tag, {p, static_cast<std::size_t>(end - p)}, parent);
  if (end == reader_.page_end()) return end;
  const char* const behind = reader_.attributes(end + 2 + name.size());
  return behind == nullptr ? reader_.page_end() : behind;
}

}  // namespace crawl

#include "parse/html/plain_scan_body.h"

#endif  // CRAWL_PARSE_HTML_PLAIN_SCAN_H_
