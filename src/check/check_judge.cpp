#include "check/check_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "check/link_kind.h"
#include "check/link_scheme.h"
#include "check/page_text.h"
#include "crawl/base/link_list.h"
#include "crawl/base/url.h"

namespace crawl {
namespace {

// Of redirects from one answer to another; more is a circle.
constexpr int kMostJumps = 20;

// What a source's element is, of a link that the user gave.
constexpr std::int64_t kGivenElement = -1;

// Parts of targets that are at hand; of others the table is asked.
constexpr std::size_t kAtHand = std::size_t{1} << 16U;

std::int64_t key_of(std::string_view url) {
  return static_cast<std::int64_t>(link_key(url.substr(0, url.find('#'))));
}

// As CheckStore::add_answer() writes them, from one on.
std::vector<RedirectHop> read_hops(std::string_view text, std::int64_t from) {
  std::vector<RedirectHop> hops;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    const std::size_t url = line.find(' ') + 1;
    const std::size_t location = line.find(' ', url) + 1;
    if (url == 0 || location == 0 || from-- > 0) continue;
    RedirectHop hop;
    std::from_chars(line.data(), line.data() + url - 1, hop.status_code);
    hop.url = line.substr(url, location - url - 1);
    hop.location = line.substr(location);
    hops.push_back(std::move(hop));
  }
  return hops;
}

std::string write_hops(const std::vector<RedirectHop>& hops) {
  std::string text;
  for (const RedirectHop& hop : hops) {
    text += fmt::format("{} {} {}\n", hop.status_code, hop.url, hop.location);
  }
  return text;
}

bool is_https(std::string_view url) { return url.starts_with("https:"); }

unsigned redirect_advice(std::string_view url, const CheckEntry& entry) {
  unsigned advice = 0;
  if (!entry.redirects.empty()) {
    const int first = entry.redirects.front().status_code;
    if (first == 301 || first == 308) advice |= kMovedForGood;
  }
  for (const RedirectHop& hop : entry.redirects) {
    if (is_https(url) && !is_https(hop.location)) advice |= kLosesTls;
  }
  return advice;
}

// Of the last redirect that has one, without the '#'.
std::string_view fragment_of(const std::vector<RedirectHop>& redirects) {
  std::string_view fragment;
  for (const RedirectHop& hop : redirects) {
    const std::size_t hash = hop.location.find('#');
    if (hash != hop.location.npos) {
      fragment = std::string_view(hop.location).substr(hash + 1);
    }
  }
  return fragment;
}

CheckEntry entry_of(const Statement& row) {
  CheckEntry entry;
  entry.id = row.integer(0);
  entry.url = row.text(1);
  entry.outcome = static_cast<CheckOutcome>(row.integer(2));
  entry.reason = row.text(3);
  entry.message = row.text(4);
  entry.status_code = static_cast<int>(row.integer(5));
  entry.final_url = row.text(6);
  entry.redirects = read_hops(row.text(7), 0);
  entry.advice = static_cast<unsigned>(row.integer(8));
  entry.links = static_cast<std::uint64_t>(row.integer(9));
  entry.known = row.integer(10) != 0;
  return entry;
}
constexpr std::string_view kEntryColumns =
    "e.id, e.url, e.outcome, e.reason, e.message, e.status, e.final, e.hops, "
    "e.advice, e.links, e.known";

CheckSource source_of(const Statement& row, int at) {
  CheckSource source;
  source.page = row.text(at);
  source.line = static_cast<std::uint64_t>(row.integer(at + 1));
  source.column = static_cast<std::uint64_t>(row.integer(at + 2));
  if (row.integer(at + 3) == kGivenElement) {
    source.element = "input";
    return source;
  }
  source.element = to_string(static_cast<LinkElement>(row.integer(at + 3)));
  source.attribute = to_string(static_cast<LinkAttribute>(row.integer(at + 4)));
  source.text = row.text(at + 5);
  return source;
}
// The links an entry is about; where they are at fault and not their target,
// those.
constexpr std::string_view kSources =
    "pages.url, l.line, l.col, l.element, l.attribute, l.text FROM sources l "
    "JOIN entries e ON e.id = l.entry JOIN pages ON pages.id = l.page WHERE "
    "(e.outcome > 0 OR e.advice & 3 OR e.hops <> '' OR l.advice <> 0) ";

// Text directives that are looked for in one page: each is a walk through it.
constexpr int kMostTexts = 1'000;

}  // namespace

Result<void> CheckJudge::check(int code) const {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return {};
  return make_error(
      fmt::format("cannot read what the check found: {}", sqlite3_errmsg(db_)));
}

Result<void> CheckJudge::judge(
    const std::function<bool(std::string_view)>& is_known) {
  is_known_ = is_known;
  totals_.pages = static_cast<std::uint64_t>(pages_);
  if (Result<void> gathered = gather_parts(); !gathered) return gathered;
  int code = SQLITE_OK;
  const auto prepare = [&](Statement& statement, std::string_view sql) {
    if (code == SQLITE_OK) code = statement.prepare(db_, sql);
  };
  Statement targets;
  prepare(targets, "SELECT key, url FROM targets ORDER BY url");
  prepare(find_,
          "SELECT alias, hop, error, status, message, final, hops, next "
          "FROM answers WHERE key = ?");
  prepare(parts_,
          "SELECT fragment, links, advice, judged FROM parts WHERE target = ? "
          "ORDER BY fragment");
  prepare(seen_,
          "SELECT targets, text, cut, file, offset FROM seen WHERE key = ?");
  prepare(entry_, "INSERT INTO entries VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?)");
  prepare(of_fragment_,
          "UPDATE parts SET entry = ? WHERE target = ? AND fragment = ?");
  prepare(of_target_,
          "UPDATE parts SET entry = ? WHERE target = ? AND entry = 0");
  if (code != SQLITE_OK) return check(code);
  while ((code = targets.step()) == SQLITE_ROW) {
    Result<void> judged =
        judge_target(targets.integer(0), std::string(targets.text(1)));
    if (!judged) return judged;
  }
  std::stable_sort(
      totals_.schemes.begin(), totals_.schemes.end(),
      [](const auto& a, const auto& b) { return a.second > b.second; });
  return code == SQLITE_DONE ? gather_sources() : check(code);
}

// Counts the links to each part of each target: `judged` says whether it is
// looked for there.
Result<void> CheckJudge::gather_parts() {
  Statement first, more;
  int code = execute(
      db_,
      "CREATE TABLE parts(key INTEGER PRIMARY KEY, target INTEGER, fragment "
      "TEXT, links INTEGER, advice INTEGER, judged INTEGER, entry INTEGER)");
  if (code == SQLITE_OK) {
    code = first.prepare(
        db_,
        "INSERT INTO parts VALUES(?1,?2,?3,1,?4,?5,0) ON CONFLICT(key) DO "
        "UPDATE SET links=links+1, advice=advice|?4, judged=judged|?5");
  }
  if (code == SQLITE_OK) {
    code = more.prepare(db_,
                        "UPDATE parts SET links=links+?2, advice=advice|?3, "
                        "judged=judged|?4 WHERE key=?1");
  }
  if (code != SQLITE_OK) return check(code);
  struct Part {  // what of it is not in its row
    std::uint64_t key = 0;
    std::int64_t links = 0;
    unsigned advice = 0;
    bool judged = false;
  };
  std::vector<Part> at_hand(kAtHand);
  const auto write = [&](const Part& part) {
    if (part.links == 0) return SQLITE_OK;
    more.bind(1, static_cast<std::int64_t>(part.key));
    more.bind(2, part.links);
    more.bind(3, std::int64_t{part.advice});
    more.bind(4, std::int64_t{part.judged});
    return more.run();
  };
  Result<void> read =
      store_.each_link([&](std::int64_t, bool, const KeptLink& link) {
        const std::uint64_t key = link.part();
        PageLink of_page;
        of_page.element = link.element;
        const bool judged = !link.given && !link.fragment.empty() &&
                            fragment_wish(of_page, link.fragment).any();
        Part& part = at_hand[key % kAtHand];
        if (part.key == key) {
          ++part.links;
          part.advice |= link.advice;
          part.judged = part.judged || judged;
          return Result<void>();
        }
        int written = write(part);
        part = {key};
        first.bind(1, static_cast<std::int64_t>(key));
        first.bind(2, static_cast<std::int64_t>(link.target));
        first.bind(3, link.fragment);
        first.bind(4, std::int64_t{link.advice});
        first.bind(5, std::int64_t{judged});
        if (written == SQLITE_OK) written = first.run();
        return check(written);
      });
  if (!read) return read;
  for (const Part& part : at_hand) {
    if (code == SQLITE_OK) code = write(part);
  }
  if (code == SQLITE_OK) {
    code = execute(db_, "CREATE INDEX by_target ON parts(target, fragment)");
  }
  return check(code);
}

// Of the entries that people should hear of, the links.
Result<void> CheckJudge::gather_sources() {
  Statement entry, source;
  int code = execute(
      db_,
      "CREATE TABLE sources(entry INTEGER, page INTEGER, line INTEGER, col "
      "INTEGER, element INTEGER, attribute INTEGER, advice INTEGER, text "
      "TEXT)");
  if (code == SQLITE_OK) {
    code = entry.prepare(db_, "SELECT entry FROM parts WHERE key=?");
  }
  if (code == SQLITE_OK) {
    code = source.prepare(db_, "INSERT INTO sources VALUES(?,?,?,?,?,?,?,?)");
  }
  if (code != SQLITE_OK) return check(code);
  struct Part {
    std::uint64_t key = 0;
    std::int64_t entry = 0;
  };
  std::vector<Part> at_hand(kAtHand);
  Result<void> read =
      store_.each_link([&](std::int64_t page, bool, const KeptLink& link) {
        const std::uint64_t key = link.part();
        Part& part = at_hand[key % kAtHand];
        if (part.key != key) {
          entry.bind(1, static_cast<std::int64_t>(key));
          if (entry.step() == SQLITE_ROW) part = {key, entry.integer(0)};
          entry.reset();
        }
        if (part.key != key || part.entry == 0) return Result<void>();
        source.bind(1, part.entry);
        source.bind(2, page);
        source.bind(3, std::int64_t{link.line});
        source.bind(4, std::int64_t{link.column});
        source.bind(5, link.given ? kGivenElement
                                  : static_cast<std::int64_t>(link.element));
        source.bind(6, static_cast<std::int64_t>(link.attribute));
        source.bind(7, std::int64_t{link.advice});
        source.bind(8, link.text);
        return check(source.run());
      });
  if (!read) return read;
  return check(execute(db_, "CREATE INDEX by_entry ON sources(entry)"));
}

// An answer may be that of another URL, whose redirects lead by this one, and
// may lead to one that has an answer of its own.
Result<CheckJudge::Found> CheckJudge::find(std::int64_t key) {
  Found found;
  std::int64_t from = 0;
  bool from_middle = false;  // of another's redirects
  for (int jumps = 0; jumps <= kMostJumps; ++jumps) {
    find_.reset();
    find_.bind(1, key);
    const int code = find_.step();
    if (code == SQLITE_DONE) {
      found.there = false;
      return found;
    }
    if (code != SQLITE_ROW) return tl::unexpected(check(code).error());
    if (find_.integer(0) != 0 || find_.integer(1) != 0) {
      key = find_.integer(0);
      from = find_.integer(1);
      from_middle = true;
      continue;
    }
    found.there = true;
    found.error = static_cast<ErrorKind>(find_.integer(2));
    found.status_code = static_cast<int>(find_.integer(3));
    found.message = find_.text(4);
    found.final_url = find_.text(5);
    for (RedirectHop& hop : read_hops(find_.text(6), from)) {
      found.redirects.push_back(std::move(hop));
    }
    from = 0;
    key = find_.integer(7);
    if (key == 0) {
      end_chain(found, from_middle);
      return found;
    }
  }
  found.error = ErrorKind::kTooManyRedirects;
  found.message = "redirects go in a circle";
  return found;
}

// What has the end of another's redirects must not depend on who was first.
void CheckJudge::end_chain(Found& found, bool from_middle) const {
  const std::vector<RedirectHop>& hops = found.redirects;
  if (from_middle || !hops.empty()) {
    found.final_url.resize(
        std::min(found.final_url.find('#'), found.final_url.size()));
    if (const std::string_view fragment = fragment_of(hops);
        !fragment.empty()) {
      found.final_url += fmt::format("#{}", fragment);
    }
  }
  if (hops.size() > max_redirs_) {
    found.error = ErrorKind::kTooManyRedirects;
    found.message =
        fmt::format("more than {} redirects (--max-redirs)", max_redirs_);
  } else if (found.error == ErrorKind::kTooManyRedirects && from_middle) {
    std::vector<std::string_view> urls;
    for (const RedirectHop& hop : hops) urls.push_back(hop.url);
    std::sort(urls.begin(), urls.end());
    found.is_part = std::adjacent_find(urls.begin(), urls.end()) == urls.end();
  }
}

Result<void> CheckJudge::judge_target(std::int64_t target,
                                      std::string_view url) {
  Result<Found> found = find(target);
  if (!found) return tl::unexpected(found.error());
  CheckEntry entry;
  entry.url = url;
  entry.final_url =
      found->final_url.empty() ? std::string(url) : std::move(found->final_url);
  entry.redirects = std::move(found->redirects);
  entry.status_code = found->status_code;
  if (!found->there) {
    entry.outcome = CheckOutcome::kUnchecked;
    entry.reason = is_archived_ ? "not_archived" : "not_asked";
    entry.message = is_archived_ ? "it is not in the archives"
                                 : "the crawl ended before it was asked";
    if (!is_archived_) ++totals_.not_asked;
  } else if (found->error == ErrorKind::kDuplicate) {
    // It was there a short time ago, or has an answer that says more.
    entry.outcome = CheckOutcome::kOk;
  } else {
    // A link of that scheme, not a redirect.
    const bool has_other_scheme =
        found->error == ErrorKind::kUnsupportedScheme &&
        !url.starts_with("http:") && !url.starts_with("https:");
    entry.outcome = has_other_scheme
                        ? CheckOutcome::kUnchecked
                        : crawl::judge(found->error, found->status_code);
    if (has_other_scheme) note_scheme(scheme_of(url));
    if (entry.outcome != CheckOutcome::kOk) {
      entry.reason = to_string(found->error);
      entry.message = std::move(found->message);
    }
    if (found->error == ErrorKind::kBlockedAddress) {
      entry.advice |= kPrivateAddress;
    }
    if (found->is_part) {
      entry.outcome = CheckOutcome::kInconclusive;
      entry.message =
          "its redirects go on; they were met on the way from another link, "
          "and not followed to their end";
    }
  }
  if (entry.outcome == CheckOutcome::kOk) {
    entry.advice |= redirect_advice(url, entry);
  }
  if (entry.outcome == CheckOutcome::kOk) {
    const std::string_view fragment = fragment_of(entry.redirects);
    std::string reason;
    const Result<bool> lack = lacks(entry, fragment, reason);
    if (!lack) return tl::unexpected(lack.error());
    if (!reason.empty()) {
      entry.outcome = outcome_of_lack();
      entry.message =
          seen_page_.unlooked
              ? message_of_lack(reason, fragment)
              : fmt::format(
                    "the page it redirects to is there, what \"#{}\" "
                    "means is not in it",
                    percent_decoded(fragment));
      entry.reason = std::move(reason);
    }
  }
  // Links to what is not there in a page have entries of their own.
  bool any_lack = false;
  parts_.reset();
  parts_.bind(1, target);
  int code = SQLITE_OK;
  while ((code = parts_.step()) == SQLITE_ROW) {
    const auto links = static_cast<std::uint64_t>(parts_.integer(1));
    totals_.links += links;
    const std::string fragment(parts_.text(0));
    std::string reason;
    // A redirect's own fragment counts, not the link's.
    if (entry.outcome == CheckOutcome::kOk && !fragment.empty() &&
        parts_.integer(3) != 0 && fragment_of(entry.redirects).empty()) {
      const Result<bool> lack = lacks(entry, fragment, reason);
      if (!lack) return tl::unexpected(lack.error());
    }
    if (reason.empty()) {
      entry.links += links;
      entry.advice |= static_cast<unsigned>(parts_.integer(2));
      continue;
    }
    CheckEntry lack = entry;
    lack.url = fmt::format("{}#{}", url, fragment);
    lack.outcome = outcome_of_lack();
    lack.advice = 0;
    lack.links = links;
    lack.message = message_of_lack(reason, fragment);
    lack.reason = std::move(reason);
    any_lack = true;
    if (Result<void> added = add(lack, target, fragment); !added) return added;
  }
  if (Result<void> read = check(code); !read) return read;
  // With none left, the target itself has nothing to say.
  return entry.links > 0 || !any_lack ? add(entry, target, std::nullopt)
                                      : Result<void>();
}

// Of what was looked for in the latest page in vain.
CheckOutcome CheckJudge::outcome_of_lack() const {
  return seen_page_.cut || seen_page_.unlooked ? CheckOutcome::kInconclusive
                                               : CheckOutcome::kBroken;
}

std::string CheckJudge::message_of_lack(std::string_view reason,
                                        std::string_view fragment) const {
  if (seen_page_.unlooked) {
    return fmt::format(
        "the page is there, the text was not looked for: {} others were",
        kMostTexts);
  }
  std::string message =
      reason == "text"
          ? std::string("the page is there, the text is not in it")
          : fmt::format("the page is there, nothing in it has the id \"{}\"",
                        percent_decoded(fragment));
  if (seen_page_.cut) message += ", as far as it was read";
  return message;
}

// What was seen of a page: links to its parts are judged one after another.
Result<CheckJudge::Seen*> CheckJudge::look_into(std::int64_t page) {
  if (seen_page_.page == page) return &seen_page_;
  Seen found;
  found.page = page;
  seen_.reset();
  seen_.bind(1, page);
  const int code = seen_.step();
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    return tl::unexpected(check(code).error());
  }
  if (code == SQLITE_DONE) return &(seen_page_ = std::move(found));
  found.there = true;
  const std::string_view blob = seen_.text(0);
  found.targets.resize(blob.size() / sizeof(std::uint64_t));
  if (!found.targets.empty()) {
    std::memcpy(found.targets.data(), blob.data(),
                found.targets.size() * sizeof(std::uint64_t));
  }
  found.text = seen_.text(1);
  found.cut = seen_.integer(2) != 0;
  found.file = seen_.text(3);
  found.offset = static_cast<std::uint64_t>(seen_.integer(4));
  return &(seen_page_ = std::move(found));
}

// Of an archive's page it is had when it is looked for: for most it never is.
const std::string& CheckJudge::text_of(Seen& page) const {
  if (page.text.empty() && !page.file.empty() && read_archived_) {
    const std::string file = std::exchange(page.file, {});
    page.text = comparable_text(page_text(read_archived_(file, page.offset)));
  }
  return page.text;
}

// Sets `reason` if the page, which is there, has not what the fragment means.
Result<bool> CheckJudge::lacks(const CheckEntry& page,
                               std::string_view fragment, std::string& reason) {
  const FragmentWish wish = fragment_wish({}, fragment);
  if (!wish.any()) return false;
  const Result<Seen*> looked = look_into(key_of(page.final_url));
  if (!looked) return tl::unexpected(looked.error());
  Seen& seen = **looked;
  seen.unlooked = false;
  if (!seen.there) return false;  // no page, or not seen
  const std::optional<Url> url = Url::parse(page.final_url);
  if (!wish.target.empty() &&
      !has_target(seen.targets, wish.target,
                  url ? url->hostname() : std::string_view())) {
    reason = "fragment";
  } else if (!wish.text.empty() && !text_of(seen).empty()) {
    seen.unlooked = ++seen.directives > kMostTexts;
    if (seen.unlooked || !has_text(seen.text, wish.text)) reason = "text";
  }
  return !reason.empty();
}

Result<void> CheckJudge::add(CheckEntry& entry, std::int64_t target,
                             std::optional<std::string_view> fragment) {
  entry.known = entry.outcome == CheckOutcome::kBroken && is_known_ &&
                is_known_(entry.url);
  count(entry);
  const std::string hops = write_hops(entry.redirects);
  entry_.bind(1, std::string_view(entry.url));
  entry_.bind(2, static_cast<std::int64_t>(entry.outcome));
  entry_.bind(3, std::string_view(entry.reason));
  entry_.bind(4, std::string_view(entry.message));
  entry_.bind(5, std::int64_t{entry.status_code});
  entry_.bind(6, std::string_view(entry.final_url));
  entry_.bind(7, std::string_view(hops));
  entry_.bind(8, std::int64_t{entry.advice});
  entry_.bind(9, static_cast<std::int64_t>(entry.links));
  entry_.bind(10, std::int64_t{entry.known});
  entry_.bind(11, std::int64_t{entry.needs_word()});
  int code = entry_.run();
  if (code != SQLITE_OK || !entry.needs_word()) return check(code);
  // Its links, which those to what is not there are no more.
  Statement& links = fragment ? of_fragment_ : of_target_;
  links.bind(1, static_cast<std::int64_t>(sqlite3_last_insert_rowid(db_)));
  links.bind(2, target);
  if (fragment) links.bind(3, *fragment);
  return check(links.run());
}

void CheckJudge::count(const CheckEntry& entry) {
  ++totals_.targets;
  switch (entry.outcome) {
    case CheckOutcome::kOk:
      ++totals_.ok;
      if (!entry.redirects.empty()) ++totals_.redirected;
      break;
    case CheckOutcome::kBroken:
      ++totals_.broken;
      if (entry.known) ++totals_.known;
      break;
    case CheckOutcome::kInconclusive:
      ++totals_.inconclusive;
      break;
    case CheckOutcome::kUnchecked:
      ++totals_.unchecked;
      break;
  }
  if (entry.advice != 0 && entry.outcome != CheckOutcome::kBroken) {
    ++totals_.advised;
  }
}

// Names that strangers make up are not all kept.
void CheckJudge::note_scheme(std::string scheme) {
  constexpr std::size_t kMost = 8;
  const auto is_it = [&](const auto& each) { return each.first == scheme; };
  auto& schemes = totals_.schemes;
  auto at = std::find_if(schemes.begin(), schemes.end(), is_it);
  if (at == schemes.end() && (schemes.size() == kMost || scheme.size() > 32)) {
    scheme = "others";
    at = std::find_if(schemes.begin(), schemes.end(), is_it);
  }
  if (at == schemes.end()) at = schemes.emplace(at, std::move(scheme), 0);
  ++at->second;
}

Result<void> CheckJudge::each_entry(const OnEntry& begin,
                                    const OnSource& source,
                                    const OnEntry& end) {
  Statement entries;
  Statement sources;
  // Broken, inconclusive, the rest.
  int code = entries.prepare(
      db_, fmt::format("SELECT {}, e.listed FROM entries e ORDER BY "
                       "(e.outcome + 3) % 4, e.id",
                       kEntryColumns));
  if (code == SQLITE_OK) {
    code = sources.prepare(
        db_,
        fmt::format("SELECT {} AND l.entry = ? ORDER BY pages.url, l.line, "
                    "l.col, l.rowid",
                    kSources));
  }
  if (code != SQLITE_OK) return check(code);
  while ((code = entries.step()) == SQLITE_ROW) {
    const CheckEntry entry = entry_of(entries);
    if (Result<void> told = begin(entry); !told) return told;
    if (entries.integer(11) != 0) {
      sources.reset();
      sources.bind(1, entry.id);
      while ((code = sources.step()) == SQLITE_ROW) {
        Result<void> told = source(entry, source_of(sources, 0));
        if (!told) return told;
      }
      if (Result<void> read = check(code); !read) return read;
    }
    if (Result<void> told = end(entry); !told) return told;
  }
  return check(code);
}

Result<void> CheckJudge::each_source(const OnSource& source) {
  Statement rows;
  int code = rows.prepare(
      db_,
      fmt::format("SELECT {}, {} ORDER BY pages.url, l.line, l.col, l.rowid",
                  kEntryColumns, kSources));
  if (code != SQLITE_OK) return check(code);
  while ((code = rows.step()) == SQLITE_ROW) {
    Result<void> told = source(entry_of(rows), source_of(rows, 11));
    if (!told) return told;
  }
  return check(code);
}

}  // namespace crawl
