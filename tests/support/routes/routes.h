#ifndef CRAWL_TESTS_SUPPORT_ROUTES_ROUTES_H_
#define CRAWL_TESTS_SUPPORT_ROUTES_ROUTES_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/loopback_site.h"

namespace crawl::testing {

// The behaviours that a crawler meets, good and bad, each at a path of its own,
// so that one list of URLs can name them all. N, MS ... stand for numbers; MS
// is in milliseconds. What each sends is said at the path in its source.
//
// status_routes.cpp     /status/N, /retry-after/CODE/SECONDS,
// .../retry-after-date/...
//                       /flaky/N/CODE/KEY   fails N times for each KEY, then
//                       200 /flaky-reset/N/KEY, /flaky-close/N/KEY
// redirect_routes.cpp   /redirect/N, /redirect-loop, /redirect-to?url=U&code=N,
//                       /redirect-empty, /redirect-invalid, /redirect-none,
//                       /redirect-file, /redirect-twice
// slow_routes.cpp       /delay/MS, /delay-body/MS, /never, /never-body,
//                       /gate/NAME          until open_gate("NAME")
//                       /drip?ms=MS, /drip-head?ms=MS   one byte each 1000 ms
//                       or MS
// endless_routes.cpp    /endless-body, /endless-chunks, /endless-headers,
//                       /endless-header-line, /endless-1xx, /big-header/KIB,
//                       /many-headers/N, /big-body/KIB
// coding_routes.cpp     /gzip, /deflate, /deflate-raw, /br, /gzip-gzip,
//                       /gzip-not, /gzip-truncated, /gzip-corrupt, /br-not,
//                       /br-truncated, /coding-unknown, /gzip-bomb/MIB
// framing_routes.cpp    /length-long, /length-short, /length-twice,
//                       /length-negative, /length-junk, /length-overflow,
//                       /close-at-once, /close-mid-head, /close-mid-body,
//                       /reset-at-once, /reset-mid-head, /reset-mid-body,
//                       /chunked, /chunked-trailers, /chunked-extensions,
//                       /chunked-bad-size, /chunked-huge-size,
//                       /chunked-truncated, /chunked-no-crlf,
//                       /chunked-and-length, /http10, /until-close
// malformed_routes.cpp  /http09, /garbage, /status-line-junk,
//                       /status-line-short, /nul-header, /control-header,
//                       /escape-header, /obs-fold, /header-no-colon, /lf-only,
//                       /continue-first, /early-hints,
//                       /no-content-body/204|304, /switching
// page_routes.cpp       /no-content-type, /wrong-charset, /title-escapes,
//                       /title-nul, /title-huge/KIB, /deep/N, /many-links/N,
//                       /trap/...           always deeper links
//                       /set-cookies, /binary, /empty
// echo_routes.cpp       /echo (the request as JSON), /auth/basic/USER/PASSWORD
void add_routes(LoopbackSite& site);

void add_coding_routes(LoopbackSite& site);
void add_echo_routes(LoopbackSite& site);
void add_endless_routes(LoopbackSite& site);
void add_framing_routes(LoopbackSite& site);
void add_malformed_routes(LoopbackSite& site);
void add_page_routes(LoopbackSite& site);
void add_redirect_routes(LoopbackSite& site);
void add_slow_routes(LoopbackSite& site);
void add_status_routes(LoopbackSite& site);

// For their sources: "/flaky/2/503/a" -> {"flaky", "2", "503", "a"}.
std::vector<std::string_view> path_segments(std::string_view path);

// The number that `text` is, at most `max`; else nothing.
std::optional<std::size_t> parse_number(std::string_view text, std::size_t max);

// Serves `pattern` ("/status/*") with what `make` returns for the number after
// the last slash; 404 if that is none, or above `max`.
void serve_number(LoopbackSite& site, std::string pattern, std::size_t max,
                  std::function<Reply(std::size_t)> make);

// Serves `path` with always the same.
void serve_reply(LoopbackSite& site, std::string path, Reply reply);

Reply no_such_behaviour();

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_ROUTES_ROUTES_H_
