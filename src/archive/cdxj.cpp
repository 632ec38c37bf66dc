#include "archive/cdxj.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>

#include "archive/surt.h"
#include "base/ascii.h"
#include "base/json_library.h"

namespace crawl {
namespace {

// The digits of "2026-11-28T12:00:00.123Z", to the second.
std::string timestamp_of(std::string_view date) {
  std::string digits;
  for (const char c : date) {
    if (digits.size() == 14) break;
    if (is_ascii_digit(c)) digits += c;
  }
  return digits;
}

std::string date_of(std::string_view digits) {
  return fmt::format("{}-{}-{}T{}:{}:{}Z", digits.substr(0, 4),
                     digits.substr(4, 2), digits.substr(6, 2),
                     digits.substr(8, 2), digits.substr(10, 2),
                     digits.substr(12, 2));
}

// The strings and numbers of an object, by their names.
class Members
    : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Members> {
 public:
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    key_.assign(text, size);
    return true;
  }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    if (depth_ == 1) values[key_].assign(text, size);
    return true;
  }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool copy) {
    return String(text, size, copy);
  }
  bool StartObject() { return ++depth_ < 20; }
  bool EndObject(rapidjson::SizeType) {
    --depth_;
    return true;
  }
  bool StartArray() { return ++depth_ < 20; }
  bool EndArray(rapidjson::SizeType) {
    --depth_;
    return true;
  }

  std::map<std::string, std::string> values;

 private:
  std::string key_;
  int depth_ = 0;
};

template <class Number>
void read_number(const std::string& text, Number& number) {
  std::from_chars(text.data(), text.data() + text.size(), number);
}

}  // namespace

std::string cdxj_line(const CdxjCapture& capture) {
  const std::optional<Url> url = Url::parse(capture.url);
  std::string line = fmt::format("{} {} ", url ? surt(*url) : capture.url,
                                 timestamp_of(capture.date));
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto member = [&](const char* name, std::string_view value) {
    json.Key(name);
    json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  };
  // The type alone, as others have it, and no bytes that are no text.
  std::string mime = capture.mime.substr(0, capture.mime.find_first_of("; \t"));
  std::erase_if(mime, [](char c) { return c <= ' ' || c > '~'; });
  json.StartObject();
  member("url", capture.url);
  member("mime", mime);
  member("status", std::to_string(capture.status));
  member("digest", capture.digest);
  member("length", std::to_string(capture.length));
  member("offset", std::to_string(capture.offset));
  member("filename", capture.filename);
  json.EndObject();
  line.append(buffer.GetString(), buffer.GetSize());
  return line + "\n";
}

std::optional<CdxjCapture> read_cdxj_line(std::string_view line) {
  const std::size_t key = line.find(' ');
  if (key == std::string_view::npos) return std::nullopt;
  line.remove_prefix(key + 1);
  const std::size_t digits = line.find(' ');
  const std::string_view timestamp = line.substr(0, digits);
  if (digits == std::string_view::npos || timestamp.size() < 14 ||
      !std::all_of(timestamp.begin(), timestamp.end(), is_ascii_digit)) {
    return std::nullopt;
  }
  const std::string_view text = line.substr(digits + 1);
  rapidjson::MemoryStream stream(text.data(), text.size());
  Members members;
  rapidjson::Reader reader;
  if (reader
          .Parse<rapidjson::kParseIterativeFlag |
                 rapidjson::kParseNumbersAsStringsFlag |
                 rapidjson::kParseStopWhenDoneFlag>(stream, members)
          .IsError()) {
    return std::nullopt;
  }
  CdxjCapture capture;
  capture.date = date_of(timestamp);
  capture.url = members.values["url"];
  capture.mime = members.values["mime"];
  capture.digest = members.values["digest"];
  // Some leave the kind of digest out, which is SHA-1 then.
  if (!capture.digest.empty() &&
      capture.digest.find(':') == std::string::npos) {
    capture.digest.insert(0, "sha1:");
  }
  capture.filename = members.values["filename"];
  read_number(members.values["status"], capture.status);
  read_number(members.values["length"], capture.length);
  read_number(members.values["offset"], capture.offset);
  if (capture.url.empty()) return std::nullopt;
  return capture;
}

}  // namespace crawl
