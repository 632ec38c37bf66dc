#include "engine/second_look.h"

#include <utility>

#include "engine/record_builder.h"

namespace crawl {

void SecondLook::begin(LinkPolicy::Look look) {
  auto job = std::make_unique<Job>(0, "", std::move(look.url));
  job->owner = this;
  job->leaf = true;
  // That its text is wanted.
  job->by_get = look.text;
  job->allow_private = look.allow_private;
  visits_.add(std::move(job));
}

void SecondLook::prepare(const Job& job, FetchRequest& request) const {
  request.only_html = true;
  request.keep_body = job.by_get;
}

void SecondLook::ended(std::unique_ptr<Job> job, FetchResult result,
                       Ending ending) {
  if (ending.cut_short) return;
  ledger_.keep(job->kept);
  ledger_.errand(job->url, result);
  if (result.page) result.page->drop_links();
  ledger_.look_again(
      make_record(*job, result, ending.error, std::move(ending.message)));
}

}  // namespace crawl
