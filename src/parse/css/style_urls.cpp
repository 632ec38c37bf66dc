#include "crawl/parse/style_urls.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "crawl/base/utf8.h"
#include "crawl/parse/charset.h"
#include "crawl/parse/content_type.h"
#include "parse/css/css_references.h"
#include "parse/html/html_text.h"
#include "parse/html/link_resolver.h"
#include "parse/html/page_builder.h"
#include "parse/html/scanner_names.h"
#include "parse/html/source_text.h"
#include "parse/html/tag_reader.h"
#include "parse/text/encoding.h"
#include "parse/text/place_counter.h"

namespace crawl {
namespace {

// Gathers what sheets and attributes of one document refer to.
class StyleUrls {
 public:
  StyleUrls(const Url& url, std::optional<std::string_view> base)
      : resolver_(url, base, "utf-8", PageBuilder::kMaxResolvedBytes) {}

  void add(std::string_view css) {
    each_css_reference(css, [this](const CssReference& reference) {
      // What begins with # is in the document itself.
      if (reference.url.starts_with('#') ||
          urls_.size() >= PageBuilder::kMaxLinks ||
          !resolver_.resolve(reference.url, url_)) {
        return;
      }
      url_.resize(std::min(url_.find('#'), url_.size()));
      if (seen_.insert(url_).second) urls_.push_back(url_);
    });
  }

  std::vector<std::string> take() { return std::move(urls_); }

 private:
  LinkResolver resolver_;
  std::string url_;
  std::unordered_set<std::string> seen_;
  std::vector<std::string> urls_;
};

// Adds what they refer to to a page's lists.
class StyleLinks {
 public:
  StyleLinks(Page& page, const Url& url, std::optional<std::string_view> base)
      : page_(page),
        resolver_(url, base, "utf-8", PageBuilder::kMaxResolvedBytes) {}

  // `link`: all of it but the URL and, of a sheet, the attribute. What is
  // `inside` stands in the text from the link's place on.
  void add_css(std::string_view css, const PageLink& link, bool inside) {
    PlaceCounter place(css, true);
    each_css_reference(css, [&](const CssReference& reference) {
      if (reference.url.starts_with('#')) return;
      PageLink found = link;
      if (inside) {
        place.advance(css.data() + reference.at);
        found.attribute =
            reference.is_import ? LinkAttribute::kImport : LinkAttribute::kUrl;
        found.column = place.column + (place.line == 1 ? link.column - 1 : 0);
        found.line = link.line + place.line - 1;
      }
      add(reference.url, found);
    });
  }

  void add(std::string_view reference, PageLink link) {
    // Of a URL of another scheme: of data, more says nothing.
    constexpr std::size_t kMostOther = 256;
    if (added_ == PageBuilder::kMaxLinks) return;
    ++added_;
    if (resolver_.resolve(reference, url_)) {
      link.url = url_;
      return page_.links.add(link);
    }
    switch (resolver_.unlinked(reference, url_)) {
      case LinkResolver::Unlinked::kMalformed:
        link.url = reference;
        return page_.malformed.add(link);
      case LinkResolver::Unlinked::kOtherScheme:
        link.url = std::string_view(url_).substr(0, kMostOther);
        link.url = link.url.substr(0, valid_utf8_prefix(link.url));
        return page_.other_schemes.add(link);
      case LinkResolver::Unlinked::kTooMuch:
        return;
    }
  }

 private:
  Page& page_;
  LinkResolver resolver_;
  std::size_t added_ = 0;
  std::string url_;
};

// "Determine the fallback encoding" of CSS Syntax, and what comes before it.
std::string_view sheet_encoding(std::string_view body,
                                std::string_view content_type) {
  for (const std::string_view encoding : {"utf-8", "utf-16le", "utf-16be"}) {
    if (bom_size(body, encoding) > 0) return encoding;
  }
  std::optional<std::string_view> found;
  if (const auto type = parse_content_type(content_type)) {
    if (const auto label = type->parameter("charset")) {
      found = encoding_for_label(*label);
    }
  }
  constexpr std::string_view kCharset = "@charset \"";
  if (!found && body.starts_with(kCharset)) {
    const std::string_view rest = body.substr(kCharset.size(), 1024);
    found = encoding_for_label(rest.substr(0, rest.find("\";")));
    // It could not be read so if it were.
    if (found && found->starts_with("utf-16")) found = "utf-8";
  }
  return found.value_or("utf-8");
}

// What a tag means here.
enum class AsideTag : std::uint8_t {
  kOther,
  kCiting,
  kForeign,
  kForeignObject,
  kPlaintext,
  kRawText,
  kScript,
  kStyle,
  kTemplate,
};
struct NamedAside {
  AsideTag tag = AsideTag::kOther;
  LinkElement citing = LinkElement::kStyle;
  std::string_view name{};  // of raw text
};
constexpr NameTable<NamedAside, 17> kAsideTags(NameEntries<NamedAside, 17>{{
    {"blockquote", {AsideTag::kCiting, LinkElement::kBlockquote}},
    {"del", {AsideTag::kCiting, LinkElement::kDel}},
    {"foreignobject", {AsideTag::kForeignObject}},
    {"iframe", {AsideTag::kRawText, {}, "iframe"}},
    {"ins", {AsideTag::kCiting, LinkElement::kIns}},
    {"math", {AsideTag::kForeign}},
    {"noembed", {AsideTag::kRawText, {}, "noembed"}},
    {"noframes", {AsideTag::kRawText, {}, "noframes"}},
    {"plaintext", {AsideTag::kPlaintext}},
    {"q", {AsideTag::kCiting, LinkElement::kQ}},
    {"script", {AsideTag::kScript}},
    {"style", {AsideTag::kStyle, {}, "style"}},
    {"svg", {AsideTag::kForeign}},
    {"template", {AsideTag::kTemplate}},
    {"textarea", {AsideTag::kRawText, {}, "textarea"}},
    {"title", {AsideTag::kRawText, {}, "title"}},
    {"xmp", {AsideTag::kRawText, {}, "xmp"}},
}});

// What of a page is not asked of PageBuilder, in the page's own bytes.
struct Aside {
  enum class Kind : std::uint8_t { kStyleAttribute, kStyleElement, kCite };
  Kind kind;
  std::string_view text;
  const char* tag;  // its "<"
  bool in_template = false;
  bool in_foreign = false;                    // svg or math
  LinkElement element = LinkElement::kStyle;  // that cites
};

// Calls `use` with each.
template <class Use>
class AsideReader {
 public:
  AsideReader(std::string_view html, Use use)
      : reader_(html, kBodyTags, {}), end_(reader_.page_end()), use_(use) {}

  void run() {
    const char* p = reader_.page_begin();
    while (p != nullptr) {
      p = reader_.find_tag(p);
      if (end_ - p < 2) return;
      const char* const begin = p++;
      if (*p == '!') {
        p = reader_.declaration(p + 1);
      } else if (*p == '?') {
        p = reader_.bogus_comment(p + 1);
      } else if (bytes::is(*p, bytes::kAlpha)) {
        p = start_tag(begin);
      } else if (*p == '/' && ++p != end_) {
        p = bytes::is(*p, bytes::kAlpha) ? end_tag(p)
                                         : reader_.bogus_comment(p);
      }
    }
  }

 private:
  NamedAside named(const char* name, const char* name_end) const {
    return kAsideTags.find(
        bytes::name_key(name, static_cast<std::size_t>(name_end - name), end_),
        name, end_, {});
  }

  bool in_foreign() const { return !open_.empty() && open_.back(); }

  // Null at the page's end.
  const char* end_tag(const char* p) {
    const char* const name = p;
    p = reader_.tag_name(p);
    const AsideTag tag = named(name, p).tag;
    if (tag == AsideTag::kTemplate && templates_ > 0) --templates_;
    if (tag == AsideTag::kForeign || tag == AsideTag::kForeignObject) {
      const auto opened =
          std::find(open_.rbegin(), open_.rend(), tag == AsideTag::kForeign);
      if (opened != open_.rend()) open_.erase(opened.base() - 1, open_.end());
    }
    return reader_.attributes(p);
  }

  const char* start_tag(const char* begin) {
    const char* p = reader_.tag_name(begin + 1);
    const NamedAside is = named(begin + 1, p);
    std::optional<std::string_view> style, cite, type;
    p = reader_.attributes(
        p, [&](std::string_view key, std::string_view value) {
          const auto take = [&](std::string_view wanted,
                                std::optional<std::string_view>& slot) {
            if (!slot && equals_ignoring_case(key, wanted)) slot = value;
          };
          if (key.size() == 5) take("style", style);
          if (key.size() != 4) return;
          if (is.tag == AsideTag::kCiting) take("cite", cite);
          if (is.tag == AsideTag::kStyle) take("type", type);
        });
    if (p == nullptr) return nullptr;
    if (is.tag == AsideTag::kTemplate) ++templates_;
    Aside aside{Aside::Kind::kStyleAttribute, style.value_or(""), begin,
                templates_ > 0, in_foreign()};
    if (style) use_(aside);
    if (cite) {
      aside.kind = Aside::Kind::kCite;
      aside.text = *cite;
      aside.element = is.citing;
      use_(aside);
    }
    const bool closed = reader_.self_closing();
    if (closed && (in_foreign() || is.tag == AsideTag::kForeign)) return p;
    switch (is.tag) {
      case AsideTag::kForeign:
        open_.push_back(true);
        return p;
      case AsideTag::kForeignObject:
        if (in_foreign()) open_.push_back(false);
        return p;
      case AsideTag::kPlaintext:
        return nullptr;
      case AsideTag::kScript:
        return reader_.end_of_script(p);
      case AsideTag::kRawText:
        return reader_.end_of_text(p, is.name);
      case AsideTag::kStyle: {
        const char* const text = p;
        p = reader_.end_of_text(p, is.name);
        // HTML Standard, "update a style block".
        if (type.value_or("").empty() ||
            equals_ignoring_case(*type, "text/css")) {
          aside.kind = Aside::Kind::kStyleElement;
          aside.text =
              std::string_view(text, static_cast<std::size_t>(p - text));
          use_(aside);
        }
        return p;
      }
      default:
        return p;
    }
  }

  TagReader<NoMeter> reader_;
  const char* const end_;
  Use use_;
  std::size_t templates_ = 0;  // open
  // The svg and math that are open, and, false, what holds HTML in them.
  std::vector<bool> open_;
};

template <class Use>
void each_aside(std::string_view html, Use use) {
  AsideReader<Use>(html, std::move(use)).run();
}

// A page's text as it is scanned, and what decodes pieces of it.
class StyledPage {
 public:
  StyledPage(std::string_view body, std::string_view encoding)
      : encoding_(encoding) {
    if (reads_in_place(encoding)) {
      html_ = body.substr(bom_size(body, encoding));
    } else {
      converted_ = to_utf8(body, encoding);
      html_ = converted_;
      encoding_ = "utf-8";
    }
    text_.emplace(html_, encoding_);
  }
  StyledPage(const StyledPage&) = delete;
  StyledPage& operator=(const StyledPage&) = delete;

  std::string_view html() const { return html_; }
  bool is_utf8() const { return encoding_ == "utf-8"; }

  // Decoded; a view is good until the next.
  std::string_view text(const Aside& aside) {
    if (aside.kind != Aside::Kind::kStyleElement) {
      return text_->attribute(aside.text, scratch_);
    }
    if (aside.in_foreign) return text_->text(aside.text, scratch_);
    scratch_.clear();
    append_decoded(aside.text, encoding_, scratch_);
    return scratch_;
  }

 private:
  std::string converted_, scratch_;
  std::string_view html_;
  std::string_view encoding_;
  std::optional<SourceText> text_;
};

}  // namespace

std::vector<std::string> sheet_urls(std::string_view body, const Url& url,
                                    std::string_view content_type) {
  StyleUrls urls(url, std::nullopt);
  urls.add(to_utf8(body, sheet_encoding(body, content_type)));
  return urls.take();
}

std::vector<std::string> page_style_urls(std::string_view body, const Url& url,
                                         const Page& page) {
  StyledPage source(body, page.charset);
  StyleUrls urls(url, page.base);
  each_aside(source.html(), [&](const Aside& aside) {
    if (aside.kind != Aside::Kind::kCite) urls.add(source.text(aside));
  });
  return urls.take();
}

Page sheet_links(std::string_view body, const Url& url,
                 std::string_view content_type) {
  Page sheet;
  PageLink link;
  link.element = LinkElement::kCss;
  link.line = link.column = 1;
  StyleLinks(sheet, url, std::nullopt)
      .add_css(to_utf8(body, sheet_encoding(body, content_type)), link, true);
  return sheet;
}

void add_style_links(std::string_view body, const Url& url, Page& page) {
  StyledPage source(body, page.charset);
  PlaceCounter place(source.html(), source.is_utf8());
  const std::string base = page.base;
  StyleLinks links(page, url, base);
  each_aside(source.html(), [&](const Aside& aside) {
    if (aside.in_template) return;
    PageLink link;
    link.element = aside.element;
    const bool is_inside = aside.kind == Aside::Kind::kStyleElement;
    place.advance(is_inside ? aside.text.data() : aside.tag);
    link.line = place.line;
    link.column = place.column;
    const std::string_view text = source.text(aside);
    if (aside.kind == Aside::Kind::kCite) {
      link.attribute = LinkAttribute::kCite;
      if (!strip_html_space(text).empty()) links.add(text, link);
      return;
    }
    link.attribute = LinkAttribute::kStyle;
    links.add_css(text, link, is_inside);
  });
}

}  // namespace crawl
