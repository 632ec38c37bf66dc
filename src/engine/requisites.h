#ifndef CRAWL_ENGINE_REQUISITES_H_
#define CRAWL_ENGINE_REQUISITES_H_

#include <functional>
#include <string_view>

#include "crawl/base/error.h"
#include "crawl/base/link_list.h"
#include "crawl/fetch/fetch_result.h"

namespace crawl {

// What is needed to show a page is needed to show that, and so on, so far at
// most: sheets import sheets without end, frames hold frames.
inline constexpr int kMostNeeded = 8;

// Whether what a page links to so is needed to show it (wget's --page-
// requisites, and what browsers have learnt since).
bool is_needed(const PageLink& link);

// Calls `use` with the URL of each thing that is needed to show what came, a
// page or a style sheet, without fragments, until it fails.
Result<void> each_needed(
    const FetchResult& result,
    const std::function<Result<void>(std::string_view)>& use);

// A place in the crawl, as the state keeps it: in one number, that of the links
// where it was led to by links alone.
struct Way {
  int depth = 0;   // Job::depth
  int needed = 0;  // Job::needed

  int packed() const;
  static Way of(int packed);
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_REQUISITES_H_
