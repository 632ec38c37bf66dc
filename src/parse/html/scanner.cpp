#include "parse/html/scanner.h"

#include <algorithm>
#include <vector>

#include "parse/html/anchor_text.h"
#include "parse/html/scanner_names.h"
#include "parse/html/tag_reader.h"

namespace crawl {
namespace {

using bytes::NameKey;

constexpr NameKey kForm = bytes::constant_key("form");
constexpr NameKey kTemplate = bytes::constant_key("template");

// Deeper svg or math is no picture and no formula.
constexpr std::size_t kMaxForeignDepth = 512;

// What the tree builder would do, as far as it changes which elements a page
// has: it ignores a form in a form, a frame outside a frameset and nearly all
// inside one; it keeps what a template holds out of the document; svg and math
// have elements and text of their own kind. Every other start tag makes an
// element, wherever that ends up in the tree.
//
// With kText, text inside `a` goes to the builder too.
template <class Meter, bool kText>
class Scanner {
 public:
  Scanner(std::string_view html, OnDoubt on_doubt, PageBuilder& builder,
          Meter meter)
      : reader_(html, kBodyTags, meter),
        on_doubt_(on_doubt),
        builder_(builder),
        checks_(kText && builder.wants_check()),
        anchors_(builder) {}

  ScanDoubt run() {
    const char* p = reader_.page_begin();
    const char* text = p;
    while (!stop_) {
      const char* const tag = in_head_ || follows_anchor() || checks()
                                  ? reader_.find_tag(p)
                                  : reader_.find_kept_tag(p);
      if (in_head_) leave_head_at_text(p, tag);
      if (left(tag) < 2) break;
      const char c = tag[1];
      if (bytes::is(c, bytes::kAlpha)) {
        end_text(text, tag);
        p = start_tag(tag + 1);
      } else if (c == '/') {
        if (left(tag) < 3) break;
        end_text(text, tag);
        p = end_tag(tag + 2);
      } else if (c == '!') {
        end_text(text, tag);
        p = reader_.declaration(tag + 2);
      } else if (c == '?') {
        end_text(text, tag);
        p = reader_.bogus_comment(tag + 2);
      } else {
        in_head_ = false;
        p = tag + 1;
        continue;
      }
      text = p;
    }
    if (!stop_) end_text(text, reader_.page_end());
    return doubt_;
  }

 private:
  struct Name {
    NameKey key;
    const char* begin;
    const char* end;
  };

  std::size_t left(const char* p) const {
    return static_cast<std::size_t>(reader_.page_end() - p);
  }

  Name read_name(const char* p) {
    const char* const end = reader_.tag_name(p);
    return {bytes::name_key(p, static_cast<std::size_t>(end - p),
                            reader_.page_end()),
            p, end};
  }

  bool is(const Name& name, std::string_view word) const {
    return name.key.size == word.size() &&
           bytes::matches(name.begin, name.end, word);
  }

  // For null, "the page ended in this tag".
  const char* or_end(const char* p) const {
    return p == nullptr ? reader_.page_end() : p;
  }

  void doubt(ScanDoubt reason) {
    if (doubt_ == ScanDoubt::kNone) doubt_ = reason;
    if (on_doubt_ == OnDoubt::kStop) stop_ = true;
  }

  bool follows_anchor() const {
    return kText && template_depth_ == 0 && anchors_.is_open();
  }

  bool checks() const { return kText && checks_; }

  // Of a start tag whose attributes are read.
  void note_tag(const Name& name) {
    if (!checks() || template_depth_ != 0) return;
    builder_.place(name.begin - 1);
    builder_.targets(attributes_, is(name, "a"));
  }

  void end_text(const char* begin, const char* end) {
    if (follows_anchor()) anchors_.text(begin, end);
  }

  void leave_head_at_text(const char* p, const char* end) {
    if (bytes::skip(p, end, bytes::kSpace) != end) in_head_ = false;
  }

  // Reads attributes into attributes_; false if the page ends in the tag.
  bool read_attributes(const char*& p) {
    attributes_.clear();
    const char* const end = reader_.page_end();
    p = reader_.attributes(
        p, [this, end](std::string_view name, std::string_view value) {
          const NameKey key = bytes::name_key(name.data(), name.size(), end);
          attributes_.add(
              kAttributes.find(key, name.data(), end, PageAttribute::kOther),
              value);
        });
    return p != nullptr;
  }

  void emit(PageElement element) {
    if (template_depth_ != 0) return;
    const PageBuilder::Anchor anchor = builder_.element(element, attributes_);
    if (kText && element == PageElement::kA) anchors_.begin(anchor);
  }

  const char* start_tag(const char* p) {
    const Name name = read_name(p);
    const ScannedTag tag =
        kHtmlTags.find(name.key, name.begin, reader_.page_end(), {});
    p = name.end;
    if (tag.element == PageElement::kOther && !checks()) {
      p = reader_.attributes(p);
      if (p == nullptr) return reader_.page_end();
    } else if (!read_attributes(p)) {
      return reader_.page_end();
    }
    note_tag(name);
    if (follows_anchor() &&
        !anchors_.start_tag(name.key, name.begin, reader_.page_end())) {
      doubt(ScanDoubt::kAnchorText);
    }
    if (tag.action == TagAction::kOther) [[likely]] {
      in_head_ = false;
      if (tag.element != PageElement::kOther) emit(tag.element);
      return p;
    }
    return special_tag(tag, name, p);
  }

  // `p` is behind the tag, its attributes are read.
  const char* special_tag(const ScannedTag& tag, const Name& name,
                          const char* p) {
    switch (tag.action) {
      case TagAction::kHead:
        if (tag.element != PageElement::kOther) emit(tag.element);
        return p;
      case TagAction::kHtml:
        emit(tag.element);
        return p;
      case TagAction::kBody:
        body(tag);
        return p;
      case TagAction::kTitle:
        return title(p);
      case TagAction::kScript:
        emit(tag.element);
        return behind_text(reader_.end_of_script(p), "script");
      case TagAction::kRawHead:
        return behind_text(reader_.end_of_text(p, lower(name)), lower(name));
      case TagAction::kRawBody:
      case TagAction::kRcdata:
        in_head_ = false;
        if (tag.element != PageElement::kOther) emit(tag.element);
        return behind_text(reader_.end_of_text(p, lower(name)), lower(name));
      case TagAction::kPlaintext:
        return reader_.page_end();
      case TagAction::kForeign:
        in_head_ = false;
        return reader_.self_closing() ? p : foreign(p, is(name, "svg"));
      case TagAction::kForm:
        in_head_ = false;
        // In a form, unless a template stands between: that holds no links.
        if (template_depth_ == 0 && !form_open_) {
          form_open_ = true;
          emit(tag.element);
        }
        return p;
      case TagAction::kFrameset:
        return frameset(p);
      case TagAction::kTemplate:
        if (template_depth_++ == 0) in_head_around_template_ = in_head_;
        return p;
      case TagAction::kColumn:
        // A template that begins with a column ignores what is none, tags that
        // would begin raw text included.
        if (template_depth_ != 0) doubt(ScanDoubt::kTemplate);
        break;
      case TagAction::kFrame:
      case TagAction::kOther:
        break;
    }
    in_head_ = false;
    return p;
  }

  // The lower-case name of a raw text element, as long as the program.
  static std::string_view lower(const Name& name) {
    for (const std::string_view known :
         {"style", "iframe", "textarea", "noframes", "noembed", "xmp"}) {
      if (name.key == bytes::constant_key(known)) return known;
    }
    return "script";
  }

  // Behind the end tag that ends raw text, whose `<` is at `p`.
  const char* behind_text(const char* p, std::string_view name) {
    if (p == reader_.page_end()) return p;
    return or_end(reader_.attributes(p + 2 + name.size()));
  }

  const char* title(const char* p) {
    const char* const content_end = reader_.end_of_text(p, "title");
    if (template_depth_ == 0) {
      builder_.title({p, static_cast<std::size_t>(content_end - p)});
    }
    return behind_text(content_end, "title");
  }

  // A body tag behind the first gives it the attributes it has not.
  void body(const ScannedTag& tag) {
    if (template_depth_ != 0) return;
    if (attributes_.has(PageAttribute::kBackground) && !background_seen_) {
      background_seen_ = true;
      emit(tag.element);
    }
    in_head_ = false;
  }

  // The page does not end at `p`.
  const char* end_tag(const char* p) {
    if (!bytes::is(*p, bytes::kAlpha)) {
      return *p == '>' ? p + 1 : reader_.bogus_comment(p);
    }
    const Name name = read_name(p);
    p = name.end;
    if (p != reader_.page_end() && *p == '>') [[likely]] {
      ++p;
    } else {
      p = reader_.attributes(p);
      if (p == nullptr) return reader_.page_end();
    }
    if (follows_anchor() &&
        !anchors_.end_tag(name.key, name.begin, reader_.page_end())) {
      doubt(ScanDoubt::kAnchorText);
    }
    if (name.key == kForm) {
      if (template_depth_ == 0) form_open_ = false;
    } else if (name.key == kTemplate) {
      if (template_depth_ != 0 && --template_depth_ == 0) {
        in_head_ = in_head_around_template_;
      }
    } else if (in_head_ &&
               (is(name, "body") || is(name, "html") || is(name, "br"))) {
      in_head_ = false;  // other end tags are ignored there
    }
    return p;
  }

  // Everything from behind a frameset tag on.
  const char* frameset(const char* p) {
    if (template_depth_ != 0) return p;
    if (!in_head_) {
      doubt(ScanDoubt::kFrameset);
      return p;
    }
    std::size_t depth = 1;
    for (;;) {
      p = reader_.find_tag(p);
      if (left(p) < 2) return reader_.page_end();
      ++p;
      const bool end_tag = *p == '/';
      if (end_tag) ++p;
      if (p == reader_.page_end()) return p;
      if (!bytes::is(*p, bytes::kAlpha)) {
        p = markup_but_tags(p, end_tag);
        continue;
      }
      const Name name = read_name(p);
      p = name.end;
      if (!read_attributes(p)) return reader_.page_end();
      if (!end_tag) note_tag(name);
      if (is(name, "frameset")) {
        if (depth != 0) depth = end_tag ? depth - 1 : depth + 1;
      } else if (!end_tag && is(name, "frame")) {
        if (depth != 0) emit(PageElement::kFrame);
      } else if (!end_tag && is(name, "html")) {
        emit(PageElement::kHtml);
      } else if (!end_tag && is(name, "noframes")) {
        p = behind_text(reader_.end_of_text(p, "noframes"), "noframes");
      }
    }
  }

  // From behind a `<` or `</` that begins no tag.
  const char* markup_but_tags(const char* p, bool end_tag) {
    if (end_tag) return *p == '>' ? p + 1 : reader_.bogus_comment(p);
    if (*p == '!') return reader_.declaration(p + 1);
    if (*p == '?') return reader_.bogus_comment(p + 1);
    return p;
  }

  // From behind an svg or math tag to behind its end ("the rules for parsing
  // tokens in foreign content").
  const char* foreign(const char* p, bool svg);
  bool foreign_start_tag(const Name& name, bool svg);
  bool foreign_end_tag(const Name& name);
  // Whether start tags in this element are HTML.
  bool holds_html(const Name& name, bool svg) const {
    const ForeignAction action =
        kForeignTags.find(name.key, name.begin, reader_.page_end(), {}).action;
    if (svg) return action == ForeignAction::kSvgHtml;
    return action == ForeignAction::kMathText ||
           action == ForeignAction::kMathHtml;
  }
  bool same_name(const Name& a, const Name& b) const;
  // Text in svg or math that may be that of an `a` around.
  void foreign_text(const char* begin, const char* end);

  TagReader<Meter> reader_;
  const OnDoubt on_doubt_;
  PageBuilder& builder_;
  const bool checks_;  // every tag may be a target
  AttributeSet attributes_;
  ScanDoubt doubt_ = ScanDoubt::kNone;
  bool stop_ = false;
  bool in_head_ = true;  // certainly: no body has been opened
  bool in_head_around_template_ = true;
  bool form_open_ = false;
  bool background_seen_ = false;
  std::size_t template_depth_ = 0;
  std::vector<Name> open_foreign_;
  bool hidden_in_foreign_ = false;  // a script or style was opened in there
  AnchorText anchors_;
};

template <class Meter, bool kText>
bool Scanner<Meter, kText>::same_name(const Name& a, const Name& b) const {
  if (a.key.size != b.key.size) return false;
  for (std::size_t i = 0; i < a.key.size; ++i) {
    const char x = a.begin[i];
    const char y = b.begin[i];
    if (x != y && !((x ^ y) == 0x20 && bytes::is(x, bytes::kAlpha))) {
      return false;
    }
  }
  return true;
}

// Returns false if the tag ends svg and math: it is HTML then.
template <class Meter, bool kText>
bool Scanner<Meter, kText>::foreign_start_tag(const Name& name, bool svg) {
  const ForeignTag tag =
      kForeignTags.find(name.key, name.begin, reader_.page_end(), {});
  if (holds_html(open_foreign_.back(), svg) ||
      tag.action == ForeignAction::kBreakout ||
      tag.action == ForeignAction::kFont) {
    doubt(ScanDoubt::kForeign);
    return false;
  }
  if (kText) {
    if (svg && tag.svg_element == PageElement::kSvgA) {
      doubt(ScanDoubt::kAnchorText);
    }
    if (is(name, "script") || is(name, "style")) hidden_in_foreign_ = true;
  }
  if (svg && tag.svg_element != PageElement::kOther) emit(tag.svg_element);
  if (reader_.self_closing()) return true;
  if (open_foreign_.size() == kMaxForeignDepth) {
    doubt(ScanDoubt::kForeign);
    return false;
  }
  open_foreign_.push_back(name);
  return true;
}

// Returns false if the tag is not in svg or math.
template <class Meter, bool kText>
bool Scanner<Meter, kText>::foreign_end_tag(const Name& name) {
  for (std::size_t i = open_foreign_.size(); i-- != 0;) {
    if (same_name(open_foreign_[i], name)) {
      open_foreign_.resize(i);
      return true;
    }
  }
  doubt(ScanDoubt::kForeign);
  return false;
}

template <class Meter, bool kText>
void Scanner<Meter, kText>::foreign_text(const char* begin, const char* end) {
  if (!follows_anchor() || begin == end) return;
  // Script and style hold none; a NUL is not what the builder takes it for.
  if (hidden_in_foreign_ || std::find(begin, end, '\0') != end) {
    doubt(ScanDoubt::kAnchorText);
  }
  anchors_.text(begin, end);
}

template <class Meter, bool kText>
const char* Scanner<Meter, kText>::foreign(const char* p, bool svg) {
  constexpr std::string_view kCdata = "![CDATA[";
  hidden_in_foreign_ = false;
  const std::string_view root = svg ? "svg" : "math";
  open_foreign_.assign(
      1, {bytes::constant_key(root), root.data(), root.data() + root.size()});
  while (!stop_ && !open_foreign_.empty()) {
    const char* const text = p;
    const char* const tag = reader_.find_tag(p);
    const bool end_tag = left(tag) > 1 && tag[1] == '/';
    if (left(tag) < (end_tag ? 3 : 2)) {
      foreign_text(text, reader_.page_end());
      return reader_.page_end();
    }
    p = tag + (end_tag ? 2 : 1);
    if (!bytes::is(*p, bytes::kAlpha)) {
      const bool cdata =
          !end_tag && std::string_view(p, left(p)).starts_with(kCdata);
      if (cdata && follows_anchor()) doubt(ScanDoubt::kAnchorText);
      if (cdata) {
        p = reader_.cdata_section(p + kCdata.size());
        // The end may begin with half of a character. (It may also be the
        // page's: then this does no harm.)
        if (bytes::is_not_ascii(p[-4])) doubt(ScanDoubt::kForeign);
      } else {
        p = markup_but_tags(p, end_tag);
      }
      // A `<` that begins nothing is text.
      foreign_text(text, p == tag + 1 ? p : tag);
      continue;
    }
    foreign_text(text, tag);
    const Name name = read_name(p);
    p = name.end;
    if (!read_attributes(p)) return reader_.page_end();
    if (!end_tag) note_tag(name);
    // Names of other bytes may be the same once they are decoded, and names of
    // the same letters may be others.
    if (std::any_of(name.begin, name.end, bytes::is_not_ascii)) {
      doubt(ScanDoubt::kForeign);
    }
    if (end_tag ? !foreign_end_tag(name) : !foreign_start_tag(name, svg)) {
      open_foreign_.clear();
      return tag;
    }
  }
  return p;
}

}  // namespace

std::string_view to_string(ScanDoubt doubt) {
  switch (doubt) {
    case ScanDoubt::kNone:
      return "none";
    case ScanDoubt::kAnchorText:
      return "anchor_text";
    case ScanDoubt::kForeign:
      return "foreign";
    case ScanDoubt::kFrameset:
      return "frameset";
    case ScanDoubt::kTemplate:
      return "template";
  }
  return "none";
}

ScanDoubt scan_page(std::string_view html, OnDoubt on_doubt,
                    PageBuilder& builder) {
  return builder.wants_text()
             ? Scanner<NoMeter, true>(html, on_doubt, builder, {}).run()
             : Scanner<NoMeter, false>(html, on_doubt, builder, {}).run();
}

ScanDoubt scan_page_counting(std::string_view html, OnDoubt on_doubt,
                             PageBuilder& builder, std::uint64_t& steps) {
  const StepMeter meter{steps};
  return builder.wants_text()
             ? Scanner<StepMeter, true>(html, on_doubt, builder, meter).run()
             : Scanner<StepMeter, false>(html, on_doubt, builder, meter).run();
}

}  // namespace crawl
