#include "writer/formatters.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace crawl {

std::unique_ptr<RecordFormatter> make_formatter(
    OutputFormat format, const std::vector<std::size_t>& fields,
    const TextStyle& style, const std::vector<std::string>& extracted) {
  FieldIds ids;
  for (const std::size_t id : fields) {
    if (id >= static_cast<std::size_t>(FieldId::kCount)) {
      throw std::invalid_argument("make_formatter: no such field");
    }
    ids.push_back(static_cast<FieldId>(id));
  }
  switch (format) {
    case OutputFormat::kJsonl:
      return make_jsonl_formatter(std::move(ids));
    case OutputFormat::kTsv:
      return make_tsv_formatter(std::move(ids), extracted);
    case OutputFormat::kCsv:
      return make_csv_formatter(std::move(ids), extracted);
    case OutputFormat::kCsvSafe:
      return make_csv_safe_formatter(std::move(ids), extracted);
    case OutputFormat::kText:
      for (const bool head : {false, true}) {
        for (const bool archives : {false, true}) {
          if (fields == default_fields(head, archives)) {
            return make_text_formatter(style);
          }
        }
      }
      return make_text_columns_formatter(std::move(ids), style);
    case OutputFormat::kSqlite:
      break;
  }
  throw std::invalid_argument("make_formatter: no such format");
}

}  // namespace crawl
