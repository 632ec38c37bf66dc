#include "check/check_entry.h"

#include <algorithm>
#include <array>
#include <utility>

namespace crawl {
namespace {

constexpr std::array<int, 8> kInconclusive = {401, 403, 405, 407,
                                              429, 451, 503, 999};

struct Named {
  CheckAdvice advice;
  std::string_view name, text;
};
constexpr std::array<Named, 5> kAdvice = {{
    {kMovedForGood, "moved_permanently",
     "redirects for good: link to where it leads"},
    {kLosesTls, "loses_tls", "an https link that leads to http"},
    {kMixedContent, "mixed_content",
     "part of an https page over http, which browsers block"},
    {kPrivateAddress, "private_address",
     "at a private address, where readers do not get"},
    {kLocalFile, "local_file",
     "a file on the reader's own machine, where it is not"},
}};

}  // namespace

std::string_view to_string(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::kOk:
      return "ok";
    case CheckOutcome::kBroken:
      return "broken";
    case CheckOutcome::kInconclusive:
      return "inconclusive";
    case CheckOutcome::kUnchecked:
      return "unchecked";
  }
  return "unchecked";
}

CheckOutcome judge(ErrorKind error, int status_code) {
  switch (error) {
    case ErrorKind::kNone:
    case ErrorKind::kContentType:
      return CheckOutcome::kOk;
    case ErrorKind::kHttp:
      return std::find(kInconclusive.begin(), kInconclusive.end(),
                       status_code) != kInconclusive.end()
                 ? CheckOutcome::kInconclusive
                 : CheckOutcome::kBroken;
    case ErrorKind::kInvalidUrl:
    case ErrorKind::kUnsupportedScheme:
    case ErrorKind::kDns:
    case ErrorKind::kConnect:
    case ErrorKind::kTls:
    case ErrorKind::kTooManyRedirects:
    case ErrorKind::kRedirect:
    case ErrorKind::kClosed:
      return CheckOutcome::kBroken;
    case ErrorKind::kScope:
    case ErrorKind::kExcluded:
      return CheckOutcome::kUnchecked;
    default:
      return CheckOutcome::kInconclusive;
  }
}

std::vector<std::string_view> advice_names(unsigned advice) {
  std::vector<std::string_view> names;
  for (const Named& each : kAdvice) {
    if ((advice & each.advice) != 0) names.push_back(each.name);
  }
  return names;
}

std::string_view advice_text(CheckAdvice advice) {
  for (const Named& each : kAdvice) {
    if (each.advice == advice) return each.text;
  }
  return {};
}

}  // namespace crawl
