#ifndef CRAWL_TESTS_SUPPORT_SITE_FILES_H_
#define CRAWL_TESTS_SUPPORT_SITE_FILES_H_

#include <filesystem>
#include <string>
#include <vector>

#include "support/loopback_site.h"

namespace crawl::testing {

// Serves the files of `directory` at `site`'s root, read once, now. Returns
// their paths, sorted; throws std::runtime_error if one cannot be read.
//
// "/" is index.html, "/a/" is a/index.html (and returned so), "/a" then
// redirects to "/a/". Names are UTF-8, and percent-encoded in paths as browsers
// do. The type goes by the file's name; HTML gets no charset, so a page's own
// word (or bytes) decides. Every file has an ETag, and If-None-Match is
// answered 304.
// "{{origin}}" in .html, .txt and .xml files becomes the origin that the client
// asked ("http://127.0.0.1:8080"), for links that must be absolute.
//
// A file "_routes.tsv" in it is not served: each line has a path, a tab and
// what happens there, "301 LOCATION" or "type CONTENT-TYPE" (which that file
// gets).
std::vector<std::string> serve_files(LoopbackSite& site,
                                     const std::filesystem::path& directory);

// Serves `path` as a text file of those of `paths` that are HTML pages, as
// whole URLs, one a line: what a crawler takes as its list.
void serve_page_list(LoopbackSite& site, std::string path,
                     const std::vector<std::string>& paths);

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_SITE_FILES_H_
