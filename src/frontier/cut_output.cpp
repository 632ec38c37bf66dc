#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/named_descriptor.h"
#include "base/uninterrupted.h"
#include "crawl/frontier/state_store.h"

namespace crawl {

Result<void> cut_output(const std::string& path, std::uint64_t length,
                        CutAt at) {
  const auto fail = [&](std::string_view what) {
    return make_error(
        fmt::format("cannot go on with output file {}: {}; bring it back, or "
                    "begin anew under another name of --state or --shared",
                    path, what));
  };
  if (named_descriptor(path)) return fail("it is not a file of its own");
  const int file =
      uninterrupted([&] { return ::open(path.c_str(), O_RDWR | O_CLOEXEC); });
  if (file < 0) {
    if (errno == ENOENT && length == 0) return {};
    return fail(strerror(errno));
  }
  struct CloseFile {
    int file;
    ~CloseFile() { ::close(file); }
  } const closer{file};
  struct stat info {};
  if (fstat(file, &info) != 0) return fail(strerror(errno));
  if (!S_ISREG(info.st_mode)) return fail("it is not a regular file");
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size < length) {
    return fail(fmt::format(
        "it has {} bytes, but had {} when the last commit was", size, length));
  }
  char last = '\n';
  if (length > 0 && at == CutAt::kLineEnd &&
      pread(file, &last, 1, static_cast<off_t>(length - 1)) != 1) {
    return fail(strerror(errno));
  }
  if (last != '\n') {
    return fail("it is not the file that the state was written with");
  }
  const auto cut = [&] { return ftruncate(file, static_cast<off_t>(length)); };
  const auto sync = [&] { return fsync(file); };
  if (size > length && (uninterrupted(cut) != 0 || uninterrupted(sync) != 0)) {
    return fail(strerror(errno));
  }
  return {};
}

}  // namespace crawl
