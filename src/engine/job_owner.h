#ifndef CRAWL_ENGINE_JOB_OWNER_H_
#define CRAWL_ENGINE_JOB_OWNER_H_

#include <memory>
#include <optional>
#include <string>

#include "crawl/base/error_kind.h"
#include "crawl/fetch/fetch_result.h"
#include "crawl/frontier/job.h"

namespace crawl {

// How a job ended, where its last result does not say so itself.
struct Ending {
  ErrorKind error = ErrorKind::kNone;  // kNone: as the result says
  std::string message{};
  // The crawl was stopped before the job was through.
  bool cut_short = false;
  // Only of a redirect: whether it may be followed is not known yet. The owner
  // has the job meanwhile, and follows it (Visits::follow()) or not.
  bool later = false;
};

// Whoever wants a URL visited: told when its first exchange is made, and once
// how it ended. Visits makes the exchanges between. The crawl loop's thread.
class JobOwner {
 public:
  virtual ~JobOwner() = default;

  // May another job be begun now? Those that may not are put off, and hold up
  // nobody else's.
  virtual bool may_begin() const { return true; }
  virtual void begins(const Job& /*job*/) {}
  // A job that has begun waits for long, so that others may begin in its place;
  // and it goes on, when may_begin() lets it.
  virtual void stands_back(const Job& /*job*/) {}
  virtual void goes_on(const Job& /*job*/) {}

  // Whether robots.txt has a say.
  virtual bool asks_robots(const Job& /*job*/) const { return false; }

  // Sets what the exchange is to keep and to leave out.
  virtual void prepare(const Job& /*job*/, FetchRequest& /*request*/) const {}

  // What keeps the job from following a redirect; nothing if it may.
  // `from_private`: the answer came from a private address.
  virtual std::optional<Ending> refuse_redirect(const Job& /*job*/,
                                                const FetchResult& /*result*/,
                                                const Url& /*target*/,
                                                bool /*from_private*/) {
    return std::nullopt;
  }

  // The server that answered the job's own URL is at a private address.
  virtual void is_private(const Job& /*job*/) {}

  // No more is asked for it. `result` is that of its last exchange; one without
  // status and error if there was none.
  virtual void ended(std::unique_ptr<Job> job, FetchResult result,
                     Ending ending) = 0;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_JOB_OWNER_H_
