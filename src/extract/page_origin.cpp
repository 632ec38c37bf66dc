#include "extract/page_origin.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/json_library.h"
#include "crawl/base/utf8.h"
#include "extract/css_matcher.h"
#include "extract/filter.h"
#include "extract/html_writer.h"
#include "extract/page_facts.h"
#include "parse/html/html_text.h"

namespace crawl {
namespace {

using Element = PageTree::Element;
using Json = rapidjson::Value;

constexpr std::size_t kLongest = 200;  // bytes of a date or a name
constexpr std::size_t kLargestJson = std::size_t{1} << 20;

// The first of the best: a smaller rank says it more plainly.
class Best {
 public:
  void offer(int rank, std::string value) {
    if (value.empty() || (found_ && rank >= rank_)) return;
    found_ = true;
    rank_ = rank;
    value_ = std::move(value);
  }
  // Another name beside one of this rank.
  void join(int rank, const std::string& value) {
    if (!found_ || rank != rank_) return offer(rank, value);
    if (value.empty() || value_.find(value) != value_.npos ||
        value_.size() > kLongest) {
      return;
    }
    value_ += ", " + value;
  }
  std::string take() { return std::move(value_); }

 private:
  bool found_ = false;
  int rank_ = 0;
  std::string value_;
};

// "" if there is no year in it.
std::string as_date(std::string_view text) {
  text = strip_html_space(text);
  if (text.size() > kLongest) return {};
  std::size_t digits = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const bool digit = i < text.size() && is_ascii_digit(text[i]);
    if (!digit && (digits == 4 || digits == 8)) {
      const char first = text[i - digits];
      if (first == '1' || first == '2') return std::string(text);
    }
    digits = digit ? digits + 1 : 0;
  }
  return {};
}

// "" if it is an address and no name.
std::string as_name(std::string_view text) {
  std::string name = normalized(text);
  if (name.size() > kLongest || name.find("://") != name.npos) return {};
  for (const std::string_view by : {"by ", "written by "}) {
    if (starts_with_ignoring_case(name, by)) name.erase(0, by.size());
  }
  return name;
}

std::string_view attribute_of(const Element& element, std::string_view name) {
  const GumboAttribute* const found =
      find_attribute(element, CssNamespace::kNone, name, name);
  return found == nullptr ? std::string_view() : std::string_view(found->value);
}

bool has_attribute(const Element& element, std::string_view name) {
  return find_attribute(element, CssNamespace::kNone, name, name) != nullptr;
}

class OriginReader {
 public:
  explicit OriginReader(const PageTree& tree) : tree_(tree) {}

  void run(PageContent& content) {
    for (const Element& element : tree_.elements()) {
      if (element.node == nullptr ||
          element.name_space != CssNamespace::kHtml) {
        continue;
      }
      if (element.name == "meta") meta(element);
      if (element.name == "script") script(element);
      if (element.name == "time") time(element);
      if ((element.name == "a" || element.name == "link") &&
          has_token(attribute_of(element, "rel"), "author")) {
        author_.join(5, as_name(text_of(element)));
      }
      if (has_attribute(element, "itemprop")) microdata(element);
    }
    content.published = published_.take();
    content.modified = modified_.take();
    content.author = author_.take();
  }

 private:
  // The front of it: elements may stand in one another without end.
  static std::string text_of(const Element& element) {
    std::string text;
    std::vector<const GumboNode*> open = {element.node};
    for (int left = 100; left > 0 && !open.empty(); --left) {
      const GumboNode& node = *open.back();
      open.pop_back();
      if (is_text(node)) text += node.v.text.text;
      if (text.size() > 4 * kLongest) return {};
      if (node.type != GUMBO_NODE_ELEMENT) continue;
      const GumboVector& children = node.v.element.children;
      for (unsigned i = std::min(children.length, 100U); i-- > 0;) {
        open.push_back(&child_at(children, i));
      }
    }
    return text;
  }

  void meta(const Element& element) {
    const std::string_view content = attribute_of(element, "content");
    for (const std::string_view attribute : {"property", "name"}) {
      const std::string name =
          lower_case(std::string(attribute_of(element, attribute)));
      if (name.empty()) continue;
      const auto is = [&](std::initializer_list<std::string_view> names) {
        return std::find(names.begin(), names.end(), name) != names.end();
      };
      if (is({"article:published_time", "og:published_time"})) {
        published_.offer(1, as_date(content));
      } else if (is({"article:modified_time", "og:updated_time",
                     "og:modified_time"})) {
        modified_.offer(1, as_date(content));
      } else if (is({"date", "dc.date", "dcterms.date", "dc.date.issued",
                     "dcterms.issued", "dcterms.created", "dc.date.created",
                     "citation_publication_date", "citation_date", "pubdate",
                     "publishdate", "publish_date", "publication_date",
                     "parsely-pub-date", "sailthru.date",
                     "article.published"})) {
        published_.offer(3, as_date(content));
      } else if (is({"last-modified", "lastmod", "dcterms.modified",
                     "dc.date.modified", "revised", "article.updated"})) {
        modified_.offer(3, as_date(content));
      } else if (is({"author", "dc.creator", "dcterms.creator",
                     "citation_author", "parsely-author", "sailthru.author",
                     "article:author", "og:article:author"})) {
        author_.join(is({"author"}) ? 1 : 3, as_name(content));
      }
    }
  }

  void time(const Element& element) {
    const std::string classes =
        lower_case(std::string(attribute_of(element, "class")));
    const auto has = [&](std::string_view word) {
      return has_token(classes, word);
    };
    const std::string_view datetime = attribute_of(element, "datetime");
    const std::string date =
        as_date(datetime.empty() ? text_of(element) : datetime);
    if (has("updated") || has("dt-updated") || has("modified")) {
      modified_.offer(4, date);
    }
    if (has_attribute(element, "pubdate") || has("published") ||
        has("entry-date") || has("dt-published")) {
      published_.offer(4, date);
    }
  }

  void microdata(const Element& element) {
    const std::string_view names = attribute_of(element, "itemprop");
    const auto value = [&] {
      for (const std::string_view name : {"content", "datetime"}) {
        if (has_attribute(element, name)) {
          return std::string(attribute_of(element, name));
        }
      }
      return text_of(element);
    };
    if (has_token(names, "datepublished")) {
      published_.offer(2, as_date(value()));
    }
    if (has_token(names, "datemodified")) modified_.offer(2, as_date(value()));
    if (has_token(names, "author")) author_.join(2, as_name(value()));
  }

  void script(const Element& element) {
    if (!equals_ignoring_case(strip_html_space(attribute_of(element, "type")),
                              "application/ld+json")) {
      return;
    }
    std::string text;
    if (!append_text(*element.node, kLargestJson, text)) return;
    const std::optional<std::string> json = compact_json(text);
    if (!json) return;
    rapidjson::Document document;
    constexpr unsigned kFlags =
        rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
    document.Parse<kFlags>(json->data(), json->size());
    if (document.HasParseError()) return;
    things(document, document);
  }

  // The object, those of an array, and those of its @graph.
  void things(const Json& json, const Json& document) {
    if (json.IsArray()) {
      for (const Json& one : json.GetArray()) {
        if (one.IsObject()) thing(one, document);
      }
      return;
    }
    if (!json.IsObject()) return;
    thing(json, document);
    const auto graph = json.FindMember("@graph");
    if (graph == json.MemberEnd() || !graph->value.IsArray()) return;
    for (const Json& one : graph->value.GetArray()) {
      if (one.IsObject()) thing(one, graph->value);
    }
  }

  static std::string_view string_of(const Json& object, const char* name) {
    const auto member = object.FindMember(name);
    if (member == object.MemberEnd() || !member->value.IsString()) return {};
    return {member->value.GetString(), member->value.GetStringLength()};
  }

  static bool is_article(const Json& object) {
    const auto names_one = [](const Json& type) {
      if (!type.IsString()) return false;
      const std::string_view name(type.GetString(), type.GetStringLength());
      return name.ends_with("Article") || name.ends_with("Posting") ||
             name == "Report" || name == "Recipe" || name == "Book";
    };
    const auto type = object.FindMember("@type");
    if (type == object.MemberEnd()) return false;
    if (!type->value.IsArray()) return names_one(type->value);
    const auto list = type->value.GetArray();
    return std::any_of(list.begin(), list.end(), names_one);
  }

  void thing(const Json& object, const Json& siblings) {
    const int rank = is_article(object) ? 0 : 6;
    published_.offer(rank, as_date(string_of(object, "datePublished")));
    modified_.offer(rank, as_date(string_of(object, "dateModified")));
    if (rank != 0) return;
    const auto author = object.FindMember("author");
    if (author == object.MemberEnd()) return;
    if (!author->value.IsArray()) {
      author_.join(rank, name_of(author->value, siblings));
      return;
    }
    constexpr rapidjson::SizeType kMostAuthors = 50;
    const rapidjson::SizeType count =
        std::min(author->value.Size(), kMostAuthors);
    for (rapidjson::SizeType i = 0; i < count; ++i) {
      author_.join(rank, name_of(author->value[i], siblings));
    }
  }

  // A person may be another object of the page, named by its @id.
  std::string name_of(const Json& person, const Json& siblings) {
    if (person.IsString()) {
      return as_name({person.GetString(), person.GetStringLength()});
    }
    if (!person.IsObject()) return {};
    const std::string_view name = string_of(person, "name");
    const std::string_view id = string_of(person, "@id");
    if (!name.empty() || id.empty() || !siblings.IsArray()) {
      return as_name(name);
    }
    for (const Json& other : siblings.GetArray()) {
      if (--looks_ < 0) return {};
      if (other.IsObject() && string_of(other, "@id") == id) {
        return as_name(string_of(other, "name"));
      }
    }
    return {};
  }

  const PageTree& tree_;
  Best published_, modified_, author_;
  int looks_ = 10'000;
};

}  // namespace

void read_origin(const PageTree& tree, PageContent& content) {
  OriginReader(tree).run(content);
}

}  // namespace crawl
