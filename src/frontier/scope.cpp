#include "crawl/frontier/scope.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "frontier/trap.h"

namespace crawl {
namespace {

// What a URL below the seed begins with. A last segment that is no file name
// is taken for a directory whose slash was forgotten.
std::string_view directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (path.find('.', slash) == std::string_view::npos) return path;
  return path.substr(0, slash + 1);
}

bool is_below(std::string_view path, std::string_view directory) {
  if (!path.starts_with(directory)) return false;
  return directory.ends_with('/') || path.size() == directory.size() ||
         path[directory.size()] == '/';
}

// An --include or --exclude.
struct Expression {
  std::unique_ptr<RE2> re2;
  bool of_path = false;

  bool found_in(const Url& url) const {
    const std::string_view where = of_path ? url.path_and_query() : url.href();
    const re2::StringPiece text(where.data(), where.size());
    if (!of_path) {
      return re2->Match(text, 0, text.size(), RE2::UNANCHORED, nullptr, 0);
    }
    // The leftmost match: if that begins in the query, none does in the path.
    re2::StringPiece match;
    return re2->Match(text, 0, text.size(), RE2::UNANCHORED, &match, 1) &&
           static_cast<std::size_t>(match.data() - text.data()) <
               url.pathname().size();
  }
};
using Expressions = std::vector<Expression>;

Result<Expressions> compile(const std::vector<std::string>& sources,
                            std::string_view option) {
  Expressions out;
  for (const std::string& source : sources) {
    // As of a variable that is not set.
    if (source.empty()) {
      return make_error(fmt::format(
          "{} '': the pattern is empty, and would fit every URL", option));
    }
    // URLs are ASCII once serialised.
    RE2::Options options(RE2::Latin1);
    options.set_log_errors(false);
    auto re2 = std::make_unique<RE2>(source, options);
    if (!re2->ok()) {
      return make_error(fmt::format(
          "{} '{}': {}; the syntax is that of RE2, without backreferences",
          option, source, re2->error()));
    }
    out.push_back(
        {std::move(re2), source.starts_with('/') || source.starts_with("^/")});
  }
  return out;
}

std::string said_of(const ScopeOptions::Ignored& ignored) {
  return fmt::format("matches {} {}", ignored.name, ignored.pattern);
}

// Position of the first expression found in `url`, or their number.
std::size_t first_match(const Expressions& expressions, const Url& url) {
  return static_cast<std::size_t>(
      std::find_if(expressions.begin(), expressions.end(),
                   [&](const Expression& e) { return e.found_in(url); }) -
      expressions.begin());
}

}  // namespace

std::string site_of(const Url& url) {
  std::string_view host = url.hostname();
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.starts_with("www.") && host.find('.', 4) != std::string_view::npos) {
    host.remove_prefix(4);
  }
  std::string site(host);
  if (!url.port().empty()) {
    site += ':';
    site += url.port();
  }
  return site;
}

struct Scope::Impl {
  ScopeOptions options;
  Expressions include, exclude;
  // Sites or domains of the seeds; for kPrefix with the directories.
  std::unordered_map<std::string, std::vector<std::string>> places;

  std::string place_of(const Url& url) const {
    if (options.kind == ScopeKind::kDomain) return url.registrable_domain();
    return options.exact_host ? url.host_key() : site_of(url);
  }

  bool is_inside(const Url& url) const {
    if (options.kind == ScopeKind::kAny) return true;
    const auto place = places.find(place_of(url));
    if (place == places.end()) return false;
    return options.kind != ScopeKind::kPrefix ||
           std::any_of(place->second.begin(), place->second.end(),
                       [&](const std::string& directory) {
                         return is_below(url.pathname(), directory);
                       });
  }
};

std::string_view to_string(ScopeKind kind) {
  switch (kind) {
    case ScopeKind::kHost:
      return "host";
    case ScopeKind::kDomain:
      return "domain";
    case ScopeKind::kPrefix:
      return "prefix";
    case ScopeKind::kAny:
      return "any";
  }
  return "host";
}

std::optional<ScopeKind> parse_scope_kind(std::string_view word) {
  for (const ScopeKind kind : {ScopeKind::kHost, ScopeKind::kDomain,
                               ScopeKind::kPrefix, ScopeKind::kAny}) {
    if (word == to_string(kind)) return kind;
  }
  return std::nullopt;
}

ErrorKind ScopeDecision::error() const {
  switch (rule) {
    case ScopeRule::kInScope:
      return ErrorKind::kNone;
    case ScopeRule::kNotHttp:
      return ErrorKind::kUnsupportedScheme;
    case ScopeRule::kOutside:
      return ErrorKind::kScope;
    case ScopeRule::kExcluded:
    case ScopeRule::kNotIncluded:
      return ErrorKind::kExcluded;
    case ScopeRule::kUrlBytes:
    case ScopeRule::kPathDepth:
    case ScopeRule::kPathRepeats:
    case ScopeRule::kParameters:
    case ScopeRule::kParameterRepeats:
    case ScopeRule::kNestedEncoding:
      return ErrorKind::kTrap;
    case ScopeRule::kPagesPerHost:
      return ErrorKind::kLimit;
  }
  return ErrorKind::kInternal;
}

Scope::Scope(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Scope::Scope(Scope&&) noexcept = default;
Scope& Scope::operator=(Scope&&) noexcept = default;
Scope::~Scope() = default;

Result<Scope> Scope::make(ScopeOptions options) {
  auto include = compile(options.include, "--include");
  if (!include) return tl::unexpected(include.error());
  auto exclude = compile(options.exclude, "--exclude");
  if (!exclude) return tl::unexpected(exclude.error());
  for (const ScopeOptions::Ignored& each : options.ignore) {
    auto more = compile({each.pattern}, each.name);
    if (!more) return tl::unexpected(more.error());
    exclude->push_back(std::move(more->front()));
  }
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  impl->include = std::move(*include);
  impl->exclude = std::move(*exclude);
  return Scope(std::move(impl));
}

void Scope::add_seed(const Url& seed) {
  Impl& impl = *impl_;
  if (impl.options.kind == ScopeKind::kAny) return;
  std::vector<std::string>& directories = impl.places[impl.place_of(seed)];
  if (impl.options.kind != ScopeKind::kPrefix) return;
  const std::string_view directory = directory_of(seed.pathname());
  if (std::find(directories.begin(), directories.end(), directory) ==
      directories.end()) {
    directories.emplace_back(directory);
  }
}

ScopeDecision Scope::judge(const Url& url) const {
  const Impl& impl = *impl_;
  if (!url.is_http()) return {ScopeRule::kNotHttp, 0};
  if (!impl.is_inside(url)) return {ScopeRule::kOutside, 0};
  const std::size_t excluded = first_match(impl.exclude, url);
  if (excluded < impl.exclude.size()) return {ScopeRule::kExcluded, excluded};
  if (!impl.include.empty() &&
      first_match(impl.include, url) == impl.include.size()) {
    return {ScopeRule::kNotIncluded, 0};
  }
  return judge_traps(url, impl.options.traps);
}

ScopeDecision Scope::judge_needed(const Url& url) const {
  const Impl& impl = *impl_;
  if (!url.is_http()) return {ScopeRule::kNotHttp, 0};
  const std::size_t excluded = first_match(impl.exclude, url);
  if (excluded < impl.exclude.size()) return {ScopeRule::kExcluded, excluded};
  return judge_traps(url, impl.options.traps);
}

ScopeDecision Scope::judge_excluded(const Url& url) const {
  const auto& exclude = impl_->exclude;
  const std::size_t excluded = first_match(exclude, url);
  if (excluded == exclude.size()) return {};
  return {ScopeRule::kExcluded, excluded};
}

ScopeDecision Scope::judge_budget(std::uint64_t pages) const {
  const std::uint64_t limit = impl_->options.traps.pages_per_host;
  if (limit == 0 || pages < limit) return {};
  return {ScopeRule::kPagesPerHost, pages};
}

std::string Scope::explain(const ScopeDecision& decision) const {
  const ScopeOptions& options = impl_->options;
  const TrapLimits& traps = options.traps;
  switch (decision.rule) {
    case ScopeRule::kInScope:
      switch (options.kind) {
        case ScopeKind::kHost:
          return "same host as a seed";
        case ScopeKind::kDomain:
          return "same domain as a seed";
        case ScopeKind::kPrefix:
          return "below a seed's directory";
        case ScopeKind::kAny:
          return "--scope any";
      }
      break;
    case ScopeRule::kNotHttp:
      return "neither http nor https";
    case ScopeRule::kOutside:
      switch (options.kind) {
        case ScopeKind::kHost:
          return "not the host of a seed (--scope host)";
        case ScopeKind::kDomain:
          return "not in the domain of a seed (--scope domain)";
        case ScopeKind::kPrefix:
          return "not below the directory of a seed (--scope prefix)";
        case ScopeKind::kAny:
          break;
      }
      break;
    case ScopeRule::kExcluded:
      return decision.value < options.exclude.size()
                 ? fmt::format("matches --exclude {}",
                               options.exclude[decision.value])
                 : said_of(options.ignore.at(decision.value -
                                             options.exclude.size()));
    case ScopeRule::kNotIncluded:
      return options.include.size() == 1
                 ? fmt::format("does not match --include {}",
                               options.include.front())
                 : std::string("matches no --include");
    case ScopeRule::kUrlBytes:
      return fmt::format("URL is {} bytes long (limit {})", decision.value,
                         traps.url_bytes);
    case ScopeRule::kPathDepth:
      return fmt::format("path is {} segments deep (limit {})", decision.value,
                         traps.path_depth);
    case ScopeRule::kPathRepeats:
      return fmt::format("path repeats itself {} times (limit {})",
                         decision.value, traps.path_repeats);
    case ScopeRule::kParameters:
      return fmt::format("query has {} parameters (limit {})", decision.value,
                         traps.parameters);
    case ScopeRule::kParameterRepeats:
      return fmt::format("query repeats a parameter {} times (limit {})",
                         decision.value, traps.parameter_repeats);
    case ScopeRule::kNestedEncoding:
      return "query nests URLs inside each other";
    case ScopeRule::kPagesPerHost:
      return fmt::format("the host's page budget is used up (limit {})",
                         traps.pages_per_host);
  }
  return "";
}

const ScopeOptions& Scope::options() const { return impl_->options; }

std::string Scope::settings() const {
  const ScopeOptions& options = impl_->options;
  return fmt::format("scope={} exact_host={} include=[{}] exclude=[{}]",
                     to_string(options.kind), options.exact_host,
                     fmt::join(options.include, " | "),
                     fmt::join(options.exclude, " | "));
}

}  // namespace crawl
