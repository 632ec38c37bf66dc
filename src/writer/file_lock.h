#ifndef CRAWL_WRITER_FILE_LOCK_H_
#define CRAWL_WRITER_FILE_LOCK_H_

#include <string>

namespace crawl {

// Keeps other processes' outputs off the file, until it is closed or this
// process ends. Who was faster; "" if nobody was, or if the file system cannot
// tell. (A lock of the process, not of the descriptor: only that says who. So a
// process must not open and close a file once more that it is writing.)
std::string lock_for_writing(int fd);

// Who is writing the file at `path`, by such a lock; "" if nobody is.
std::string writer_of(const std::string& path);

}  // namespace crawl

#endif  // CRAWL_WRITER_FILE_LOCK_H_
