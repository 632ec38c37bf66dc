#include "engine/sitemap_list.h"

#include <fmt/format.h>

#include <optional>
#include <sstream>
#include <utility>

namespace crawl {
namespace {

constexpr int kMaxLevel = 3;  // an index of indexes of sitemaps
constexpr std::size_t kMaxSitemaps = 10'000;

}  // namespace

bool SitemapList::add(const Entry& entry) {
  if (entry.level > kMaxLevel || known_.size() >= kMaxSitemaps ||
      !known_.insert(fingerprint(entry.url.href())).second) {
    return false;
  }
  left_.emplace(std::string(entry.url.href()),
                Left{entry.level, entry.allow_private});
  changed_ = true;
  return true;
}

void SitemapList::finished(std::string_view href) {
  const auto found = left_.find(href);
  if (found == left_.end()) return;
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
