#include "engine/sitemap_list.h"

#include <fmt/format.h>

#include <optional>
#include <sstream>
#include <utility>

namespace crawl {
namespace {

constexpr int kMaxLevel = 3;  // an index of indexes of sitemaps
// As many as one index may name, at each host; the bytes of all that wait.
constexpr std::size_t kMaxOfHost = 50'000;
constexpr std::size_t kMaxLeftBytes = std::size_t{32} << 20;

}  // namespace

SitemapList::Added SitemapList::add(const Entry& entry) {
  if (!known_.insert(fingerprint(entry.url.href())).second) {
    return Added::kKnown;
  }
  if (entry.level > kMaxLevel) return Added::kTooDeep;
  std::size_t& of_host = by_host_[std::string(entry.url.hostname())];
  const std::size_t bytes = entry.url.href().size();
  if (of_host >= kMaxOfHost || left_bytes_ + bytes > kMaxLeftBytes) {
    return Added::kTooMany;
  }
  ++of_host;
  left_bytes_ += bytes;
  left_.emplace(std::string(entry.url.href()),
                Left{entry.level, entry.allow_private});
  changed_ = true;
  return Added::kNew;
}

void SitemapList::finished(std::string_view href) {
  const auto found = left_.find(href);
  if (found == left_.end()) return;
  left_bytes_ -= found->first.size();
  left_.erase(found);
  changed_ = true;
}

std::string SitemapList::left() const {
  std::string note;
  for (const auto& [href, entry] : left_) {
    note += fmt::format("{} {:d} {}\n", entry.level, entry.allow_private, href);
  }
  return note;
}

std::vector<SitemapList::Entry> SitemapList::read_left(std::string_view note) {
  std::vector<Entry> entries;
  std::istringstream text{std::string(note)};
  int level = 0;
  bool allow_private = false;
  for (std::string href; text >> level >> allow_private >> href;) {
    if (auto url = Url::parse(href); url && url->is_http() && level >= 0) {
      entries.push_back({*std::move(url), level, allow_private});
    }
  }
  return entries;
}

bool SitemapList::take_changed() { return std::exchange(changed_, false); }

}  // namespace crawl
