#ifndef CRAWL_ENGINE_SECRETS_H_
#define CRAWL_ENGINE_SECRETS_H_

#include <string>
#include <unordered_map>

#include "crawl/fetch/fetch_result.h"
#include "crawl/frontier/job.h"
#include "engine/seed_url.h"

namespace crawl {

// Decides which requests carry what the user keeps secret: -u, Authorization
// and Cookie of -H, and the userinfo of a URL. They go to the origin (scheme,
// host, port) of the seed that they belong to, whatever is asked for there, and
// nothing that a server says takes them elsewhere. Every request passes fill().
//
// In memory: an entry per origin of the seeds it is told of. One thread.
class Secrets {
 public:
  // Of a recursive crawl, whose requests may belong to any of its seeds. The
  // first userinfo given for an origin counts.
  void add_seed(const Seed& seed);

  // Sets what the request to `request.url` sends, on behalf of a job with
  // `own`.
  void fill(const Secret& own, FetchRequest& request) const;

 private:
  std::unordered_map<std::string, std::string> seeds_;  // origin: user:password
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_SECRETS_H_
