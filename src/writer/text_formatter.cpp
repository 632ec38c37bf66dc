#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

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

// By the class of the status; what was not asked for is no failure.
std::string_view color_of(const CrawlRecord& record) {
  if (is_skip(record.error)) return "\x1b[2m";  // dim
  if (record.status_code >= 400 && record.status_code < 500) {
    return "\x1b[33m";  // yellow
  }
  if (record.error != ErrorKind::kNone) return "\x1b[31m";  // red
  if (!record.redirects.empty()) return "\x1b[36m";         // cyan
  return "\x1b[32m";                                        // green
}
constexpr std::string_view kPlainColor = "\x1b[0m";

// What OSC 8 takes: VTE cuts off there.
constexpr std::size_t kMostLinkBytes = 2'083;

bool can_be_link(std::string_view url) {
  return url.starts_with("http") && url.size() <= kMostLinkBytes &&
         std::all_of(url.begin(), url.end(),
                     [](char c) { return c > ' ' && c < '\x7f'; });
}

// `text`, which is on the screen for `url`, as a link to it.
void append_link(std::string_view url, std::string_view text,
                 std::string& out) {
  if (!can_be_link(url)) {
    out += text;
    return;
  }
  out += "\x1b]8;;";
  out += url;
  out += "\x1b\\";
  out += text;
  out += "\x1b]8;;\x1b\\";
}

// "200   52.1 ms  36.1 KiB  https://example.org/  Example Domain"
class TextFormatter final : public RecordFormatter {
 public:
  explicit TextFormatter(const TextStyle& style) : style_(style) {}

  std::string header() const override { return ""; }

  void append(const CrawlRecord& record, std::string& out) override {
    const std::size_t begin = out.size();
    const std::size_t width = style_.columns();
    if (style_.color) out += color_of(record);
    append_right(
        record.status_code == 0 ? "-" : std::to_string(record.status_code),
        kStatusWidth, out);
    if (style_.color) out += kPlainColor;
    out.append(kGap, ' ');
    append_right(record.attempts == 0 ? "-" : human_seconds(record.time_total),
                 kTimeWidth, out);
    out.append(kGap, ' ');
    std::size_t used = kStatusWidth + kTimeWidth + 2 * kGap;
    if (width == 0 || width >= kNarrow) {
      append_right(size_of(record), kSizeWidth, out);
      out.append(kGap, ' ');
      used += kSizeWidth + kGap;
    }
    append_url_and_rest(record, width, used, out);
    out.erase(std::max(out.find_last_not_of(' ') + 1, begin));
    out.push_back('\n');
  }

 private:
  static constexpr std::size_t kStatusWidth = 3;
  static constexpr std::size_t kTimeWidth = 7;
  static constexpr std::size_t kSizeWidth = 8;
  static constexpr std::size_t kNarrow = 70;  // with less, no size
  static constexpr std::size_t kSmallest = 20;
  static constexpr std::size_t kAnyWidth =
      std::numeric_limits<std::size_t>::max();

  // In at most `width` columns; both ends of a redirect lose their middle.
  static std::string address(const CrawlRecord& record, std::size_t width) {
    constexpr std::string_view kArrow = " -> ";
    const std::string from =
        shown(record.url.empty() ? record.input : record.url);
    if (record.redirects.empty() || record.final_url.empty()) {
      return cut_middle_to_width(from, width);
    }
    const std::string to = shown(record.final_url);
    const std::size_t both = width - std::min(width, kArrow.size());
    const std::size_t half = both / 2;
    const std::size_t to_width =
        std::max(half, both - std::min(both, display_width(from)));
    const std::string to_cut = cut_middle_to_width(to, to_width);
    return cut_middle_to_width(from, both - display_width(to_cut))
        .append(kArrow)
        .append(to_cut);
  }

  static std::string size_of(const CrawlRecord& record) {
    if (record.status_code == 0) return "-";
    if (!record.head) return human_bytes(record.size_body);
    return record.content_length ? human_bytes(*record.content_length) : "-";
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
    } else if (record.head) {
      const std::string& type = record.content_type;
      text = shown(std::string_view(type).substr(0, type.find(';')));
    }
    if (record.truncated) text += " (truncated)";
    return text;
  }

  // The URL has half of what is left of the line, and all that the rest does
  // not need; it loses its middle, the rest its end.
  void append_url_and_rest(const CrawlRecord& record, std::size_t width,
                           std::size_t used, std::string& out) const {
    const std::string rest = outcome(record);
    if (width == 0) {
      append_padded(address(record, kAnyWidth), kUrlColumn, out);
      out.append(kGap, ' ');
      out += rest;
      return;
    }
    const std::size_t left = std::max(width, used + kSmallest) - used;
    const std::size_t column = (left - kGap) / 2;
    const std::size_t rest_width = display_width(rest);
    const std::size_t url_width =
        rest_width == 0
            ? left
            : std::max(column, left - std::min(left, rest_width + kGap));
    const std::string url_cut = address(record, url_width);
    const std::size_t shown_width = display_width(url_cut);
    append_address(record, url_cut, out);
    const std::size_t padded = std::max(column, shown_width);
    if (rest_width == 0 || padded + kGap >= left) return;
    out.append(padded - shown_width + kGap, ' ');
    out += cut_to_width(rest, left - padded - kGap);
  }

  void append_address(const CrawlRecord& record, std::string_view text,
                      std::string& out) const {
    if (style_.links) {
      append_link(record.url, text, out);
    } else {
      out += text;
    }
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
  void extraction(const Extraction& extraction) {
    json_.reset();
    json_.extraction(extraction);
    put_text(json_.str());
  }
  void headings(const std::vector<PageFacts::Heading>& headings) {
    json_.reset();
    json_.headings(headings);
    put_text(json_.str());
  }
  void meta(const std::vector<PageFacts::Meta>& meta) {
    json_.reset();
    json_.meta(meta);
    put_text(json_.str());
  }
  void alternates(const std::vector<PageFacts::Alternate>& alternates) {
    json_.reset();
    json_.alternates(alternates);
    put_text(json_.str());
  }
  void names(const std::vector<std::string_view>& names) {
    json_.reset();
    json_.names(names);
    put_text(json_.str());
  }
  void json_texts(const std::vector<std::string>& texts) {
    json_.reset();
    json_.json_texts(texts);
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
    case FieldId::kWordCount:
      return 7;
    case FieldId::kSizeDownload:
    case FieldId::kSizeBody:
    case FieldId::kContentLength:
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
    case FieldId::kPublished:
    case FieldId::kModified:
    case FieldId::kAuthor:
      return 24;
    case FieldId::kBodyDigest:
    case FieldId::kTextDigest:
      return 32;
    case FieldId::kErrorMessage:
    case FieldId::kRedirects:
    case FieldId::kLinks:
    case FieldId::kHeaders:
    case FieldId::kBody:
    case FieldId::kExtracted:
    case FieldId::kExtractError:
    case FieldId::kHeadings:
    case FieldId::kMeta:
    case FieldId::kAlternates:
    case FieldId::kJsonLd:
    case FieldId::kJsonLdBroken:
    case FieldId::kWarcFile:
    case FieldId::kWarcOffset:
    case FieldId::kFile:
    case FieldId::kText:
    case FieldId::kMarkdown:
    case FieldId::kAudit:
    case FieldId::kCount:
      break;
  }
  return 0;
}

bool is_url_field(FieldId field) {
  switch (field) {
    case FieldId::kUrl:
    case FieldId::kInput:
    case FieldId::kFinalUrl:
    case FieldId::kCanonical:
    case FieldId::kParent:
    case FieldId::kDuplicateOf:
      return true;
    default:
      return false;
  }
}

class TextColumnsFormatter final : public RecordFormatter {
 public:
  TextColumnsFormatter(FieldIds fields, const TextStyle& style)
      : fields_(std::move(fields)), style_(style) {}

  std::string header() const override { return ""; }

  void append(const CrawlRecord& record, std::string& out) override {
    std::vector<Cell> cells;
    ShownSink sink(json_);
    for (const FieldId field : fields_) {
      visit_field(field, record, sink);
      cells.push_back({field, std::move(sink.cell), sink.right});
    }
    const std::size_t width = style_.columns();
    if (width > 0) shorten_urls(cells, width);
    const std::size_t begin = out.size();
    std::size_t left = width;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      std::string text = i > 0 ? std::string(kGap, ' ') : "";
      const std::size_t field_width = column_width(cells[i].field);
      const std::size_t used = display_width(cells[i].text);
      const std::size_t padding = field_width - std::min(field_width, used);
      if (cells[i].right) text.append(padding, ' ');
      const std::size_t before = text.size();
      text += cells[i].text;
      const std::size_t after = text.size();
      if (!cells[i].right && i + 1 < cells.size()) text.append(padding, ' ');
      if (width == 0) {
        out += text;
        continue;
      }
      const std::size_t text_width = display_width(text);
      if (text_width > left) {
        out += cut_to_width(text, left);
        break;
      }
      left -= text_width;
      append_marked(record, cells[i].field, text, before, after, out);
    }
    out.erase(std::max(out.find_last_not_of(' ') + 1, begin));
    out.push_back('\n');
  }

 private:
  struct Cell {
    FieldId field;
    std::string text;
    bool right;
  };

  // In columns too narrow for all, URLs lose their middle first.
  static void shorten_urls(std::vector<Cell>& cells, std::size_t width) {
    std::size_t wanted = kGap * (cells.size() - 1);
    for (const Cell& cell : cells) {
      wanted += std::max(column_width(cell.field), display_width(cell.text));
    }
    for (Cell& cell : cells) {
      if (!is_url_field(cell.field) || wanted <= width) continue;
      const std::size_t used = display_width(cell.text);
      const std::size_t most =
          std::max(kUrlColumn, used - std::min(used, wanted - width));
      if (most >= used) continue;
      cell.text = cut_middle_to_width(cell.text, most);
      wanted -= used - most;
    }
  }

  // The cell within `text` is between `before` and `after`.
  void append_marked(const CrawlRecord& record, FieldId field,
                     std::string_view text, std::size_t before,
                     std::size_t after, std::string& out) const {
    const std::string_view cell = text.substr(before, after - before);
    out += text.substr(0, before);
    if (style_.color && field == FieldId::kStatusCode) {
      out += color_of(record);
      out += cell;
      out += kPlainColor;
    } else if (style_.links && field == FieldId::kUrl) {
      append_link(record.url, cell, out);
    } else {
      out += cell;
    }
    out += text.substr(after);
  }

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
