#ifndef CRAWL_FETCH_FOLDER_FETCHER_H_
#define CRAWL_FETCH_FOLDER_FETCHER_H_

#include <memory>
#include <string>
#include <vector>

#include "crawl/base/error.h"
#include "crawl/base/url.h"
#include "crawl/fetch/fetcher.h"

namespace crawl {

// A site that is still a folder: what is asked of it at and below `base` is
// answered with the folder's files, as a server that is good to its authors
// would: index.html for a folder, name.html for a name; the rest goes over the
// network.
struct FolderSite {
  std::string folder;  // ends in '/'
  Url base;            // a path that ends in '/'

  // Whether it is the folder that answers: by http and https, and by the
  // site's name with and without "www.".
  bool has(const Url& url) const;
};

// Fails if `folder` is none, or `base` no http or https URL.
Result<FolderSite> make_folder_site(const std::string& folder,
                                    const std::string& base);

// The URL of every page (.html, .htm, .xhtml) in it, in order: an index.html by
// that of its folder. Fails if the folder cannot be read; folders in it that
// may not be read are left out.
Result<std::vector<std::string>> pages_of(const FolderSite& site);

// `web` makes the other exchanges; `options`, as given to it, say how pages are
// read. Files are read, and pages too, in wait(), on its thread.
std::unique_ptr<Fetcher> make_folder_fetcher(FolderSite site,
                                             FetchOptions options,
                                             std::unique_ptr<Fetcher> web);

}  // namespace crawl

#endif  // CRAWL_FETCH_FOLDER_FETCHER_H_
