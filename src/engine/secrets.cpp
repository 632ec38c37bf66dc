#include "engine/secrets.h"

namespace crawl {

void Secrets::add_seed(const Seed& seed) {
  std::string& user_password = seeds_[seed.url.host_key()];
  if (user_password.empty()) user_password = seed.user_password;
}

void Secrets::fill(const Secret& own, FetchRequest& request) const {
  const std::string origin = request.url.host_key();
  const bool is_own = own.origin == origin;
  const auto seed = seeds_.find(origin);
  request.send_credentials = seed != seeds_.end() || (is_own && own.of_seed);
  request.user_password.clear();
  if (is_own) request.user_password = own.user_password;
  if (request.user_password.empty() && seed != seeds_.end()) {
    request.user_password = seed->second;
  }
}

}  // namespace crawl
