#ifndef CRAWL_BASE_ERROR_KIND_H_
#define CRAWL_BASE_ERROR_KIND_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crawl {

// What became of a URL that was not fetched well. The words of to_string() are
// part of the output format (the record's `error`) and never change meaning.
enum class ErrorKind : std::uint8_t {
  kNone,               // fetched, final status under 400
  kHttp,               // final status of 400 or more
  kInvalidUrl,         // the line or the redirect target is no URL
  kUnsupportedScheme,  // neither http nor https
  kDns,                // the host name does not resolve
  kConnect,            // refused, unreachable, reset while connecting
  kTls,                // handshake or certificate
  kTimeout,            // a connect, transfer or stall limit was reached
  kTooManyRedirects,   // more than --max-redirs hops, or a loop
  kRedirect,           // a redirect that cannot be followed (no such target)
  kProtocol,           // not HTTP, bad framing, header block too large
  kClosed,             // the peer closed or reset before the end
  kDecode,             // Content-Encoding that does not decode
  kInterrupted,        // stopped by the user before it ended
  kDuplicate,          // skipped: seen before (--unique, recursive mode)
  kBlockedAddress,     // skipped: resolves to an address that is not allowed
  kRobots,             // skipped: disallowed by robots.txt
  kScope,              // skipped: outside the crawl's scope
  kTrap,               // skipped: looks like an endless URL space
  kContentType,        // skipped: not a type that was asked for
  kLimit,              // skipped: a page, host, time or byte budget is used up
  kNofollow,           // skipped: the page or link asked not to be followed
  kExcluded,           // skipped: by --include or --exclude
  kArchive,            // a record of an archive that cannot be read
  kTlsChain,           // a certificate is not sent that browsers fetch
  kInternal,           // a bug in crawl; the message says where
};

inline constexpr std::size_t kErrorKindCount =
    static_cast<std::size_t>(ErrorKind::kInternal) + 1;

std::string_view to_string(ErrorKind kind);

// Never asked for, as opposed to asked for in vain.
bool is_skip(ErrorKind kind);

}  // namespace crawl

#endif  // CRAWL_BASE_ERROR_KIND_H_
