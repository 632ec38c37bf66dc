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

void DuplicateTrap::note(std::string_view href, std::string_view parent,
                         bool duplicate) {
  caught_ = false;
  if (limit_ == 0 || !duplicate) return;
  if (copies_.size() >= kMaxCopies) copies_.clear();
  copies_.insert(fingerprint(href).low);
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

// A line for each host: its copies, their directory, and its key.
std::string DuplicateTrap::save() const {
  std::string saved;
  for (const auto& [key, host] : hosts_) {
    saved += fmt::format("{} {} {}\n", host.copies, host.directory, key);
  }
  return saved;
}

void DuplicateTrap::restore(std::string_view saved) {
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
        copies, true, std::string(line.substr(first + 1, last - first - 1))};
    any_restored_ = true;
  }
}

std::optional<std::string> DuplicateTrap::take_notice() {
  return std::exchange(notice_, std::nullopt);
}

}  // namespace crawl
