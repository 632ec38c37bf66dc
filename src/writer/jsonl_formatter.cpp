#include <utility>

#include "writer/clean_text.h"
#include "writer/field_values.h"
#include "writer/formatters.h"
#include "writer/json_encoder.h"

namespace crawl {
namespace {

class JsonlFormatter final : public RecordFormatter {
 public:
  explicit JsonlFormatter(FieldIds fields) : fields_(std::move(fields)) {}

  std::string header() const override { return ""; }

  void append(const CrawlRecord& record, std::string& out) override {
    json_.reset();
    json_.begin_object();
    for (const FieldId field : fields_) {
      json_.key(field_name(field));
      visit_field(field, record, json_);
    }
    json_.end_object();
    // Beyond ASCII, JSON has nothing outside its strings: the whole line can
    // be cleaned at once.
    append_clean_json(json_.str(), out);
    out.push_back('\n');
  }

 private:
  const FieldIds fields_;
  JsonEncoder json_;
};

}  // namespace

std::unique_ptr<RecordFormatter> make_jsonl_formatter(FieldIds fields) {
  return std::make_unique<JsonlFormatter>(std::move(fields));
}

}  // namespace crawl
