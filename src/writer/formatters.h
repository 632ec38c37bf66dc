#ifndef CRAWL_WRITER_FORMATTERS_H_
#define CRAWL_WRITER_FORMATTERS_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/writer/fields.h"
#include "crawl/writer/result_writer.h"
#include "writer/field_id.h"

namespace crawl {

using FieldIds = std::vector<FieldId>;
using Names = std::vector<std::string>;

inline std::string_view field_name(FieldId field) {
  return all_fields()[static_cast<std::size_t>(field)].name;
}

std::unique_ptr<RecordFormatter> make_jsonl_formatter(FieldIds fields);
// `extracted`: the names that the field of that name has columns for.
std::unique_ptr<RecordFormatter> make_tsv_formatter(FieldIds fields,
                                                    Names extracted);
std::unique_ptr<RecordFormatter> make_csv_formatter(FieldIds fields,
                                                    Names extracted);
std::unique_ptr<RecordFormatter> make_csv_safe_formatter(FieldIds fields,
                                                         Names extracted);
// The usual layout: status, time, size, URL, title or error.
std::unique_ptr<RecordFormatter> make_text_formatter(const TextStyle& style);
// The fields chosen, in columns.
std::unique_ptr<RecordFormatter> make_text_columns_formatter(
    FieldIds fields, const TextStyle& style);

}  // namespace crawl

#endif  // CRAWL_WRITER_FORMATTERS_H_
