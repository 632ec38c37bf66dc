#include "crawl/fetch/library_version.h"

#include <ares.h>
#include <fmt/format.h>

#include "fetch/curl/curl_library.h"

namespace crawl {

std::string fetch_library_version() {
  return fmt::format("{} c-ares/{}", curl().version(), ares_version(nullptr));
}

}  // namespace crawl
