#include "extract/text_writer.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>

#include "base/ascii.h"
#include "crawl/base/utf8.h"
#include "parse/html/html_text.h"
#include "parse/text/byte_scan.h"

namespace crawl {
namespace {

using Index = ContentTree::Index;
using Node = ContentTree::Node;

class TextWriter {
 public:
  TextWriter(const ContentTree& tree, std::size_t most, std::string& out)
      : tree_(tree), out_(out), begin_(out.size()), limit_(out.size() + most) {}

  Index enter(Index i) {
    const Node& node = tree_[i];
    if (out_.size() > limit_) return node.end;
    if (node.is(GUMBO_TAG_BR)) {
      finish_line();
      ++breaks_;
      return node.end;
    }
    if (node.is(GUMBO_TAG_WBR)) return node.end;
    edge(node, true);
    return i + 1;
  }

  void leave(Index i) { edge(tree_[i], false); }

  void text(Index i) {
    const Node& node = tree_[i];
    if (out_.size() > limit_) return;
    node.preformatted ? as_it_is(node.text) : collapse(node.text);
  }

  bool finish() {
    breaks_ = 0;
    finish_line();
    while (out_.size() > begin_ && is_html_space(out_.back())) out_.pop_back();
    if (out_.size() <= limit_) return true;
    out_.resize(begin_ + valid_utf8_prefix(std::string_view(out_).substr(
                             begin_, limit_ - begin_)));
    return false;
  }

 private:
  // Where a block begins or ends.
  void edge(const Node& node, bool begins) {
    switch (node.layout) {
      case Layout::kInline:
        break;
      case Layout::kCell:
        finish_line();
        if (begins && in_row_) tab_ = true;
        in_row_ = true;
        break;
      case Layout::kRow:
        end_line(1);
        in_row_ = false;
        break;
      case Layout::kBlock:
        end_line(1);
        break;
      case Layout::kParagraph:
        // In a cell there is no room for empty lines.
        end_line(node.is(GUMBO_TAG_HR) ? 1 : 2);
        break;
    }
  }

  void end_line(unsigned wanted) {
    finish_line();
    wanted_ = std::max(wanted_, wanted);
  }

  void finish_line() { space_ = false; }

  // What is owed before the next character.
  void pay() {
    if (out_.size() == begin_) {
      space_ = tab_ = false;
    } else if (const unsigned lines = std::max(wanted_, breaks_); lines > 0) {
      out_.append(std::min(lines, kMostBreaks), '\n');
      space_ = tab_ = false;
    } else if (tab_) {
      out_.push_back('\t');
      space_ = tab_ = false;
    } else if (space_) {
      out_.push_back(' ');
      space_ = false;
    }
    wanted_ = breaks_ = 0;
  }

  void collapse(std::string_view text) {
    while (!text.empty()) {
      std::size_t blanks = 0;
      while (blanks < text.size() && is_html_space(text[blanks])) ++blanks;
      if (blanks > 0) space_ = true;
      text.remove_prefix(blanks);
      if (text.empty()) return;
      const char* const end = text.data() + text.size();
      const auto size = static_cast<std::size_t>(
          bytes::find_loose_space(text.data(), end) - text.data());
      pay();
      out_ += text.substr(0, size);
      text.remove_prefix(size);
    }
  }

  void as_it_is(std::string_view text) {
    while (!text.empty()) {
      const std::string_view line = take_until(text, "\n");
      if (!line.empty()) {
        pay();
        out_ += line;
      }
      if (text.empty()) return;
      text.remove_prefix(1);
      ++breaks_;
    }
  }

  static constexpr unsigned kMostBreaks = 100;

  const ContentTree& tree_;
  std::string& out_;
  const std::size_t begin_;
  const std::size_t limit_;
  unsigned wanted_ = 0;  // ends of lines that blocks ask for
  unsigned breaks_ = 0;  // those that the text itself has
  bool space_ = false;
  bool tab_ = false;
  bool in_row_ = false;
};

bool is_written_without_spaces(UChar32 c) {
  if (u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC)) return true;
  UErrorCode error = U_ZERO_ERROR;
  switch (uscript_getScript(c, &error)) {
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
      return u_isalpha(c) != 0;
    default:
      return false;
  }
}

}  // namespace

bool append_content_text(const ContentTree& tree, const ContentPlan& plan,
                         std::size_t most, std::string& out) {
  TextWriter writer(tree, most, out);
  if (plan.heading != ContentTree::kRoot) {
    walk_content(tree, plan, plan.heading, writer);
  }
  walk_content(tree, plan, plan.region, writer);
  return writer.finish();
}

std::uint64_t count_words(std::string_view text) {
  std::uint64_t words = 0;
  bool counted = false;  // the run that we are in
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text[0]);
    if (byte < 0x80) {
      text.remove_prefix(1);
      if (byte <= 0x20) {
        counted = false;
      } else if (!counted && (is_ascii_letter(static_cast<char>(byte)) ||
                              is_ascii_digit(static_cast<char>(byte)))) {
        counted = true;
        ++words;
      }
      continue;
    }
    const Utf8Sequence next = first_utf8_sequence(text);
    text.remove_prefix(next.size);
    const auto c = static_cast<UChar32>(next.code_point);
    if (u_isUWhiteSpace(c) != 0) {
      counted = false;
    } else if (is_written_without_spaces(c)) {
      ++words;
      counted = false;
    } else if (!counted && u_isalnum(c) != 0) {
      counted = true;
      ++words;
    }
  }
  return words;
}

}  // namespace crawl
