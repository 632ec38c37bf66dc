#include "base/url_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>

#include "base/url_chars.h"
#include "base/url_host.h"
#include "crawl/base/utf8.h"

namespace crawl::url {
namespace {

using Kind = Parser::Kind;

// One byte that is not UTF-8 becomes nine ("%EF%BF%BD"): the most that input
// grows.
constexpr std::size_t kMostGrowth = 9;

bool is_c0_or_space(char c) { return static_cast<unsigned char>(c) <= 0x20; }

// Length of the scheme that `input` starts with, the ':' not counted; 0 if
// there is none ("scheme start state" and "scheme state").
std::size_t scheme_length(std::string_view input) {
  if (input.empty() || !is_ascii_letter(input[0])) return 0;
  for (std::size_t at = 1; at < input.size(); ++at) {
    if ((roles_of(input[at]) & kSchemeChar) == 0)
      return input[at] == ':' ? at : 0;
  }
  return 0;
}

Kind kind_of(std::string_view scheme) {
  char lower[5];
  if (scheme.size() > sizeof lower) return Kind::kOther;
  for (std::size_t i = 0; i < scheme.size(); ++i)
    lower[i] = to_lower(scheme[i]);
  const std::string_view name(lower, scheme.size());
  if (name == "https") return Kind::kHttps;
  if (name == "http") return Kind::kHttp;
  if (name == "file") return Kind::kFile;
  if (name == "ftp") return Kind::kFtp;
  if (name == "wss") return Kind::kWss;
  if (name == "ws") return Kind::kWs;
  return Kind::kOther;
}

std::uint16_t default_port(Kind kind) {
  switch (kind) {
    case Kind::kHttp:
    case Kind::kWs:
      return 80;
    case Kind::kHttps:
    case Kind::kWss:
      return 443;
    case Kind::kFtp:
      return 21;
    case Kind::kFile:
    case Kind::kOther:
      break;
  }
  return 0;
}

// Size of `path` up to and with its last '/'.
std::size_t parent_size(std::string_view path) {
  std::size_t size = path.size();
  while (size > 0 && path[size - 1] != '/') --size;
  return size;
}

// "Windows drive letter" (section 4.2): "C:" or "C|".
bool is_drive_letter(std::string_view text) {
  return text.size() == 2 && is_ascii_letter(text[0]) &&
         (text[1] == ':' || text[1] == '|');
}

bool starts_with_drive_letter(std::string_view text) {
  return text.size() >= 2 && is_drive_letter(text.substr(0, 2)) &&
         (text.size() == 2 ||
          std::string_view("/\\?#").find(text[2]) != std::string_view::npos);
}

// Whether `path` is "/C:" or starts with "/C:/".
bool has_normalized_drive_letter(std::string_view path) {
  return path.size() >= 3 && is_ascii_letter(path[1]) && path[2] == ':' &&
         (path.size() == 3 || path[3] == '/');
}

// True if some byte is a control character. Eight at a time.
bool has_control(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::uint64_t found = 0;
  const auto look = [&](std::size_t at) {
    std::uint64_t block = 0;
    std::memcpy(&block, text.data() + at, 8);
    found |= (block - kOnes * 0x20) & ~block & (kOnes * 0x80);
  };
  if (text.size() < 8) {
    for (const char c : text) {
      if (static_cast<unsigned char>(c) < 0x20) return true;
    }
    return false;
  }
  for (std::size_t at = 0; at < text.size() - 8; at += 8) look(at);
  look(text.size() - 8);
  return found != 0;
}

struct DotSegment {
  int dots = 0;          // 1 or 2; 0 for any other segment
  std::size_t size = 0;  // with the slash after it
};

// Whether `rest` starts with a "single-dot" or "double-dot URL path segment"
// (section 4.2), in which "%2e" counts as a dot.
DotSegment dot_segment(std::string_view rest, bool special) {
  DotSegment segment;
  std::size_t at = 0;
  for (; at < rest.size() && segment.dots < 3; ++segment.dots) {
    if (rest[at] == '.') {
      at += 1;
    } else if (rest[at] == '%' && rest.size() - at >= 3 &&
               rest[at + 1] == '2' && (rest[at + 2] | 0x20) == 'e') {
      at += 3;
    } else {
      break;
    }
  }
  if (segment.dots > 2) return {};
  segment.size = at;
  if (at == rest.size() || rest[at] == '?' || rest[at] == '#') return segment;
  if (rest[at] != '/' && (rest[at] != '\\' || !special)) return {};
  ++segment.size;
  return segment;
}

}  // namespace

bool Parser::parse(std::string_view input) {
  const std::size_t base_size = base_ != nullptr ? base_->href_.size() : 0;
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
  constexpr std::size_t kSlack = 64;  // "://", "/.", the numbers of an address
  if (input.size() > (kMost - base_size - kSlack) / kMostGrowth) return false;

  while (!input.empty() && is_c0_or_space(input.back())) input.remove_suffix(1);
  while (!input.empty() && is_c0_or_space(input.front()))
    input.remove_prefix(1);

  bool parsed = false;
  if (!has_control(input)) {
    parsed = parse_cleaned(input);
  } else {
    // Decoded first, lest what was apart becomes one character.
    std::string cleaned = replace_invalid_utf8(input);
    std::erase_if(cleaned,
                  [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
    parsed = parse_cleaned(cleaned);
  }
  if (!parsed) out_.resize(start_);
  return parsed;
}

bool Parser::parse_cleaned(std::string_view input) {
  run_ = p_ = input.data();
  end_ = p_ + input.size();
  const std::size_t length = scheme_length(input);
  return length == 0 ? no_scheme_state() : scheme_state(length);
}

bool Parser::scheme_state(std::size_t length) {
  const std::string_view scheme = rest().substr(0, length);
  parts_.kind = kind_of(scheme);
  if ((roles_of_all(scheme) & kUpper) != 0) {
    for (const char c : scheme) out_.push_back(to_lower(c));
    run_ = p_ += length;
  } else {
    p_ += length;
  }
  parts_.scheme_end = here();
  ++p_;
  if (parts_.kind == Kind::kFile) return file_state();
  const bool authority = rest().starts_with("//");
  if (is_special()) {
    if (base_ != nullptr && base_->parts_.kind == parts_.kind && !authority) {
      restart();
      return relative_state();
    }
    // "Special authority slashes" and "special authority ignore slashes".
    if (authority) {
      p_ += 2;
    } else {
      flush();
      out_.append("//");
    }
    while (at_slash()) skip(1);
    return authority_state();
  }
  if (authority) {
    p_ += 2;
    return authority_state();
  }
  parts_.username_end = parts_.host_begin = parts_.host_end = here();
  parts_.path_begin = here();
  return at('/') ? path_start_state() : opaque_path_state();
}

bool Parser::no_scheme_state() {
  if (base_ == nullptr) return false;
  if (base_->parts_.has_opaque_path) {
    if (!at('#')) return false;
    parts_ = base_->parts_;
    copy_query();
    return fragment_state();
  }
  return base_->parts_.kind == Kind::kFile ? file_state() : relative_state();
}

bool Parser::relative_state() {
  parts_ = base_->parts_;
  if (p_ == end_ || *p_ == '#') {
    copy_query();
    return fragment_state();
  }
  if (*p_ == '?') {
    copy_path();
    return query_state();
  }
  if (!at_slash()) {
    copy_parent_path();
    return path_state();
  }
  // "Relative slash state".
  if (end_ - p_ > 1 && is_slash(p_[1])) {
    copy_scheme();
    out_.append("//");
    run_ = p_ += 2;
    while (is_special() && at_slash()) skip(1);
    return authority_state();
  }
  copy_authority();
  return path_start_state();
}

// The "//" is written or has gathered.
bool Parser::authority_state() {
  parts_.has_host = true;
  parts_.port = default_port(parts_.kind);
  parts_.username_end = parts_.host_begin = here();
  // Nothing but a plain domain, most of the time.
  unsigned roles = 0;
  const char* stop = p_;
  for (; stop != end_; ++stop) {
    const unsigned role = roles_of(*stop);
    if ((role & (kForbiddenDomain | kHostSlow)) != 0) break;
    roles |= role;
  }
  if (is_special() && stop != p_ &&
      (stop == end_ || (sets_of(*stop) & kSegmentEnd) != 0)) {
    const std::string_view domain(p_, static_cast<std::size_t>(stop - p_));
    if ((roles & kUpper) == 0 && !ends_in_number(domain)) {
      p_ = stop;
    } else {
      flush();
      if (!append_plain_domain(out_, domain)) return false;
      run_ = p_ = stop;
    }
    parts_.host_end = parts_.path_begin = here();
    return path_start_state();
  }
  while (stop != end_ && !is_slash(*stop) && *stop != '?' && *stop != '#')
    ++stop;
  const std::string_view authority(p_, static_cast<std::size_t>(stop - p_));
  flush();
  run_ = p_ = stop;
  return credentials_and_host(authority) && path_start_state();
}

bool Parser::credentials_and_host(std::string_view authority) {
  const std::size_t at_sign = authority.rfind('@');
  if (at_sign == std::string_view::npos) return host_state(authority);
  const std::string_view credentials = authority.substr(0, at_sign);
  const std::string_view host = authority.substr(at_sign + 1);
  if (host.empty()) return false;
  const std::size_t colon = credentials.find(':');
  append_encoded(out_, credentials.substr(0, colon), kUserinfoSet);
  parts_.username_end = here();
  if (colon != std::string_view::npos && colon + 1 < credentials.size()) {
    out_.push_back(':');
    append_encoded(out_, credentials.substr(colon + 1), kUserinfoSet);
  }
  if (here() > parts_.host_begin) out_.push_back('@');
  return host_state(host);
}

// With the "hostname state" and what follows a ':'.
bool Parser::host_state(std::string_view text) {
  std::size_t colon = 0;
  for (bool inside_brackets = false; colon < text.size(); ++colon) {
    const char c = text[colon];
    if (c == ':' && !inside_brackets) break;
    if (c == '[') inside_brackets = true;
    if (c == ']') inside_brackets = false;
  }
  const bool has_port = colon < text.size();
  parts_.host_begin = here();
  if (colon == 0) {
    if (has_port || is_special()) return false;
  } else if (!append_host(out_, text.substr(0, colon), is_special())) {
    return false;
  }
  parts_.host_end = here();
  if (has_port && !port_state(text.substr(colon + 1))) return false;
  parts_.path_begin = here();
  return true;
}

bool Parser::port_state(std::string_view text) {
  if (text.empty()) return true;
  unsigned port = 0;
  for (const char c : text) {
    if (!is_ascii_digit(c)) return false;
    port = port * 10 + static_cast<unsigned>(c - '0');
    if (port > 65535) return false;
  }
  if (port == parts_.port && is_special()) return true;
  parts_.port = static_cast<std::uint16_t>(port);
  fmt::format_to(std::back_inserter(out_), ":{}", port);
  return true;
}

// "File state" and "file slash state". The scheme, if the input had one, has
// been read.
bool Parser::file_state() {
  const bool base_is_file =
      base_ != nullptr && base_->parts_.kind == Kind::kFile;
  parts_.kind = Kind::kFile;
  if (base_is_file) {
    restart();
    parts_ = base_->parts_;
  }
  const bool slash = at_slash();
  if (slash && end_ - p_ > 1 && is_slash(p_[1])) {
    if (base_is_file) copy_scheme();
    skip(2);
    return file_host_state();
  }
  if (!base_is_file) {
    append_empty_host();
    return path_start_state();
  }
  if (slash) {
    skip(1);
    copy_authority();
    const std::string_view path = base_->pathname();
    if (!starts_with_drive_letter(rest()) && has_normalized_drive_letter(path))
      out_.append(path.substr(0, 3));
    out_.push_back('/');
    return path_state();
  }
  if (p_ == end_ || *p_ == '#') {
    copy_query();
    return fragment_state();
  }
  if (*p_ == '?') {
    copy_path();
    return query_state();
  }
  if (starts_with_drive_letter(rest())) {
    copy_authority();
    out_.push_back('/');
  } else {
    copy_parent_path();
  }
  return path_state();
}

bool Parser::file_host_state() {
  append_empty_host();
  std::size_t size = 0;
  while (size < rest().size() && (sets_of(p_[size]) & kSegmentEnd) == 0) ++size;
  const std::string_view host = rest().substr(0, size);
  if (!host.empty() && !is_drive_letter(host)) {
    if (!append_host(out_, host, true)) return false;
    skip(size);
    const std::size_t begin = start_ + parts_.host_begin;
    if (std::string_view(out_).substr(begin) == "localhost") out_.resize(begin);
    parts_.host_end = parts_.path_begin = here();
  }
  return path_start_state();
}

bool Parser::path_start_state() {
  if (at('/')) {
    ++p_;
  } else if (at_slash()) {
    skip(1);
    out_.push_back('/');
  } else if (!is_special() && (p_ == end_ || *p_ == '?' || *p_ == '#')) {
    return query_state();
  } else {
    flush();
    out_.push_back('/');
  }
  return path_state();
}

// The path so far ends in the '/' that the next segment follows.
bool Parser::path_state() {
  if (parts_.kind == Kind::kFile) take_drive_letter();
  for (bool at_segment = true; p_ != end_;) {
    if (at_segment && (*p_ == '.' || *p_ == '%')) {
      const DotSegment segment = dot_segment(rest(), is_special());
      if (segment.dots != 0) {
        skip(segment.size);
        if (segment.dots == 2) pop_segment();
        if (parts_.kind == Kind::kFile) take_drive_letter();
        continue;
      }
    }
    at_segment = false;
    p_ = find_in_set(p_, end_, kPathSet | kSegmentEnd);
    if (p_ == end_ || *p_ == '?' || *p_ == '#') break;
    if (*p_ == '/') {
      ++p_;
      at_segment = true;
    } else if (*p_ != '\\') {
      flush();
      run_ = p_ += append_escaped(out_, rest());
    } else if (is_special()) {
      skip(1);
      out_.push_back('/');
      at_segment = true;
    } else {
      ++p_;
    }
  }
  if (!parts_.has_host) {
    // An empty first segment would read as a host (section 4.5).
    flush();
    const std::size_t begin = start_ + parts_.path_begin;
    if (std::string_view(out_).substr(begin, 2) == "//") {
      out_.insert(begin, "/.");
      parts_.path_begin += 2;
    }
  }
  return query_state();
}

bool Parser::opaque_path_state() {
  parts_.has_opaque_path = true;
  const std::size_t size = std::min(rest().find_first_of("?#"), rest().size());
  std::string_view path = rest().substr(0, size);
  const bool space = size < rest().size() && path.ends_with(' ');
  if (space) path.remove_suffix(1);
  flush();
  append_encoded(out_, path, kC0Set);
  if (space) out_.append("%20");
  run_ = p_ += size;
  return query_state();
}

// At '?', '#' or the end.
bool Parser::query_state() {
  parts_.query_begin = here();
  if (at('?')) {
    ++p_;
    take_encoded(is_special() ? kSpecialQuerySet : kQuerySet, true);
  }
  return fragment_state();
}

// At '#' or the end; always the last.
bool Parser::fragment_state() {
  parts_.fragment_begin = here();
  if (at('#')) {
    ++p_;
    take_encoded(kFragmentSet, false);
  }
  flush();
  return true;
}

// Takes input up to its end, or to a '#' (which the query sets hold).
void Parser::take_encoded(Set set, bool to_hash) {
  for (;;) {
    p_ = find_in_set(p_, end_, set);
    if (p_ == end_ || (to_hash && *p_ == '#')) return;
    flush();
    run_ = p_ += append_escaped(out_, rest());
  }
}

void Parser::append_empty_host() {
  flush();
  out_.append("//");
  parts_.has_host = true;
  parts_.username_end = parts_.host_begin = parts_.host_end = here();
  parts_.path_begin = here();
}

// In a file URL a drive letter that is the whole first segment is written with
// ':' ("path state").
void Parser::take_drive_letter() {
  if (here() != parts_.path_begin + 1 || !starts_with_drive_letter(rest()))
    return;
  flush();
  out_.push_back(p_[0]);
  out_.push_back(':');
  run_ = p_ += 2;
}

void Parser::copy_scheme() {
  out_.append(base_->href_, 0, base_->parts_.scheme_end + 1);
}

void Parser::copy_authority() {
  const Parts& from = base_->parts_;
  parts_.path_begin = from.has_host ? from.path_begin : from.scheme_end + 1;
  out_.append(base_->href_, 0, parts_.path_begin);
}

void Parser::copy_path() {
  out_.append(base_->href_, 0, base_->parts_.query_begin);
}

void Parser::copy_query() {
  out_.append(base_->href_, 0, base_->parts_.fragment_begin);
}

// "Shorten a url's path" (section 4.2), leaving the '/' before what went. The
// dot segments that the input starts with are applied before copying.
void Parser::copy_parent_path() {
  const Parts& from = base_->parts_;
  const std::string_view path = base_->pathname();
  std::size_t size = parent_size(path);
  if (from.has_host && from.kind != Kind::kFile) {
    while (p_ != end_ && (*p_ == '.' || *p_ == '%')) {
      const DotSegment segment = dot_segment(rest(), is_special());
      if (segment.dots == 0) break;
      run_ = p_ += segment.size;
      if (segment.dots == 2 && size > 1)
        size = parent_size(path.substr(0, size - 1));
    }
    out_.append(base_->href_, 0, from.path_begin + size);
  } else {
    copy_authority();
    if (from.kind == Kind::kFile && path.size() == 3 &&
        has_normalized_drive_letter(path)) {
      out_.append(path);
      size = 0;
    }
    out_.append(path.data(), size);
  }
  if (size == 0) out_.push_back('/');
}

// "Shorten a url's path" for the path being written, which ends in '/'.
void Parser::pop_segment() {
  const std::string_view path =
      std::string_view(out_).substr(start_ + parts_.path_begin);
  if (path.size() == 1) return;
  if (parts_.kind == Kind::kFile && path.size() == 4 &&
      has_normalized_drive_letter(path)) {
    return;
  }
  out_.resize(start_ + parts_.path_begin +
              parent_size(path.substr(0, path.size() - 1)));
}

std::optional<Url> Parser::make_url(std::string_view input, const Url* base) {
  std::optional<Url> url(Url{});
  url->href_.reserve(input.size() + (base != nullptr ? base->href_.size() : 4));
  Parser parser(url->href_, base);
  if (!parser.parse(input)) return std::nullopt;
  url->parts_ = parser.parts_;
  return url;
}

}  // namespace crawl::url
