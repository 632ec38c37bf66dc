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
// folder; a port that is not the scheme's usual one is in the folder's name:
// example.org:8080. None leads elsewhere, whatever the URL is, and two URLs
// never have the same, but for http://host/path and https://host/path: what
// would be ambiguous, odd or too long has a hash of the URL in its file's name
// ("page~0123456789abcdef.html"). All of it is ASCII. Places of two URLs may
// differ in nothing but case.
SavedName saved_name(const Url& url);

// The same, with the hash: for where a place that differs in case is taken.
SavedName saved_name_with_hash(const Url& url);

// For where a page of the other scheme has that place: in the folder
// example.org:80, or example.org:443+https. Of a URL without a port.
SavedName saved_name_with_port(const Url& url);

// The same, in folders beside those: where files stand in the way of them
// ("host/blog~/one" beside the file "host/blog"). A file has no such name.
SavedName beside(SavedName name);

// Another place of its own, for where something else is in the way of that. No
// other URL's differs from it in case alone.
SavedName other_saved_name(const Url& url);

// The same, in a folder beside the host's: where that is none.
SavedName beside_host(SavedName name);

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_SAVED_NAME_H_
