#include "frontier/duplicate_trap.h"

#include <fmt/format.h>

#include <algorithm>
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
  if (!copies_.contains(fingerprint(parent).low)) return;
  const std::optional<Url> url = Url::parse(href);
  if (!url) return;
  const Url& page = *url;

  if (hosts_.size() >= kMaxHosts) hosts_.clear();
  Host& host = hosts_[page.host_key()];
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

std::optional<std::string> DuplicateTrap::take_notice() {
  return std::exchange(notice_, std::nullopt);
}

}  // namespace crawl
