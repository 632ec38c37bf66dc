#ifndef CRAWL_CLI_VALUE_READER_H_
#define CRAWL_CLI_VALUE_READER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cli/values.h"
#include "crawl/base/error.h"

namespace crawl::cli {

// Turns what was typed into what it means, and keeps the first error: for the
// classes that resolve options, which inherit it.
class ValueReader {
 protected:
  void fail(std::string message) { fail(Error{std::move(message)}); }
  void fail(Error error) {
    if (!error_) error_ = std::move(error);
  }
  bool failed() const { return error_.has_value(); }
  Error take_error() { return *std::move(error_); }

  // Puts what `parse` makes of `typed`, if it was typed, into `to`.
  template <class To, class Parse>
  void read(std::string_view option, const std::optional<std::string>& typed,
            To& to, Parse parse) {
    if (!typed) return;
    auto value = parse(std::string_view(*typed));
    if (value) {
      to = static_cast<To>(*std::move(value));
    } else {
      fail(bad_value(option, *typed, value.error()));
    }
  }

  template <class To>
  void read_count(std::string_view option,
                  const std::optional<std::string>& typed, To& to,
                  std::uint64_t least, std::uint64_t most) {
    read(option, typed, to, [least, most](std::string_view text) {
      return parse_count(text, least, most);
    });
  }

 private:
  std::optional<Error> error_;
};

}  // namespace crawl::cli

#endif  // CRAWL_CLI_VALUE_READER_H_
