#include "crawl/parse/sitemap.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/inflate.h"
#include "crawl/base/utf8.h"
#include "crawl/parse/charset.h"
#include "parse/sitemap/xml_stream.h"

namespace crawl {
namespace {

constexpr std::size_t kPiece = 64 * 1024;
constexpr std::size_t kMaxLocation = 8 * 1024;  // the protocol says 2,048
constexpr std::size_t kMaxDate = 64;
// The protocol asks for UTF-8; what is not must fit into memory as a whole.
constexpr std::size_t kMaxForeign = 8 << 20;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

// Unicode's White_Space, and what is as invisible: a byte order mark and a zero
// width space, as editors and content systems leave them behind.
bool is_blank(char32_t c) {
  return u_isUWhiteSpace(static_cast<UChar32>(c)) != 0 || c == 0xfeff ||
         c == 0x200b;
}

// Of valid UTF-8.
std::string_view trim(std::string_view text) {
  while (!text.empty()) {
    const Utf8Sequence first = first_utf8_sequence(text);
    if (!is_blank(first.code_point)) break;
    text.remove_prefix(first.size);
  }
  while (!text.empty()) {
    std::size_t last = text.size() - 1;
    while (last > 0 &&
           (static_cast<unsigned char>(text[last]) & 0xc0) == 0x80) {
      --last;
    }
    if (!is_blank(first_utf8_sequence(text.substr(last)).code_point)) break;
    text.remove_suffix(text.size() - last);
  }
  return text;
}

// Gathers entries, up to the limit.
class Collector {
 public:
  Collector(Sitemap& sitemap, const Url& base, const SitemapOptions& options)
      : sitemap_(sitemap), base_(base), options_(options) {}

  Sitemap& sitemap() { return sitemap_; }

  // False if there is no place for more.
  bool add(std::string_view location, std::string lastmod, bool is_sitemap) {
    location = trim(location);
    const bool feed = sitemap_.format == SitemapFormat::kRss ||
                      sitemap_.format == SitemapFormat::kAtom;
    std::optional<Url> url;
    if (!location.empty() && location.size() <= kMaxLocation) {
      url = feed ? base_.resolve(location) : Url::parse(location);
    }
    if (!url || !url->is_http()) {
      note_invalid(location);
      return true;
    }
    if (sitemap_.pages.size() + sitemap_.sitemaps.size() >= options_.max_urls) {
      sitemap_.truncated = true;
      return false;
    }
    auto& list = is_sitemap ? sitemap_.sitemaps : sitemap_.pages;
    if (url->has_credentials()) url = url->without_credentials();
    list.push_back({std::move(*url), std::move(lastmod)});
    return true;
  }

 private:
  void note_invalid(std::string_view location) {
    ++sitemap_.invalid;
    auto& list = sitemap_.invalid_locations;
    if (list.size() >= Sitemap::kMaxInvalidListed) return;
    location = location.substr(0, Sitemap::kMaxInvalidBytes);
    list.emplace_back(location.substr(0, valid_utf8_prefix(location)));
  }

  Sitemap& sitemap_;
  const Url& base_;
  const SitemapOptions& options_;
};

// What reads one of the two kinds of file, piece by piece.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual bool feed(std::string_view text) = 0;  // false: no more
  virtual void finish(bool whole) = 0;           // `whole`: the end is the end
};

class TextReader final : public Reader {
 public:
  explicit TextReader(Collector& out) : out_(out) {
    out_.sitemap().format = SitemapFormat::kText;
  }

  bool feed(std::string_view text) override {
    while (!text.empty()) {
      const std::size_t end = text.find_first_of("\r\n");
      const std::string_view part = text.substr(0, end);
      // Of a line that is too long enough is kept to see that.
      line_ += part.substr(
          0, kMaxLocation + 1 - std::min(line_.size(), kMaxLocation + 1));
      if (end == std::string_view::npos) return true;
      if (!end_line()) return false;
      text.remove_prefix(end + 1);
    }
    return true;
  }

  void finish(bool whole) override {
    if (whole) end_line();
    // A page of prose is no sitemap.
    Sitemap& sitemap = out_.sitemap();
    if (!sitemap.pages.empty()) return;
    sitemap.format = SitemapFormat::kNone;
    if (sitemap.invalid > 0) sitemap.problem = "no line is a URL";
  }

 private:
  bool end_line() {
    const bool more = trim(line_).empty() || out_.add(line_, "", false);
    line_.clear();
    return more;
  }

  Collector& out_;
  std::string line_;
};

class XmlReader final : public Reader, private XmlHandler {
 public:
  explicit XmlReader(Collector& out) : out_(out), stream_(*this) {}

  bool feed(std::string_view text) override { return stream_.feed(text); }

  void finish(bool whole) override {
    if (whole) stream_.finish();
    flush();
    Sitemap& sitemap = out_.sitemap();
    if (sitemap.problem.empty()) sitemap.problem = stream_.problem();
  }

 private:
  enum class Element : std::uint8_t {
    kOther,
    kEntry,    // url, item, entry
    kSitemap,  // sitemap
    kLocation,
    kPermalink,  // guid
    kDate,
  };

  bool start_element(std::string_view name, bool own,
                     const XmlAttributes& attributes) override {
    if (open_.empty() && !begin(name)) return false;
    const Element parent = open_.empty() ? Element::kOther : open_.back();
    const Element element = classify(name, own, parent, attributes);
    open_.push_back(element);
    text_.clear();
    if (element == Element::kEntry || element == Element::kSitemap) {
      if (!flush()) return false;
      is_sitemap_ = element == Element::kSitemap;
    }
    return true;
  }

  bool end_element() override {
    if (open_.empty()) return true;
    const Element element = open_.back();
    open_.pop_back();
    switch (element) {
      case Element::kEntry:
      case Element::kSitemap:
        return flush();
      case Element::kLocation:
        // An empty link beside one with an href is none.
        if (trim(text_).empty() && is_feed()) break;
        if (location_ && !is_feed() && !flush()) return false;
        if (!location_) location_ = std::exchange(text_, {});
        break;
      case Element::kPermalink:
        permalink_ = std::exchange(text_, {});
        break;
      case Element::kDate:
        date_ = std::string(trim(text_).substr(0, kMaxDate));
        break;
      case Element::kOther:
        break;
    }
    text_.clear();
    return true;
  }

  void text(std::string_view text) override {
    if (open_.empty() || open_.back() < Element::kLocation) return;
    text_ += text.substr(
        0, kMaxLocation + 1 - std::min(text_.size(), kMaxLocation + 1));
  }

  bool begin(std::string_view root) {
    Sitemap& sitemap = out_.sitemap();
    if (root == "urlset") {
      sitemap.format = SitemapFormat::kUrlset;
    } else if (root == "sitemapindex") {
      sitemap.format = SitemapFormat::kIndex;
    } else if (root == "rss" || root == "RDF") {
      sitemap.format = SitemapFormat::kRss;
    } else if (root == "feed") {
      sitemap.format = SitemapFormat::kAtom;
    } else {
      sitemap.problem = "the root element is that of no sitemap or feed";
      return false;
    }
    return true;
  }

  bool is_feed() const {
    const SitemapFormat format = out_.sitemap().format;
    return format == SitemapFormat::kRss || format == SitemapFormat::kAtom;
  }

  Element classify(std::string_view name, bool own, Element parent,
                   const XmlAttributes& attributes) {
    const bool inside =
        parent == Element::kEntry || parent == Element::kSitemap;
    if (!is_feed()) {
      if (!own) return Element::kOther;
      if (name == "url") return Element::kEntry;
      if (name == "sitemap") return Element::kSitemap;
      if (inside && name == "loc") return Element::kLocation;
      if (inside && name == "lastmod") return Element::kDate;
      return Element::kOther;
    }
    if (own && (name == "item" || name == "entry")) return Element::kEntry;
    if (!inside) return Element::kOther;
    if (name == "pubDate" || name == "updated" || name == "date") {
      return Element::kDate;
    }
    if (name == "guid") {
      return attribute(attributes, "isPermaLink") == "false"
                 ? Element::kOther
                 : Element::kPermalink;
    }
    if (name != "link") return Element::kOther;
    if (const std::string_view href = attribute(attributes, "href");
        !href.empty()) {
      // Atom, also inside RSS. The value is not part of the character data, so
      // its character references are resolved already.
      const std::string_view rel = attribute(attributes, "rel");
      if ((rel.empty() || rel == "alternate") && !location_) {
        location_ = std::string(href.substr(0, kMaxLocation + 1));
      }
      return Element::kOther;
    }
    return own ? Element::kLocation : Element::kOther;
  }

  static std::string_view attribute(const XmlAttributes& attributes,
                                    std::string_view name) {
    for (const auto& [key, value] : attributes) {
      if (key == name) return value;
    }
    return {};
  }

  // Ends the entry that is being read. False: no more are wanted.
  bool flush() {
    bool more = true;
    if (!location_ && permalink_.find("://") != std::string::npos) {
      location_ = std::move(permalink_);
    }
    if (location_) more = out_.add(*location_, std::move(date_), is_sitemap_);
    location_.reset();
    permalink_.clear();
    date_.clear();
    return more;
  }

  Collector& out_;
  std::vector<Element> open_;
  std::string text_;
  std::optional<std::string> location_;
  std::string permalink_, date_;
  bool is_sitemap_ = false;
  XmlStream stream_;
};

// The encoding a file says it is in, when that is not UTF-8.
std::optional<std::string_view> foreign_encoding(std::string_view head) {
  if (head.starts_with("\xff\xfe") ||
      head.starts_with(std::string_view("<\0", 2))) {
    return "utf-16le";
  }
  if (head.starts_with("\xfe\xff") ||
      head.starts_with(std::string_view("\0<", 2))) {
    return "utf-16be";
  }
  while (!head.empty() && is_space(head.front())) head.remove_prefix(1);
  if (!head.starts_with("<?xml")) return std::nullopt;
  head = head.substr(0, head.find("?>"));
  const std::size_t at = head.find("encoding");
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t quote = head.find_first_of("\"'", at);
  if (quote == std::string_view::npos) return std::nullopt;
  const std::string_view label =
      head.substr(quote + 1, head.find(head[quote], quote + 1) - (quote + 1));
  const auto encoding = encoding_for_label(label);
  // A declaration that can be read is not in UTF-16.
  if (!encoding || *encoding == "utf-8" || encoding->starts_with("utf-16")) {
    return std::nullopt;
  }
  return encoding;
}

// From raw bytes to a reader of valid UTF-8.
class Decoder {
 public:
  explicit Decoder(Collector& out) : out_(out) {}

  bool feed(std::string_view bytes) {
    buffer_ += bytes;
    if (!reader_ && !foreign_) {
      if (buffer_.size() < kHead) return true;
      begin();
    }
    if (!foreign_) return feed_text(false);
    if (buffer_.size() <= kMaxForeign) return true;
    cut_ = out_.sitemap().truncated = true;
    return false;
  }

  void finish(bool whole) {
    if (!reader_ && !foreign_) begin();
    if (foreign_) {
      buffer_ = to_utf8(buffer_, *foreign_);
      choose();
    }
    feed_text(true);
    if (reader_) reader_->finish(whole && !cut_);
  }

 private:
  static constexpr std::size_t kHead = 1024;

  void begin() {
    foreign_ = foreign_encoding(buffer_);
    if (!foreign_) choose();
  }

  void choose() {
    if (buffer_.starts_with("\xef\xbb\xbf")) buffer_.erase(0, 3);
    const std::size_t first = std::min(
        static_cast<std::size_t>(
            std::find_if_not(buffer_.begin(), buffer_.end(), is_space) -
            buffer_.begin()),
        buffer_.size());
    if (first < buffer_.size() && buffer_[first] == '<') {
      reader_ = std::make_unique<XmlReader>(out_);
    } else {
      reader_ = std::make_unique<TextReader>(out_);
    }
  }

  // What is in the buffer, up to the last whole character; or all of it.
  bool feed_text(bool all) {
    std::size_t size = buffer_.size();
    if (!all) size = whole_characters(buffer_);
    std::string text;
    append_replacing_invalid_utf8(std::string_view(buffer_).substr(0, size),
                                  text);
    // Not allowed in XML, and libxml2 takes NUL for the end.
    for (char& c : text) {
      if (static_cast<unsigned char>(c) < ' ' && !is_space(c)) c = ' ';
    }
    buffer_.erase(0, size);
    return reader_->feed(text);
  }

  static std::size_t whole_characters(std::string_view text) {
    // A character's first byte is at most three bytes before the end.
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size());
         ++back) {
      const auto c = static_cast<unsigned char>(text[text.size() - back]);
      if (c < 0x80) break;
      if (c >= 0xc0) return text.size() - back;
    }
    return text.size();
  }

  Collector& out_;
  std::string buffer_;
  std::optional<std::string_view> foreign_;
  std::unique_ptr<Reader> reader_;
  bool cut_ = false;
};

}  // namespace

std::string_view to_string(SitemapFormat format) {
  switch (format) {
    case SitemapFormat::kNone:
      return "none";
    case SitemapFormat::kUrlset:
      return "urlset";
    case SitemapFormat::kIndex:
      return "sitemapindex";
    case SitemapFormat::kText:
      return "text";
    case SitemapFormat::kRss:
      return "rss";
    case SitemapFormat::kAtom:
      return "atom";
  }
  return "none";
}

Sitemap read_sitemap(std::string_view body, const Url& url,
                     const SitemapOptions& options) {
  Sitemap sitemap;
  Collector collector(sitemap, url, options);
  Decoder decoder(collector);

  std::size_t left = options.max_bytes;
  const auto sink = [&](std::string_view bytes) {
    const bool fits = bytes.size() <= left;
    if (!fits) sitemap.truncated = true;
    bytes = bytes.substr(0, left);
    left -= bytes.size();
    return decoder.feed(bytes) && fits;
  };

  bool whole = true;
  if (is_gzip(body)) {
    Inflater inflater(Inflater::Format::kGzip);
    const Inflater::Outcome outcome = inflater.inflate(body, sink);
    whole = outcome == Inflater::Outcome::kGood && inflater.complete();
    if (outcome == Inflater::Outcome::kDamaged) {
      sitemap.problem = "the gzip data are damaged";
    } else if (outcome == Inflater::Outcome::kGood && !whole) {
      sitemap.problem = "the gzip data end early";
    }
  } else {
    for (std::size_t at = 0; at < body.size() && whole; at += kPiece) {
      whole = sink(body.substr(at, kPiece));
    }
  }
  decoder.finish(whole);
  return sitemap;
}

}  // namespace crawl
