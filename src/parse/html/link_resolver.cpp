#include "parse/html/link_resolver.h"

#include <xxhash.h>

#include <array>
#include <bit>
#include <cstdint>

#include "base/ascii.h"
#include "base/userinfo.h"
#include "parse/html/html_text.h"
#include "parse/text/encoding.h"

namespace crawl {
namespace {

constexpr std::size_t kMaxProbes = 32;

// What a byte of a reference says before any of the others but kPlain.
enum class ByteKind : std::uint8_t {
  kPlain,
  kEndsPath,
  kSlash,
  kUnsure,  // of a scheme, or of what is decoded first: see SourceDecoder
};

constexpr auto kByteKinds = [] {
  std::array<ByteKind, 256> kinds{};
  for (const char c : {'?', '#'}) {
    kinds[static_cast<unsigned char>(c)] = ByteKind::kEndsPath;
  }
  for (const char c : {'/', '\\'}) {
    kinds[static_cast<unsigned char>(c)] = ByteKind::kSlash;
  }
  for (const char c : {':', '&', '\0'}) {
    kinds[static_cast<unsigned char>(c)] = ByteKind::kUnsure;
  }
  for (std::size_t i = 0x80; i < kinds.size(); ++i) {
    kinds[i] = ByteKind::kUnsure;
  }
  return kinds;
}();

ByteKind byte_kind(char c) { return kByteKinds[static_cast<unsigned char>(c)]; }

std::string_view without_leading_blanks(std::string_view text) {
  while (!text.empty() && text.front() > '\0' && text.front() <= ' ') {
    text.remove_prefix(1);
  }
  return text;
}

bool has_http_scheme(std::string_view url) {
  return url.starts_with("http://") || url.starts_with("https://");
}

}  // namespace

LinkResolver::LinkResolver(const Url& page_url,
                           std::optional<std::string_view> base_href,
                           std::string_view encoding, std::size_t budget)
    : page_url_(page_url),
      encoding_(encoding),
      utf8_queries_(encodes_queries_as_utf8(encoding)),
      budget_(budget) {
  if (!base_href) return;
  // HTML Standard, "set the frozen base URL".
  base_ = page_url_.resolve(with_encoded_query(*base_href));
  if (base_ && (base_->scheme() == "data" || base_->scheme() == "javascript")) {
    base_.reset();
  }
}

bool LinkResolver::resolve(std::string_view reference, std::string& url) {
  if (has_foreign_scheme(reference)) return false;
  const std::size_t cost = reference.size() + base().href().size();
  if (cost > budget_) {
    budget_ = 0;
    return false;
  }
  budget_ -= cost;
  url.clear();
  if (!base().resolve_append(with_encoded_query(reference), url) ||
      !has_http_scheme(url)) {
    return false;
  }
  remove_userinfo(url);
  return true;
}

std::optional<std::string> LinkResolver::resolve(std::string_view reference) {
  std::string url;
  if (!resolve(reference, url)) return std::nullopt;
  return url;
}

LinkResolver::Unlinked LinkResolver::unlinked(std::string_view reference,
                                              std::string& url) {
  if (has_foreign_scheme(reference)) {
    url = strip_html_space(reference);
    return Unlinked::kOtherScheme;
  }
  if (budget_ == 0) return Unlinked::kTooMuch;
  url.clear();
  return base().resolve_append(with_encoded_query(reference), url)
             ? Unlinked::kOtherScheme
             : Unlinked::kMalformed;
}

// URL Standard, from "no scheme state" to "path state": a reference with
// neither scheme nor authority takes them from the base, and nothing behind can
// fail.
bool LinkResolver::is_plain_link(std::string_view reference) const {
  if (!base().is_http()) return false;
  // White space and controls mean nothing at the beginning, some nowhere.
  reference = without_leading_blanks(reference);
  if (reference.empty()) return true;
  if (byte_kind(reference.front()) == ByteKind::kSlash) {
    reference = without_leading_blanks(reference.substr(1));
    return reference.empty() || byte_kind(reference.front()) < ByteKind::kSlash;
  }
  for (const char c : reference) {
    const ByteKind kind = byte_kind(c);
    if (kind == ByteKind::kPlain) continue;
    return kind == ByteKind::kSlash || kind == ByteKind::kEndsPath;
  }
  return true;
}

// The URL parser writes a query in UTF-8; a page in another encoding means its
// own.
std::string_view LinkResolver::with_encoded_query(std::string_view reference) {
  if (utf8_queries_) return reference;
  const std::string_view before_fragment =
      reference.substr(0, reference.find('#'));
  const std::size_t mark = before_fragment.find('?');
  if (mark == std::string_view::npos) return reference;
  const std::string_view query = before_fragment.substr(mark);
  if (is_ascii(query)) return reference;
  scratch_.assign(reference.substr(0, mark));
  append_encoded_query(query, encoding_, scratch_);
  scratch_.append(reference.substr(before_fragment.size()));
  return scratch_;
}

ReferenceTable::ReferenceTable(std::size_t expected)
    : slots_(std::bit_ceil(std::max<std::size_t>(expected * 2, 16))),
      mask_(slots_.size() - 1) {}

std::uint32_t* ReferenceTable::find(std::string_view reference, bool kind) {
  if (reference.size() >= (std::uint32_t{1} << 31U)) return nullptr;
  const std::uint64_t hash = XXH3_64bits(reference.data(), reference.size());
  const auto short_hash = static_cast<std::uint32_t>(hash >> 32U);
  const auto size_and_kind =
      (static_cast<std::uint32_t>(reference.size()) << 1U) | (kind ? 1U : 0U);
  for (std::size_t probe = 0; probe < kMaxProbes; ++probe) {
    Slot& slot = slots_[(hash + probe) & mask_];
    if (!slot.used) {
      slot = {reference.data(), size_and_kind, short_hash, kNew, true};
      return &slot.number;
    }
    if (slot.hash == short_hash && slot.size_and_kind == size_and_kind &&
        std::string_view(slot.data, reference.size()) == reference) {
      return &slot.number;
    }
  }
  return nullptr;
}

}  // namespace crawl
