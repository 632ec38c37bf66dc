#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "crawl/base/human.h"
#include "writer/clean_text.h"
#include "writer/field_values.h"
#include "writer/formatters.h"
#include "writer/json_encoder.h"

namespace crawl {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kUrlColumn = 40;  // at least, where lines are not cut

std::string shown(std::string_view text) {
  std::string out;
  append_shown(text, out);
  return out;
}

void append_padded(std::string_view text, std::size_t width, std::string& out) {
  out += text;
  const std::size_t used = display_width(text);
  if (used < width) out.append(width - used, ' ');
}

void append_right(std::string_view text, std::size_t width, std::string& out) {
  const std::size_t used = display_width(text);
  if (used < width) out.append(width - used, ' ');
  out += text;
}

std::string_view color_of(const CrawlRecord& record) {
  if (record.error != ErrorKind::kNone) return "\x1b[31m";  // red
  if (!record.redirects.empty()) return "\x1b[36m";         // cyan
  return "\x1b[32m";                                        // green
}
constexpr std::string_view kPlainColor = "\x1b[0m";

// "200   52.1 ms  36.1 KiB  https://example.org/  Example Domain"
class TextFormatter final : public RecordFormatter {
 public:
  explicit TextFormatter(const TextStyle& style) : style_(style) {}

  std::string header() const override { return ""; }

  void append(const CrawlRecord& record, std::string& out) override {
    const std::size_t begin = out.size();
    if (style_.color) out += color_of(record);
    append_right(
        record.status_code == 0 ? "-" : std::to_string(record.status_code),
        kStatusWidth, out);
    if (style_.color) out += kPlainColor;
    out.append(kGap, ' ');
    append_right(record.attempts == 0 ? "-" : human_seconds(record.time_total),
                 kTimeWidth, out);
    out.append(kGap, ' ');
    append_right(record.status_code == 0 ? "-" : human_bytes(record.size_body),
                 kSizeWidth, out);
    out.append(kGap, ' ');
    append_url_and_rest(address(record), outcome(record), out);
    out.erase(std::max(out.find_last_not_of(' ') + 1, begin));
    out.push_back('\n');
  }

 private:
  static constexpr std::size_t kStatusWidth = 3;
  static constexpr std::size_t kTimeWidth = 7;
  static constexpr std::size_t kSizeWidth = 8;
  static constexpr std::size_t kFixed =
      kStatusWidth + kTimeWidth + kSizeWidth + 3 * kGap;
  static constexpr std::size_t kSmallest = 20;

  static std::string address(const CrawlRecord& record) {
    std::string text = shown(record.url.empty() ? record.input : record.url);
    if (!record.redirects.empty() && !record.final_url.empty()) {
      text += " -> " + shown(record.final_url);
    }
    return text;
  }

  static std::string outcome(const CrawlRecord& record) {
    std::string text;
    if (record.error != ErrorKind::kNone) {
      text = to_string(record.error);
      if (!record.error_message.empty()) {
        text += ": " + shown(record.error_message);
      }
    } else if (record.title) {
      text = shown(*record.title);
    }
    if (record.truncated) text += " (truncated)";
    return text;
  }

  // The URL has half of what is left of the line, and all that the rest does
  // not need.
  void append_url_and_rest(const std::string& url, const std::string& rest,
                           std::string& out) const {
    if (style_.width == 0) {
      append_padded(url, kUrlColumn, out);
      out.append(kGap, ' ');
      out += rest;
      return;
    }
    const std::size_t left =
        std::max(style_.width, kFixed + kSmallest) - kFixed;
    const std::size_t column = (left - kGap) / 2;
    const std::size_t rest_width = display_width(rest);
    const std::size_t url_width =
        rest_width == 0
            ? left
            : std::max(column, left - std::min(left, rest_width + kGap));
    const std::string url_cut = cut_to_width(url, url_width);
    append_padded(url_cut, column, out);
    const std::size_t used = std::max(column, display_width(url_cut)) + kGap;
    if (rest_width == 0 || used >= left) return;
    out.append(kGap, ' ');
    out += cut_to_width(rest, left - used);
  }

  const TextStyle style_;
};

// Shows values for people: a sink for visit_field().
class ShownSink {
 public:
  explicit ShownSink(JsonEncoder& json) : json_(json) {}

  std::string cell;
  bool right = true;  // numbers stand at the right

  void null() { put_text("-"); }
  void boolean(bool value) { put_text(value ? "true" : "false"); }
  template <class Number>
  void number(Number value) {
    cell = std::to_string(value);
    right = true;
  }
  void bytes(std::uint64_t value) {
    cell = human_bytes(value);
    right = true;
  }
  void seconds(double value) {
    cell = human_seconds(value);
    right = true;
  }
  void time(std::chrono::system_clock::time_point value) {
    cell.clear();
    append_timestamp(value, cell);
    right = false;
  }
  void text(std::string_view value) { put_text(value); }
  template <class Hops>
  void redirects(const Hops& hops) {
    json_.reset();
    json_.redirects(hops);
    put_text(json_.str());
  }
  void links(const LinkList& links) {
    json_.reset();
    json_.links(links);
    put_text(json_.str());
  }
  template <class Headers>
  void headers(const Headers& headers) {
    json_.reset();
    json_.headers(headers);
    put_text(json_.str());
  }

 private:
  void put_text(std::string_view value) {
    cell = shown(value);
    right = false;
  }

  JsonEncoder& json_;
};

std::size_t column_width(FieldId field) {
  switch (field) {
    case FieldId::kUrl:
    case FieldId::kInput:
    case FieldId::kFinalUrl:
    case FieldId::kCanonical:
    case FieldId::kParent:
    case FieldId::kTitle:
    case FieldId::kDescription:
    case FieldId::kDuplicateOf:
      return kUrlColumn;
    case FieldId::kStatusCode:
    case FieldId::kHttpVersion:
    case FieldId::kAttempts:
    case FieldId::kDepth:
    case FieldId::kWorker:
      return 3;
    case FieldId::kOk:
    case FieldId::kTruncated:
    case FieldId::kLang:
      return 5;
    case FieldId::kLinkCount:
    case FieldId::kParser:
      return 7;
    case FieldId::kSizeDownload:
    case FieldId::kSizeBody:
    case FieldId::kTimeQueue:
    case FieldId::kTimeNamelookup:
    case FieldId::kTimeConnect:
    case FieldId::kTimeAppconnect:
    case FieldId::kTimeStarttransfer:
    case FieldId::kTimeTotal:
      return 8;
    case FieldId::kError:
    case FieldId::kCharset:
    case FieldId::kRemoteIp:
      return 15;
    case FieldId::kContentType:
    case FieldId::kTimestamp:
      return 24;
    case FieldId::kBodyDigest:
      return 32;
    case FieldId::kErrorMessage:
    case FieldId::kRedirects:
    case FieldId::kLinks:
    case FieldId::kHeaders:
    case FieldId::kBody:
    case FieldId::kCount:
      break;
  }
  return 0;
}

class TextColumnsFormatter final : public RecordFormatter {
 public:
  TextColumnsFormatter(FieldIds fields, const TextStyle& style)
      : fields_(std::move(fields)), style_(style) {}

  std::string header() const override { return ""; }

  void append(const CrawlRecord& record, std::string& out) override {
    std::string line;
    ShownSink sink(json_);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (i > 0) line.append(kGap, ' ');
      visit_field(fields_[i], record, sink);
      const std::size_t width = column_width(fields_[i]);
      if (sink.right) {
        append_right(sink.cell, width, line);
      } else {
        append_padded(sink.cell, width, line);
      }
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += style_.width == 0 ? line : cut_to_width(line, style_.width);
    out.push_back('\n');
  }

 private:
  const FieldIds fields_;
  const TextStyle style_;
  JsonEncoder json_;
};

}  // namespace

std::unique_ptr<RecordFormatter> make_text_formatter(const TextStyle& style) {
  return std::make_unique<TextFormatter>(style);
}

std::unique_ptr<RecordFormatter> make_text_columns_formatter(
    FieldIds fields, const TextStyle& style) {
  return std::make_unique<TextColumnsFormatter>(std::move(fields), style);
}

}  // namespace crawl
