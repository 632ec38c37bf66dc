#include "extract/html_writer.h"

#include <algorithm>
#include <deque>
#include <string_view>
#include <vector>

#include "extract/page_tree.h"

namespace crawl {
namespace {

bool is_void(const GumboElement& element) {
  if (element.tag_namespace != GUMBO_NAMESPACE_HTML) return false;
  switch (element.tag) {
    case GUMBO_TAG_AREA:
    case GUMBO_TAG_BASE:
    case GUMBO_TAG_BASEFONT:
    case GUMBO_TAG_BGSOUND:
    case GUMBO_TAG_BR:
    case GUMBO_TAG_COL:
    case GUMBO_TAG_EMBED:
    case GUMBO_TAG_FRAME:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_IMG:
    case GUMBO_TAG_INPUT:
    case GUMBO_TAG_KEYGEN:
    case GUMBO_TAG_LINK:
    case GUMBO_TAG_META:
    case GUMBO_TAG_PARAM:
    case GUMBO_TAG_SOURCE:
    case GUMBO_TAG_TRACK:
    case GUMBO_TAG_WBR:
      return true;
    default:
      return false;
  }
}

// Text in these has no character references.
bool holds_raw_text(const GumboElement& element) {
  if (element.tag_namespace != GUMBO_NAMESPACE_HTML) return false;
  switch (element.tag) {
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_XMP:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_NOEMBED:
    case GUMBO_TAG_NOFRAMES:
    case GUMBO_TAG_PLAINTEXT:
      return true;
    default:
      return false;
  }
}

void append_escaped(std::string_view text, bool attribute, std::string& out) {
  const std::string_view special = attribute ? "&\"\xC2" : "&<>\xC2";
  while (!text.empty()) {
    const std::size_t plain =
        std::min(text.find_first_of(special), text.size());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) return;
    std::size_t taken = 1;
    switch (text[0]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        if (text.starts_with("\xC2\xA0")) {
          out += "&nbsp;";
          taken = 2;
        } else {
          out.push_back(text[0]);
        }
    }
    text.remove_prefix(taken);
  }
}

// Goes through a node and all below with a stack of its own.
class Writer {
 public:
  Writer(std::size_t most, std::string& out)
      : out_(out), limit_(out.size() + most) {}

  bool html(const GumboNode& node) {
    enter(node);
    while (!open_.empty() && out_.size() <= limit_) {
      Level& level = open_.back();
      if (level.next == level.children->length) {
        if (!level.name.empty()) {
          out_.append("</").append(level.name).push_back('>');
        }
        open_.pop_back();
      } else {
        enter(child_at(*level.children, level.next++));
      }
    }
    return cut();
  }

  bool text(const GumboNode& node, bool (*left_out)(const GumboNode&)) {
    if (is_text(node)) out_ += node.v.text.text;
    if (node.type == GUMBO_NODE_ELEMENT) descend(node, {});
    if (node.type == GUMBO_NODE_DOCUMENT) enter(node);
    while (!open_.empty() && out_.size() <= limit_) {
      Level& level = open_.back();
      if (level.next == level.children->length) {
        open_.pop_back();
        continue;
      }
      const GumboNode& child = child_at(*level.children, level.next++);
      if (is_text(child)) out_ += child.v.text.text;
      if (child.type == GUMBO_NODE_ELEMENT &&
          (left_out == nullptr || !left_out(child))) {
        descend(child, {});
      }
    }
    return cut();
  }

 private:
  struct Level {
    const GumboVector* children;
    unsigned next;
    std::string_view name;  // of the end tag, if there is to be one
  };

  bool cut() {
    if (out_.size() <= limit_) return true;
    // Not within a character.
    std::size_t end = limit_;
    while (end > 0 && (static_cast<unsigned char>(out_[end]) & 0xC0U) == 0x80) {
      --end;
    }
    out_.resize(end);
    return false;
  }

  void descend(const GumboNode& node, std::string_view name) {
    open_.push_back({&node.v.element.children, 0, name});
  }

  void enter(const GumboNode& node) {
    switch (node.type) {
      case GUMBO_NODE_ELEMENT:
      case GUMBO_NODE_TEMPLATE:
        enter_element(node);
        break;
      case GUMBO_NODE_TEXT:
      case GUMBO_NODE_WHITESPACE:
      case GUMBO_NODE_CDATA:
        if (node.parent != nullptr && is_element(*node.parent) &&
            holds_raw_text(node.parent->v.element)) {
          out_ += node.v.text.text;
        } else {
          append_escaped(node.v.text.text, false, out_);
        }
        break;
      case GUMBO_NODE_COMMENT:
        out_.append("<!--").append(node.v.text.text).append("-->");
        break;
      case GUMBO_NODE_DOCUMENT:
        open_.push_back({&node.v.document.children, 0, {}});
        break;
    }
  }

  void enter_element(const GumboNode& node) {
    const GumboElement& element = node.v.element;
    const std::string_view name = element_name(element, names_);
    out_.append("<").append(name);
    for (unsigned i = 0; i < element.attributes.length; ++i) {
      const GumboAttribute& attribute = attribute_at(element, i);
      out_.append(" ").append(qualified_name(attribute)).append("=\"");
      append_escaped(attribute.value, true, out_);
      out_.push_back('"');
    }
    out_.push_back('>');
    if (!is_void(element)) descend(node, name);
  }

  std::string& out_;
  const std::size_t limit_;
  std::vector<Level> open_;
  std::deque<std::string> names_;
};

}  // namespace

bool append_outer_html(const GumboNode& node, std::size_t most,
                       std::string& out) {
  return Writer(most, out).html(node);
}

bool append_text(const GumboNode& node, std::size_t most, std::string& out,
                 bool (*left_out)(const GumboNode& element)) {
  return Writer(most, out).text(node, left_out);
}

}  // namespace crawl
