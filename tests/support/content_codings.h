#ifndef CRAWL_TESTS_SUPPORT_CONTENT_CODINGS_H_
#define CRAWL_TESTS_SUPPORT_CONTENT_CODINGS_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace crawl::testing {

// Bodies as a server codes them (RFC 9110 section 8.4.1); all throw
// std::runtime_error when the library fails.

std::string gzip(std::string_view text);
std::string deflate(std::string_view text);  // in a zlib wrapper, as specified
std::string raw_deflate(
    std::string_view text);  // without, as some servers send

// A valid brotli stream (RFC 7932) of uncompressed meta-blocks.
std::string stored_brotli(std::string_view text);

// One frame (RFC 8878) with a checksum. Its window is as large as `window_log`
// says, a power of two, or fits the text if that is 0.
std::string zstd(std::string_view text, int window_log = 0);
// By a dictionary, which may be any text.
std::string zstd(std::string_view text, std::string_view dictionary);
// A frame that is passed over, of one of 16 kinds.
std::string skippable_zstd(unsigned kind, std::string_view content);

// About 1/1000 as large as what it unpacks to: `size` spaces.
std::string gzip_of_spaces(std::size_t size);

std::string base64(std::string_view bytes);

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_CONTENT_CODINGS_H_
