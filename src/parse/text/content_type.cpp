#include "crawl/parse/content_type.h"

#include <algorithm>

#include "base/ascii.h"

namespace crawl {
namespace {

constexpr std::string_view kHttpSpace = "\t\n\r ";

// "HTTP quoted-string token code points": bytes from 0x80 are taken as the
// header has them.
bool is_quotable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
  });
}

std::string_view trim_end(std::string_view text) {
  const std::size_t last = text.find_last_not_of(kHttpSpace);
  return last == std::string_view::npos ? std::string_view()
                                        : text.substr(0, last + 1);
}

// `rest` begins after the opening quote; what follows the closing one stays.
std::string take_quoted(std::string_view& rest) {
  std::string value;
  while (!rest.empty()) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == '"') break;
    if (c != '\\') {
      value.push_back(c);
    } else if (rest.empty()) {
      value.push_back('\\');
    } else {
      value.push_back(rest.front());
      rest.remove_prefix(1);
    }
  }
  return value;
}

// Takes the next of the values off the front of `rest` (Fetch standard, "get,
// decode, and split"): commas in quotes are none.
std::string_view take_value(std::string_view& rest) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != ','); ++end) {
    if (rest[end] == '"') quoted = !quoted;
    if (rest[end] == '\\' && quoted && end + 1 < rest.size()) ++end;
  }
  const std::string_view value = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return trim(value, kHttpSpace);
}

}  // namespace

std::optional<std::string_view> ContentType::parameter(
    std::string_view name) const {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return std::nullopt;
}

bool ContentType::is_html() const {
  return (type == "text" && subtype == "html") ||
         (type == "application" && subtype == "xhtml+xml");
}

std::string ContentType::to_string() const {
  std::string out = essence();
  for (const auto& [name, value] : parameters) {
    out.append(";").append(name).append("=");
    if (is_token(value)) {
      out.append(value);
      continue;
    }
    out.push_back('"');
    for (const char c : value) {
      if (c == '"' || c == '\\') out.push_back('\\');
      out.push_back(c);
    }
    out.push_back('"');
  }
  return out;
}

std::optional<ContentType> parse_content_type(std::string_view value) {
  std::string_view rest = trim(value, kHttpSpace);
  ContentType result;

  const std::string_view type = take_until(rest, "/");
  if (!is_token(type) || rest.empty()) return std::nullopt;
  rest.remove_prefix(1);
  const std::string_view subtype = trim_end(take_until(rest, ";"));
  if (!is_token(subtype)) return std::nullopt;
  result.type = lower_case(std::string(type));
  result.subtype = lower_case(std::string(subtype));

  while (!rest.empty()) {
    rest.remove_prefix(1);  // the semicolon
    rest.remove_prefix(
        std::min(rest.find_first_not_of(kHttpSpace), rest.size()));
    const std::string name = lower_case(std::string(take_until(rest, ";=")));
    if (rest.empty()) break;
    if (rest.front() == ';') continue;
    rest.remove_prefix(1);  // the equals sign

    std::string parameter;
    if (!rest.empty() && rest.front() == '"') {
      rest.remove_prefix(1);
      parameter = take_quoted(rest);
      take_until(rest, ";");
    } else {
      parameter = trim_end(take_until(rest, ";"));
      if (parameter.empty()) continue;
    }
    if (is_token(name) && is_quotable(parameter) && !result.parameter(name)) {
      result.parameters.emplace_back(name, std::move(parameter));
    }
  }
  return result;
}

std::string content_type_that_counts(std::string_view values) {
  if (values.find(',') == std::string_view::npos) return std::string(values);
  std::optional<ContentType> last;
  std::string_view written;
  std::optional<std::string> charset;
  bool carried_over = false;
  for (std::string_view rest = values; !rest.empty();) {
    const std::string_view value = take_value(rest);
    std::optional<ContentType> next = parse_content_type(value);
    if (!next || next->essence() == "*/*") continue;
    const auto own = next->parameter("charset");
    carried_over = false;
    if (own || !last || last->essence() != next->essence()) {
      charset = own;
    } else if (charset) {
      next->parameters.emplace_back("charset", *charset);
      carried_over = true;
    }
    last = std::move(next);
    written = value;
  }
  if (!last) return std::string(values);
  return carried_over ? last->to_string() : std::string(written);
}

}  // namespace crawl
