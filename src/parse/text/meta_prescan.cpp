#include "parse/text/meta_prescan.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "base/ascii.h"
#include "crawl/parse/charset.h"

namespace crawl {
namespace {

constexpr std::string_view kSpace = "\t\n\f\r ";

bool is_space(char c) { return c != '\0' && kSpace.find(c) != kSpace.npos; }

// HTML Standard, "extracting a character encoding from a meta element".
std::optional<std::string_view> encoding_in_content(std::string_view content) {
  for (;;) {
    constexpr std::string_view kCharset = "charset";
    const std::size_t found = find_ignoring_case(content, kCharset);
    if (found == std::string_view::npos) return std::nullopt;
    content.remove_prefix(found + kCharset.size());
    content.remove_prefix(
        std::min(content.find_first_not_of(kSpace), content.size()));
    if (content.empty() || content.front() != '=') continue;
    content.remove_prefix(1);
    content.remove_prefix(
        std::min(content.find_first_not_of(kSpace), content.size()));
    if (content.empty()) return std::nullopt;
    const char quote = content.front();
    if (quote == '"' || quote == '\'') {
      content.remove_prefix(1);
      const std::size_t end = content.find(quote);
      if (end == std::string_view::npos) return std::nullopt;
      return encoding_for_label(content.substr(0, end));
    }
    return encoding_for_label(
        content.substr(0, content.find_first_of("\t\n\f\r ;")));
  }
}

// Where the prescan stands in the bytes. Once it runs off the end it says
// nothing: a declaration that is cut off does not count.
class Prescan {
 public:
  Prescan(std::string_view bytes, bool skip_raw_text)
      : bytes_(bytes), skip_raw_text_(skip_raw_text) {}

  std::optional<std::string_view> run() {
    while (!ended()) {
      const std::size_t tag = bytes_.find('<', at_);
      if (tag == std::string_view::npos) return std::nullopt;
      at_ = tag;
      const std::string_view here = bytes_.substr(at_);
      if (here.starts_with("<!--")) {
        const std::size_t end = bytes_.find("-->", at_ + 2);
        if (end == std::string_view::npos) return std::nullopt;
        at_ = end + 3;
      } else if (here.size() > 5 && starts_with_ignoring_case(here, "<meta") &&
                 (is_space(here[5]) || here[5] == '/')) {
        at_ += 6;
        if (const auto encoding = read_meta()) return encoding;
      } else if (here.size() > 1 && (is_ascii_letter(here[1]) ||
                                     (here[1] == '/' && here.size() > 2 &&
                                      is_ascii_letter(here[2])))) {
        skip_tag();
      } else if (here.size() > 1 &&
                 (here[1] == '!' || here[1] == '/' || here[1] == '?')) {
        const std::size_t end = bytes_.find('>', at_ + 2);
        if (end == std::string_view::npos) return std::nullopt;
        at_ = end + 1;
      } else {
        ++at_;
      }
    }
    return std::nullopt;
  }

 private:
  struct Attribute {
    std::string name;  // lower case
    std::string_view value;
  };

  bool ended() const { return at_ >= bytes_.size(); }

  // At the '<'. An unfinished attribute means the end, so there is no need to
  // look at what next_attribute() finds.
  void skip_tag() {
    const std::size_t name_begin = at_ + 1;
    at_ = std::min(bytes_.find_first_of("\t\n\f\r >", at_), bytes_.size());
    const std::string_view name = bytes_.substr(name_begin, at_ - name_begin);
    while (next_attribute()) {
    }
    if (!skip_raw_text_) return;
    for (const std::string_view raw :
         {"script", "style", "title", "textarea", "xmp", "iframe", "noembed",
          "noframes"}) {
      if (name.size() == raw.size() && starts_with_ignoring_case(name, raw)) {
        skip_to_end_tag(raw);
        return;
      }
    }
  }

  void skip_to_end_tag(std::string_view name) {
    for (;;) {
      const std::size_t end = bytes_.find("</", at_);
      if (end == std::string_view::npos) {
        at_ = bytes_.size();
        return;
      }
      at_ = end;
      if (starts_with_ignoring_case(bytes_.substr(end + 2), name)) return;
      at_ += 2;
    }
  }

  std::optional<std::string_view> read_meta() {
    bool seen_http_equiv = false;
    bool seen_content = false;
    bool seen_charset = false;
    bool got_pragma = false;
    std::optional<bool> need_pragma;
    std::optional<std::string_view> encoding;
    while (const auto attribute = next_attribute()) {
      if (attribute->name == "http-equiv" && !seen_http_equiv) {
        seen_http_equiv = true;
        constexpr std::string_view kPragma = "content-type";
        got_pragma = attribute->value.size() == kPragma.size() &&
                     starts_with_ignoring_case(attribute->value, kPragma);
      } else if (attribute->name == "content" && !seen_content) {
        seen_content = true;
        const auto found = encoding_in_content(attribute->value);
        if (found && !seen_charset) {
          encoding = found;
          need_pragma = true;
        }
      } else if (attribute->name == "charset" && !seen_charset) {
        seen_charset = true;
        encoding = encoding_for_label(attribute->value);
        need_pragma = false;
      }
    }
    if (ended() || !need_pragma || (*need_pragma && !got_pragma) || !encoding) {
      return std::nullopt;
    }
    // Markup that could be read is not in UTF-16, whatever it says.
    if (*encoding == "utf-16le" || *encoding == "utf-16be") return "utf-8";
    if (*encoding == "x-user-defined") return "windows-1252";
    return encoding;
  }

  // HTML Standard, "get an attribute". Nothing at the tag's end, where the '>'
  // is left to be read, and nothing at the end of the bytes.
  std::optional<Attribute> next_attribute() {
    while (!ended() && (is_space(bytes_[at_]) || bytes_[at_] == '/')) ++at_;
    if (ended() || bytes_[at_] == '>') return std::nullopt;

    Attribute result;
    const std::size_t name_begin = at_;
    while (!ended() && !(bytes_[at_] == '=' && at_ > name_begin) &&
           !is_space(bytes_[at_]) && bytes_[at_] != '/' && bytes_[at_] != '>') {
      ++at_;
    }
    // Longer names mean nothing here and need not be kept.
    for (const char c :
         bytes_.substr(name_begin, std::min<std::size_t>(at_ - name_begin, 16)))
      result.name.push_back(to_lower(c));
    while (!ended() && is_space(bytes_[at_])) ++at_;
    if (ended()) return std::nullopt;
    if (bytes_[at_] != '=') return result;
    ++at_;
    while (!ended() && is_space(bytes_[at_])) ++at_;
    if (ended()) return std::nullopt;

    const char first = bytes_[at_];
    if (first == '"' || first == '\'') {
      const std::size_t end = bytes_.find(first, at_ + 1);
      if (end == std::string_view::npos) {
        at_ = bytes_.size();
        return std::nullopt;
      }
      result.value = bytes_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
      return result;
    }
    const std::size_t end =
        std::min(bytes_.find_first_of("\t\n\f\r >", at_), bytes_.size());
    result.value = bytes_.substr(at_, end - at_);
    at_ = end;
    if (ended()) return std::nullopt;
    return result;
  }

  const std::string_view bytes_;
  const bool skip_raw_text_;
  std::size_t at_ = 0;
};

// HTML Standard, "get an XML encoding".
std::optional<std::string_view> xml_encoding(std::string_view head) {
  if (!head.starts_with("<?xml")) return std::nullopt;
  head = head.substr(0, head.find('>'));
  constexpr std::string_view kWord = "encoding";
  const std::size_t word = head.find(kWord);
  if (word == std::string_view::npos) return std::nullopt;
  const auto skip_space = [&] {
    std::size_t n = 0;
    while (n < head.size() && static_cast<unsigned char>(head[n]) <= 0x20) ++n;
    head.remove_prefix(n);
  };
  head.remove_prefix(word + kWord.size());
  skip_space();
  if (!head.starts_with('=')) return std::nullopt;
  head.remove_prefix(1);
  skip_space();
  if (head.empty() || (head[0] != '"' && head[0] != '\'')) return std::nullopt;
  const std::size_t end = head.find(head[0], 1);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view label = head.substr(1, end - 1);
  if (std::any_of(label.begin(), label.end(), [](char c) {
        return static_cast<unsigned char>(c) <= 0x20;
      })) {
    return std::nullopt;
  }
  const auto encoding = encoding_for_label(label);
  if (encoding && encoding->starts_with("utf-16")) return "utf-8";
  return encoding;
}

}  // namespace

std::optional<std::string_view> prescan_encoding(std::string_view head) {
  using namespace std::string_view_literals;
  if (head.starts_with("<\0?\0x\0"sv)) return "utf-16le";
  if (head.starts_with("\0<\0?\0x"sv)) return "utf-16be";
  if (const auto encoding = Prescan(head, false).run()) return encoding;
  return xml_encoding(head);
}

std::optional<std::string_view> late_meta_encoding(std::string_view body) {
  return Prescan(body, true).run();
}

}  // namespace crawl
