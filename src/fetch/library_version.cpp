#include "crawl/fetch/library_version.h"

#include <ares.h>
#include <curl/curl.h>
#include <fmt/format.h>

namespace crawl {

std::string fetch_library_version() {
  return fmt::format("{} c-ares/{}", curl_version(), ares_version(nullptr));
}

}  // namespace crawl
