#ifndef CRAWL_WRITER_HAR_ENTRY_H_
#define CRAWL_WRITER_HAR_ENTRY_H_

#include <optional>
#include <string>

#include "crawl/writer/exchange.h"

namespace crawl {

// Where the time of an exchange went, in HAR's words: seconds, which add up to
// all of it, `ssl` aside, which is part of `connect`. What did not happen has
// no value.
struct ExchangePhases {
  double blocked = 0;  // waiting for a connection
  std::optional<double> dns, connect, ssl;
  double send = 0;  // part of `wait` if it was not over at once
  double wait = 0;
  double receive = 0;

  static ExchangePhases of(const WireExchange& exchange);
};

// One entry, as JSON on one line.
std::string har_entry(const WireExchange& exchange);

}  // namespace crawl

#endif  // CRAWL_WRITER_HAR_ENTRY_H_
