#include "parse/html/nesting_gauge.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/ascii.h"
#include "parse/html/html_text.h"
#include "parse/html/packed_name.h"

namespace crawl {
namespace {

enum class TagKind : std::uint8_t {
  kContainer,
  kFormatting,  // opened again wherever it is left open
  kRawText,     // holds no tags
  kTransient,   // void, or closed by the next of its like
};

TagKind kind_of(std::string_view name) {
  if (name.size() > kPackedNameSize) {
    return equals_ignoring_case(name, "plaintext") ? TagKind::kRawText
                                                   : TagKind::kContainer;
  }
  switch (pack_name(name)) {
    case pack_name("b"):
    case pack_name("big"):
    case pack_name("code"):
    case pack_name("em"):
    case pack_name("font"):
    case pack_name("i"):
    case pack_name("s"):
    case pack_name("small"):
    case pack_name("strike"):
    case pack_name("strong"):
    case pack_name("tt"):
    case pack_name("u"):
      return TagKind::kFormatting;
    case pack_name("iframe"):
    case pack_name("noembed"):
    case pack_name("noframes"):
    case pack_name("script"):
    case pack_name("style"):
    case pack_name("textarea"):
    case pack_name("title"):
    case pack_name("xmp"):
      return TagKind::kRawText;
    case pack_name("a"):
    case pack_name("area"):
    case pack_name("base"):
    case pack_name("basefont"):
    case pack_name("bgsound"):
    case pack_name("body"):
    case pack_name("br"):
    case pack_name("caption"):
    case pack_name("col"):
    case pack_name("colgroup"):
    case pack_name("command"):
    case pack_name("dd"):
    case pack_name("dt"):
    case pack_name("embed"):
    case pack_name("frame"):
    case pack_name("h1"):
    case pack_name("h2"):
    case pack_name("h3"):
    case pack_name("h4"):
    case pack_name("h5"):
    case pack_name("h6"):
    case pack_name("head"):
    case pack_name("hr"):
    case pack_name("html"):
    case pack_name("image"):
    case pack_name("img"):
    case pack_name("input"):
    case pack_name("keygen"):
    case pack_name("li"):
    case pack_name("link"):
    case pack_name("menuitem"):
    case pack_name("meta"):
    case pack_name("nextid"):
    case pack_name("nobr"):
    case pack_name("optgroup"):
    case pack_name("option"):
    case pack_name("p"):
    case pack_name("param"):
    case pack_name("rb"):
    case pack_name("rp"):
    case pack_name("rt"):
    case pack_name("rtc"):
    case pack_name("source"):
    case pack_name("tbody"):
    case pack_name("td"):
    case pack_name("tfoot"):
    case pack_name("th"):
    case pack_name("thead"):
    case pack_name("tr"):
    case pack_name("track"):
    case pack_name("wbr"):
      return TagKind::kTransient;
    default:
      return TagKind::kContainer;
  }
}

class Gauge {
 public:
  Gauge(std::string_view html, std::size_t budget)
      : html_(html), budget_(budget) {}

  std::size_t run() {
    while (at_ < html_.size()) {
      at_ = std::min(html_.find('<', at_), html_.size());
      if (at_ + 1 >= html_.size()) break;
      const std::size_t tag = at_;
      const char next = html_[at_ + 1];
      if (is_ascii_letter(next)) {
        start_tag();
      } else if (next == '/' && at_ + 2 < html_.size() &&
                 is_ascii_letter(html_[at_ + 2])) {
        end_tag();
      } else if (next == '!' || next == '?' || next == '/') {
        skip_markup();
      } else {
        ++at_;
        continue;
      }
      cost_ += open_ + kFormattingCost * formatting_;
      if (cost_ > budget_) return tag;
    }
    return html_.size();
  }

 private:
  static constexpr std::size_t kFormattingCost = 8;

  std::string_view take_name() {
    const std::size_t begin = at_;
    skip_word(true, false);
    return html_.substr(begin, at_ - begin);
  }

  std::uint32_t& open_count(std::string_view name) {
    std::uint32_t hash = 0;
    for (const char c : name.substr(0, 16)) {
      hash = hash * 31 + (static_cast<unsigned char>(c) | 0x20U);
    }
    return counts_[hash % counts_.size()];
  }

  void start_tag() {
    ++at_;
    const std::string_view name = take_name();
    const bool closes_itself = attributes();
    switch (kind_of(name)) {
      case TagKind::kRawText:
        skip_raw_text(name);
        break;
      case TagKind::kFormatting:
        ++open_count(name);
        ++formatting_;
        ++open_;
        break;
      case TagKind::kContainer:
        if (closes_itself && seen_foreign_) break;
        if (equals_ignoring_case(name, "svg") ||
            equals_ignoring_case(name, "math")) {
          seen_foreign_ = true;
        }
        ++open_count(name);
        ++open_;
        break;
      case TagKind::kTransient:
        break;
    }
  }

  void end_tag() {
    at_ += 2;
    const std::string_view name = take_name();
    attributes();
    const TagKind kind = kind_of(name);
    if (kind != TagKind::kContainer && kind != TagKind::kFormatting) return;
    std::uint32_t& count = open_count(name);
    if (count == 0) return;
    --count;
    --open_;
    if (kind == TagKind::kFormatting && formatting_ > 0) --formatting_;
  }

  // To the next white space, '>' or what else is asked for.
  void skip_word(bool slash, bool equals) {
    while (at_ < html_.size()) {
      const char c = html_[at_];
      if (c == '>' || is_html_space(c) || (slash && c == '/') ||
          (equals && c == '=')) {
        return;
      }
      ++at_;
    }
  }

  // To behind the '>'. True if the tag ends in "/>".
  bool attributes() {
    std::size_t count = 0;
    while (at_ < html_.size()) {
      const char c = html_[at_];
      if (c == '>') {
        ++at_;
        return html_[at_ - 2] == '/';
      }
      if (is_html_space(c) || c == '/') {
        ++at_;
        continue;
      }
      cost_ += count++;
      ++at_;  // an '=' here is part of the name
      skip_word(true, true);
      while (at_ < html_.size() && is_html_space(html_[at_])) ++at_;
      if (at_ >= html_.size() || html_[at_] != '=') continue;
      ++at_;
      while (at_ < html_.size() && is_html_space(html_[at_])) ++at_;
      if (at_ >= html_.size()) break;
      if (html_[at_] == '"' || html_[at_] == '\'') {
        at_ = html_.find(html_[at_], at_ + 1);
        at_ = at_ == std::string_view::npos ? html_.size() : at_ + 1;
      } else {
        skip_word(false, false);
      }
    }
    return false;
  }

  void skip_markup() {
    if (!html_.substr(at_).starts_with("<!--")) {
      const std::size_t end = html_.find('>', at_ + 2);
      at_ = end == std::string_view::npos ? html_.size() : end + 1;
      return;
    }
    const std::string_view inside = html_.substr(at_ + 4);
    if (inside.starts_with(">") || inside.starts_with("->")) {
      at_ += 5;
      return;
    }
    for (std::size_t end = at_ + 4;; ++end) {
      end = html_.find("--", end);
      if (end == std::string_view::npos) {
        at_ = html_.size();
        return;
      }
      const std::string_view after = html_.substr(end + 2);
      if (after.starts_with(">") || after.starts_with("!>")) {
        at_ = end + 2;
        return;
      }
    }
  }

  void skip_raw_text(std::string_view name) {
    for (;;) {
      const std::size_t end = html_.find("</", at_);
      if (end == std::string_view::npos) {
        at_ = html_.size();
        return;
      }
      at_ = end;
      const std::string_view close = html_.substr(end + 2, name.size());
      if (close.size() == name.size() &&
          std::equal(close.begin(), close.end(), name.begin(),
                     [](char a, char b) { return (a | 0x20) == (b | 0x20); })) {
        return;
      }
      at_ += 2;
    }
  }

  const std::string_view html_;
  const std::size_t budget_;
  std::size_t at_ = 0;
  std::size_t cost_ = 0;
  std::size_t open_ = 0;
  std::size_t formatting_ = 0;
  bool seen_foreign_ = false;  // since when "/>" may mean something
  std::array<std::uint32_t, 1024> counts_{};
};

}  // namespace

std::size_t affordable_prefix(std::string_view html, std::size_t budget) {
  return Gauge(html, budget).run();
}

}  // namespace crawl
