#include "extract/markdown_inline.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "crawl/base/utf8.h"
#include "extract/markdown_memory.h"
#include "parse/html/html_text.h"
#include "parse/text/byte_scan.h"

namespace crawl {
namespace {

// What stands beside a delimiter where no text does.
constexpr char32_t kEdge = U' ';
constexpr char32_t kMark = U'(';  // of a link, code, a tag: punctuation
constexpr char32_t kDelimiter = 0x110000;

bool is_space(char32_t c) {
  return c <= 0x20 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}
// Of others than these two, parsers differ on what is punctuation.
bool is_punctuation(char32_t c) {
  return c < 0x80 && c > 0x20 && !is_ascii_letter(static_cast<char>(c)) &&
         !is_ascii_digit(static_cast<char>(c)) && c != 0x7F;
}
bool is_word(char32_t c) {
  return c < 0x110000 && u_isalnum(static_cast<UChar32>(c)) != 0;
}

// Whether a delimiter between these opens emphasis, in all readings. The
// mirror image closes it.
bool opens(char32_t outside, char32_t inside) {
  if (outside == kDelimiter || is_space(inside)) return false;
  return is_word(inside) || is_space(outside) || is_punctuation(outside);
}

char32_t first_of(std::string_view text) {
  return first_utf8_sequence(text).code_point;
}
char32_t last_of(std::string_view text) {
  std::size_t at = text.size() - 1;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80) {
    --at;
  }
  return first_of(text.substr(at));
}

bool is_emphasis(MarkdownInline::Span span) {
  return span == MarkdownInline::Span::kEmphasis ||
         span == MarkdownInline::Span::kStrong;
}

// A URL's "&copy;" must not become a sign.
std::string with_plain_ampersands(std::string_view url) {
  std::string out;
  for (std::size_t i = 0; i < url.size(); ++i) {
    out.push_back(url[i]);
    if (url[i] != '&') continue;
    std::size_t end = i + 1;
    while (end < url.size() && end < i + 40 &&
           (is_ascii_letter(url[end]) || is_ascii_digit(url[end]) ||
            url[end] == '#')) {
      ++end;
    }
    if (end < url.size() && url[end] == ';') out += "amp;";
  }
  return out;
}

// A space, and what is escaped: the last by numbers.
constexpr std::string_view kStops =
    " \\*_~[]<>!&#`|"
    "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C\x0D\x0E\x0F\x10"
    "\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F";

// Finds what is to be escaped in text besides what cmark escapes. Each place is
// asked for once, in order, so that this is linear.
class MarkFinder {
 public:
  // `last`: nothing stands behind the text. `pipes`: they are to be escaped.
  MarkFinder(std::string_view text, bool last, bool pipes)
      : text_(text), last_(last), pipe_(pipes ? 0 : text.npos) {}

  // The first place from `at` on, or the text's size.
  std::size_t next(std::size_t at) {
    seek(pipe_, "|", at);
    return std::min({pipe_, address(at), text_.size()});
  }

 private:
  void seek(std::size_t& place, std::string_view word, std::size_t at) const {
    if (place != text_.npos && place <= at) place = text_.find(word, at);
  }

  // Where GitHub would see a bare address, and take the backslashes that cmark
  // puts into it for a part of it.
  std::size_t address(std::size_t at) {
    if (address_ == text_.npos || (address_ >= at && known_)) return address_;
    known_ = true;
    for (;; at = address_ + 1) {
      seek(colon_, "://", at);
      // Its dot is what is escaped.
      seek(www_, "www.", at < 3 ? 0 : at - 3);
      const std::size_t dot = www_ == text_.npos ? www_ : www_ + 3;
      address_ = std::min(colon_, dot);
      if (address_ == text_.npos) return address_;
      if (stop_ != text_.npos && stop_ <= address_) {
        stop_ = text_.find_first_of(kStops, address_);
      }
      if (stop_ == text_.npos ? !last_ : text_[stop_] != ' ') {
        return address_;
      }
    }
  }

  const std::string_view text_;
  const bool last_;
  std::size_t pipe_;
  std::size_t colon_ = 0;
  std::size_t www_ = 0;
  std::size_t stop_ = 0;  // behind address_, a space or what is escaped
  std::size_t address_ = 0;
  bool known_ = false;
};

// Makes cmark's nodes one behind the other, texts and codes that meet as one.
class Builder {
 public:
  // `pipes`: those in text are escaped.
  Builder(cmark_node& block, bool pipes) : at_(&block), pipes_(pipes) {}

  void text(std::string_view text) { gather(CMARK_NODE_TEXT, text); }
  void code(std::string_view text) { gather(CMARK_NODE_CODE, text); }
  // Written as it is: a tag, or what cmark would not see a meaning in. (A
  // custom node may not be in a cell.)
  void literal(const char* markdown) {
    cmark_node_set_literal(add(CMARK_NODE_HTML_INLINE), markdown);
  }
  cmark_node* add(cmark_node_type type) {
    flush();
    return append(type);
  }
  // cmark takes a link around an image of the same address for a bare one.
  void begin_image() {
    flush();
    if (cmark_node_get_type(at_) == CMARK_NODE_LINK &&
        cmark_node_first_child(at_) == nullptr) {
      literal("");
    }
  }
  void descend(cmark_node* into) { at_ = into; }
  void ascend() {
    flush();
    at_ = cmark_node_parent(at_);
  }
  std::size_t finish() {
    flush(true);
    return count_;
  }

 private:
  cmark_node* append(cmark_node_type type) {
    cmark_node* const node = MarkdownMemory::node(type);
    cmark_node_append_child(at_, node);
    ++count_;
    begins_line_ = type == CMARK_NODE_LINEBREAK;
    return node;
  }
  void gather(cmark_node_type type, std::string_view text) {
    if (type != type_) flush();
    type_ = type;
    gathered_ += text;
  }
  void flush(bool last = false) {
    if (type_ == CMARK_NODE_TEXT) {
      write_text(last);
    } else if (!gathered_.empty()) {
      cmark_node_set_literal(append(type_), gathered_.c_str());
    }
    gathered_.clear();
  }
  // Lines with a pipe could be taken for a table's, and ":--" below another for
  // what is between its head and its body.
  void write_text(bool last) {
    std::size_t begin = 0;
    if (begins_line_ && gathered_.starts_with(":-")) {
      cmark_node_set_literal(append(CMARK_NODE_HTML_INLINE), "\\:");
      begin = 1;
    }
    MarkFinder marks(gathered_, last, pipes_);
    while (begin < gathered_.size()) {
      const std::size_t at = marks.next(begin);
      if (at > begin) {
        const bool all = begin == 0 && at == gathered_.size();
        cmark_node_set_literal(
            append(CMARK_NODE_TEXT),
            all ? gathered_.c_str()
                : gathered_.substr(begin, at - begin).c_str());
      }
      if (at == gathered_.size()) return;
      const char mark[3] = {'\\', gathered_[at], '\0'};
      cmark_node_set_literal(append(CMARK_NODE_HTML_INLINE), mark);
      begin = at + 1;
    }
  }

  cmark_node* at_;
  const bool pipes_;
  bool begins_line_ = false;
  cmark_node_type type_ = CMARK_NODE_TEXT;
  std::string gathered_;
  std::size_t count_ = 0;
};

}  // namespace

void MarkdownInline::open(Index element, Span span, std::string_view url) {
  for (const Active& other : active_) {
    if (other.span == span || (is_emphasis(span) && is_emphasis(other.span))) {
      return;
    }
  }
  if (code_ > 0 && span != Span::kLink) return;
  active_.push_back({element, span, std::string(url), 0});
  reopen(active_.back());
}

void MarkdownInline::reopen(Active& active) {
  active.item = put({Kind::kOpen, active.span}, active.url);
}

void MarkdownInline::close(Index element) {
  if (active_.empty() || active_.back().element != element) return;
  const std::size_t opening = active_.back().item;
  items_[opening].partner = put({Kind::kClose, active_.back().span}, {});
  items_.back().partner = opening;
  active_.pop_back();
}

std::size_t MarkdownInline::put(Item item, std::string_view chars) {
  item.begin = chars_.size();
  chars_ += chars;
  item.end = item.alt_end = chars_.size();
  items_.push_back(item);
  return items_.size() - 1;
}

void MarkdownInline::text(std::string_view text) {
  while (!text.empty()) {
    std::size_t size = 0;
    while (size < text.size() && is_html_space(text[size])) ++size;
    if (size > 0) space_ = true;
    text.remove_prefix(size);
    if (text.empty()) return;
    size = static_cast<std::size_t>(
        bytes::find_loose_space(text.data(), text.data() + text.size()) -
        text.data());
    add_words(text.substr(0, size));
    text.remove_prefix(size);
  }
}

void MarkdownInline::close_code() {
  if (code_ > 0 && --code_ == 0) code_ended_ = true;
}

// The break or space owed goes before all that was just opened.
void MarkdownInline::pay() {
  const unsigned breaks = std::exchange(breaks_, 0);
  const bool space = std::exchange(space_, false);
  const bool first = !std::exchange(visible_, true);
  if (first || (breaks == 0 && !space)) return;
  std::size_t at = items_.size();
  while (at > 0 && items_[at - 1].kind == Kind::kOpen) --at;
  Item item{breaks > 0 ? Kind::kBreak : Kind::kText};
  item.begin = chars_.size();
  if (breaks == 0) {
    if (at > 0 && at == items_.size() && items_[at - 1].end == chars_.size() &&
        (items_[at - 1].kind == Kind::kText ||
         (items_[at - 1].kind == Kind::kCode && code_ > 0 && !code_ended_))) {
      chars_.push_back(' ');
      items_[at - 1].end = items_[at - 1].alt_end = chars_.size();
      return;
    }
    chars_.push_back(' ');
  }
  item.end = item.alt_end = chars_.size();
  items_.insert(items_.begin() + static_cast<std::ptrdiff_t>(at), item);
  for (Active& active : active_) {
    if (active.item >= at) ++active.item;
  }
}

void MarkdownInline::add_words(std::string_view words) {
  pay();
  const Kind kind = code_ > 0 ? Kind::kCode : Kind::kText;
  code_ended_ = false;
  if (!items_.empty() && items_.back().kind == kind &&
      items_.back().end == chars_.size()) {
    chars_ += words;
    items_.back().end = items_.back().alt_end = chars_.size();
    return;
  }
  put({kind}, words);
}

void MarkdownInline::image(std::string_view url, std::string_view alt) {
  pay();
  const std::size_t item = put({Kind::kImage}, url);
  chars_ += alt;
  items_[item].alt_end = chars_.size();
}

char32_t MarkdownInline::before(std::size_t item) const {
  while (item-- > 0) {
    const Item& other = items_[item];
    if (other.dropped) continue;
    switch (other.kind) {
      case Kind::kText:
        if (other.begin != other.end) return last_of(chars(other));
        break;
      case Kind::kBreak:
        return kEdge;
      case Kind::kOpen:
      case Kind::kClose:
        return is_emphasis(other.span) ? kDelimiter : kMark;
      default:
        return kMark;
    }
  }
  return kEdge;
}

// Emphasis that begins there is left out if it would disturb.
char32_t MarkdownInline::after(std::size_t item) const {
  while (++item < items_.size()) {
    const Item& other = items_[item];
    if (other.dropped) continue;
    switch (other.kind) {
      case Kind::kText:
        if (other.begin != other.end) return first_of(chars(other));
        break;
      case Kind::kBreak:
        return kEdge;
      case Kind::kOpen:
      case Kind::kClose:
        if (!is_emphasis(other.span)) return kMark;
        break;
      default:
        return kMark;
    }
  }
  return kEdge;
}

// Spans that hold nothing.
void MarkdownInline::drop_what_cannot_be() {
  std::vector<std::size_t> open;
  std::vector<bool> filled;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (items_[i].kind == Kind::kOpen) {
      open.push_back(i);
      filled.push_back(false);
    } else if (items_[i].kind == Kind::kClose) {
      const bool full = filled.back();
      if (!full) items_[open.back()].dropped = items_[i].dropped = true;
      open.pop_back();
      filled.pop_back();
      if (full && !filled.empty()) filled.back() = true;
    } else if (!filled.empty()) {
      filled.back() = true;
    }
  }
}

void MarkdownInline::judge_emphasis() {
  for (std::size_t i = 0; i < items_.size(); ++i) {
    Item& item = items_[i];
    if (item.kind != Kind::kOpen || item.dropped || !is_emphasis(item.span)) {
      continue;
    }
    Item& end = items_[item.partner];
    if (opens(before(i), after(i)) &&
        opens(after(item.partner), before(item.partner))) {
      continue;
    }
    item.dropped = end.dropped = true;
  }
}

std::size_t MarkdownInline::build(cmark_node& block, Breaks breaks) {
  for (std::size_t i = active_.size(); i-- > 0;) {
    const std::size_t opening = active_[i].item;
    items_[opening].partner = put({Kind::kClose, active_[i].span}, {});
    items_.back().partner = opening;
  }
  drop_what_cannot_be();
  judge_emphasis();
  const bool pipes =
      breaks == Breaks::kHard && chars_.find('|') != chars_.npos &&
      std::any_of(items_.begin(), items_.end(),
                  [](const Item& i) { return i.kind == Kind::kBreak; });
  Builder builder(block, pipes);
  for (const Item& item : items_) {
    if (item.dropped) continue;
    switch (item.kind) {
      case Kind::kText:
        builder.text(chars(item));
        break;
      case Kind::kCode:
        builder.code(chars(item));
        break;
      case Kind::kBreak:
        switch (breaks) {
          case Breaks::kHard:
            builder.add(CMARK_NODE_LINEBREAK);
            break;
          case Breaks::kSpaces:
            builder.text(" ");
            break;
          case Breaks::kTags:
            builder.literal("<br>");
            break;
        }
        break;
      case Kind::kImage: {
        builder.begin_image();
        cmark_node* const image = builder.add(CMARK_NODE_IMAGE);
        cmark_node_set_url(image, with_plain_ampersands(chars(item)).c_str());
        builder.descend(image);
        builder.text(
            std::string_view(chars_).substr(item.end, item.alt_end - item.end));
        builder.ascend();
        break;
      }
      case Kind::kOpen:
        switch (item.span) {
          case Span::kSup:
            builder.literal("<sup>");
            break;
          case Span::kSub:
            builder.literal("<sub>");
            break;
          case Span::kEmphasis:
            builder.descend(builder.add(CMARK_NODE_EMPH));
            break;
          case Span::kStrong:
            builder.descend(builder.add(CMARK_NODE_STRONG));
            break;
          case Span::kLink: {
            cmark_node* const link = builder.add(CMARK_NODE_LINK);
            cmark_node_set_url(link,
                               with_plain_ampersands(chars(item)).c_str());
            builder.descend(link);
            break;
          }
        }
        break;
      case Kind::kClose:
        if (item.span == Span::kSup || item.span == Span::kSub) {
          builder.literal(item.span == Span::kSup ? "</sup>" : "</sub>");
        } else {
          builder.ascend();
        }
        break;
    }
  }
  items_.clear();
  chars_.clear();
  breaks_ = 0;
  space_ = visible_ = false;
  for (Active& active : active_) reopen(active);
  return builder.finish();
}

}  // namespace crawl
