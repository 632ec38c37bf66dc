#include "crawl/parse/style_urls.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/ascii.h"
#include "crawl/parse/charset.h"
#include "crawl/parse/content_type.h"
#include "parse/css/css_references.h"
#include "parse/html/link_resolver.h"
#include "parse/html/page_builder.h"
#include "parse/html/scanner_names.h"
#include "parse/html/source_text.h"
#include "parse/html/tag_reader.h"
#include "parse/text/encoding.h"

namespace crawl {
namespace {

// Gathers what sheets and attributes of one document refer to.
class StyleUrls {
 public:
  StyleUrls(const Url& url, std::optional<std::string_view> base)
      : resolver_(url, base, "utf-8", PageBuilder::kMaxResolvedBytes) {}

  void add(std::string_view css) {
    each_css_reference(css, [this](std::string_view reference) {
      // What begins with # is in the document itself.
      if (reference.starts_with('#') ||
          urls_.size() >= PageBuilder::kMaxLinks ||
          !resolver_.resolve(reference, url_)) {
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

// Calls attribute(value) for each style attribute, sheet(content) for each
// style element, with the page's own bytes.
template <class Attribute, class Sheet>
void each_inline_style(std::string_view html, Attribute attribute,
                       Sheet sheet) {
  TagReader<NoMeter> reader(html, kBodyTags, {});
  const char* const end = reader.page_end();
  const char* p = reader.page_begin();
  while (true) {
    p = reader.find_tag(p);
    if (end - p < 2) return;
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
      bool has_style = false;
      p = reader.attributes(
          p, [&](std::string_view key, std::string_view value) {
            if (!is_end && !has_style && equals_ignoring_case(key, "style")) {
              has_style = true;
              attribute(value);
            }
          });
      if (p == nullptr) return;
      if (is_end) continue;
      if (equals_ignoring_case(tag, "script")) p = reader.end_of_script(p);
      if (equals_ignoring_case(tag, "plaintext")) return;
      for (const std::string_view raw : kRawText) {
        if (!equals_ignoring_case(tag, raw)) continue;
        const char* const text = p;
        p = reader.end_of_text(p, raw);
        if (raw == "style") {
          sheet(std::string_view(text, static_cast<std::size_t>(p - text)));
        }
      }
    }
  }
}

}  // namespace

std::vector<std::string> sheet_urls(std::string_view body, const Url& url,
                                    std::string_view content_type) {
  StyleUrls urls(url, std::nullopt);
  urls.add(to_utf8(body, sheet_encoding(body, content_type)));
  return urls.take();
}

std::vector<std::string> page_style_urls(std::string_view body, const Url& url,
                                         const Page& page) {
  std::string converted;
  std::string_view html = body;
  std::string_view encoding = page.charset;
  if (reads_in_place(encoding)) {
    html = body.substr(bom_size(body, encoding));
  } else {
    converted = to_utf8(body, encoding);
    html = converted;
    encoding = "utf-8";
  }
  const SourceText text(html, encoding);
  StyleUrls urls(url, page.base);
  std::string scratch;
  each_inline_style(
      html,
      [&](std::string_view value) { urls.add(text.attribute(value, scratch)); },
      [&](std::string_view content) {
        scratch.clear();
        append_decoded(content, encoding, scratch);
        urls.add(scratch);
      });
  return urls.take();
}

}  // namespace crawl
