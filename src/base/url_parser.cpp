#include "base/url_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>

#include "base/url_chars.h"
#include "base/url_host.h"

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
  if (input.empty() || !is_alpha(input[0])) return 0;
  for (std::size_t at = 1; at < input.size(); ++at) {
    if ((roles_of(input[at]) & kSchemeChar) == 0)
      return input[at] == ':' ? at : 0;
  }
  return 0;
}

Kind kind_of(std::string_view scheme) {
  switch (scheme.size()) {
    case 2:
      return scheme == "ws" ? Kind::kWs : Kind::kOther;
    case 3:
      return scheme == "wss"   ? Kind::kWss
             : scheme == "ftp" ? Kind::kFtp
                               : Kind::kOther;
    case 4:
      return scheme == "http"   ? Kind::kHttp
             : scheme == "file" ? Kind::kFile
                                : Kind::kOther;
    case 5:
      return scheme == "https" ? Kind::kHttps : Kind::kOther;
    default:
      return Kind::kOther;
  }
}

// "Windows drive letter" (section 4.2): "C:" or "C|".
bool is_drive_letter(std::string_view text) {
  return text.size() == 2 && is_alpha(text[0]) &&
         (text[1] == ':' || text[1] == '|');
}

bool starts_with_drive_letter(std::string_view text) {
  return text.size() >= 2 && is_drive_letter(text.substr(0, 2)) &&
         (text.size() == 2 ||
          std::string_view("/\\?#").find(text[2]) != std::string_view::npos);
}

// Whether `path` is "/C:" or starts with "/C:/".
bool has_normalized_drive_letter(std::string_view path) {
  return path.size() >= 3 && is_alpha(path[1]) && path[2] == ':' &&
         (path.size() == 3 || path[3] == '/');
}

// True if some byte is a control character. Eight at a time.
bool has_control(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::size_t at = 0;
  std::uint64_t found = 0;
  for (; text.size() - at >= 8; at += 8) {
    std::uint64_t block = 0;
    std::memcpy(&block, text.data() + at, 8);
    found |= (block - kOnes * 0x20) & ~block & (kOnes * 0x80);
  }
  if (found != 0) return true;
  for (; at < text.size(); ++at) {
    if (static_cast<unsigned char>(text[at]) < 0x20) return true;
  }
  return false;
}

// How many dots the path segment stands for, "%2e" counting as one; 3 for any
// other segment ("single-dot" and "double-dot URL path segment", section 4.2).
int count_dots(std::string_view segment) {
  int dots = 0;
  for (std::size_t at = 0; at < segment.size(); ++dots) {
    if (dots == 2) return 3;
    if (segment[at] == '.') {
      at += 1;
    } else if (segment[at] == '%' && segment.size() - at >= 3 &&
               segment[at + 1] == '2' && (segment[at + 2] | 0x20) == 'e') {
      at += 3;
    } else {
      return 3;
    }
  }
  return dots;
}

}  // namespace

std::uint16_t Parser::default_port(Kind kind) {
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
    std::string cleaned;
    cleaned.reserve(input.size());
    for (const char c : input) {
      if (c != '\t' && c != '\n' && c != '\r') cleaned.push_back(c);
    }
    parsed = parse_cleaned(cleaned);
  }
  if (!parsed) out_.resize(start_);
  return parsed;
}

bool Parser::parse_cleaned(std::string_view input) {
  const std::size_t length = scheme_length(input);
  if (length == 0) return no_scheme_state(input);
  return scheme_state(input.substr(0, length), input.substr(length + 1));
}

bool Parser::scheme_state(std::string_view scheme, std::string_view rest) {
  for (const char c : scheme) out_.push_back(to_lower(c));
  parts_.scheme_end = here();
  parts_.kind = kind_of(std::string_view(out_).substr(start_));
  out_.push_back(':');
  parts_.port = default_port(parts_.kind);
  if (parts_.kind == Kind::kFile) return file_state(rest);
  if (is_special()) {
    if (base_ != nullptr && base_->parts_.kind == parts_.kind &&
        !rest.starts_with("//")) {
      out_.resize(start_);
      return relative_state(rest);
    }
    // "Special authority slashes" and "special authority ignore slashes".
    while (!rest.empty() && is_slash(rest[0])) rest.remove_prefix(1);
    return authority_state(rest);
  }
  if (rest.starts_with("//")) return authority_state(rest.substr(2));
  if (rest.starts_with('/')) {
    parts_.username_end = parts_.host_begin = parts_.host_end = here();
    parts_.path_begin = here();
    return path_start_state(rest);
  }
  return opaque_path_state(rest);
}

bool Parser::no_scheme_state(std::string_view rest) {
  if (base_ == nullptr) return false;
  if (base_->parts_.has_opaque_path) {
    if (!rest.starts_with('#')) return false;
    parts_ = base_->parts_;
    copy_query();
    return fragment_state(rest);
  }
  if (base_->parts_.kind != Kind::kFile) return relative_state(rest);
  copy_scheme();
  return file_state(rest);
}

bool Parser::relative_state(std::string_view rest) {
  parts_ = base_->parts_;
  if (rest.empty() || rest[0] == '#') {
    copy_query();
    return fragment_state(rest);
  }
  if (rest[0] == '?') {
    copy_path();
    return query_state(rest);
  }
  if (!is_slash(rest[0])) {
    copy_parent_path();
    return path_state(rest);
  }
  // "Relative slash state".
  if (rest.size() > 1 && is_slash(rest[1])) {
    copy_scheme();
    rest.remove_prefix(2);
    while (is_special() && !rest.empty() && is_slash(rest[0]))
      rest.remove_prefix(1);
    return authority_state(rest);
  }
  copy_authority();
  return path_start_state(rest);
}

bool Parser::authority_state(std::string_view rest) {
  out_.append("//");
  parts_.has_host = true;
  parts_.port = default_port(parts_.kind);
  std::size_t end = 0;
  std::size_t at_sign = std::string_view::npos;
  for (; end < rest.size(); ++end) {
    const char c = rest[end];
    if (c == '@') at_sign = end;
    if (is_slash(c) || c == '?' || c == '#') break;
  }
  std::string_view host = rest.substr(0, end);
  parts_.username_end = here();
  if (at_sign != std::string_view::npos) {
    const std::string_view credentials = rest.substr(0, at_sign);
    host = rest.substr(at_sign + 1, end - at_sign - 1);
    if (host.empty()) return false;
    const std::size_t colon = credentials.find(':');
    const std::size_t before = size();
    append_encoded(out_, credentials.substr(0, colon), kUserinfoSet);
    parts_.username_end = here();
    if (colon != std::string_view::npos && colon + 1 < credentials.size()) {
      out_.push_back(':');
      append_encoded(out_, credentials.substr(colon + 1), kUserinfoSet);
    }
    if (size() > before) out_.push_back('@');
  }
  return host_state(host) && path_start_state(rest.substr(end));
}

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
    if (!is_digit(c)) return false;
    port = port * 10 + hex_value(c);
    if (port > 65535) return false;
  }
  if (port == parts_.port && is_special()) return true;
  parts_.port = static_cast<std::uint16_t>(port);
  fmt::format_to(std::back_inserter(out_), ":{}", port);
  return true;
}

// "File state" and "file slash state".
bool Parser::file_state(std::string_view rest) {
  const bool base_is_file =
      base_ != nullptr && base_->parts_.kind == Kind::kFile;
  const bool slash = !rest.empty() && is_slash(rest[0]);
  if (slash && rest.size() > 1 && is_slash(rest[1]))
    return file_host_state(rest.substr(2));
  if (!base_is_file) {
    append_empty_host();
    return path_start_state(rest);
  }
  out_.resize(start_);
  parts_ = base_->parts_;
  if (slash) {
    rest.remove_prefix(1);
    copy_authority();
    const std::string_view path = base_->pathname();
    if (!starts_with_drive_letter(rest) && has_normalized_drive_letter(path))
      out_.append(path.substr(0, 3));
    out_.push_back('/');
    return path_state(rest);
  }
  if (rest.empty() || rest[0] == '#') {
    copy_query();
    return fragment_state(rest);
  }
  if (rest[0] == '?') {
    copy_path();
    return query_state(rest);
  }
  if (starts_with_drive_letter(rest)) {
    copy_authority();
    out_.push_back('/');
  } else {
    copy_parent_path();
  }
  return path_state(rest);
}

bool Parser::file_host_state(std::string_view rest) {
  std::size_t end = 0;
  while (end < rest.size() && (sets_of(rest[end]) & kSegmentEnd) == 0) ++end;
  const std::string_view host = rest.substr(0, end);
  if (host.empty() || is_drive_letter(host)) {
    append_empty_host();
    return path_start_state(is_drive_letter(host) ? rest : rest.substr(end));
  }
  append_empty_host();
  if (!append_host(out_, host, true)) return false;
  if (std::string_view(out_).substr(start_ + parts_.host_begin) == "localhost")
    out_.resize(start_ + parts_.host_begin);
  parts_.host_end = parts_.path_begin = here();
  return path_start_state(rest.substr(end));
}

bool Parser::path_start_state(std::string_view rest) {
  if (!rest.empty() && is_slash(rest[0])) {
    rest.remove_prefix(1);
  } else if (!is_special() &&
             (rest.empty() || rest[0] == '?' || rest[0] == '#')) {
    return query_state(rest);
  }
  out_.push_back('/');
  return path_state(rest);
}

// The path written so far ends in the '/' that `rest`'s first segment follows.
// Segments that stay as they are gather in [run, segment) and are appended
// together.
bool Parser::path_state(std::string_view rest) {
  std::size_t run = 0;
  std::size_t segment = 0;
  std::size_t end = 0;
  const auto flush = [&](std::size_t until) {
    out_.append(rest.data() + run, until - run);
    run = until;
  };
  for (bool more = true; more; segment = end + 1) {
    unsigned sets = 0;
    for (end = segment; end < rest.size(); ++end) {
      const unsigned character = sets_of(rest[end]);
      if ((character & kSegmentEnd) != 0 &&
          (rest[end] != '\\' || is_special())) {
        break;
      }
      sets |= character;
    }
    more = end < rest.size() && is_slash(rest[end]);
    const std::string_view text = rest.substr(segment, end - segment);
    if (!text.empty() && (text[0] == '.' || text[0] == '%')) {
      const int dots = count_dots(text);
      if (dots < 3) {
        flush(segment);
        if (dots == 2) pop_segment();
        run = more ? end + 1 : end;
        continue;
      }
    }
    const bool first = segment == run && here() == parts_.path_begin + 1;
    const bool drive =
        parts_.kind == Kind::kFile && first && is_drive_letter(text);
    if ((sets & kPathSet) != 0 || drive || (more && rest[end] == '\\')) {
      flush(segment);
      append_encoded(out_, text, kPathSet);
      if (drive) out_.back() = ':';
      if (more) out_.push_back('/');
      run = more ? end + 1 : end;
    }
  }
  flush(end);
  // An empty first segment without a host would read as a host (section 4.5).
  if (!parts_.has_host &&
      std::string_view(out_).substr(start_ + parts_.path_begin, 2) == "//") {
    out_.insert(start_ + parts_.path_begin, "/.");
    parts_.path_begin += 2;
  }
  return query_state(rest.substr(end));
}

bool Parser::opaque_path_state(std::string_view rest) {
  parts_.has_opaque_path = true;
  parts_.username_end = parts_.host_begin = parts_.host_end = here();
  parts_.path_begin = here();
  const std::size_t end = std::min(rest.find_first_of("?#"), rest.size());
  std::string_view path = rest.substr(0, end);
  const bool space = end < rest.size() && path.ends_with(' ');
  if (space) path.remove_suffix(1);
  append_encoded(out_, path, kC0Set);
  if (space) out_.append("%20");
  return query_state(rest.substr(end));
}

bool Parser::query_state(std::string_view rest) {
  parts_.query_begin = here();
  if (!rest.starts_with('?')) return fragment_state(rest);
  const std::size_t end = std::min(rest.find('#'), rest.size());
  out_.push_back('?');
  append_encoded(out_, rest.substr(1, end - 1),
                 is_special() ? kSpecialQuerySet : kQuerySet);
  return fragment_state(rest.substr(end));
}

bool Parser::fragment_state(std::string_view rest) {
  parts_.fragment_begin = here();
  if (rest.empty()) return true;
  out_.push_back('#');
  append_encoded(out_, rest.substr(1), kFragmentSet);
  return true;
}

void Parser::append_empty_host() {
  out_.append("//");
  parts_.has_host = true;
  parts_.username_end = parts_.host_begin = parts_.host_end = here();
  parts_.path_begin = here();
}

void Parser::copy_scheme() {
  parts_.scheme_end = base_->parts_.scheme_end;
  parts_.kind = base_->parts_.kind;
  out_.append(base_->href_, 0, parts_.scheme_end + 1);
}

void Parser::copy_authority() {
  const Parts& from = base_->parts_;
  out_.append(base_->href_, 0,
              from.has_host ? from.path_begin : from.scheme_end + 1);
  parts_.path_begin = here();
}

// "Shorten a url's path" (section 4.2), leaving it with its last '/'.
void Parser::copy_parent_path() {
  copy_authority();
  const std::string_view path = base_->pathname();
  if (parts_.kind == Kind::kFile && path.size() == 3 &&
      has_normalized_drive_letter(path)) {
    out_.append(path);
    out_.push_back('/');
    return;
  }
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) {
    out_.push_back('/');
  } else {
    out_.append(path.data(), slash + 1);
  }
}

void Parser::copy_path() {
  out_.append(base_->href_, 0, base_->parts_.query_begin);
}

void Parser::copy_query() {
  out_.append(base_->href_, 0, base_->parts_.fragment_begin);
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
  const std::size_t slash = path.rfind('/', path.size() - 2);
  out_.resize(start_ + parts_.path_begin + slash + 1);
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
