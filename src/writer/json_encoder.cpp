#include "writer/json_encoder.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <numeric>

#include "base/ascii.h"
#include "crawl/base/utf8.h"
#include "writer/clean_text.h"

namespace crawl {
namespace {

// What one huge record needed is given back before the next.
constexpr std::size_t kKeptBytes = std::size_t{1} << 20U;

bool needs_escape(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHighBits = kOnes << 7U;
  const auto zero_byte = [](std::uint64_t word) {
    return (word - kOnes) & ~word & kHighBits;
  };
  std::size_t at = 0;
  for (; text.size() - at >= 8; at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    if ((zero_byte(word ^ (kOnes * '"')) | zero_byte(word ^ (kOnes * '\\')) |
         ((word - kOnes * 0x20) & ~word & kHighBits)) != 0) {
      return true;
    }
  }
  return std::any_of(
      text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
      });
}

}  // namespace

void JsonEncoder::Writer::text(std::string_view value) {
  Prefix(rapidjson::kStringType);
  if (needs_escape(value)) {
    WriteString(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    return;
  }
  char* const to = os_->Push(value.size() + 2);
  to[0] = '"';
  value.copy(to + 1, value.size());
  to[value.size() + 1] = '"';
}

void JsonEncoder::reset() {
  const bool huge = buffer_.GetSize() > kKeptBytes;
  buffer_.Clear();
  if (huge) buffer_.ShrinkToFit();
  writer_.Reset(buffer_);
}

void JsonEncoder::seconds(double value) {
  scratch_.clear();
  if (!append_seconds(value, scratch_)) return null();
  writer_.RawValue(scratch_.data(), scratch_.size(), rapidjson::kNumberType);
}

void JsonEncoder::time(std::chrono::system_clock::time_point value) {
  scratch_.clear();
  if (!append_timestamp(value, scratch_)) return null();
  text(scratch_);
}

void JsonEncoder::redirects(const std::vector<RedirectHop>& hops) {
  writer_.StartArray();
  for (const RedirectHop& hop : hops) {
    writer_.StartObject();
    key("url");
    text(hop.url);
    key("status_code");
    number(std::int64_t{hop.status_code});
    key("location");
    text(hop.location);
    writer_.EndObject();
  }
  writer_.EndArray();
}

void JsonEncoder::links(const LinkList& links) {
  writer_.StartArray();
  for (std::size_t i = 0; i < links.size(); ++i) {
    const PageLink link = links[i];
    writer_.StartObject();
    key("url");
    text(link.url);
    key("element");
    text(to_string(link.element));
    key("attribute");
    text(to_string(link.attribute));
    key("rel");
    text(link.rel);
    key("text");
    text(link.text);
    writer_.EndObject();
  }
  writer_.EndArray();
}

void JsonEncoder::headers(
    const std::vector<std::pair<std::string, std::string>>& headers) {
  // As curl's %{header_json}: a name once, at its first place, with all its
  // values. Sorted, since a hostile server sends tens of thousands of them.
  std::vector<std::string> names;
  names.reserve(headers.size());
  for (const auto& header : headers) {
    names.push_back(lower_case(replace_invalid_utf8(header.first)));
  }
  std::vector<std::size_t> by_name(headers.size());
  std::iota(by_name.begin(), by_name.end(), std::size_t{0});
  std::stable_sort(
      by_name.begin(), by_name.end(),
      [&](std::size_t a, std::size_t b) { return names[a] < names[b]; });
  // Where each name's values begin in by_name, at the index of the first one.
  std::vector<std::size_t> group_at(headers.size(), headers.size());
  for (std::size_t i = 0; i < by_name.size(); ++i) {
    if (i == 0 || names[by_name[i]] != names[by_name[i - 1]]) {
      group_at[by_name[i]] = i;
    }
  }
  writer_.StartObject();
  for (std::size_t first = 0; first < headers.size(); ++first) {
    std::size_t i = group_at[first];
    if (i == headers.size()) continue;
    key(names[first]);
    writer_.StartArray();
    for (; i < by_name.size() && names[by_name[i]] == names[first]; ++i) {
      text(headers[by_name[i]].second);
    }
    writer_.EndArray();
  }
  writer_.EndObject();
}

void JsonEncoder::extraction(const Extraction& extraction) {
  writer_.StartObject();
  for (std::size_t i = 0; i < extraction.values.size(); ++i) {
    key((*extraction.names)[i]);
    texts(extraction.values[i]);
  }
  writer_.EndObject();
}

void JsonEncoder::texts(const std::vector<std::string>& texts) {
  writer_.StartArray();
  for (const std::string& one : texts) text(one);
  writer_.EndArray();
}

void JsonEncoder::names(const std::vector<std::string_view>& names) {
  writer_.StartArray();
  for (const std::string_view name : names) text(name);
  writer_.EndArray();
}

void JsonEncoder::headings(const std::vector<PageFacts::Heading>& headings) {
  writer_.StartArray();
  for (const PageFacts::Heading& heading : headings) {
    writer_.StartObject();
    key("level");
    number(std::int64_t{heading.level});
    key("text");
    text(heading.text);
    key("id");
    text(heading.id);
    writer_.EndObject();
  }
  writer_.EndArray();
}

void JsonEncoder::meta(const std::vector<PageFacts::Meta>& meta) {
  writer_.StartArray();
  for (const PageFacts::Meta& one : meta) {
    writer_.StartObject();
    key("attribute");
    text(one.attribute);
    key("name");
    text(one.name);
    key("content");
    text(one.content);
    writer_.EndObject();
  }
  writer_.EndArray();
}

void JsonEncoder::alternates(
    const std::vector<PageFacts::Alternate>& alternates) {
  writer_.StartArray();
  for (const PageFacts::Alternate& alternate : alternates) {
    writer_.StartObject();
    key("url");
    text(alternate.url);
    key("hreflang");
    text(alternate.hreflang);
    key("type");
    text(alternate.type);
    key("title");
    text(alternate.title);
    writer_.EndObject();
  }
  writer_.EndArray();
}

void JsonEncoder::json_texts(const std::vector<std::string>& texts) {
  writer_.StartArray();
  for (const std::string& json : texts) {
    writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
  }
  writer_.EndArray();
}

}  // namespace crawl
