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
  // Of one name: a value as it is, several as JSON.
  void texts(const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    if (texts.size() == 1) return text(texts[0]);
    json_.reset();
    json_.texts(texts);
    text(json_.str());
  }
  // Has cells of its own, a name each.
  void extraction(const Extraction&) {}
  void headings(const std::vector<PageFacts::Heading>& headings) {
    json_.reset();
    json_.headings(headings);
    text(json_.str());
  }
  void meta(const std::vector<PageFacts::Meta>& meta) {
    json_.reset();
    json_.meta(meta);
    text(json_.str());
  }
  void alternates(const std::vector<PageFacts::Alternate>& alternates) {
    json_.reset();
    json_.alternates(alternates);
    text(json_.str());
  }
  void names(const std::vector<std::string_view>& names) {
    json_.reset();
    json_.names(names);
    text(json_.str());
  }
  void json_texts(const std::vector<std::string>& texts) {
    json_.reset();
    json_.json_texts(texts);
    text(json_.str());
  }

 private:
  const AppendCell append_cell_;
  JsonEncoder& json_;
  std::string& out_;
};

class DelimitedFormatter final : public RecordFormatter {
 public:
  DelimitedFormatter(FieldIds fields, Names extracted, char delimiter,
                     std::string_view line_end, AppendCell append_cell)
      : fields_(std::move(fields)),
        extracted_(std::move(extracted)),
        delimiter_(delimiter),
        line_end_(line_end),
        append_cell_(append_cell) {}

  std::string header() const override {
    std::string out;
    bool first = true;
    for (const FieldId field : fields_) {
      if (field == FieldId::kExtracted) {
        for (const std::string& name : extracted_) {
          delimit(first, out);
          append_cell_(name, out);
        }
      } else {
        delimit(first, out);
        out += field_name(field);
      }
    }
    out += line_end_;
    return out;
  }

  void append(const CrawlRecord& record, std::string& out) override {
    const std::size_t begin = out.size();
    CellSink sink(append_cell_, json_, out);
    bool first = true;
    for (const FieldId field : fields_) {
      if (field != FieldId::kExtracted) {
        delimit(first, out);
        visit_field(field, record, sink);
        continue;
      }
      for (std::size_t i = 0; i < extracted_.size(); ++i) {
        delimit(first, out);
        if (record.extraction) sink.texts(record.extraction->values[i]);
      }
    }
    // Most CSV readers skip an empty line: it would be no record.
    if (out.size() == begin && delimiter_ == ',') out += "\"\"";
    out += line_end_;
  }

 private:
  void delimit(bool& first, std::string& out) const {
    if (!std::exchange(first, false)) out.push_back(delimiter_);
  }

  const FieldIds fields_;
  const Names extracted_;
  const char delimiter_;
  const std::string_view line_end_;
  const AppendCell append_cell_;
  JsonEncoder json_;
};

}  // namespace

std::unique_ptr<RecordFormatter> make_tsv_formatter(FieldIds fields,
                                                    Names extracted) {
  return std::make_unique<DelimitedFormatter>(
      std::move(fields), std::move(extracted), '\t', "\n", append_tsv_cell);
}

std::unique_ptr<RecordFormatter> make_csv_formatter(FieldIds fields,
                                                    Names extracted) {
  return std::make_unique<DelimitedFormatter>(
      std::move(fields), std::move(extracted), ',', "\r\n", append_csv_cell);
}

std::unique_ptr<RecordFormatter> make_csv_safe_formatter(FieldIds fields,
                                                         Names extracted) {
  return std::make_unique<DelimitedFormatter>(std::move(fields),
                                              std::move(extracted), ',', "\r\n",
                                              append_safe_csv_cell);
}

}  // namespace crawl
