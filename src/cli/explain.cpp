#include "cli/explain.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/userinfo.h"
#include "cli/exit_status.h"
#include "cli/filled_text.h"
#include "cli/refuse.h"
#include "cli/shared_errand.h"
#include "cli/state.h"
#include "cli/terminal.h"
#include "crawl/base/ip_address.h"
#include "crawl/engine/seed_source.h"
#include "crawl/fetch/fetcher.h"
#include "crawl/fetch/secure_channel.h"
#include "crawl/frontier/scope.h"
#include "crawl/frontier/shared_status.h"
#include "crawl/frontier/state_store.h"
#include "engine/private_answer.h"
#include "engine/robots_gate.h"
#include "engine/secrets.h"
#include "engine/seed_url.h"

namespace crawl::cli {
namespace {

// One rule's word, as a line of the answer.
class Explanation {
 public:
  void add(std::string_view rule, bool allowed, std::string_view why) {
    allowed_ = allowed_ && allowed;
    print(rule, allowed ? "yes" : "no", why);
  }
  // What only the crawl itself can tell.
  void leave_open(std::string_view rule, std::string_view why) {
    print(rule, "?", why);
  }
  bool allowed() const { return allowed_; }

 private:
  void print(std::string_view rule, std::string_view word,
             std::string_view why) const {
    std::string line = fmt::format("{:<8} {:<4} ", rule, word);
    append_filled(why, line.size(), width_, line);
    fmt::print("{}", line);
  }

  const std::size_t width_ = columns_of(STDOUT_FILENO) > 0
                                 ? columns_of(STDOUT_FILENO)
                                 : std::string::npos;
  bool allowed_ = true;
};

struct Seeds {
  Scope scope;
  // Whether `url` may be at a loopback or private address: its host is a
  // seed's, or a seed is at such an address itself.
  bool allow_private = false;
  Secrets secrets;
  bool has_url = false;  // it is a seed itself
};

Result<Seeds> read_seeds(const Options& options, const Url& url) {
  Result<Scope> scope = Scope::make(options.crawl.site->scope);
  if (!scope) return tl::unexpected(scope.error());
  Result<std::unique_ptr<SeedSource>> lines = open_seeds(options.inputs);
  if (!lines) return tl::unexpected(lines.error());
  Seeds seeds{*std::move(scope), options.crawl.allow_private, {}, false};
  for (std::string line; (*lines)->next(line) == SeedSource::Status::kLine;) {
    const auto seed = parse_seed(line);
    if (!seed) continue;
    seeds.scope.add_seed(seed->url);
    seeds.secrets.add_seed(*seed);
    seeds.has_url = seeds.has_url || seed->url.without_fragment().href() ==
                                         url.without_fragment().href();
    seeds.allow_private = seeds.allow_private ||
                          seed->url.hostname() == url.hostname() ||
                          is_private_host(seed->url.hostname());
  }
  return seeds;
}

Result<void> explain_state(const Options& options, const Url& url,
                           Explanation& explanation) {
  const std::string& file = options.state;
  struct stat info {};
  if (file.empty() || stat(file.c_str(), &info) != 0) return {};
  const Result<std::unique_ptr<StateStore>> store =
      FileState::open(state_options(options));
  if (!store) return tl::unexpected(store.error());
  const bool known = (*store)->knows(url.href());
  explanation.add("seen", !known,
                  known ? "the state knows it: queued, fetched or skipped"
                        : "not in the state");
  return {};
}

Result<void> explain_shared(const Options& options, const Url& url,
                            Explanation& explanation) {
  if (options.shared.empty()) return {};
  const Result<SharedKnown> known = read_shared_known(
      options.shared, url, kRedisPatience, &open_secure_channel);
  if (!known) return tl::unexpected(known.error());
  explanation.add("seen", *known != SharedKnown::kYes,
                  *known == SharedKnown::kYes
                      ? "the crawl knows it: queued, fetched or skipped"
                  : *known == SharedKnown::kNo
                      ? "not in the crawl"
                      : "nobody has begun the crawl yet");
  return {};
}

// The ending of the URL's name, "pdf"; "" if it has none, or one of a page.
std::string other_ending(const Url& url) {
  const std::string_view all = url.path_and_query();
  const std::string_view path = all.substr(0, all.find('?'));
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return "";
  std::string ending = lower_case(std::string(name.substr(dot + 1)));
  for (const char* page : {"", "html", "htm", "xhtml", "shtml", "php", "asp",
                           "aspx", "jsp", "cgi", "do"}) {
    if (ending == page) return "";
  }
  return ending;
}

// What the rules say nothing of, since it shows only in the crawl.
void explain_unknown(const SiteOptions& site, const Url& url,
                     Explanation& explanation) {
  if (const std::string ending = other_ending(url);
      !site.all_types && !ending.empty()) {
    explanation.leave_open(
        "type", fmt::format("its name ends in .{}: if it is not HTML{}, it is "
                            "left out once its headers say so (--all-types "
                            "takes it)",
                            ending,
                            site.page_requisites
                                ? ", and no image, style, script, font or media"
                                : ""));
  }
  if (site.depth) {
    explanation.leave_open(
        "depth", fmt::format("links are followed {} deep (--depth); how deep "
                             "it lies is not known before the crawl",
                             *site.depth));
  }
  explanation.leave_open(
      "links", "whether a page or sitemap leads to it is not known before");
}

Result<void> explain_robots(const Options& options, const Url& url,
                            const Seeds& seeds, Explanation& explanation) {
  if (options.crawl.robots == RobotsMode::kNever) {
    explanation.add("robots", true, "not asked (--no-robots)");
    return {};
  }
  FetchOptions fetch = options.crawl.fetch;
  fetch.parse_pages = false;
  Result<std::unique_ptr<Fetcher>> fetcher = make_inline_fetcher(fetch);
  if (!fetcher) return tl::unexpected(fetcher.error());

  const SystemClock clock;
  RobotsGate gate(options.crawl.product_token);
  Url ask = RobotsGate::robots_url(url);
  bool hop_allow_private = seeds.allow_private;
  int status = 0;
  for (int hops = 0;; ++hops) {
    FetchRequest request{.id = 0, .url = ask};
    request.keep_body = true;
    seeds.secrets.fill({}, request);
    request.allow_private = hop_allow_private;
    (*fetcher)->start(std::move(request));
    std::vector<FetchResult> results;
    while (results.empty()) (*fetcher)->wait(std::nullopt, results);
    status = results[0].status_code;
    RobotsGate::Outcome outcome =
        gate.answered(url.host_key(), ask, hops, results[0], clock.now());
    if (outcome.follow) {
      hop_allow_private =
          options.crawl.allow_private ||
          (hop_allow_private && is_private_answer(results[0], ask, fetch));
      ask = *std::move(outcome.follow);
      continue;
    }
    if (outcome.hold_until) {
      explanation.add("robots", false,
                      fmt::format("{} cannot be had: nothing may be fetched "
                                  "until it can",
                                  ask.href()));
      return {};
    }
    break;
  }
  const RobotsGate::Verdict verdict = gate.judge(url, false, clock.now());
  const bool allowed = verdict.access == RobotsGate::Access::kAllowed;
  explanation.add(
      verdict.error == ErrorKind::kBlockedAddress ? "address" : "robots",
      allowed,
      !allowed ? verdict.reason
      : status / 100 == 2
          ? fmt::format("allowed by {}", ask.href())
          : fmt::format("{} is not there (HTTP status {}): nothing "
                        "is forbidden",
                        ask.href(), status));
  return {};
}

}  // namespace

int run_explain(const Options& options, Report& /*report*/) {
  const auto parsed = parse_seed(options.explain);
  if (!parsed) {
    return refuse(
        Error{fmt::format("--explain {}: {}", hide_password(options.explain),
                          parsed.error().message)});
  }
  const Url url = UrlCleaner(options.crawl.site->cleaner).clean(parsed->url);
  const Result<Seeds> seeds = read_seeds(options, url);
  if (!seeds) return refuse(seeds.error());
  const Scope& scope = seeds->scope;

  fmt::print("{}\n", url.href());
  Explanation explanation;
  ScopeDecision decision = scope.judge(url);
  if (seeds->has_url) decision = ScopeDecision();  // nobody asks of seeds
  explanation.add(decision.error() == ErrorKind::kTrap       ? "trap"
                  : decision.error() == ErrorKind::kExcluded ? "excluded"
                                                             : "scope",
                  decision.allowed(), scope.explain(decision));
  if (options.crawl.site->page_requisites && !decision.allowed() &&
      scope.judge_needed(url).allowed()) {
    explanation.leave_open("needed",
                           "if a page needs it to be shown, it is fetched all "
                           "the same (--page-requisites)");
  }
  if (Result<void> done = explain_state(options, url, explanation); !done) {
    return refuse(done.error());
  }
  if (Result<void> done = explain_shared(options, url, explanation); !done) {
    return refuse(done.error());
  }
  // A host that the crawl would never turn to is not asked for its robots.txt.
  if (decision.allowed()) {
    if (Result<void> done = explain_robots(options, url, *seeds, explanation);
        !done) {
      return refuse(done.error());
    }
  }
  if (explanation.allowed() && !seeds->has_url) {
    explain_unknown(*options.crawl.site, url, explanation);
  }
  fmt::print("{}\n", !explanation.allowed() ? "it would not be fetched"
                     : seeds->has_url
                         ? "it would be fetched: it is a seed"
                         : "it would be fetched if something leads to it");
  return explanation.allowed() ? kExitOk : kExitFailures;
}

}  // namespace crawl::cli
