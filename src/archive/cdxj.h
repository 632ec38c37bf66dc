#ifndef CRAWL_ARCHIVE_CDXJ_H_
#define CRAWL_ARCHIVE_CDXJ_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crawl {

// A capture as a line of a CDXJ index has it
// (https://specs.webrecorder.net/cdxj/0.1.0/).
struct CdxjCapture {
  std::string url;
  std::string date;  // as WARC has it
  std::string mime;  // "warc/revisit" for such a record
  int status = 0;
  std::string digest;  // "sha1:..."
  std::uint64_t length = 0;
  std::uint64_t offset = 0;
  std::string filename;
};

// "org,example)/ 20261128120000 {...}", with its end.
std::string cdxj_line(const CdxjCapture& capture);

// What a line says; nothing if it is none. Its date is to the second.
std::optional<CdxjCapture> read_cdxj_line(std::string_view line);

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_CDXJ_H_
