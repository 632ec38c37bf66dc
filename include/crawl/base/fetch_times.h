#ifndef CRAWL_BASE_FETCH_TIMES_H_
#define CRAWL_BASE_FETCH_TIMES_H_

namespace crawl {

// Seconds, each from the start of the exchange, as curl's --write-out has them.
struct FetchTimes {
  double blocked = 0;  // until its connection was begun, or was free for it
  double namelookup = 0;
  double connect = 0;
  double appconnect = 0;   // 0 where there is no TLS handshake
  double pretransfer = 0;  // until the request went out
  double sent = 0;         // until the last of it had; 0 if that took longer
  double starttransfer = 0;
  double total = 0;
};

}  // namespace crawl

#endif  // CRAWL_BASE_FETCH_TIMES_H_
