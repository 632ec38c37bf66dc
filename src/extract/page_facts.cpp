#include "extract/page_facts.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/ascii.h"
#include "base/json_library.h"
#include "crawl/base/utf8.h"
#include "extract/bounds.h"
#include "extract/content_traits.h"
#include "extract/css_matcher.h"
#include "extract/filter.h"
#include "extract/html_writer.h"
#include "parse/html/link_resolver.h"

namespace crawl {
namespace {

using Element = PageTree::Element;

constexpr std::string_view kBlanks = " \t\n\r\f";

std::string_view attribute_of(const Element& element, std::string_view name) {
  const GumboAttribute* const found =
      find_attribute(element, CssNamespace::kNone, name, name);
  return found == nullptr ? std::string_view() : trim(found->value, kBlanks);
}

bool has_attribute(const Element& element, std::string_view name) {
  return find_attribute(element, CssNamespace::kNone, name, name) != nullptr;
}

bool has_word(std::string_view list, std::string_view word) {
  while (!(list = trim(list, kBlanks)).empty()) {
    const std::size_t end = std::min(list.find_first_of(kBlanks), list.size());
    if (end == word.size() && starts_with_ignoring_case(list, word))
      return true;
    list.remove_prefix(end);
  }
  return false;
}

std::string_view value_of(const GumboElement& element, const char* name) {
  const GumboAttribute* const found =
      gumbo_get_attribute(&element.attributes, name);
  return found == nullptr ? std::string_view() : found->value;
}

// Appends the text of an element with no elements in it but, if `deeper`, such
// as have none themselves. False if it holds more than that.
bool append_short_text(const GumboElement& element, bool deeper,
                       std::string& out) {
  constexpr unsigned kMostChildren = 2;
  constexpr std::size_t kLongest = 40;
  if (element.children.length > kMostChildren) return false;
  for (unsigned i = 0; i < element.children.length; ++i) {
    const GumboNode& child = child_at(element.children, i);
    if (is_text(child)) {
      out += child.v.text.text;
    } else if (is_element(child) &&
               !(deeper && append_short_text(child.v.element, false, out))) {
      return false;
    }
    if (out.size() > kLongest) return false;
  }
  return true;
}

// In a heading, the link to itself.
bool is_link_to_itself(const GumboNode& node) {
  const GumboElement& element = node.v.element;
  if (element.tag != GUMBO_TAG_A) return false;
  std::string text;
  return append_short_text(element, true, text) &&
         is_permalink(value_of(element, "href"), value_of(element, "class"),
                      text);
}

// Writes every event of the reader, numbers in the digits they came in.
class CompactWriter : public rapidjson::Writer<rapidjson::StringBuffer> {
 public:
  using Base = rapidjson::Writer<rapidjson::StringBuffer>;
  using Base::Base;
  bool RawNumber(const char* digits, rapidjson::SizeType size, bool) {
    return RawValue(digits, size, rapidjson::kNumberType);
  }
  bool StartObject() { return deeper() && Base::StartObject(); }
  bool StartArray() { return deeper() && Base::StartArray(); }
  bool EndObject(rapidjson::SizeType members) {
    --depth_;
    return Base::EndObject(members);
  }
  bool EndArray(rapidjson::SizeType elements) {
    --depth_;
    return Base::EndArray(elements);
  }

 private:
  // What reads the records has a bound of its own: jq 256, Python 1,000.
  static constexpr int kMostDepth = 100;

  bool deeper() { return ++depth_ <= kMostDepth; }

  int depth_ = 0;
};

class FactReader {
 public:
  FactReader(const PageTree& tree, LinkResolver& resolver, std::size_t& most,
             PageFacts& facts)
      : tree_(tree), resolver_(resolver), most_(most), facts_(facts) {}

  bool run() {
    for (const Element& element : tree_.elements()) {
      if (element.node == nullptr ||
          element.name_space != CssNamespace::kHtml) {
        continue;
      }
      if (element.name == "meta") {
        meta(element);
      } else if (element.name == "link") {
        link(element);
      } else if (element.name == "script") {
        script(element);
      } else if (element.name == "img") {
        if (!has_attribute(element, "alt")) ++facts_.images_without_alt;
      } else if (element.name.size() == 2 && element.name[0] == 'h' &&
                 element.name[1] >= '1' && element.name[1] <= '6') {
        heading(element);
      }
      if (!all_) return false;
    }
    return true;
  }

 private:
  // Makes room for an entry of so many bytes.
  bool room(std::size_t bytes) {
    all_ = all_ && bytes + kStringCost <= most_;
    if (all_) most_ -= bytes + kStringCost;
    return all_;
  }

  void heading(const Element& element) {
    std::string text;
    if (!append_text(*element.node, most_, text, is_link_to_itself)) {
      all_ = false;
      return;
    }
    text = normalized(text);
    const std::string_view id = attribute_of(element, "id");
    if (room(text.size() + id.size())) {
      facts_.headings.push_back(
          {element.name[1] - '0', std::move(text), std::string(id)});
    }
  }

  void meta(const Element& element) {
    if (!has_attribute(element, "content")) return;
    const std::string_view content = attribute_of(element, "content");
    for (const std::string_view attribute : {"name", "property", "itemprop"}) {
      const std::string_view name = attribute_of(element, attribute);
      if (!name.empty() && room(name.size() + content.size())) {
        facts_.meta.push_back(
            {attribute, std::string(name), std::string(content)});
      }
    }
  }

  void link(const Element& element) {
    const std::string_view rel = attribute_of(element, "rel");
    if (!has_word(rel, "alternate") || has_word(rel, "stylesheet") ||
        !has_attribute(element, "href")) {
      return;
    }
    PageFacts::Alternate found;
    if (!resolver_.resolve(attribute_of(element, "href"), found.url)) return;
    found.hreflang = attribute_of(element, "hreflang");
    found.type = attribute_of(element, "type");
    found.title = attribute_of(element, "title");
    if (room(found.url.size() + found.hreflang.size() + found.type.size() +
             found.title.size())) {
      facts_.alternates.push_back(std::move(found));
    }
  }

  void script(const Element& element) {
    const std::string_view type = attribute_of(element, "type");
    if (!equals_ignoring_case(trim(type.substr(0, type.find(';')), kBlanks),
                              "application/ld+json")) {
      return;
    }
    std::string text;
    if (!append_text(*element.node, most_, text)) {
      all_ = false;
      return;
    }
    std::optional<std::string> json = compact_json(text);
    if (!json) {
      ++facts_.json_ld_broken;
    } else if (room(json->size())) {
      facts_.json_ld.push_back(*std::move(json));
    }
  }

  const PageTree& tree_;
  LinkResolver& resolver_;
  std::size_t& most_;
  PageFacts& facts_;
  bool all_ = true;
};

// `text` without the comment around it, <!-- --> or CDATA, plain or behind //
// or within /* */.
std::string_view unwrapped(std::string_view text) {
  const auto drop_front = [&](std::string_view word) {
    if (!text.starts_with(word)) return false;
    text = trim(text.substr(word.size()), kBlanks);
    return true;
  };
  const auto drop_back = [&](std::string_view word) {
    if (!text.ends_with(word)) return false;
    text = trim(text.substr(0, text.size() - word.size()), kBlanks);
    return true;
  };
  text = trim(text, kBlanks);
  const bool wrapped =
      drop_front("//<![CDATA[") || drop_front("// <![CDATA[") ||
      drop_front("/*<![CDATA[*/") || drop_front("/* <![CDATA[ */") ||
      drop_front("<![CDATA[") || drop_front("<!--");
  if (!wrapped) return text;
  for (const std::string_view end : {"//]]>", "// ]]>", "/*]]>*/", "/* ]]> */",
                                     "]]>", "//-->", "// -->", "-->"}) {
    if (drop_back(end)) break;
  }
  return text;
}

}  // namespace

bool read_facts(const PageTree& tree, LinkResolver& resolver, std::size_t& most,
                PageFacts& facts) {
  return FactReader(tree, resolver, most, facts).run();
}

std::optional<std::string> compact_json(std::string_view script) {
  const std::string_view text = unwrapped(script);
  // Nested without end, it is read without recursion.
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                              rapidjson::kParseNumbersAsStringsFlag |
                              rapidjson::kParseValidateEncodingFlag;
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> in(
      stream);
  rapidjson::StringBuffer buffer;
  CompactWriter writer(buffer);
  rapidjson::Reader reader;
  if (!reader.Parse<kFlags>(in, writer)) return std::nullopt;
  // Half a surrogate pair may have come as an escape.
  return replace_invalid_utf8({buffer.GetString(), buffer.GetSize()});
}

}  // namespace crawl
