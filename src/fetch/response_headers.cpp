#include "fetch/response_headers.h"

#include <strings.h>

namespace crawl {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

void ResponseHeaders::begin(FetchResult* result, bool keep_all,
                            std::size_t max_bytes) {
  *this = {};
  result_ = result;
  keep_all_ = keep_all;
  max_bytes_ = max_bytes;
}

bool ResponseHeaders::add_line(std::string_view line) {
  bytes_ += line.size();
  if (bytes_ > max_bytes_) return false;
  if (done_) return true;  // a trailer
  if (line.starts_with("HTTP/")) {
    status_line(line);
    return true;
  }
  if (!line.empty() && (line.front() == ' ' || line.front() == '\t') &&
      last_value_ != nullptr) {
    last_value_->append(" ").append(trim(line));
    if (keep_all_ && last_value_ != &result_->headers.back().second) {
      result_->headers.back().second.append(" ").append(trim(line));
    }
    return true;
  }
  if (trim(line).empty()) {
    // 101 is never asked for; should it come, it is the end of this.
    done_ = result_->status_code >= 200 || result_->status_code == 101;
    last_value_ = nullptr;
    return true;
  }
  const auto colon = line.find(':');
  if (colon == line.npos) return true;
  field(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
  return true;
}

void ResponseHeaders::status_line(std::string_view line) {
  // A new response: what an interim one said is void.
  result_->status_code = 0;
  result_->content_type.clear();
  result_->location.clear();
  result_->retry_after.clear();
  result_->x_robots_tag.clear();
  result_->headers.clear();
  chunked_ = false;
  last_value_ = nullptr;
  auto digit = line.find(' ');
  if (digit == line.npos) return;
  while (digit < line.size() && line[digit] == ' ') ++digit;
  for (int i = 0;
       i < 3 && digit < line.size() && line[digit] >= '0' && line[digit] <= '9';
       ++i, ++digit) {
    result_->status_code = result_->status_code * 10 + (line[digit] - '0');
  }
}

void ResponseHeaders::field(std::string_view name, std::string_view value) {
  last_value_ = nullptr;
  const auto first = [&](std::string& target) {
    if (!target.empty()) return;
    target = value;
    last_value_ = &target;
  };
  // By length: nearly every field is dismissed by one comparison.
  switch (name.size()) {
    case 8:
      if (same(name, "location")) first(result_->location);
      break;
    case 11:
      if (same(name, "retry-after")) first(result_->retry_after);
      break;
    case 12:
      if (same(name, "content-type")) {
        result_->content_type = value;
        last_value_ = &result_->content_type;
      } else if (same(name, "x-robots-tag")) {
        std::string& tag = result_->x_robots_tag;
        if (!tag.empty()) tag += ", ";
        tag += value;
        last_value_ = &tag;
      }
      break;
    case 17:
      if (same(name, "transfer-encoding")) chunked_ = true;
      break;
    default:
      break;
  }
  if (keep_all_) {
    result_->headers.emplace_back(name, value);
    if (last_value_ == nullptr) last_value_ = &result_->headers.back().second;
  }
}

}  // namespace crawl
