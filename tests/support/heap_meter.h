#ifndef CRAWL_TESTS_SUPPORT_HEAP_METER_H_
#define CRAWL_TESTS_SUPPORT_HEAP_METER_H_

#include <cstddef>

namespace crawl::testing {

// Bytes that `new` (in a sanitized build: any allocation) holds, counted for
// the whole of a program that links this. For programs of one thread.
std::size_t heap_held();
// The most held since the last call of reset_heap_peak().
std::size_t heap_peak();
void reset_heap_peak();
// How many times something was allocated since the program began.
std::size_t heap_allocations();

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_HEAP_METER_H_
