#include "support/route_table.h"

namespace crawl::testing {
namespace {

// "[::1]:80" and "a.test:80" without the port.
std::string_view without_port(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  const std::size_t bracket = host.rfind(']');
  if (colon == std::string_view::npos ||
      (bracket != std::string_view::npos && colon < bracket)) {
    return host;
  }
  return host.substr(0, colon);
}

}  // namespace

void RouteTable::set(std::string pattern, Handler handler) {
  const std::lock_guard lock(mutex_);
  has_hosts_ = has_hosts_ || pattern.starts_with("//");
  handlers_[std::move(pattern)] =
      std::make_shared<const Handler>(std::move(handler));
}

std::shared_ptr<const Handler> RouteTable::find(
    const HttpRequest& request) const {
  const std::lock_guard lock(mutex_);
  if (has_hosts_) {
    std::string key = "//";
    key += without_port(request.host);
    const std::size_t path_begin = key.size();
    key += request.path;
    if (auto handler = find_path(std::move(key), path_begin)) return handler;
  }
  return find_path(request.path, 0);
}

// The path itself, then with "*" for its last segments, fewest first.
std::shared_ptr<const Handler> RouteTable::find_path(
    std::string key, std::size_t path_begin) const {
  if (const auto found = handlers_.find(key); found != handlers_.end()) {
    return found->second;
  }
  for (std::size_t end = key.size(); end > path_begin;) {
    const std::size_t slash = key.rfind('/', end - 1);
    if (slash == std::string::npos || slash < path_begin) break;
    key.resize(slash + 1);
    key += '*';
    if (const auto found = handlers_.find(key); found != handlers_.end()) {
      return found->second;
    }
    end = slash;
  }
  return nullptr;
}

}  // namespace crawl::testing
