#include "cli/state.h"

#include <fmt/format.h>

#include <cstdlib>

#include "crawl/frontier/scope.h"

namespace crawl::cli {

StateOptions state_options(const Options& options) {
  const SiteOptions& site = *options.crawl.site;
  StateOptions state;
  state.path = site.state_file;
  state.settings = {
      {"INPUT", fmt::format("{}", fmt::join(options.inputs, " "))},
      {"-o", options.output},
      {"--format", fmt::format("{}", static_cast<int>(options.format))},
      {"--scope and its limits", Scope::make(site.scope)->settings()},
      {"--depth", site.depth ? fmt::format("{}", *site.depth) : "any"},
      {"--strip-query-param",
       fmt::format("{}", fmt::join(site.cleaner.strip_query_params, " "))},
      {"--sort-query", site.cleaner.sort_query ? "yes" : "no"},
      {"--skipped", options.skipped},
  };
  return state;
}

std::uint64_t committed_skipped_length(const StateStore& store) {
  const Result<std::optional<std::string>> totals = store.note("totals");
  return totals && *totals ? std::strtoull((*totals)->c_str(), nullptr, 10) : 0;
}

}  // namespace crawl::cli
