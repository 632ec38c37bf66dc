#ifndef CRAWL_BASE_HUMAN_H_
#define CRAWL_BASE_HUMAN_H_

#include <cstdint>
#include <string>

namespace crawl {

// Amounts for people to read; programs get the plain number.

// "162 B", "36.1 KiB", "1.50 GiB": three figures, powers of 1,024.
std::string human_bytes(std::uint64_t bytes);

// "0.42 ms", "52.1 ms", "1.25 s", "2m 05s", "3h 07m"; "-" if it is no number.
std::string human_seconds(double seconds);

// "4,424": groups of three.
std::string human_count(std::uint64_t count);

}  // namespace crawl

#endif  // CRAWL_BASE_HUMAN_H_
