#ifndef CRAWL_BASE_NAMED_DESCRIPTOR_H_
#define CRAWL_BASE_NAMED_DESCRIPTOR_H_

#include <optional>
#include <string_view>

namespace crawl {

// The open descriptor that a file's name stands for: /dev/stdout, /dev/stderr,
// /dev/fd/N, /proc/self/fd/N (proc(5)). To open such a name anew is not the
// same: what the shell has redirected to a file would be written from its
// beginning.
std::optional<int> named_descriptor(std::string_view path);

}  // namespace crawl

#endif  // CRAWL_BASE_NAMED_DESCRIPTOR_H_
