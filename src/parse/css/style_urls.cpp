#include "crawl/parse/style_urls.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_set>
#include <utility>

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

constexpr std::array<std::string_view, 7> kRawText = {
    "iframe", "noembed", "noframes", "style", "textarea", "title", "xmp"};

constexpr std::array<std::pair<std::string_view, LinkElement>, 4> kCiting = {
    {{"blockquote", LinkElement::kBlockquote},
     {"del", LinkElement::kDel},
     {"ins", LinkElement::kIns},
     {"q", LinkElement::kQ}}};

// What of a page is not asked of PageBuilder, in the page's own bytes.
struct Aside {
  enum class Kind : std::uint8_t { kStyleAttribute, kStyleElement, kCite };
  Kind kind;
  std::string_view text;
  const char* tag;  // its "<"
  bool in_template = false;
  LinkElement element = LinkElement::kStyle;  // that cites
};

// Calls `use` with each.
template <class Use>
void each_aside(std::string_view html, Use use) {
  TagReader<NoMeter> reader(html, kBodyTags, {});
  const char* const end = reader.page_end();
  const char* p = reader.page_begin();
  std::size_t templates = 0;  // open
  while (true) {
    p = reader.find_tag(p);
    if (end - p < 2) return;
    const char* const begin = p;
    const char c = *++p;
    const bool is_end = c == '/';
    if (c == '!') {
      p = reader.declaration(p + 1);
    } else if (c == '?') {
      p = reader.bogus_comment(p + 1);
    } else if (is_end || bytes::is(c, bytes::kAlpha)) {
      if (is_end && (++p == end || !bytes::is(*p, bytes::kAlpha))) {
        p = reader.bogus_comment(p);
        continue;
      }
      const char* const name = p;
      p = reader.tag_name(p);
      const std::string_view tag(name, static_cast<std::size_t>(p - name));
      std::optional<std::string_view> style, cite, type;
      p = reader.attributes(
          p, [&](std::string_view key, std::string_view value) {
            const auto take = [&](std::string_view wanted,
                                  std::optional<std::string_view>& slot) {
              if (!slot && equals_ignoring_case(key, wanted)) slot = value;
            };
            if (key.size() == 5) take("style", style);
            if (key.size() == 4) {
              take("cite", cite);
              take("type", type);
            }
          });
      if (p == nullptr) return;
      if (equals_ignoring_case(tag, "template")) {
        if (!is_end) ++templates;
        if (is_end && templates > 0) --templates;
      }
      if (is_end) continue;
      Aside aside{Aside::Kind::kStyleAttribute, {}, begin, templates > 0};
      if (style) {
        aside.text = *style;
        use(aside);
      }
      for (const auto& [citing, element] : kCiting) {
        if (!cite || !equals_ignoring_case(tag, citing)) continue;
        aside.kind = Aside::Kind::kCite;
        aside.text = *cite;
        aside.element = element;
        use(aside);
      }
      if (equals_ignoring_case(tag, "script")) p = reader.end_of_script(p);
      if (equals_ignoring_case(tag, "plaintext")) return;
      for (const std::string_view raw : kRawText) {
        if (!equals_ignoring_case(tag, raw)) continue;
        const char* const text = p;
        p = reader.end_of_text(p, raw);
        // HTML Standard, "update a style block".
        const std::string_view is = type.value_or("");
        if (raw == "style" &&
            (is.empty() || equals_ignoring_case(is, "text/css"))) {
          aside.kind = Aside::Kind::kStyleElement;
          aside.text =
              std::string_view(text, static_cast<std::size_t>(p - text));
          use(aside);
        }
      }
    }
  }
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
