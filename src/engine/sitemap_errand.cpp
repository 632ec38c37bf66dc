#include "engine/sitemap_errand.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "crawl/concurrent/promise.h"

namespace crawl {
namespace {

// As large as a sitemap may be.
constexpr std::uint64_t kSitemapBody = 52'428'800 + 1;

}  // namespace

SitemapErrand::SitemapErrand(Visits& visits, Ledger& ledger, OnRead on_read,
                             OnLeftOut on_left_out, std::function<void()> wake)
    : visits_(visits),
      ledger_(ledger),
      on_read_(std::move(on_read)),
      on_left_out_(std::move(on_left_out)),
      wake_(std::move(wake)) {}

SitemapErrand::~SitemapErrand() = default;

// Null if it is not to be fetched.
std::unique_ptr<Job> SitemapErrand::make_job(SitemapList::Entry sitemap) {
  switch (list_.add(sitemap)) {
    case SitemapList::Added::kKnown:
      return nullptr;
    case SitemapList::Added::kTooDeep:
      on_left_out_(sitemap.url, "a sitemap too many indexes deep");
      return nullptr;
    case SitemapList::Added::kTooMany:
      on_left_out_(sitemap.url, "one sitemap too many");
      return nullptr;
    case SitemapList::Added::kNew:
      break;
  }
  auto job = std::make_unique<Job>(0, "", std::move(sitemap.url));
  if (sitemap.wanted) job->input = job->url.href();
  job->owner = this;
  job->depth = sitemap.level;
  job->allow_private = sitemap.allow_private;
  return job;
}

void SitemapErrand::begin(SitemapList::Entry sitemap, PageId page) {
  auto job = make_job(std::move(sitemap));
  if (!job) return hand_.done(page);
  job->page = page;
  if (const auto found = passwords_.find(std::string(job->url.href()));
      found != passwords_.end()) {
    job->secret = {job->url.host_key(), found->second};
  }
  visits_.add(std::move(job));
}

void SitemapErrand::add(SitemapList::Entry sitemap) {
  if (hand_.queue) return hand_.queue(sitemap);
  if (auto job = make_job(std::move(sitemap))) visits_.add(std::move(job));
}

void SitemapErrand::add_named_by_user(Url url, std::string user_password) {
  if (hand_.queue) {
    if (!user_password.empty()) {
      passwords_.emplace(url.href(), std::move(user_password));
    }
    return hand_.queue({std::move(url), 0, true, true});
  }
  auto job = make_job({std::move(url), 0, true, true});
  if (!job) return;
  job->secret = {job->url.host_key(), std::move(user_password)};
  visits_.add(std::move(job));
}

void SitemapErrand::add_named(const Job& robots,
                              const std::vector<std::string>& names,
                              bool allow_private) {
  const std::optional<Url> base = Url::parse(robots.parent + "/");
  for (const std::string& name : names) {
    std::optional<Url> url = base ? base->resolve(name) : std::nullopt;
    if (url && url->is_http()) {
      add({url->without_credentials(), 0, allow_private});
    }
  }
}

void SitemapErrand::prepare(const Job& /*job*/, FetchRequest& request) const {
  request.parse_page = false;
  request.keep_body = true;
  request.max_body = kSitemapBody;
  // Its depth is how many sitemaps are above it.
  std::replace(request.hops.begin(), request.hops.end(), 'L', 'M');
  request.hops.insert(0, "M");
}

void SitemapErrand::ended(std::unique_ptr<Job> job, FetchResult result,
                          Ending ending) {
  // Stopped: it is among those that are left.
  if (ending.cut_short) {
    --open_;
    return;
  }
  ledger_.keep(job->kept);
  ledger_.errand(job->url, result);
  const bool failed =
      ending.error != ErrorKind::kNone || result.error != ErrorKind::kNone;
  const bool readable = ending.error == ErrorKind::kNone && result.answered() &&
                        result.status_code == 200 &&
                        (!failed || !result.body.empty());
  if (!readable && !job->input.empty()) ++ledger_.stats().sitemaps_failed;
  if (failed || !readable) {
    ledger_.notice(fmt::format(
        "sitemap {} could not be read{}: {}", job->url.href(),
        readable ? " to its end" : "",
        ending.error != ErrorKind::kNone ? ending.message
        : failed                         ? result.error_message
                 : fmt::format("HTTP status {}", result.status_code)));
  }
  if (readable) return read(std::move(job), std::move(result));
  --open_;
  finished(job->first_url(), job->page);
}

void SitemapErrand::finished(std::string_view first_url, PageId page) {
  list_.finished(first_url);
  if (hand_.done) hand_.done(page);
}

// Who has that host reads it.
std::optional<Ending> SitemapErrand::refuse_redirect(
    const Job& job, const FetchResult& /*result*/, const Url& target,
    bool from_private) {
  if (!hand_.queue || target.hostname() == job.url.hostname()) {
    return std::nullopt;
  }
  hand_.queue({target.without_credentials(), job.depth,
               job.allow_private && from_private});
  return Ending{ErrorKind::kDuplicate, "it is at another host, and read there"};
}

void SitemapErrand::read(std::unique_ptr<Job> job, FetchResult result) {
  if (!reader_) {
    reader_ = std::make_unique<ThreadPoolExecutor>(ThreadPoolOptions{
        .max_workers = 1, .thread_name_prefix = "sitemap", .initializer = {}});
  }
  const bool allow_private =
      job->allow_private && visits_.from_private(result, job->url);
  const auto read =
      [body = std::make_shared<const std::string>(std::move(result.body)),
       first_url = std::string(job->first_url()), url = job->url,
       level = job->depth, allow_private, page = job->page,
       wanted = !job->input.empty()] {
        Read found{read_sitemap(*body, url),
                   first_url,
                   url,
                   level,
                   allow_private,
                   wanted,
                   page};
        if (body->empty()) found.sitemap.problem = "it is empty";
        return found;
      };
  try {
    reading_.push_back(reader_->submit(read));
  } catch (const std::system_error&) {
    // No thread to be had: then here.
    Promise<Read> here;
    here.set_running_or_notify_cancel();
    here.set_result(read());
    reading_.push_back(here.future());
  }
  reading_.back().add_done_callback([this](const Future<Read>&) { wake_(); });
}

void SitemapErrand::take_in() {
  while (!reading_.empty() && reading_.front().done() && !ledger_.error()) {
    const Read read = reading_.front().take();
    reading_.pop_front();
    --open_;
    if (!read.sitemap.problem.empty()) {
      ledger_.notice(
          fmt::format("sitemap {}: {}", read.url.href(), read.sitemap.problem));
      if (read.wanted) ++ledger_.stats().sitemaps_failed;
    }
    for (const SitemapEntry& entry : read.sitemap.sitemaps) {
      add({entry.url, read.level + 1, read.allow_private, read.wanted});
    }
    on_read_(read);
    finished(read.first_url, read.page);
  }
}

}  // namespace crawl
