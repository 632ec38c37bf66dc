#ifndef CRAWL_FRONTIER_JOB_H_
#define CRAWL_FRONTIER_JOB_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "crawl/base/clock.h"
#include "crawl/base/cookie_jar.h"
#include "crawl/base/redirect_hop.h"
#include "crawl/base/url.h"

namespace crawl {

class KeptExchange;
class JobOwner;  // the engine's: who is told what became of a job

// What a job may send to one origin for its own sake, being asked for by a URL
// that the user gave.
struct Secret {
  std::string origin;         // Url::host_key(); "" for no such origin
  std::string user_password;  // the URL's userinfo, decoded; "" for none
  bool of_seed = false;       // -u and the like too
};

// One URL on its way from being admitted to leaving its record. It is handed
// from hand to hand and has one owner: the frontier while it waits, the crawl
// loop while it is fetched.
struct Job {
  Job(std::uint64_t record_index, std::string line, Url target)
      : index(record_index), input(std::move(line)), url(std::move(target)) {}

  std::uint64_t index;  // of its record: the input line's number, from 0
  std::string input;    // the line as given, but for a password
  Url url;              // the next exchange's: a redirect moves it on
  JobOwner* owner = nullptr;

  Secret secret;

  std::vector<RedirectHop> redirects;  // followed so far
  CookieJar cookies;                   // that were set on the way
  unsigned attempts = 1;  // the present one counted; a hop is no new one
  // The next exchange begins another attempt, and needs another connection: the
  // earlier one's may have been at fault.
  bool attempt_begins = false;
  bool fresh_connection = false;
  int depth = 0;
  // How many of the last steps of `depth` led not along a link but to what is
  // needed to show a page: 0 for a page, 1 for its image or style sheet, 2 for
  // that sheet's font.
  int needed = 0;
  std::string parent;  // the page it was found on; "" for a seed

  Clock::time_point admitted{};
  Clock::time_point first_started{};
  Clock::time_point latest_started{};               // the latest exchange
  std::chrono::system_clock::time_point started{};  // the same
  double transfer_seconds = 0;  // of earlier exchanges: hops, failed attempts
  // What is kept of its exchanges, handed on when it ends.
  std::vector<std::shared_ptr<const KeptExchange>> kept;

  // The seed that led here was at such an address itself, and so was every page
  // and redirect between: it may go to loopback and private addresses.
  bool allow_private = true;
  // And so was what answered last: its links may go there too.
  bool at_private = false;
  std::uint64_t page = ~std::uint64_t{0};  // PageId, in a recursive crawl

  std::uint32_t host = 0;      // the frontier's own
  std::uint64_t sequence = 0;  // the frontier's own: order of admission
  Clock::time_point not_before{};
  std::unique_ptr<Job> next;  // the frontier's own

  // Asked for once, to see whether it is there, and not followed; and so that
  // its body comes, where HEAD would not do.
  bool leaf = false;
  bool by_get = false;
  // If it is a style sheet, what that refers to is asked for too.
  bool reads_sheet = false;
  std::vector<RedirectHop> redirects_of_head{};  // to the HEAD before

  // It waits for long, and has given up its place among the pages begun.
  bool stands_back = false;

  bool begun() const { return first_started != Clock::time_point{}; }

  // What was asked for first: the URL that the record is about.
  std::string_view first_url() const {
    return redirects.empty() ? url.href() : redirects.front().url;
  }
};

}  // namespace crawl

#endif  // CRAWL_FRONTIER_JOB_H_
