#ifndef CRAWL_PARSE_HTML_TAG_READER_H_
#define CRAWL_PARSE_HTML_TAG_READER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "parse/html/tag_finder.h"
#include "parse/text/byte_scan.h"

namespace crawl {

// Meters for a TagReader: counting every byte looked at, or nothing.
struct NoMeter {
  void add(std::ptrdiff_t) {}
};
struct StepMeter {
  std::uint64_t& steps;
  void add(std::ptrdiff_t bytes) {
    steps += 1 + static_cast<std::uint64_t>(bytes);
  }
};

// The states of the HTML Standard's tokenizer ("Tokenization") that decide
// where a tag, an attribute, a comment and raw text end. Each function starts
// at a place in the page and returns the place behind what it has read;
// page_end() if that never ends.
template <class Meter>
class TagReader {
 public:
  // `kept`, which outlives this, is what find_kept_tag() finds.
  TagReader(std::string_view page, const TagBeginnings& kept, Meter meter)
      : begin_(page.data()),
        end_(page.data() + page.size()),
        finder_(begin_, end_, kept),
        meter_(meter) {}

  const char* page_begin() const { return begin_; }
  const char* page_end() const { return end_; }

  // The first `c` from `p`.
  const char* find(const char* p, char c) {
    const char* found = bytes::find(p, end_, c);
    meter_.add(found - p);
    return found;
  }

  // The first `<` from `p`, as TagFinder has it.
  const char* find_tag(const char* p) { return finder_.find(p, meter_); }

  // The same of tags that may be of those kept, and of others whose end is not
  // known.
  const char* find_kept_tag(const char* p) {
    return finder_.find_kept(p, meter_);
  }

  // "Tag name state": from the name's first letter to what ends it.
  const char* tag_name(const char* p) {
    const char* found = bytes::find_class<bytes::kTagEnd>(p, end_);
    meter_.add(found - p);
    return found;
  }

  // The attribute states, from behind a tag's name to behind its `>`. Calls
  // keep(name, value) for each attribute, in the page's own bytes. Returns null
  // if the page ends before the tag does: then there is no tag.
  template <class Keep>
  const char* attributes(const char* p, Keep&& keep);
  const char* attributes(const char* p) {
    return attributes(p, [](std::string_view, std::string_view) {});
  }
  // Whether the last tag read ended in "/>".
  bool self_closing() const { return self_closing_; }

  // "Markup declaration open state", from behind the `<!`: comments, doctype
  // and, since `<![CDATA[` is none in HTML content, bogus comments.
  const char* declaration(const char* p);

  // "Bogus comment state"; a doctype ends like one.
  const char* bogus_comment(const char* p) { return behind(find(p, '>')); }

  // A CDATA section in svg or math, from behind the `<![CDATA[`.
  const char* cdata_section(const char* p);

  // RCDATA and RAWTEXT: the `<` of the next end tag of this name (lower case).
  const char* end_of_text(const char* p, std::string_view name);

  // As end_of_text(p, "script") with the script data's escaped states.
  const char* end_of_script(const char* p);

  // Whether a `<` is that of an end tag `name`: "appropriate end tag token".
  bool is_end_tag(const char* p, std::string_view name) const {
    const std::size_t size = 2 + name.size();
    return static_cast<std::size_t>(end_ - p) > size && p[1] == '/' &&
           bytes::matches(p + 2, end_, name) &&
           bytes::is(p[size], bytes::kTagEnd);
  }

 private:
  const char* comment(const char* p);
  bool has_comment_end(const char* p, const char* end);
  const char* behind(const char* p) const { return p == end_ ? p : p + 1; }
  std::size_t left(const char* p) const {
    return static_cast<std::size_t>(end_ - p);
  }

  const char* const begin_;
  const char* const end_;
  TagFinder finder_;
  bool self_closing_ = false;
  [[no_unique_address]] Meter meter_;
};

template <class Meter>
template <class Keep>
const char* TagReader<Meter>::attributes(const char* p, Keep&& keep) {
  self_closing_ = false;
  while (p != end_) {
    const char c = *p;
    if (bytes::is(c, bytes::kTagEnd)) {
      ++p;
      if (c == '>') return p;
      if (c == '/' && p != end_ && *p == '>') {
        self_closing_ = true;
        return p + 1;
      }
      continue;
    }
    // A `=` in first place belongs to the name.
    const char* const name = p;
    p = bytes::find_class<bytes::kNameEnd>(p + 1, end_);
    meter_.add(p - name);
    const std::string_view name_view(name, static_cast<std::size_t>(p - name));
    if (left(p) > 2 && p[0] == '=' && p[1] == '"') [[likely]] {
      const char* const value = p + 2;
      p = find(value, '"');
      if (p == end_) return nullptr;
      keep(name_view,
           std::string_view(value, static_cast<std::size_t>(p - value)));
      ++p;
      continue;
    }
    const char* const after = p;
    p = bytes::skip(p, end_, bytes::kSpace);
    meter_.add(p - after);
    if (p == end_) return nullptr;
    if (*p != '=') {
      keep(name_view, std::string_view(after, 0));
      continue;
    }
    const char* value = bytes::skip(p + 1, end_, bytes::kSpace);
    meter_.add(value - p);
    if (value == end_) return nullptr;
    if (*value == '"' || *value == '\'') {
      p = find(value + 1, *value);
      if (p == end_) return nullptr;
      ++value;
      keep(name_view,
           std::string_view(value, static_cast<std::size_t>(p - value)));
      ++p;
    } else {
      p = bytes::find_class<bytes::kBareEnd>(value, end_);
      meter_.add(p - value);
      keep(name_view,
           std::string_view(value, static_cast<std::size_t>(p - value)));
    }
  }
  return nullptr;
}

template <class Meter>
const char* TagReader<Meter>::declaration(const char* p) {
  if (left(p) >= 2 && p[0] == '-' && p[1] == '-') return comment(p + 2);
  return bogus_comment(p);
}

// "-->" and "--!>" end a comment, and at its very start ">" and "->" do.
template <class Meter>
const char* TagReader<Meter>::comment(const char* const start) {
  if (left(start) >= 1 && start[0] == '>') return start + 1;
  if (left(start) >= 2 && start[0] == '-' && start[1] == '>') return start + 2;
  for (const char* p = start;; ++p) {
    p = find(p, '>');
    if (p == end_) return end_;
    if (p - start >= 2 && p[-1] == '-' && p[-2] == '-') return p + 1;
    if (p - start >= 3 && p[-1] == '!' && p[-2] == '-' && p[-3] == '-') {
      return p + 1;
    }
  }
}

template <class Meter>
const char* TagReader<Meter>::cdata_section(const char* const start) {
  for (const char* p = start;; ++p) {
    p = find(p, '>');
    if (p == end_) return end_;
    if (p - start >= 2 && p[-1] == ']' && p[-2] == ']') return p + 1;
  }
}

template <class Meter>
const char* TagReader<Meter>::end_of_text(const char* p,
                                          std::string_view name) {
  for (;; ++p) {
    p = find(p, '<');
    if (p == end_ || is_end_tag(p, name)) return p;
  }
}

template <class Meter>
const char* TagReader<Meter>::end_of_script(const char* p) {
  constexpr std::string_view kScript = "script";
  // "Script data escaped", from "<!--" to "-->", whose dashes may be those of
  // the "<!--". In it <script> and </script> nest, once.
  bool escaped = false;
  bool twice = false;
  for (;; ++p) {
    const char* const from = p;
    p = find(p, '<');
    if (escaped && has_comment_end(from, p)) escaped = twice = false;
    if (p == end_) return p;
    if (is_end_tag(p, kScript)) {
      if (!twice) return p;
      twice = false;
    } else if (!escaped) {
      escaped = std::string_view(p, left(p)).starts_with("<!--");
    } else if (!twice) {
      twice = left(p) > 1 + kScript.size() &&
              bytes::matches(p + 1, end_, kScript) &&
              bytes::is(p[1 + kScript.size()], bytes::kTagEnd);
    }
  }
}

template <class Meter>
bool TagReader<Meter>::has_comment_end(const char* p, const char* end) {
  const std::string_view text(p, static_cast<std::size_t>(end - p));
  const std::size_t found = text.find("-->");
  meter_.add(static_cast<std::ptrdiff_t>(std::min(found, text.size())));
  return found != std::string_view::npos;
}

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_TAG_READER_H_
