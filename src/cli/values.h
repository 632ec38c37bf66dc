#ifndef CRAWL_CLI_VALUES_H_
#define CRAWL_CLI_VALUES_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawl/base/error.h"

namespace crawl::cli {

// The values of options, as people write them. An error says what is taken
// instead, and leaves it to the caller to name the option and the value.

// "--delay 'soon': give a time ...": what is wrong with an option's value.
Error bad_value(std::string_view option, std::string_view value,
                const Error& why);

// A whole number from `least` to `most`.
Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t least,
                                  std::uint64_t most);

// "250ms", "1.5s", "2m", "1h"; a plain number is seconds, as curl has it. Ten
// years at most.
Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

// Bytes: "4096", "16M", "1.5G"; K, M, G and T are powers of 1,024, as curl has
// it.
Result<std::uint64_t> parse_size(std::string_view text);

// How often in a second: "10/s", "600/m", "3/h", "1/15s".
Result<double> parse_rate(std::string_view text);

// "1,2,4,8": whole numbers of 1 or more, each once.
Result<std::vector<std::size_t>> parse_levels(std::string_view text);

// "Name: value" as curl's -H; "Name:" gives an empty value.
Result<std::pair<std::string, std::string>> parse_header(std::string_view text);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_VALUES_H_
