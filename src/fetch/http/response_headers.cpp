#include "fetch/http/response_headers.h"

#include "base/ascii.h"
#include "crawl/parse/content_type.h"
#include "fetch/http/header_values.h"

namespace crawl {

void ResponseHeaders::begin(FetchResult* result, bool keep_all,
                            std::size_t max_bytes) {
  result_ = result;
  keep_all_ = keep_all;
  max_bytes_ = max_bytes;
  bytes_ = 0;
  done_ = false;
  expect_status();
}

bool ResponseHeaders::add_line(std::string_view line) {
  bytes_ += line.size();
  if (bytes_ > max_bytes_) return false;
  if (done_) return true;  // a trailer
  if (expects_status_) {
    expects_status_ = false;
    status_line(line);
    return true;
  }
  if (is_folded(line)) {
    folded_line(trim_field(line));
    return true;
  }
  if (trim_field(line).empty()) {
    // 101 is never asked for; should it come, it is the end of this.
    done_ = result_->status_code >= 200 || result_->status_code == 101;
    if (done_) {
      end_of_headers();
    } else {
      expect_status();
    }
    return true;
  }
  const auto colon = line.find(':');
  if (colon == line.npos) {
    last_value_ = nullptr;
    return true;
  }
  field(trim_field(line.substr(0, colon)), trim_field(line.substr(colon + 1)));
  return true;
}

// A response begins: what an interim one said is void.
void ResponseHeaders::expect_status() {
  expects_status_ = true;
  last_value_ = nullptr;
  result_->status_code = 0;
  result_->content_type.clear();
  result_->location.clear();
  result_->retry_after.clear();
  result_->link.clear();
  result_->refresh.clear();
  result_->x_robots_tag.clear();
  result_->set_cookies.clear();
  result_->headers.clear();
  framing_.content_length.clear();
  framing_.transfer_encoding.clear();
  framing_.content_encoding.clear();
  framing_.connection.clear();
}

void ResponseHeaders::end() {
  if (!done_ && result_->status_code / 100 == 1) expect_status();
}

void ResponseHeaders::end_of_headers() {
  result_->headers_complete = true;
  std::string& type = result_->content_type;
  if (type.find(',') != type.npos) type = content_type_that_counts(type);
}

void ResponseHeaders::status_line(std::string_view line) {
  auto digit = line.find(' ');
  if (digit == line.npos) return;
  while (digit < line.size() && line[digit] == ' ') ++digit;
  for (int i = 0;
       i < 3 && digit < line.size() && line[digit] >= '0' && line[digit] <= '9';
       ++i, ++digit) {
    result_->status_code = result_->status_code * 10 + (line[digit] - '0');
  }
}

// Goes on with the last field's value (RFC 9112 section 5.2), if that is kept;
// behind the status line it goes on with nothing (section 2.2).
void ResponseHeaders::folded_line(std::string_view text) {
  if (last_value_ == nullptr || text.empty()) return;
  const auto go_on = [text](std::string& value) {
    // What is folded before it begins has no blank in front.
    if (!value.empty() && value.back() != ' ') value += ' ';
    value += text;
  };
  go_on(*last_value_);
  if (keep_all_ && last_value_ != &result_->headers.back().second) {
    go_on(result_->headers.back().second);
  }
}

void ResponseHeaders::field(std::string_view name, std::string_view value) {
  last_value_ = nullptr;
  const auto first = [&](std::string& target) {
    if (!target.empty()) return;
    target = value;
    last_value_ = &target;
  };
  const auto joined = [&](std::string& target) {
    if (!target.empty()) target += ", ";
    target += value;
    last_value_ = &target;
  };
  // By length: nearly every field is dismissed by one comparison.
  switch (name.size()) {
    case 4:
      if (equals_ignoring_case(name, "link")) joined(result_->link);
      break;
    case 7:
      if (equals_ignoring_case(name, "refresh")) first(result_->refresh);
      break;
    case 8:
      if (equals_ignoring_case(name, "location")) first(result_->location);
      break;
    case 11:
      if (equals_ignoring_case(name, "retry-after")) {
        first(result_->retry_after);
      }
      break;
    case 12:
      if (equals_ignoring_case(name, "content-type")) {
        joined(result_->content_type);
      } else if (equals_ignoring_case(name, "x-robots-tag")) {
        joined(result_->x_robots_tag);
      }
      break;
    case 10:
      if (equals_ignoring_case(name, "connection")) {
        joined(framing_.connection);
      } else if (equals_ignoring_case(name, "set-cookie") &&
                 result_->status_code / 100 == 3 &&
                 result_->set_cookies.size() < kMaxSetCookies) {
        last_value_ = &result_->set_cookies.emplace_back(value);
      }
      break;
    case 14:
      if (equals_ignoring_case(name, "content-length"))
        joined(framing_.content_length);
      break;
    case 16:
      if (equals_ignoring_case(name, "content-encoding"))
        joined(framing_.content_encoding);
      break;
    case 17:
      if (equals_ignoring_case(name, "transfer-encoding"))
        joined(framing_.transfer_encoding);
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
