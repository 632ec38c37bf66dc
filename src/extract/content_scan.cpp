#include "extract/content_scan.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "parse/html/entities.h"
#include "parse/html/html_text.h"
#include "parse/html/tag_reader.h"

namespace crawl {
namespace {

using Attribute = ContentTree::Attribute;
using Index = ContentTree::Index;
using bytes::NameKey;

// Deeper ones are the tree's to judge: each tag looks through what is open.
constexpr std::size_t kDeepest = 400;
constexpr Index kUnseen = ~Index{0};

enum class Action : std::uint8_t {
  kOrdinary,
  kVoid,
  kBlock,  // ends a paragraph
  kHeading,
  kItem,
  kTerm,
  kFormatting,
  kRule,
  kTable,
  kCaption,
  kColumns,
  kColumn,
  kRows,
  kRow,
  kCell,
  kOption,
  kSelect,
  kRaw,
  kScript,
  kSvg,
  kForm,
  kButton,
  kHead,  // in a head: nothing to read
  kTitle,
  kHtml,
  kBody,
  kDoubt,
};

constexpr auto kActions = [] {
  std::array<Action, GUMBO_TAG_LAST + 1> actions{};
  const auto set = [&](Action action, std::initializer_list<GumboTag> tags) {
    for (const GumboTag tag : tags) actions[tag] = action;
  };
  set(Action::kVoid, {GUMBO_TAG_AREA, GUMBO_TAG_BR, GUMBO_TAG_EMBED,
                      GUMBO_TAG_IMG, GUMBO_TAG_WBR, GUMBO_TAG_INPUT,
                      GUMBO_TAG_PARAM, GUMBO_TAG_SOURCE, GUMBO_TAG_TRACK});
  set(Action::kBlock,
      {GUMBO_TAG_ADDRESS,    GUMBO_TAG_ARTICLE,    GUMBO_TAG_ASIDE,
       GUMBO_TAG_BLOCKQUOTE, GUMBO_TAG_CENTER,     GUMBO_TAG_DETAILS,
       GUMBO_TAG_DIR,        GUMBO_TAG_DIV,        GUMBO_TAG_DL,
       GUMBO_TAG_FIELDSET,   GUMBO_TAG_FIGCAPTION, GUMBO_TAG_FIGURE,
       GUMBO_TAG_FOOTER,     GUMBO_TAG_HEADER,     GUMBO_TAG_HGROUP,
       GUMBO_TAG_MAIN,       GUMBO_TAG_MENU,       GUMBO_TAG_NAV,
       GUMBO_TAG_OL,         GUMBO_TAG_P,          GUMBO_TAG_PRE,
       GUMBO_TAG_SECTION,    GUMBO_TAG_SUMMARY,    GUMBO_TAG_UL});
  set(Action::kHeading, {GUMBO_TAG_H1, GUMBO_TAG_H2, GUMBO_TAG_H3, GUMBO_TAG_H4,
                         GUMBO_TAG_H5, GUMBO_TAG_H6});
  set(Action::kItem, {GUMBO_TAG_LI});
  set(Action::kTerm, {GUMBO_TAG_DD, GUMBO_TAG_DT});
  set(Action::kFormatting,
      {GUMBO_TAG_A, GUMBO_TAG_B, GUMBO_TAG_BIG, GUMBO_TAG_CODE, GUMBO_TAG_EM,
       GUMBO_TAG_FONT, GUMBO_TAG_I, GUMBO_TAG_S, GUMBO_TAG_SMALL,
       GUMBO_TAG_STRIKE, GUMBO_TAG_STRONG, GUMBO_TAG_TT, GUMBO_TAG_U});
  set(Action::kRule, {GUMBO_TAG_HR});
  set(Action::kTable, {GUMBO_TAG_TABLE});
  set(Action::kCaption, {GUMBO_TAG_CAPTION});
  set(Action::kColumns, {GUMBO_TAG_COLGROUP});
  set(Action::kColumn, {GUMBO_TAG_COL});
  set(Action::kRows, {GUMBO_TAG_TBODY, GUMBO_TAG_THEAD, GUMBO_TAG_TFOOT});
  set(Action::kRow, {GUMBO_TAG_TR});
  set(Action::kCell, {GUMBO_TAG_TD, GUMBO_TAG_TH});
  set(Action::kOption, {GUMBO_TAG_OPTION, GUMBO_TAG_OPTGROUP});
  set(Action::kSelect, {GUMBO_TAG_SELECT});
  set(Action::kRaw, {GUMBO_TAG_STYLE, GUMBO_TAG_IFRAME, GUMBO_TAG_TEXTAREA,
                     GUMBO_TAG_NOFRAMES, GUMBO_TAG_NOEMBED});
  set(Action::kScript, {GUMBO_TAG_SCRIPT});
  set(Action::kSvg, {GUMBO_TAG_SVG});
  set(Action::kForm, {GUMBO_TAG_FORM});
  set(Action::kButton, {GUMBO_TAG_BUTTON});
  set(Action::kHead, {GUMBO_TAG_META, GUMBO_TAG_LINK});
  set(Action::kTitle, {GUMBO_TAG_TITLE});
  set(Action::kHtml, {GUMBO_TAG_HTML, GUMBO_TAG_HEAD});
  set(Action::kBody, {GUMBO_TAG_BODY});
  set(Action::kDoubt,
      {GUMBO_TAG_TEMPLATE,  GUMBO_TAG_FRAMESET, GUMBO_TAG_FRAME,
       GUMBO_TAG_PLAINTEXT, GUMBO_TAG_XMP,      GUMBO_TAG_LISTING,
       GUMBO_TAG_IMAGE,     GUMBO_TAG_ISINDEX,  GUMBO_TAG_NOBR,
       GUMBO_TAG_MATH,      GUMBO_TAG_OBJECT,   GUMBO_TAG_APPLET,
       GUMBO_TAG_MARQUEE,   GUMBO_TAG_RUBY,     GUMBO_TAG_RB,
       GUMBO_TAG_RT,        GUMBO_TAG_RP,       GUMBO_TAG_RTC,
       GUMBO_TAG_BASE,      GUMBO_TAG_BASEFONT, GUMBO_TAG_BGSOUND,
       GUMBO_TAG_KEYGEN,    GUMBO_TAG_MENUITEM});
  return actions;
}();

// The tree builder's "special" elements, as far as they are not doubted.
bool is_special(GumboTag tag) {
  switch (kActions[tag]) {
    case Action::kOrdinary:
      return tag == GUMBO_TAG_NOSCRIPT;
    case Action::kFormatting:
    case Action::kOption:
      return false;
    default:
      return true;
  }
}

bool ends_by_itself(GumboTag tag) {
  return tag == GUMBO_TAG_DD || tag == GUMBO_TAG_DT || tag == GUMBO_TAG_LI ||
         tag == GUMBO_TAG_OPTION || tag == GUMBO_TAG_OPTGROUP ||
         tag == GUMBO_TAG_P;
}

// Where nothing but parts of a table may be.
bool is_table_frame(GumboTag tag) {
  switch (kActions[tag]) {
    case Action::kTable:
    case Action::kRows:
    case Action::kRow:
    case Action::kColumns:
      return true;
    default:
      return false;
  }
}

// Behind which nothing is looked for ("has an element in scope").
bool is_boundary(GumboTag tag) {
  return tag == GUMBO_TAG_TABLE || tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH ||
         tag == GUMBO_TAG_CAPTION || tag == GUMBO_TAG_BODY;
}

class ContentScan {
 public:
  explicit ContentScan(std::string_view html)
      : html_(html), none_(kNoNames, {}, {}), reader_(html, none_, {}) {}

  std::optional<ContentTree> run() {
    if (html_.find('\0') != html_.npos) return std::nullopt;
    const char* p = reader_.page_begin();
    const char* text = p;
    while (good_) {
      const char* const tag = reader_.find_tag(p);
      if (left(tag) < 2) break;
      const char c = tag[1];
      if (bytes::is(c, bytes::kAlpha)) {
        add_text(text, tag);
        p = start_tag(tag + 1);
      } else if (c == '/' && left(tag) > 2 &&
                 bytes::is(tag[2], bytes::kAlpha)) {
        add_text(text, tag);
        p = end_tag(tag + 2);
      } else if (c == '/' && left(tag) > 2) {
        add_text(text, tag);
        p = tag[2] == '>' ? tag + 3 : reader_.bogus_comment(tag + 2);
      } else if (c == '!') {
        add_text(text, tag);
        declaration(tag);
        p = reader_.declaration(tag + 2);
      } else if (c == '?') {
        add_text(text, tag);
        p = reader_.bogus_comment(tag + 2);
      } else {
        p = tag + 1;  // text
        continue;
      }
      text = p;
    }
    if (!good_) return std::nullopt;
    add_text(text, reader_.page_end());
    if (!good_) return std::nullopt;
    pop_to(0);
    return builder_.finish();
  }

 private:
  static constexpr std::array<std::string_view, 1> kNoNames = {"script"};

  struct Open {
    GumboTag tag;
    Index node;
  };

  std::size_t left(const char* p) const {
    return static_cast<std::size_t>(reader_.page_end() - p);
  }
  void doubt() { good_ = false; }
  GumboTag current() const {
    return open_.empty() ? GUMBO_TAG_BODY : open_.back().tag;
  }

  // In quirks a table does not end a paragraph.
  void declaration(const char* tag) {
    constexpr std::string_view kStandard = "<!doctype html>";
    if (!in_head_ || left(tag) < kStandard.size()) return;
    standard_ =
        standard_ || equals_ignoring_case({tag, kStandard.size()}, kStandard);
  }

  void begin_body() {
    if (!open_.empty()) return;
    in_head_ = false;
    push(GUMBO_TAG_BODY, ContentTree::kRoot);
  }

  void push(GumboTag tag, Index parent) {
    if (parent == kUnseen) {
      builder_.forget_attributes();
      open_.push_back({tag, kUnseen});
    } else {
      open_.push_back(
          {tag, builder_.open(tag, true, parent).value_or(kUnseen)});
    }
    if (open_.size() > kDeepest) doubt();
  }
  void push(GumboTag tag) { push(tag, open_.back().node); }

  void pop() {
    if (open_.back().node != kUnseen) builder_.close(open_.back().node);
    open_.pop_back();
  }
  // Formatting that ends with what is around it would begin again behind.
  void pop_to(std::size_t size) {
    while (open_.size() > size) {
      if (size != 0 && kActions[current()] == Action::kFormatting) doubt();
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

  // Its place among those open; 0, the body's, if it is not in scope.
  std::size_t in_scope(GumboTag tag) const {
    for (std::size_t i = open_.size(); i-- > 0;) {
      if (open_[i].tag == tag) return i;
      if (is_boundary(open_[i].tag)) return 0;
    }
    return 0;
  }

  // For items, which lists hide.
  std::size_t list_scope(GumboTag tag) const {
    for (std::size_t i = open_.size(); i-- > 0;) {
      const GumboTag other = open_[i].tag;
      if (other == tag) return i;
      if (is_boundary(other) || other == GUMBO_TAG_OL ||
          other == GUMBO_TAG_UL) {
        return 0;
      }
    }
    return 0;
  }

  // For parts of a table: in the innermost one.
  std::size_t in_table_scope(GumboTag tag) const {
    for (std::size_t i = open_.size(); i-- > 0;) {
      if (open_[i].tag == tag) return i;
      if (open_[i].tag == GUMBO_TAG_TABLE) return 0;
    }
    return 0;
  }

  void push_implied(GumboTag tag) {
    const Index parent = open_.back().node;
    open_.push_back(
        {tag, parent == kUnseen ? kUnseen : builder_.implied(tag, parent)});
  }

  void end_paragraph() {
    for (std::size_t i = open_.size(); i-- > 0;) {
      const GumboTag tag = open_[i].tag;
      if (tag == GUMBO_TAG_P) {
        end_by_themselves(GUMBO_TAG_P);
        pop_to(i);
        return;
      }
      if (is_boundary(tag) || tag == GUMBO_TAG_BUTTON) return;
    }
  }

  void add_text(const char* begin, const char* end) {
    if (skip_newline_) {
      skip_newline_ = false;
      if (begin != end && *begin == '\r') ++begin;
      if (begin != end && *begin == '\n') ++begin;
    }
    if (begin == end) return;
    if (in_head_ || after_body_ || is_table_frame(current())) {
      const char* const word = bytes::skip(begin, end, bytes::kSpace);
      if (in_head_) begin = word;
      if (word == end) {
        if (in_head_ || after_body_) return;
      } else if (in_head_) {
        begin_body();
      } else {
        return doubt();
      }
    }
    if (open_.back().node == kUnseen) return;
    const std::string_view raw(begin, static_cast<std::size_t>(end - begin));
    std::string_view text = raw;
    if (bytes::find_reference(begin, end) != end) {
      text = decode_text(raw, TextContext::kData, scratch_);
      if (text.data() == scratch_.data()) {
        text = builder_.keep(std::string(text));
      }
    }
    if (!text.empty()) builder_.text(text, open_.back().node);
  }

  void unknown(std::string_view name) {
    if (equals_ignoring_case(name, "dialog")) builder_.dialog();
    if (equals_ignoring_case(name, "annotation")) doubt();
  }

  static Attribute attribute_of(const NameKey& key, std::string_view name);
  const char* read_attributes(const char* p);
  const char* start_tag(const char* p);
  const char* end_tag(const char* p);
  const char* raw_text(const char* p, GumboTag tag);
  const char* svg(const char* p);
  void open_element(GumboTag tag, Action action);
  void open_in_table(GumboTag tag, Action action);
  void close_element(GumboTag tag);
  void close_in_table(GumboTag tag, Action action);
  bool end_cell();

  const std::string_view html_;
  const TagBeginnings none_;
  TagReader<NoMeter> reader_;
  ContentTreeBuilder builder_;
  std::vector<Open> open_;
  std::string scratch_;
  bool good_ = true;
  bool in_head_ = true;
  bool after_body_ = false;
  bool standard_ = false;
  bool titled_ = false;
  bool skip_newline_ = false;
  bool in_select_ = false;
  bool attributes_ = false;  // the tag has some
};

Attribute ContentScan::attribute_of(const NameKey& key, std::string_view name) {
  struct Known {
    NameKey key;
    std::string_view name;
  };
  static constexpr auto kKnown = [] {
    std::array<Known, 17> known{};
    std::size_t i = 0;
    for (const std::string_view one :
         {"class", "href", "id", "style", "src", "alt", "align", "role", "rel",
          "colspan", "rowspan", "aria-hidden", "start", "itemprop", "datetime",
          "data-lang", "data-language"}) {
      known[i++] = {bytes::constant_key(one), one};
    }
    return known;
  }();
  for (const Known& known : kKnown) {
    if (known.key == key &&
        (key.size <= 8 || equals_ignoring_case(name, known.name))) {
      return ContentTreeBuilder::attribute_named(known.name);
    }
  }
  return Attribute::kOther;
}

const char* ContentScan::read_attributes(const char* p) {
  attributes_ = false;
  return reader_.attributes(
      p, [this](std::string_view name, std::string_view value) {
        attributes_ = true;
        const NameKey key =
            bytes::name_key(name.data(), name.size(), reader_.page_end());
        const Attribute known = attribute_of(key, name);
        if (known == Attribute::kOther) {
          if (key == bytes::constant_key("hidden")) builder_.hidden(value);
          if (key == bytes::constant_key("open")) builder_.open_attribute();
          return;
        }
        const char* const end = value.data() + value.size();
        if (bytes::find_reference(value.data(), end) != end) {
          value = decode_text(value, TextContext::kAttribute, scratch_);
          if (value.data() == scratch_.data()) {
            value = builder_.keep(std::string(value));
          }
        }
        builder_.attribute(known, value);
      });
}

const char* ContentScan::start_tag(const char* p) {
  const char* const name = p;
  p = reader_.tag_name(p);
  const GumboTag tag = gumbo_tagn_enum(name, static_cast<unsigned>(p - name));
  const Action action = kActions[tag];
  skip_newline_ = false;
  if (tag == GUMBO_TAG_UNKNOWN)
    unknown({name, static_cast<std::size_t>(p - name)});
  p = read_attributes(p);
  if (p == nullptr) {
    builder_.forget_attributes();
    return reader_.page_end();
  }
  if (after_body_) doubt();
  if (in_head_) {
    switch (action) {
      case Action::kHtml:
      case Action::kHead:
        builder_.forget_attributes();
        return p;
      case Action::kTitle:
      case Action::kRaw:
        if (tag != GUMBO_TAG_TITLE && tag != GUMBO_TAG_STYLE &&
            tag != GUMBO_TAG_NOFRAMES) {
          break;
        }
        [[fallthrough]];
      case Action::kScript:
        builder_.forget_attributes();
        return raw_text(p, tag);
      case Action::kBody:
        in_head_ = false;
        push(GUMBO_TAG_BODY, ContentTree::kRoot);
        return p;
      default:
        if (tag == GUMBO_TAG_NOSCRIPT) {
          builder_.forget_attributes();
          return p;
        }
        break;
    }
    in_head_ = false;
    // Its attributes are not those that were just read.
    open_.push_back(
        {GUMBO_TAG_BODY, builder_.implied(GUMBO_TAG_BODY, ContentTree::kRoot)});
  }
  switch (action) {
    case Action::kRaw:
    case Action::kScript:
    case Action::kTitle:
      if (action != Action::kScript && tag != GUMBO_TAG_STYLE &&
          (is_table_frame(current()) || in_select_)) {
        doubt();
      }
      builder_.forget_attributes();
      return raw_text(p, tag);
    case Action::kSvg:
      if (is_table_frame(current()) || in_select_) doubt();
      builder_.forget_attributes();
      return reader_.self_closing() ? p : svg(p);
    case Action::kHtml:
    case Action::kBody:
      if (attributes_) doubt();
      return p;
    case Action::kHead:
      if (is_table_frame(current())) doubt();
      builder_.forget_attributes();
      return p;
    case Action::kDoubt:
      doubt();
      return p;
    default:
      open_element(tag, action);
      return p;
  }
}

void ContentScan::open_element(GumboTag tag, Action action) {
  if (in_select_) {
    if (action != Action::kOption) {
      // Most are ignored in there; some end it.
      return doubt();
    }
    if (current() == GUMBO_TAG_OPTION) pop();
    if (tag == GUMBO_TAG_OPTGROUP && current() == GUMBO_TAG_OPTGROUP) pop();
    return push(tag);
  }
  switch (action) {
    case Action::kCaption:
    case Action::kColumns:
    case Action::kColumn:
    case Action::kRows:
    case Action::kRow:
    case Action::kCell:
      return open_in_table(tag, action);
    default:
      break;
  }
  if (is_table_frame(current())) return doubt();
  switch (action) {
    case Action::kVoid:
      if (open_.back().node == kUnseen) {
        builder_.forget_attributes();
      } else {
        builder_.open(tag, true, open_.back().node);
      }
      return;
    case Action::kBlock:
      end_paragraph();
      push(tag);
      skip_newline_ = tag == GUMBO_TAG_PRE;
      return;
    case Action::kHeading:
      end_paragraph();
      if (kActions[current()] == Action::kHeading) pop();
      return push(tag);
    case Action::kItem:
    case Action::kTerm:
      for (std::size_t i = open_.size(); i-- > 0;) {
        const GumboTag other = open_[i].tag;
        if (kActions[other] == action) {
          end_by_themselves(other);
          pop_to(i);
          break;
        }
        if (is_special(other) && other != GUMBO_TAG_ADDRESS &&
            other != GUMBO_TAG_DIV && other != GUMBO_TAG_P) {
          break;
        }
      }
      end_paragraph();
      return push(tag);
    case Action::kFormatting:
      if (tag == GUMBO_TAG_A) {
        for (std::size_t i = open_.size(); i-- > 0;) {
          if (open_[i].tag == GUMBO_TAG_A) return doubt();
          if (is_boundary(open_[i].tag)) break;
        }
      }
      return push(tag);
    case Action::kRule:
      end_paragraph();
      if (open_.back().node == kUnseen) {
        builder_.forget_attributes();
      } else {
        builder_.open(tag, true, open_.back().node);
      }
      return;
    case Action::kTable:
      if (!standard_ && in_scope(GUMBO_TAG_P) != 0) return doubt();
      end_paragraph();
      return push(tag);
    case Action::kForm:
      if (std::any_of(open_.begin(), open_.end(), [](const Open& one) {
            return one.tag == GUMBO_TAG_FORM;
          })) {
        return doubt();
      }
      end_paragraph();
      return push(tag);
    case Action::kButton:
      if (in_scope(GUMBO_TAG_BUTTON) != 0) return doubt();
      return push(tag);
    case Action::kOption:
      if (current() == GUMBO_TAG_OPTION) pop();
      return push(tag);
    case Action::kSelect:
      in_select_ = true;
      return push(tag);
    default:
      return push(tag);
  }
}

// Ends the cell that is open, if the innermost part of a table is one.
bool ContentScan::end_cell() {
  for (std::size_t i = open_.size(); i-- > 0;) {
    const GumboTag tag = open_[i].tag;
    if (kActions[tag] == Action::kCell) {
      // What is open in there ends with it, formatting too.
      pop_cell(i);
      return true;
    }
    if (is_boundary(tag)) return false;
  }
  return false;
}

void ContentScan::open_in_table(GumboTag tag, Action action) {
  if (!is_table_frame(current()) && !end_cell()) {
    // Outside of tables it is ignored.
    const bool within =
        std::any_of(open_.begin(), open_.end(),
                    [](const Open& one) { return one.tag == GUMBO_TAG_TABLE; });
    if (within) doubt();
    return builder_.forget_attributes();
  }
  if (current() == GUMBO_TAG_COLGROUP && action != Action::kColumn) pop();
  switch (action) {
    case Action::kCaption:
      if (current() != GUMBO_TAG_TABLE) return doubt();
      return push(tag);
    case Action::kColumns:
    case Action::kColumn:
      if (current() != GUMBO_TAG_TABLE && current() != GUMBO_TAG_COLGROUP) {
        return doubt();
      }
      if (action == Action::kColumns) return push(tag);
      builder_.forget_attributes();
      return;
    case Action::kRows:
      while (current() != GUMBO_TAG_TABLE) pop();
      return push(tag);
    case Action::kRow:
      if (current() == GUMBO_TAG_TR) pop();
      if (current() == GUMBO_TAG_TABLE) push_implied(GUMBO_TAG_TBODY);
      return push(tag);
    default:
      if (current() == GUMBO_TAG_TABLE) push_implied(GUMBO_TAG_TBODY);
      if (current() != GUMBO_TAG_TR) push_implied(GUMBO_TAG_TR);
      return push(tag);
  }
}

const char* ContentScan::end_tag(const char* p) {
  const char* const name = p;
  p = reader_.tag_name(p);
  const GumboTag tag = gumbo_tagn_enum(name, static_cast<unsigned>(p - name));
  skip_newline_ = false;
  p = reader_.attributes(p);
  if (p == nullptr) return reader_.page_end();
  if (in_head_) {
    if (tag == GUMBO_TAG_BODY || tag == GUMBO_TAG_HTML || tag == GUMBO_TAG_BR) {
      doubt();
    }
    return p;
  }
  if (tag == GUMBO_TAG_BODY || tag == GUMBO_TAG_HTML) {
    if (in_select_) doubt();
    after_body_ = true;
    return p;
  }
  if (after_body_) {
    doubt();
    return p;
  }
  close_element(tag);
  return p;
}

void ContentScan::close_element(GumboTag tag) {
  const Action action = kActions[tag];
  if (in_select_) {
    if (action == Action::kSelect) {
      while (current() != GUMBO_TAG_SELECT) pop();
      pop();
      in_select_ = false;
    } else if (tag == GUMBO_TAG_OPTION && current() == tag) {
      pop();
    } else if (action == Action::kOption) {
      doubt();
    } else if (action >= Action::kTable && action <= Action::kCell) {
      doubt();
    }
    return;
  }
  switch (action) {
    case Action::kTable:
    case Action::kCaption:
    case Action::kColumns:
    case Action::kColumn:
    case Action::kRows:
    case Action::kRow:
    case Action::kCell:
      return close_in_table(tag, action);
    default:
      break;
  }
  if (is_table_frame(current())) return doubt();
  switch (action) {
    case Action::kBlock:
    case Action::kButton:
    case Action::kItem:
    case Action::kTerm: {
      std::size_t at = in_scope(tag);
      if (action == Action::kItem) at = list_scope(tag);
      if (at == 0) {
        if (tag == GUMBO_TAG_P) doubt();
        return;
      }
      if (tag == GUMBO_TAG_P && at != open_.size() - 1) {
        // A button in between hides it.
        for (std::size_t i = at; i < open_.size(); ++i) {
          if (open_[i].tag == GUMBO_TAG_BUTTON) return doubt();
        }
      }
      end_by_themselves(tag);
      return pop_through(at);
    }
    case Action::kHeading: {
      const std::size_t at = in_scope(tag);
      if (at == 0) return doubt();
      return pop_through(at);
    }
    case Action::kForm: {
      if (in_scope(tag) == 0) return doubt();
      end_by_themselves();
      if (current() != tag) return doubt();
      return pop();
    }
    case Action::kFormatting: {
      if (current() == tag) return pop();
      if (std::any_of(open_.begin(), open_.end(),
                      [&](const Open& one) { return one.tag == tag; })) {
        doubt();
      }
      return;
    }
    case Action::kOrdinary:
    case Action::kOption:
      for (std::size_t i = open_.size(); i-- > 0;) {
        if (open_[i].tag == tag) {
          end_by_themselves(tag);
          return pop_through(i);
        }
        if (is_special(open_[i].tag)) return;
      }
      return;
    case Action::kVoid:
      if (tag == GUMBO_TAG_BR) doubt();
      return;
    case Action::kRule:
    case Action::kHead:
    case Action::kHtml:
    case Action::kScript:
    case Action::kRaw:
    case Action::kTitle:
      return;  // ignored
    default:
      return doubt();
  }
}

void ContentScan::close_in_table(GumboTag tag, Action action) {
  if (action == Action::kCaption) {
    const std::size_t at = in_scope(tag);
    if (at == 0) return doubt();
    end_by_themselves();
    return pop_cell(at);
  }
  const bool within =
      std::any_of(open_.begin(), open_.end(),
                  [](const Open& one) { return one.tag == GUMBO_TAG_TABLE; });
  if (!within) return;
  if (!is_table_frame(current())) {
    // In a cell: its own end, or that of what it is in.
    std::size_t cell = open_.size() - 1;
    while (cell > 0 && !is_boundary(open_[cell].tag)) --cell;
    if (kActions[open_[cell].tag] != Action::kCell) return doubt();
    if (action == Action::kCell) {
      if (open_[cell].tag != tag) return doubt();
      return pop_cell(cell);
    }
    if (action == Action::kColumn || action == Action::kColumns) return;
    if (action != Action::kTable && in_table_scope(tag) == 0) return doubt();
    pop_cell(cell);
  }
  switch (action) {
    case Action::kTable:
      while (current() != GUMBO_TAG_TABLE) pop();
      return pop();
    case Action::kRows:
      if (in_table_scope(tag) == 0) return;
      while (current() != tag) pop();
      return pop();
    case Action::kRow:
      if (current() == GUMBO_TAG_TR) pop();
      return;
    case Action::kColumns:
      if (current() == GUMBO_TAG_COLGROUP) pop();
      return;
    default:
      return;  // ignored
  }
}

const char* ContentScan::raw_text(const char* p, GumboTag tag) {
  const std::string_view name = gumbo_normalized_tagname(tag);
  const char* const end = tag == GUMBO_TAG_SCRIPT
                              ? reader_.end_of_script(p)
                              : reader_.end_of_text(p, name);
  if (tag == GUMBO_TAG_TITLE && in_head_ && !titled_) {
    titled_ = true;
    const std::string_view raw(p, static_cast<std::size_t>(end - p));
    builder_.title(decode_text(raw, TextContext::kRcdata, scratch_));
  }
  if (end == reader_.page_end()) return end;
  const char* const behind = reader_.attributes(end + 2 + name.size());
  return behind == nullptr ? reader_.page_end() : behind;
}

// A picture, behind which the text goes on. What is no svg may end it.
const char* ContentScan::svg(const char* p) {
  unsigned depth = 1;
  for (;;) {
    const char* const tag = reader_.find_tag(p);
    if (left(tag) < 3) {
      doubt();
      return reader_.page_end();
    }
    const bool ends = tag[1] == '/';
    const char* const name = tag + (ends ? 2 : 1);
    if (!bytes::is(*name, bytes::kAlpha)) {
      if (tag[1] == '!' &&
          std::string_view(tag, left(tag)).starts_with("<![")) {
        doubt();
      }
      p = tag[1] == '!'   ? reader_.declaration(tag + 2)
          : tag[1] == '?' ? reader_.bogus_comment(tag + 2)
          : ends          ? reader_.bogus_comment(tag + 2)
                          : tag + 1;
      continue;
    }
    p = reader_.tag_name(name);
    const std::string_view word(name, static_cast<std::size_t>(p - name));
    p = reader_.attributes(p);
    if (p == nullptr) {
      doubt();
      return reader_.page_end();
    }
    static constexpr std::array<std::string_view, 27> kPictures = {
        "path",
        "g",
        "circle",
        "rect",
        "line",
        "polygon",
        "polyline",
        "ellipse",
        "use",
        "defs",
        "symbol",
        "text",
        "tspan",
        "clippath",
        "mask",
        "stop",
        "lineargradient",
        "radialgradient",
        "pattern",
        "marker",
        "filter",
        "image",
        "animate",
        "animatetransform",
        "svg",
        "fegaussianblur",
        "feoffset"};
    const bool known =
        std::any_of(kPictures.begin(), kPictures.end(),
                    [&](auto one) { return equals_ignoring_case(word, one); });
    const bool text_only = equals_ignoring_case(word, "title") ||
                           equals_ignoring_case(word, "desc") ||
                           equals_ignoring_case(word, "style");
    if (text_only && !ends && !reader_.self_closing()) {
      // HTML may be in there: that there is none is seen at its end tag.
      const char* const next = reader_.find_tag(p);
      if (left(next) < 3 || next[1] != '/' ||
          !bytes::matches(next + 2, reader_.page_end(),
                          lower_case(std::string(word)))) {
        doubt();
        return reader_.page_end();
      }
      continue;
    }
    if (!known && !text_only) {
      doubt();
      return reader_.page_end();
    }
    if (!equals_ignoring_case(word, "svg")) continue;
    if (ends ? --depth == 0 : (reader_.self_closing() ? false : ++depth > 50)) {
      if (!ends) doubt();
      return p;
    }
  }
}

}  // namespace

std::optional<ContentTree> scan_content(std::string_view html) {
  return ContentScan(html).run();
}

}  // namespace crawl
