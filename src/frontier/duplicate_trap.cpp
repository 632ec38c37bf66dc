#include "frontier/duplicate_trap.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "crawl/base/fingerprint.h"
#include "crawl/base/url.h"

namespace crawl {
namespace {

constexpr std::size_t kMaxCopies = 1 << 18;
constexpr std::size_t kMaxHosts = 1 << 14;

// "http://h/a/" for "http://h/a/b?c".
std::string_view directory_of(const Url& page) {
  const std::string_view path = page.pathname();
  const auto path_begin =
      static_cast<std::size_t>(path.data() - page.href().data());
  return page.href().substr(0, path_begin + path.rfind('/') + 1);
}

// The longest directory that both are below.
std::string_view common_directory(std::string_view a, std::string_view b) {
  const auto [end, ignored] =
      std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto size = static_cast<std::size_t>(end - a.begin());
  return a.substr(0, a.substr(0, size).rfind('/') + 1);
}

}  // namespace

void DuplicateTrap::note_copy(std::string_view page) {
  if (copies_.size() >= kMaxCopies) copies_.clear();
  copies_.insert(fingerprint(page).low);
}

void DuplicateTrap::note(std::string_view href, std::string_view parent,
                         bool duplicate) {
  caught_ = false;
  if (limit_ == 0 || !duplicate) return;
  note_copy(href);
  const bool on_a_copy = copies_.contains(fingerprint(parent).low);
  if (!on_a_copy && !any_restored_) return;
  const std::optional<Url> url = Url::parse(href);
  if (!url) return;
  const Url& page = *url;

  if (!on_a_copy) {
    const auto known = hosts_.find(page.host_key());
    if (known == hosts_.end() || !known->second.restored) return;
  }
  if (hosts_.size() >= kMaxHosts) hosts_.clear();
  Host& host = hosts_[page.host_key()];
  changed_ = true;
  counted_at_ = page.host_key();
  const std::string_view directory = directory_of(page);
  host.directory = host.copies == 0
                       ? directory
                       : common_directory(host.directory, directory);
  caught_ = ++host.copies > limit_;
  if (host.copies == limit_ + 1) {
    notice_ = fmt::format(
        "trap: {} pages below {} are copies of pages seen before and lead to "
        "more of them; links on such copies are no longer followed there "
        "(--max-duplicates {})",
        host.copies, host.directory, limit_);
  }
}

// A host's copies, their directory, and its key.
std::string DuplicateTrap::line_of(const std::string& key, const Host& host) {
  return fmt::format("{} {} {}\n", host.copies, host.directory, key);
}

std::string DuplicateTrap::save() const {
  std::string saved;
  for (const auto& [key, host] : hosts_) {
    saved += line_of(key, host);
  }
  return saved;
}

std::string DuplicateTrap::take_counted() {
  const auto host = hosts_.find(std::exchange(counted_at_, {}));
  return host == hosts_.end() ? std::string()
                              : line_of(host->first, host->second);
}

void DuplicateTrap::restore(std::string_view saved, bool forgot_which) {
  while (!saved.empty()) {
    const std::string_view line = saved.substr(0, saved.find('\n'));
    saved.remove_prefix(std::min(saved.size(), line.size() + 1));
    const std::size_t first = line.find(' '), last = line.rfind(' ');
    std::size_t copies = 0;
    if (first == line.npos || first == last ||
        std::from_chars(line.data(), line.data() + first, copies).ec !=
            std::errc()) {
      continue;
    }
    hosts_[std::string(line.substr(last + 1))] = {
        copies, forgot_which,
        std::string(line.substr(first + 1, last - first - 1))};
    any_restored_ = any_restored_ || forgot_which;
  }
}

std::optional<std::string> DuplicateTrap::take_notice() {
  return std::exchange(notice_, std::nullopt);
}

}  // namespace crawl
