#include "support/page_oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "crawl/base/utf8.h"
#include "crawl/parse/charset.h"
#include "parse/html/scan_reader.h"
#include "parse/html/scanner_names.h"
#include "parse/html/tag_reader.h"
#include "parse/html/tree_reader.h"
#include "parse/text/byte_scan.h"
#include "parse/text/encoding.h"

namespace crawl::testing {
namespace {

const Url& page_url() {
  static const Url url = *Url::parse("https://site.test/dir/page?q");
  return url;
}

std::string shown(const std::optional<std::string>& value) {
  return value ? "'" + *value + "'" : "nothing";
}

std::string shown(const PageLink& link) {
  return fmt::format("{} {} <{}> rel='{}' text='{}'", to_string(link.element),
                     to_string(link.attribute), link.url, link.rel, link.text);
}

std::string difference(const Page& scan, const Page& tree) {
  std::string out;
  const auto field = [&out](const char* name,
                            const std::optional<std::string>& a,
                            const std::optional<std::string>& b) {
    if (a != b) {
      out += fmt::format("{}: scanner {}, tree {}\n", name, shown(a), shown(b));
    }
  };
  field("title", scan.title, tree.title);
  field("description", scan.description, tree.description);
  field("canonical", scan.canonical, tree.canonical);
  field("lang", scan.lang, tree.lang);
  field("robots", scan.robots, tree.robots);
  field("robots_crawl", scan.robots_crawl, tree.robots_crawl);
  field("refresh", scan.refresh, tree.refresh);
  field("base", scan.base, tree.base);
  if (scan.link_count != tree.link_count ||
      scan.links.size() != tree.links.size()) {
    out +=
        fmt::format("links: scanner {} of {}, tree {} of {}\n", scan.link_count,
                    scan.links.size(), tree.link_count, tree.links.size());
  }
  const std::size_t most = std::max(scan.links.size(), tree.links.size());
  for (std::size_t i = 0; i < most; ++i) {
    const std::string a = i < scan.links.size() ? shown(scan.links[i]) : "none";
    const std::string b = i < tree.links.size() ? shown(tree.links[i]) : "none";
    if (a == b) continue;
    out += fmt::format("link {}: scanner {}, tree {}\n", i, a, b);
    break;
  }
  return out;
}

struct Tag {
  std::string name;  // lower case, with '/' in front for an end tag
  const char* name_end;
  bool repeats_bare_attribute;
};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

// Where what looks like a tag counts as one.
enum class TagPlace {
  kAnywhere,
  kNotInComments,       // or what looks like one
  kNotInCommentsOrTags  // or what looks like one
};

std::vector<Tag> tags_of(std::string_view html,
                         TagPlace place = TagPlace::kAnywhere) {
  std::vector<Tag> tags;
  TagReader<NoMeter> reader(html, kBodyTags, {});
  const char* p = reader.page_begin();
  while ((p = reader.find(p, '<')) != reader.page_end()) {
    const char* name = ++p;
    if (name != reader.page_end() && *name == '/') ++name;
    if (name == reader.page_end()) break;
    if (!bytes::is(*name, bytes::kAlpha)) {
      if (place == TagPlace::kAnywhere) continue;
      if (*p == '!') {
        p = reader.declaration(p + 1);
      } else if (*p == '/' || *p == '?') {
        p = reader.bogus_comment(p + 1);
      }
      continue;
    }
    const char* const end = reader.tag_name(name);
    Tag tag{lower({p, static_cast<std::size_t>(end - p)}), end, false};
    std::set<std::string> names;
    const char* const behind =
        reader.attributes(end, [&](std::string_view n, std::string_view value) {
          if (!names.insert(lower(n)).second && value.empty()) {
            tag.repeats_bare_attribute = true;
          }
        });
    tags.push_back(std::move(tag));
    if (place == TagPlace::kNotInCommentsOrTags && behind != nullptr) {
      p = behind;
    }
  }
  return tags;
}

bool has_tag(const std::vector<Tag>& tags, std::string_view name) {
  return std::any_of(tags.begin(), tags.end(),
                     [name](const Tag& tag) { return tag.name == name; });
}

// A tag between select tags that is none of the old content model's.
bool has_select_content(const std::vector<Tag>& tags) {
  bool inside = false;
  for (const Tag& tag : tags) {
    if (tag.name == "select") {
      inside = true;
    } else if (tag.name == "/select") {
      inside = false;
    } else if (inside && tag.name != "option" && tag.name != "/option" &&
               tag.name != "optgroup" && tag.name != "/optgroup") {
      return true;
    }
  }
  return false;
}

bool has_crowded_anchor(const std::vector<Tag>& tags) {
  std::size_t inside = 0;
  for (const Tag& tag : tags) {
    if (tag.name == "a") {
      if (inside >= 8) return true;
      inside = 0;
    } else if (tag.name.front() != '/') {
      ++inside;
    }
  }
  return false;
}

bool is_replaced_by_gumbo(char32_t c) {
  return (c >= 0x1 && c <= 0x8) || c == 0xB || (c >= 0xE && c <= 0x1F) ||
         (c >= 0x7F && c <= 0x9F) || (c >= 0xFDD0 && c <= 0xFDEF) ||
         (c & 0xFFFE) == 0xFFFE;
}

bool has_control_character(std::string_view html) {
  while (!html.empty()) {
    const Utf8Sequence next = first_utf8_sequence(html);
    if (is_replaced_by_gumbo(next.code_point)) return true;
    html.remove_prefix(next.size);
  }
  return false;
}

bool has_huge_number(std::string_view html) {
  for (std::size_t at = 0; (at = html.find("&#", at)) != html.npos;) {
    at += 2;
    if (at < html.size() && (html[at] | 0x20) == 'x') ++at;
    const std::size_t digits =
        std::min(html.find_first_not_of("0123456789abcdefABCDEF", at),
                 html.size()) -
        at;
    if (digits > 7) return true;
  }
  return false;
}

bool has_nul_where_a_name_begins(std::string_view html) {
  for (std::size_t at = 0; (at = html.find('\0', at)) != html.npos; ++at) {
    if (at > 0 && std::string_view("\t\n\f\r /\"'").find(html[at - 1]) !=
                      std::string_view::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string_view known_departure(std::string_view html) {
  if (has_control_character(html)) return "control-character";
  if (has_huge_number(html)) return "huge-number";
  if (has_nul_where_a_name_begins(html)) return "nul-in-attribute-name";
  const std::vector<Tag> tags = tags_of(html);
  if (has_select_content(tags) ||
      has_select_content(tags_of(html, TagPlace::kNotInComments)) ||
      has_select_content(tags_of(html, TagPlace::kNotInCommentsOrTags))) {
    return "select-content";
  }
  if (has_crowded_anchor(tags)) return "anchor-of-eight-blocks";
  const char* const end = html.data() + html.size();
  const bool foreign = has_tag(tags, "svg") || has_tag(tags, "math");
  if (foreign && html.find("</>") != html.npos) return "foreign-empty-end-tag";
  for (const Tag& tag : tags) {
    if (tag.repeats_bare_attribute) return "repeated-bare-attribute";
    if (foreign && tag.name.front() == '/' && tag.name_end != end &&
        *tag.name_end != '>') {
      return "foreign-end-tag-with-more";
    }
  }
  return "";
}

PageComparison compare_readers(std::string_view body, std::string_view encoding,
                               bool anchor_text) {
  PageOptions options;
  options.links = true;
  options.anchor_text = anchor_text;
  PageComparison result;
  // In a buffer of exactly its size, so that a sanitizer sees every over-read.
  const std::vector<char> exact(body.begin(), body.end());
  body = {exact.data(), exact.size()};
  const std::string utf8 = to_utf8(body, encoding);
  const std::vector<char> exact_utf8(utf8.begin(), utf8.end());
  ScanSource source{body.substr(bom_size(body, encoding)), encoding, encoding};
  if (!reads_in_place(encoding)) {
    source = {{exact_utf8.data(), exact_utf8.size()}, "utf-8", encoding};
  }
  result.bytes = source.html.size();
  PageBuilder counted(page_url(), options, nullptr);
  scan_page_counting(source.html, OnDoubt::kGuess, counted, result.steps);
  const std::optional<Page> scan =
      read_scan(source, page_url(), options, OnDoubt::kStop, &result.doubt);
  if (!scan) {
    read_scan(source, page_url(), options, OnDoubt::kGuess);
    return result;
  }
  result.difference =
      difference(*scan, read_tree(utf8, page_url(), encoding, options));
  if (!result.difference.empty()) result.departure = known_departure(utf8);
  return result;
}

}  // namespace crawl::testing
