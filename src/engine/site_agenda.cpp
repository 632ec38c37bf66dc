#include "engine/site_agenda.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/robots_rules.h"
#include "crawl/base/error_kind.h"
#include "engine/record_builder.h"
#include "engine/seed_url.h"

namespace crawl {
namespace {

// Names in the state.
constexpr std::string_view kLines = "lines";
constexpr std::string_view kNeverQueued = "never queued";
constexpr std::string_view kSitemapsLeft = "sitemaps";

// Pages that wait for answers, at most: then no more are begun.
constexpr std::size_t kMostWaiting = 4'096;

}  // namespace

SiteAgenda::SiteAgenda(const CrawlOptions& options, StateStore& store,
                       SeedSource& seeds, Ledger& ledger, const Clock& clock,
                       std::function<void()> wake)
    : options_(options),
      site_(*options.site),
      store_(store),
      ledger_(ledger),
      clock_(clock),
      visits_(options, {true, options.pace, options.private_pace}, ledger,
              clock),
      intake_(seeds),
      sitemaps_(
          visits_, ledger,
          [this](const SitemapErrand::Read& read) { add_pages_of(read); },
          [this](const Url& sitemap, std::string reason) {
            leave_out({std::string(sitemap.href()), ErrorKind::kLimit,
                       std::move(reason), "", 0});
          },
          std::move(wake)),
      second_look_(options, visits_, ledger) {}

Result<void> SiteAgenda::open() {
  commits_.start(clock_.now(), options_.commit_interval);
  Result<std::unique_ptr<SiteQueue>> queue = SiteQueue::open(
      site_, store_, [this](const LeftOut& what) { leave_out(what); });
  if (!queue) return tl::unexpected(queue.error());
  queue_ = *std::move(queue);
  if (Result<void> known = queue_->policy().go_on(); !known) return known;
  for (LinkPolicy::Look& look : queue_->policy().take_looks()) {
    second_look_.begin(std::move(look));
  }
  if (options_.filter) {
    Result<Scope> filter = Scope::make(*options_.filter);
    if (!filter) return tl::unexpected(filter.error());
    filter_ = *std::move(filter);
  }
  if (site_.read_sitemaps) {
    visits_.robots().on_sitemaps([this](const Job& robots,
                                        const std::vector<std::string>& named,
                                        bool allow_private) {
      sitemaps_.add_named(robots, named, allow_private);
    });
  }
  store_.use_paces(&visits_.frontier());
  if (store_.is_shared()) {
    sitemaps_.hand_round(
        {[this](const SitemapList::Entry& found) {
           ledger_.check(store_.add_sitemap(found.url, found.level,
                                            found.allow_private, found.wanted));
         },
         [this](PageId page) { store_.done(page); }});
    visits_.robots().on_answer(
        [this](const KeptRobots& answer) { store_.keep_robots(answer); });
  }
  ledger_.restore(store_);
  never_queued_ = store_.counter(kNeverQueued);
  known_lines_ = store_.counter(kLines);
  return {};
}

// --- What comes by itself: seeds, and sitemaps that have been read.

void SiteAgenda::take_in() {
  if (store_.is_shared()) take_news();
  read_seeds();
  sitemaps_.take_in();
}

void SiteAgenda::take_news() {
  StateNews news = store_.take_news();
  for (const std::string& message : news.messages) ledger_.notice(message);
  if (store_.stops()) visits_.stop();
  if (const auto spent = store_.spent()) {
    ledger_.budget().shares(spent->bytes_of_others, spent->as_of - spent->time);
  }
  for (const Url& seed : news.seeds) queue_->know_seed(seed);
  for (const std::string& counted : news.copies) queue_->know_copies(counted);
  for (const StateStore::HostId host : news.hosts) queue_->note_waiting(host);
  for (StateNews::Robots& each : news.robots) {
    visits_.robots().take_over(std::move(each.answer), each.ago);
  }
  for (StateNews::Sitemap& each : news.sitemaps) {
    sitemaps_.begin(
        {std::move(each.url), each.level, each.allow_private, each.wanted},
        each.page);
  }
  for (const StateNews::Listed& each : news.left_out) {
    list(each.what);
    store_.done(each.page);
  }
  for (StateNews::Body& body : news.bodies) {
    auto waiting = waiting_.extract(body.page);
    if (waiting.empty()) continue;
    Waiting& page = waiting.mapped();
    finish(std::move(page.job), std::move(page.result), std::move(page.ending),
           body.first_url.empty() ? std::nullopt
                                  : std::optional(std::move(body.first_url)));
  }
  for (const StateNews::Claim& claim : news.claims) {
    auto waiting = waiting_.extract(claim.page);
    auto target = targets_.extract(claim.page);
    if (waiting.empty() || target.empty()) continue;
    Waiting& page = waiting.mapped();
    if (claim.verdict == StateNews::Claim::Verdict::kYes) {
      visits_.follow(std::move(page.job), page.result, target.mapped());
      continue;
    }
    ledger_.budget().page_ends();
    if (claim.verdict == StateNews::Claim::Verdict::kMoved) continue;
    finish(std::move(page.job), std::move(page.result),
           queue_->known_target(target.mapped()), std::nullopt);
  }
}

void SiteAgenda::read_seeds() {
  more_lines_ = false;
  for (std::size_t read = 0; !intake_.ended() && !ledger_.error(); ++read) {
    if (store_.full()) return;
    if (read == Intake::kAtOnce) {
      more_lines_ = true;
      return;
    }
    std::optional<Intake::Line> line = intake_.next();
    if (line) {
      add_seed(*std::move(line));
    } else if (intake_.ended()) {
      add_first_sitemaps();
      store_.input_ended();
    } else {
      return;
    }
  }
}

void SiteAgenda::add_seed(Intake::Line line) {
  if (!line.seed) {
    UrlProblem& problem = line.seed.error();
    return refuse(line, "", problem.kind, std::move(problem.message));
  }
  const Url& url = line.seed->url;
  if (filter_) {
    if (const ScopeDecision decision = filter_->judge(url);
        !decision.allowed()) {
      return refuse(line, url.href(), decision.error(),
                    filter_->explain(decision));
    }
  }
  visits_.secrets().add_seed(*line.seed);
  const Result<bool> added = queue_->add_seed(*line.seed, line.text);
  if (!added) return ledger_.fail(added.error());
  if (!*added) {
    refuse(line, url.href(), ErrorKind::kDuplicate,
           "the same URL is in the crawl already");
  }
}

// The line's record says why it is not asked for, once.
void SiteAgenda::refuse(Intake::Line& line, std::string_view url,
                        ErrorKind error, std::string reason) {
  if (line.index < known_lines_) return;
  ++never_queued_;
  ledger_.finish(
      make_unfetched_record(line.index, std::move(line.text), std::string(url),
                            error, std::move(reason)),
      nullptr);
}

// Those that an earlier run left unread, and those of the command line.
void SiteAgenda::add_first_sitemaps() {
  // Of one that is among both, only the command line knows the userinfo.
  for (const std::string& sitemap : site_.sitemaps) {
    if (auto named = parse_seed(sitemap)) {
      sitemaps_.add_named_by_user(std::move(named->url),
                                  std::move(named->user_password));
    }
  }
  const Result<std::optional<std::string>> left = store_.note(kSitemapsLeft);
  if (!left) return ledger_.fail(left.error());
  for (SitemapList::Entry& sitemap :
       SitemapList::read_left(left->value_or(""))) {
    sitemaps_.add(std::move(sitemap));
  }
}

void SiteAgenda::add_pages_of(const SitemapErrand::Read& read) {
  if (read.sitemap.invalid > 0) {
    ledger_.notice(
        fmt::format("sitemap {}: {} locations are no http or https URLs{}",
                    read.url.href(), read.sitemap.invalid,
                    read.sitemap.invalid > read.sitemap.invalid_locations.size()
                        ? fmt::format("; the first {} are among the skipped",
                                      read.sitemap.invalid_locations.size())
                        : std::string()));
    for (const std::string& location : read.sitemap.invalid_locations) {
      ledger_.check(queue_->leave_out_location(location, read.url));
    }
  }
  if (read.sitemap.truncated) {
    ledger_.notice(fmt::format(
        "sitemap {}: larger than a sitemap may be; what is past the "
        "first {} entries is not read",
        read.url.href(),
        read.sitemap.pages.size() + read.sitemap.sitemaps.size()));
  }
  for (const SitemapEntry& entry : read.sitemap.pages) {
    if (ledger_.error()) return;
    const Url url = queue_->cleaned(entry.url);
    ledger_.listed(url.href(), read.url.href());
    ledger_.check(queue_->add_from_sitemap(url, read.url, read.allow_private));
  }
}

// --- What the loop asks.

std::unique_ptr<Job> SiteAgenda::next() {
  // Links are judged against all seeds, so all seeds come first.
  if (!intake_.ended()) return nullptr;
  if (store_.paused() || waiting_.size() >= kMostWaiting) return nullptr;
  while (!ledger_.error()) {
    const Result<bool> loaded = queue_->refill(visits_, *this);
    if (!loaded) {
      ledger_.fail(loaded.error());
      break;
    }
    std::unique_ptr<Job> job = visits_.next();
    if (!job && !*loaded) store_.starve();
    if (job || !*loaded) return job;
  }
  return nullptr;
}

std::optional<Clock::time_point> SiteAgenda::wake_at(bool slots_free) const {
  if (more_lines_) return clock_.now();
  if (store_.paused()) return std::nullopt;
  return slots_free && intake_.ended() ? visits_.ready_at() : std::nullopt;
}

bool SiteAgenda::finished() const {
  if (store_.stops()) {
    return visits_.frontier().handed_out() == 0 && waiting_.empty();
  }
  if (!intake_.ended()) return false;
  return (visits_.finished() && queue_->exhausted() && sitemaps_.idle() &&
          waiting_.empty() && !store_.more_may_come()) ||
         ledger_.budget().pages_used_up();
}

SlotUse SiteAgenda::idle_use() const {
  if (visits_.queued() > 0) return SlotUse::kPoliteness;
  return intake_.ended() ? SlotUse::kNothing : SlotUse::kInput;
}

void SiteAgenda::count(CrawlStats& stats) const {
  const StateCounts counts = store_.counts();
  stats.admitted = never_queued_ + counts.admitted;
  stats.left = counts.admitted - counts.done;
  stats.queued =
      stats.left - std::min<std::uint64_t>(stats.left, stats.in_flight);
  stats.nothing_included = queue_ && queue_->nothing_included();
  // The limit ended it only if there was more.
  if (stats.left > 0 && ledger_.budget().pages_used_up()) {
    stats.end_by("--max-pages");
  }
}

// --- What becomes of pages.

void SiteAgenda::begins(const Job& job) {
  ledger_.budget().page_begins();
  queue_->taken(job);
}

bool SiteAgenda::asks_robots(const Job& job) const {
  return asks_robots_of(options_, job.url);
}

void SiteAgenda::prepare(const Job& job, FetchRequest& request) const {
  request.only_html = !site_.all_types && job.needed == 0;
  // A page may need what another only links to, and it is fetched once.
  request.or_page_parts = site_.page_requisites;
  request.or_sheets = options_.fetch.style_links && job.reads_sheet;
  queue_->policy().prepare(job, request);
}

std::optional<Ending> SiteAgenda::refuse_redirect(const Job& job,
                                                  const FetchResult& result,
                                                  const Url& target,
                                                  bool from_private) {
  Result<std::optional<Ending>> refused =
      queue_->claim_redirect(job, result.status_code, target, from_private);
  if (refused) {
    if (*refused && (*refused)->later) {
      targets_.insert_or_assign(job.page, target);
    }
    return *std::move(refused);
  }
  ledger_.fail(refused.error());
  return Ending{.cut_short = true};
}

void SiteAgenda::is_private(const Job& job) {
  ledger_.check(queue_->trust(job));
}

// Whether a page's own word keeps its links from being followed.
bool SiteAgenda::keeps_links_to_itself(const FetchResult& result) const {
  if (!site_.obey_nofollow || !result.page) return false;
  const Page& page = *result.page;
  const auto forbidden_by = [this](std::string_view rules) {
    return robots_say(rules, "nofollow", {options_.product_token});
  };
  return forbidden_by(result.x_robots_tag) ||
         forbidden_by(page.robots.value_or("")) ||
         forbidden_by(page.robots_crawl.value_or(""));
}

void SiteAgenda::ended(std::unique_ptr<Job> job, FetchResult result,
                       Ending ending) {
  if (!ending.cut_short && !ending.later) {
    if (queue_->policy().asks_again(*job, result, ending)) {
      return visits_.frontier().add_again(std::move(job), clock_.now());
    }
    queue_->policy().settle(*job, result, ending);
  }
  if (ending.later) {
    // Whoever goes on with the page does so from there.
    ledger_.keep(job->kept);
    const PageId page = job->page;
    waiting_.insert_or_assign(
        page, Waiting{std::move(job), std::move(result), std::move(ending)});
    return;
  }
  if (job->begun()) {
    ledger_.budget().page_ends();
  } else {
    queue_->taken(*job);
  }
  // Not finished: it waits for the next run, and has no record yet.
  if (ending.cut_short) return;
  if (ending.error == ErrorKind::kNone) {
    ending.error = result.error;
    ending.message = result.error_message;
  }

  std::optional<std::string> duplicate_of;
  if (ending.error == ErrorKind::kNone && result.body_digest &&
      result.status_code == 200 && result.size_body > 0) {
    Result<std::optional<std::string>> first =
        queue_->duplicate_of(*job, *result.body_digest);
    if (!first) return ledger_.fail(first.error());
    if (!*first) {
      const PageId page = job->page;
      waiting_.insert_or_assign(
          page, Waiting{std::move(job), std::move(result), std::move(ending)});
      return;
    }
    if (!(*first)->empty()) duplicate_of = **std::move(first);
  }
  finish(std::move(job), std::move(result), std::move(ending),
         std::move(duplicate_of));
}

// All that is to be known of it is known.
void SiteAgenda::finish(std::unique_ptr<Job> job, FetchResult result,
                        Ending ending,
                        std::optional<std::string> duplicate_of) {
  const bool asked = job->begun();
  // With the record, in one commit: a page that waited for an answer and was
  // lost is fetched again.
  ledger_.keep(job->kept);
  const bool drops_links = result.page && !queue_->leads_on(*job);
  if (drops_links) result.page->drop_links();
  if (result.sheet && !queue_->reads_sheet(job->url, job->depth)) {
    result.sheet.reset();
  }
  if (ending.error == ErrorKind::kNone && (result.page || result.sheet)) {
    ledger_.check(queue_->add_links(*job, result, keeps_links_to_itself(result),
                                    duplicate_of.has_value()));
    if (const auto notice = queue_->take_notice()) ledger_.notice(*notice);
  }
  if (ending.error == ErrorKind::kNone && site_.page_requisites) {
    ledger_.check(queue_->add_needed(*job, result, duplicate_of.has_value()));
  }
  for (LinkPolicy::Look& look : queue_->policy().take_looks()) {
    second_look_.begin(std::move(look));
  }
  queue_->done(*job);
  commits_.note();
  // A common mistake, and what to do.
  if (ending.error == ErrorKind::kContentType && !job->input.empty() &&
      result.content_type.find("xml") != std::string::npos) {
    ending.message += "; a sitemap is given with --sitemap";
    ledger_.notice(fmt::format("{}: {}", job->url.href(), ending.message));
  }
  // A seed's record is in the output whatever becomes of it.
  if (is_skip(ending.error) && job->input.empty() &&
      !queue_->policy().records_skip(*job, ending.error)) {
    CrawlRecord left =
        left_out({std::string(job->first_url()), ending.error,
                  std::move(ending.message), job->parent, job->depth});
    left.redirects = std::move(job->redirects);
    // Where it led is known already, but not that it leads there.
    const std::optional<Url> target = ending.error == ErrorKind::kDuplicate
                                          ? job->url.resolve(result.location)
                                          : std::nullopt;
    if (target && result.status_code / 100 == 3) {
      left.redirects.push_back(
          {std::string(job->url.href()), result.status_code,
           std::string(target->without_credentials().href())});
    }
    return ledger_.leave_out(std::move(left));
  }
  CrawlRecord record =
      make_record(*job, result, ending.error, std::move(ending.message));
  record.duplicate_of = std::move(duplicate_of);
  record.links_dropped = drops_links;
  ledger_.finish(std::move(record), asked ? &result : nullptr);
}

CrawlRecord SiteAgenda::left_out(const LeftOut& what) {
  CrawlRecord record =
      make_unfetched_record(0, what.input, what.url, what.error, what.reason);
  record.parent = what.parent;
  record.depth = what.depth;
  return record;
}

void SiteAgenda::leave_out(const LeftOut& what) {
  if (is_skip(what.error)) ++never_queued_;
  ledger_.leave_out(left_out(what));
}

// What another worker found: a seed has its record whatever becomes of it.
void SiteAgenda::list(const LeftOut& what) {
  if (what.input.empty()) return leave_out(what);
  ++never_queued_;
  ledger_.finish(left_out(what), nullptr);
}

// --- What lasts.

Result<void> SiteAgenda::commit(const SinkPositions& positions) {
  commits_.start(clock_.now(), options_.commit_interval);
  ledger_.save(store_);
  if (Result<void> saved = queue_->save(); !saved) return saved;
  store_.set_counter(kNeverQueued, never_queued_);
  store_.set_counter(kLines, std::max(known_lines_, intake_.lines()));
  if (sitemaps_.list().take_changed()) {
    if (Result<void> noted =
            store_.set_note(kSitemapsLeft, sitemaps_.list().left());
        !noted) {
      return noted;
    }
  }
  return store_.commit(positions);
}

Result<bool> SiteAgenda::settle() {
  if (!store_.is_shared()) return false;
  const Result<bool> more = store_.await();
  if (more) take_news();
  return more;
}

}  // namespace crawl
