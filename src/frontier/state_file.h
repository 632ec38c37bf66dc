#ifndef CRAWL_FRONTIER_STATE_FILE_H_
#define CRAWL_FRONTIER_STATE_FILE_H_

#include <cstddef>
#include <string>

#include "base/sqlite.h"
#include "crawl/base/error.h"

namespace crawl {

// By its header alone, which nothing of it is changed by.
bool is_state_file(const std::string& path);

// Opens a state's database, alone: no other process can until it is closed.
// Makes a new one, with its tables, where there is none ("" : a temporary one).
// Any other file is refused; neither that nor a state is changed.
//
// A transaction is open: closed without begin_commits(), the file is as it was.
Result<Database> open_state_file(const std::string& path,
                                 std::size_t cache_bytes);

// For a state that was read and found whole: keeps what opening it has changed,
// makes commits cheap, and begins the first. Returns SQLite's result code.
int begin_commits(sqlite3* db, bool temporary);

// What SQLite's `code` means for the user.
Error state_error(const std::string& path, sqlite3* db, int code);
Error damaged_state(const std::string& path, const std::string& how);

}  // namespace crawl

#endif  // CRAWL_FRONTIER_STATE_FILE_H_
