#include "crawl/base/error_kind.h"

namespace crawl {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kNone:
      return "none";
    case ErrorKind::kHttp:
      return "http";
    case ErrorKind::kInvalidUrl:
      return "invalid_url";
    case ErrorKind::kUnsupportedScheme:
      return "unsupported_scheme";
    case ErrorKind::kDns:
      return "dns";
    case ErrorKind::kConnect:
      return "connect";
    case ErrorKind::kTls:
      return "tls";
    case ErrorKind::kTimeout:
      return "timeout";
    case ErrorKind::kTooManyRedirects:
      return "too_many_redirects";
    case ErrorKind::kRedirect:
      return "redirect";
    case ErrorKind::kProtocol:
      return "protocol";
    case ErrorKind::kClosed:
      return "closed";
    case ErrorKind::kDecode:
      return "decode";
    case ErrorKind::kInterrupted:
      return "interrupted";
    case ErrorKind::kDuplicate:
      return "duplicate";
    case ErrorKind::kBlockedAddress:
      return "blocked_address";
    case ErrorKind::kRobots:
      return "robots";
    case ErrorKind::kScope:
      return "scope";
    case ErrorKind::kTrap:
      return "trap";
    case ErrorKind::kContentType:
      return "content_type";
    case ErrorKind::kLimit:
      return "limit";
    case ErrorKind::kNofollow:
      return "nofollow";
    case ErrorKind::kExcluded:
      return "excluded";
    case ErrorKind::kArchive:
      return "archive";
    case ErrorKind::kTlsChain:
      return "tls_chain";
    case ErrorKind::kInternal:
      return "internal";
  }
  return "internal";
}

bool is_skip(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kDuplicate:
    case ErrorKind::kBlockedAddress:
    case ErrorKind::kRobots:
    case ErrorKind::kScope:
    case ErrorKind::kTrap:
    case ErrorKind::kContentType:
    case ErrorKind::kLimit:
    case ErrorKind::kNofollow:
    case ErrorKind::kExcluded:
      return true;
    default:
      return false;
  }
}

}  // namespace crawl
