#include <fmt/format.h>

#include <utility>

#include "writer/clean_text.h"
#include "writer/field_values.h"
#include "writer/formatters.h"
#include "writer/json_encoder.h"

namespace crawl {
namespace {

using AppendCell = void (*)(std::string_view, std::string&);

// Puts values into cells: a sink for visit_field().
class CellSink {
 public:
  CellSink(AppendCell append_cell, JsonEncoder& json, std::string& out)
      : append_cell_(append_cell), json_(json), out_(out) {}

  void null() {}
  void boolean(bool value) { out_ += value ? "true" : "false"; }
  template <class Number>
  void number(Number value) {
    const fmt::format_int digits(value);
    out_.append(digits.data(), digits.size());
  }
  void bytes(std::uint64_t value) { number(value); }
  void seconds(double value) { append_seconds(value, out_); }
  void time(std::chrono::system_clock::time_point value) {
    append_timestamp(value, out_);
  }
  void text(std::string_view value) { append_cell_(value, out_); }
  template <class Hops>
  void redirects(const Hops& hops) {
    json_.reset();
    json_.redirects(hops);
    text(json_.str());
  }
  void links(const LinkList& links) {
    json_.reset();
    json_.links(links);
    text(json_.str());
  }
  template <class Headers>
  void headers(const Headers& headers) {
    json_.reset();
    json_.headers(headers);
    text(json_.str());
  }

 private:
  const AppendCell append_cell_;
  JsonEncoder& json_;
  std::string& out_;
};

class DelimitedFormatter final : public RecordFormatter {
 public:
  DelimitedFormatter(FieldIds fields, char delimiter, std::string_view line_end,
                     AppendCell append_cell)
      : fields_(std::move(fields)),
        delimiter_(delimiter),
        line_end_(line_end),
        append_cell_(append_cell) {}

  std::string header() const override {
    std::string out;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (i > 0) out.push_back(delimiter_);
      out += field_name(fields_[i]);
    }
    out += line_end_;
    return out;
  }

  void append(const CrawlRecord& record, std::string& out) override {
    const std::size_t begin = out.size();
    CellSink sink(append_cell_, json_, out);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (i > 0) out.push_back(delimiter_);
      visit_field(fields_[i], record, sink);
    }
    // Most CSV readers skip an empty line: it would be no record.
    if (out.size() == begin && delimiter_ == ',') out += "\"\"";
    out += line_end_;
  }

 private:
  const FieldIds fields_;
  const char delimiter_;
  const std::string_view line_end_;
  const AppendCell append_cell_;
  JsonEncoder json_;
};

}  // namespace

std::unique_ptr<RecordFormatter> make_tsv_formatter(FieldIds fields) {
  return std::make_unique<DelimitedFormatter>(std::move(fields), '\t', "\n",
                                              append_tsv_cell);
}

std::unique_ptr<RecordFormatter> make_csv_formatter(FieldIds fields) {
  return std::make_unique<DelimitedFormatter>(std::move(fields), ',', "\r\n",
                                              append_csv_cell);
}

std::unique_ptr<RecordFormatter> make_csv_safe_formatter(FieldIds fields) {
  return std::make_unique<DelimitedFormatter>(std::move(fields), ',', "\r\n",
                                              append_safe_csv_cell);
}

}  // namespace crawl
