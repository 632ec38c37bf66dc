#include "engine/link_check.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "check/link_kind.h"
#include "crawl/parse/content_type.h"

namespace crawl {
namespace {

// Of a page that only has to answer.
constexpr std::uint64_t kEnough = 16 * 1024;

// Endings that no page has.
constexpr std::array<std::string_view, 44> kFileEndings = {
    "7z",   "avif", "bmp",  "bz2",  "css",  "csv",   "deb", "dmg", "doc",
    "docx", "eot",  "epub", "exe",  "flac", "gif",   "gz",  "ico", "iso",
    "jpeg", "jpg",  "js",   "json", "mjs",  "mp3",   "mp4", "ogg", "otf",
    "pdf",  "png",  "ppt",  "pptx", "rpm",  "svg",   "tar", "tgz", "tif",
    "ttf",  "wav",  "webm", "webp", "woff", "woff2", "xz",  "zip"};

std::string ending_of_name(const Url& url) {
  const std::string_view path = url.pathname();
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos
             ? std::string()
             : lower_case(std::string(name.substr(dot + 1)));
}

bool has_name_of_file(const std::string& ending) {
  return std::binary_search(kFileEndings.begin(), kFileEndings.end(), ending);
}

}  // namespace

bool LinkCheck::takes(const PageLink& link, std::size_t href_size,
                      const Job& job) {
  if (!is_checked(link, options_.only_anchors)) return false;
  note_fragment(link, href_size, job.allow_private && job.at_private);
  return true;
}

// What was asked for and not seen is looked at again, if that is wished.
Result<void> LinkCheck::go_on() {
  if (!options_.each_known) return {};
  return options_.each_known(
      [&](std::uint64_t key, bool was_seen) {
        if (!was_seen) unseen_.insert(key);
      },
      [&](const PageLink& link, bool has_text, bool allow_private) {
        const std::size_t href_size = link.url.find('#');
        if (has_text) texts_.insert(link_key(link.url.substr(0, href_size)));
        note_fragment(link, href_size, allow_private);
      });
}

void LinkCheck::note_fragment(const PageLink& link, std::size_t href_size,
                              bool allow_private) {
  if (href_size == link.url.size()) return;
  const std::string_view href = link.url.substr(0, href_size);
  const FragmentWish wish = fragment_wish(link, link.url.substr(href_size + 1));
  if (!wish.any()) return;
  const std::uint64_t key = link_key(href);
  const bool fresh = wanted_.insert(key).second;
  const bool unseen = fresh && unseen_.contains(key);
  const bool for_text = !wish.text.empty() && texts_.insert(key).second;
  if (!unseen && !for_text) return;
  if (auto url = Url::parse(href)) {
    looks_.push_back({*std::move(url), for_text, allow_private});
  }
}

std::optional<Ending> LinkCheck::refuse(const Url& leaf, const Scope& scope) {
  if (const ScopeDecision excluded = scope.judge_excluded(leaf);
      !excluded.allowed()) {
    return Ending{ErrorKind::kExcluded, scope.explain(excluded)};
  }
  const bool is_local = options_.is_local && options_.is_local(leaf);
  if (options_.offline && !is_local) {
    return Ending{ErrorKind::kScope, "nothing else is asked (--offline)"};
  }
  const std::uint64_t key = link_key(leaf.href());
  if (!is_local && options_.is_known && !wanted_.contains(key) &&
      options_.is_known(leaf.href())) {
    unseen_.insert(key);
    return Ending{ErrorKind::kDuplicate, "was there a short time ago"};
  }
  return std::nullopt;
}

bool LinkCheck::by_head(const Job& job) const {
  if (job.by_get || !job.input.empty()) return false;
  // By HEAD all along, whatever a redirect's target is called.
  const std::optional<Url> first =
      job.redirects.empty() ? std::nullopt : Url::parse(job.first_url());
  const std::string ending = ending_of_name(first ? *first : job.url);
  if (job.reads_sheet && ending == "css") return false;
  if (has_name_of_file(ending)) return true;
  return job.leaf && !wanted_.contains(link_key(job.first_url()));
}

void LinkCheck::prepare(const Job& job, FetchRequest& request) {
  request.only_html = true;
  request.head = by_head(job);
  if (!job.leaf || (job.reads_sheet && !request.head)) return;
  const std::uint64_t key = link_key(job.first_url());
  if (wanted_.contains(key)) return;
  unseen_.insert(key);
  request.parse_page = false;
  request.max_body = kEnough;
}

// From the link's own URL on: to GET it may answer with something else.
void LinkCheck::begin_again(Job& job) {
  if (job.redirects.empty()) return;
  if (auto first = Url::parse(job.first_url())) job.url = *std::move(first);
  job.redirects_of_head = std::exchange(job.redirects, {});
  job.cookies = {};
}

// The answer to HEAD may not be believed, or not be enough.
bool LinkCheck::asks_again(Job& job, const FetchResult& result,
                           const Ending& ending) {
  if (!result.head || job.by_get) return false;
  switch (ending.error) {
    case ErrorKind::kNone:
    case ErrorKind::kDuplicate:
    case ErrorKind::kRedirect:
    case ErrorKind::kTooManyRedirects:
      break;
    default:
      return false;
  }
  switch (result.error) {
    case ErrorKind::kDns:
    case ErrorKind::kConnect:
    case ErrorKind::kTls:
    case ErrorKind::kTlsChain:
    case ErrorKind::kInterrupted:
    case ErrorKind::kBlockedAddress:
      return false;
    default:
      break;
  }
  const bool good =
      result.error == ErrorKind::kNone && result.status_code / 100 == 2;
  const auto type = parse_content_type(result.content_type);
  // A page of the crawl after all; or one that a redirect names a part of.
  const bool is_html = type && type->is_html();
  const bool is_page = is_html && (!job.leaf || wants_part(job));
  const bool is_sheet =
      job.reads_sheet && type && type->essence() == "text/css";
  if (good && !is_page && !is_sheet) return false;
  job.by_get = true;
  job.attempts = 1;
  job.fresh_connection = result.error != ErrorKind::kNone;
  begin_again(job);
  return true;
}

// Of redirects the last one's fragment counts.
bool LinkCheck::wants_part(const Job& job) {
  for (const RedirectHop& hop : job.redirects) {
    const std::size_t hash = hop.location.find('#');
    if (hash == hop.location.npos) continue;
    if (!fragment_wish({}, std::string_view(hop.location).substr(hash + 1))
             .any()) {
      continue;
    }
    wanted_.insert(link_key(job.first_url()));
    return true;
  }
  return false;
}

void LinkCheck::settle(Job& job, FetchResult& result, const Ending& ending) {
  // It is there, which is all that was to be seen.
  if (ending.error == ErrorKind::kNone && job.input.empty() &&
      result.error == ErrorKind::kContentType) {
    result.error = ErrorKind::kNone;
    result.error_message.clear();
  }
  // What became of the target is to be seen in its own record.
  if (ending.error == ErrorKind::kDuplicate) {
    if (const auto target = job.url.resolve(result.location)) {
      job.redirects.push_back({std::string(job.url.href()), result.status_code,
                               std::string(target->href())});
      job.url = *target;
      PageLink link;
      link.url = target->href();
      note_fragment(link, std::min(link.url.find('#'), link.url.size()),
                    job.allow_private && job.at_private);
    }
  }
}

// Where it leads to says what there is at its end.
bool LinkCheck::records_skip(const Job& job, ErrorKind error) const {
  return error == ErrorKind::kDuplicate && !job.redirects.empty();
}

}  // namespace crawl
