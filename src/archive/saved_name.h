#ifndef CRAWL_ARCHIVE_SAVED_NAME_H_
#define CRAWL_ARCHIVE_SAVED_NAME_H_

#include <string>
#include <vector>

#include "crawl/base/url.h"

namespace crawl {

// Where a page is saved: the folders, from the host's on, and the file.
struct SavedName {
  std::vector<std::string> folders;
  std::string file;

  std::string path() const;  // "host/a/b.html"
};

// The place of a URL, as wget lays them out: host/path, index.html for a
// folder. Two URLs never have the same, and none leads elsewhere, whatever the
// URL is: what would be ambiguous, odd or too long has a hash of the URL in its
// file's name ("page~0123456789abcdef.html"). Hosts of http alone have their
// port in the folder's name: example.org:80.
SavedName saved_name(const Url& url);

// Another place of its own, for where something else is in the way of that.
SavedName other_saved_name(const Url& url);

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_SAVED_NAME_H_
