#ifndef CRAWL_WRITER_FIELDS_H_
#define CRAWL_WRITER_FIELDS_H_

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "crawl/base/error.h"

namespace crawl {

// A field of a record, as --list-fields prints it.
struct FieldInfo {
  std::string_view name;     // "status_code"
  std::string_view meaning;  // one line
  bool by_default;           // written unless --fields says otherwise
};

// All fields; a field's position here is its id. The defaults come first, in
// the order they are written.
std::span<const FieldInfo> all_fields();

// The usual ones; of records that are asked for with HEAD, content_length too;
// of those read from archives, where they are.
std::vector<std::size_t> default_fields(bool head = false,
                                        bool archive = false);
// Ids of the fields that --fields asks for, in order: "url,title" chooses and
// orders, "+links,+headers" adds to the usual ones, "-title" takes away. Fails
// on an unknown name (naming the nearest known one), a repeated one, or mixed
// forms.
Result<std::vector<std::size_t>> parse_field_list(
    std::string_view list, std::vector<std::size_t> usual = default_fields());

bool has_field(std::span<const std::size_t> fields, std::string_view name);

}  // namespace crawl

#endif  // CRAWL_WRITER_FIELDS_H_
