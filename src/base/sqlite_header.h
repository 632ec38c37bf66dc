#ifndef CRAWL_BASE_SQLITE_HEADER_H_
#define CRAWL_BASE_SQLITE_HEADER_H_

#include <cstdint>
#include <optional>
#include <string>

namespace crawl {

// What the first bytes of a database of SQLite say of it
// (sqlite.org/fileformat.html section 1.3), read without SQLite, which would
// change what it opens.
struct SqliteHeader {
  std::uint32_t application_id = 0;
  std::uint32_t user_version = 0;
  bool whole = false;  // all its 100 bytes are there
};

// Nothing if the file cannot be read or does not begin as such a database; what
// a broken off one does not say is 0.
std::optional<SqliteHeader> read_sqlite_header(const std::string& path);

}  // namespace crawl

#endif  // CRAWL_BASE_SQLITE_HEADER_H_
