#ifndef CRAWL_FRONTIER_STATE_FILE_H_
#define CRAWL_FRONTIER_STATE_FILE_H_

#include <cstddef>
#include <string>

#include "crawl/base/error.h"
#include "frontier/sqlite.h"

namespace crawl {

// Opens a state's database, alone: no other process can until it is closed.
// Makes a new one, with its tables, where there is none ("" : a temporary one).
// Any other file is refused and left as it is. A write transaction is open on
// return.
Result<Database> open_state_file(const std::string& path,
                                 std::size_t cache_bytes);

// What SQLite's `code` means for the user.
Error state_error(const std::string& path, sqlite3* db, int code);
Error damaged_state(const std::string& path, const std::string& how);

}  // namespace crawl

#endif  // CRAWL_FRONTIER_STATE_FILE_H_
