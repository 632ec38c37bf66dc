#ifndef CRAWL_CHECK_CHECK_ENTRY_H_
#define CRAWL_CHECK_CHECK_ENTRY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawl/base/error_kind.h"
#include "crawl/base/redirect_hop.h"

namespace crawl {

// What a check of links says of a target.
enum class CheckOutcome : std::uint8_t {
  kOk,
  kBroken,        // nobody gets there
  kInconclusive,  // it does not answer us; a reader may well get there
  kUnchecked,     // the user did not want it asked, or it cannot be
};
std::string_view to_string(CheckOutcome outcome);

// What became of a URL, as an outcome. An answer that depends on who asks, or
// when, says nothing: 401, 403, 405, 407, 429, 451, 503, 999, a time-out,
// robots.txt, a chain of certificates that browsers mend.
CheckOutcome judge(ErrorKind error, int status_code);

// What could be better, though it works; a set of bits.
enum CheckAdvice : unsigned {
  kMovedForGood = 1,    // a permanent redirect: link to where it leads
  kLosesTls = 2,        // https that leads to http
  kMixedContent = 4,    // part of an https page over http
  kPrivateAddress = 8,  // on a page that is not at one itself
  kLocalFile = 16,      // file:, on the reader's own machine
};
// "moved_permanently", in a fixed order.
std::vector<std::string_view> advice_names(unsigned advice);
// A sentence for people.
std::string_view advice_text(CheckAdvice advice);

// Of one target, with all that link to it.
struct CheckEntry {
  std::int64_t id = 0;
  std::string url;  // with its fragment, if that is what is not there
  CheckOutcome outcome = CheckOutcome::kOk;
  // "http", "dns", and so on, as a record's `error`; "fragment", "text".
  std::string reason;
  std::string message;  // for people; "" if all is well
  int status_code = 0;
  std::string final_url;
  std::vector<RedirectHop> redirects;
  unsigned advice = 0;
  std::uint64_t links = 0;  // that lead to it
  bool known = false;       // it was broken in the baseline too

  // Whether people should hear of it.
  bool needs_word() const {
    return outcome == CheckOutcome::kBroken ||
           outcome == CheckOutcome::kInconclusive || advice != 0 ||
           !redirects.empty();
  }
};

// A link to it.
struct CheckSource {
  std::string_view page;
  std::uint64_t line = 0, column = 0;  // from 1; 0: a header's
  std::string_view element, attribute;
  std::string_view text;
};

struct CheckTotals {
  std::uint64_t pages = 0, links = 0, targets = 0;
  std::uint64_t ok = 0, broken = 0, inconclusive = 0, unchecked = 0;
  std::uint64_t redirected = 0, advised = 0;  // of those that are not broken
  std::uint64_t known = 0;                    // broken, by the baseline
  std::uint64_t not_asked = 0;  // unchecked, since the crawl ended before
  // Of the unchecked: how many of each scheme, the most first.
  std::vector<std::pair<std::string, std::uint64_t>> schemes;

  std::uint64_t newly_broken() const { return broken - known; }
};

}  // namespace crawl

#endif  // CRAWL_CHECK_CHECK_ENTRY_H_
