#include "engine/link_policy.h"

#include "engine/link_check.h"

namespace crawl {
namespace {

// Asks for what the elements to follow lead to.
class FollowedLinks final : public LinkPolicy {
 public:
  explicit FollowedLinks(const std::vector<LinkElement>& elements) {
    for (const LinkElement element : elements) mask_ |= bit(element);
  }

  bool takes(const PageLink& link, std::size_t /*href_size*/,
             const Job& /*job*/) override {
    return (mask_ & bit(link.element)) != 0;
  }

 private:
  static std::uint32_t bit(LinkElement element) {
    return 1U << static_cast<unsigned>(element);
  }

  std::uint32_t mask_ = 0;
};

}  // namespace

std::unique_ptr<LinkPolicy> make_link_policy(const SiteOptions& options) {
  if (options.check) return std::make_unique<LinkCheck>(*options.check);
  return std::make_unique<FollowedLinks>(options.follow);
}

bool asks_robots_of(const CrawlOptions& options, const Url& url) {
  if (options.robots == RobotsMode::kNever) return false;
  const auto& check = options.site->check;
  return !check || !check->is_local || !check->is_local(url);
}

}  // namespace crawl
