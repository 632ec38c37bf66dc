#include "cli/shown_value.h"

#include "writer/clean_text.h"

namespace crawl::cli {

std::string shown_value(std::string_view value) {
  constexpr std::size_t kColumns = 80;
  std::string shown;
  append_shown(value, shown);
  return "'" + cut_to_width(shown, kColumns) + "'";
}

}  // namespace crawl::cli
