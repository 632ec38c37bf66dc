#ifndef CRAWL_PARSE_INFLATE_H_
#define CRAWL_PARSE_INFLATE_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace crawl {

bool is_gzip(std::string_view bytes);

// How gunzip() ended.
enum class InflateEnd {
  kWhole,
  kStopped,  // the sink wanted no more
  kEarly,    // the data end before the stream does
  kDamaged,
};

// Hands the uncompressed bytes of a gzip file (RFC 1952; several members are
// one after the other) to `sink` in pieces of at most 64 KiB, until it returns
// false. What follows the last member is ignored.
InflateEnd gunzip(std::string_view bytes,
                  const std::function<bool(std::string_view)>& sink);

}  // namespace crawl

#endif  // CRAWL_PARSE_INFLATE_H_
