#include "writer/record_codec.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace crawl {
namespace {

template <class T>
concept Plain = std::is_arithmetic_v<T> || std::is_enum_v<T> ||
    std::is_same_v<T, Fingerprint> ||
    std::is_same_v<T, std::chrono::system_clock::time_point>;

template <class T, class U>
concept Is = std::same_as<std::remove_const_t<T>, U>;

// What a meta element's name may be in.
constexpr std::array<std::string_view, 3> kMetaAttributes = {"name", "property",
                                                             "itemprop"};

class Packer {
 public:
  explicit Packer(std::string& out) : out_(out) {}

  template <class... Ts>
  void operator()(const Ts&... values) {
    (put(values), ...);
  }

 private:
  template <Plain T>
  void put(const T& value) {
    out_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  void put(std::string_view text) {
    put(text.size());
    out_ += text;
  }
  void put(const std::string& text) { put(std::string_view(text)); }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class T>
  void put(const std::vector<T>& values) {
    put(values.size());
    for (const T& value : values) put(value);
  }
  template <class A, class B>
  void put(const std::pair<A, B>& pair) {
    (*this)(pair.first, pair.second);
  }
  void put(const LinkList& links) {
    put(links.size());
    for (std::size_t i = 0; i < links.size(); ++i) {
      const PageLink link = links[i];
      (*this)(link.url, link.element, link.attribute, link.rel, link.text,
              link.line, link.column);
    }
  }
  void put(const PageFacts::Meta& meta) {
    const auto at = std::find(kMetaAttributes.begin(), kMetaAttributes.end(),
                              meta.attribute);
    (*this)(at - kMetaAttributes.begin(), meta.name, meta.content);
  }
  template <class T>
  void put(const T& value) {
    members(*this, value);
  }

  std::string& out_;
};

class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : bytes_(bytes) {}

  template <class... Ts>
  void operator()(Ts&... values) {
    (get(values), ...);
  }

  bool is_whole() const { return !broken_ && bytes_.empty(); }

 private:
  std::string_view take(std::size_t size) {
    if (size > bytes_.size()) broken_ = true;
    const std::string_view taken = bytes_.substr(0, broken_ ? 0 : size);
    bytes_.remove_prefix(taken.size());
    return taken;
  }
  template <Plain T>
  void get(T& value) {
    const std::string_view bytes = take(sizeof(value));
    if (!broken_) std::memcpy(&value, bytes.data(), sizeof(value));
  }
  void get(bool& value) {
    const std::string_view byte = take(1);
    value = !broken_ && byte[0] != 0;
  }
  void get(std::string_view& text) {
    std::size_t size = 0;
    get(size);
    text = take(size);
  }
  void get(std::string& text) {
    std::string_view view;
    get(view);
    text = view;
  }
  template <class T>
  void get(std::optional<T>& value) {
    bool there = false;
    get(there);
    if (there) get(value.emplace());
  }
  template <class T>
  void get(std::vector<T>& values) {
    std::size_t size = 0;
    get(size);
    for (; size > 0 && !broken_; --size) get(values.emplace_back());
  }
  template <class A, class B>
  void get(std::pair<A, B>& pair) {
    (*this)(pair.first, pair.second);
  }
  void get(LinkList& links) {
    std::size_t size = 0;
    get(size);
    for (; size > 0 && !broken_; --size) {
      PageLink link;
      (*this)(link.url, link.element, link.attribute, link.rel, link.text,
              link.line, link.column);
      if (!broken_) links.add(link);
    }
  }
  void get(PageFacts::Meta& meta) {
    std::ptrdiff_t at = 0;
    (*this)(at, meta.name, meta.content);
    if (at < 0 || at >= std::ssize(kMetaAttributes)) return fail();
    meta.attribute = kMetaAttributes[static_cast<std::size_t>(at)];
  }
  template <class T>
  void get(T& value) {
    members(*this, value);
  }
  void fail() { broken_ = true; }

  std::string_view bytes_;
  bool broken_ = false;
};

// What each kind of value has, which both ways go through.

template <class F>
void members(F& each, Is<RedirectHop> auto& hop) {
  each(hop.url, hop.status_code, hop.location);
}

template <class F>
void members(F& each, Is<PageFacts::Heading> auto& heading) {
  each(heading.level, heading.text, heading.id);
}

template <class F>
void members(F& each, Is<PageFacts::Alternate> auto& other) {
  each(other.url, other.hreflang, other.type, other.title);
}

template <class F>
void members(F& each, Is<PageFacts> auto& facts) {
  each(facts.headings, facts.meta, facts.alternates, facts.json_ld,
       facts.json_ld_broken, facts.images_without_alt);
}

template <class F>
void members(F& each, Is<PageAgain> auto& page) {
  each(page.html, page.encoding, page.by_tags, page.blocks, page.all_blocks);
}

template <class F>
void members(F& each, Is<PageContent> auto& content) {
  each(content.text, content.markdown, content.words, content.digest,
       content.published, content.modified, content.author, content.again);
}

template <class F>
void members(F& each, Is<Extraction> auto& extraction) {
  each(extraction.values, extraction.facts, extraction.content,
       extraction.error);
}

template <class F>
void members(F& each, Is<CrawlRecord> auto& record) {
  each(record.index, record.url, record.input, record.final_url,
       record.status_code, record.ok, record.error, record.error_message,
       record.content_type, record.content_length, record.head, record.charset,
       record.title, record.description, record.canonical, record.lang,
       record.link_count, record.size_download, record.size_body,
       record.truncated, record.redirects, record.http_version,
       record.remote_ip, record.attempts, record.timestamp);
  each(record.time_queue, record.time_namelookup, record.time_connect,
       record.time_appconnect, record.time_starttransfer, record.time_total,
       record.depth, record.parent, record.worker, record.links, record.headers,
       record.body, record.body_as_it_came, record.file, record.body_digest,
       record.parser, record.duplicate_of, record.extraction, record.malformed,
       record.other_schemes, record.targets, record.warc_file,
       record.warc_offset);
}

}  // namespace

void pack_record(const CrawlRecord& record, std::string& out) {
  Packer pack(out);
  pack(record);
}

bool unpack_record(std::string_view bytes, CrawlRecord& record) {
  Unpacker unpack(bytes);
  unpack(record);
  return unpack.is_whole();
}

}  // namespace crawl
