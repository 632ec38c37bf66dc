#ifndef CRAWL_WRITER_KEPT_REQUEST_H_
#define CRAWL_WRITER_KEPT_REQUEST_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "crawl/base/error_kind.h"
#include "crawl/writer/exchange.h"
#include "writer/har_entry.h"

namespace crawl {

// What `requests` has of an exchange.
struct KeptRequest final : KeptExchange {
  explicit KeptRequest(const WireExchange& exchange)
      : url(exchange.url),
        begun(exchange.begun),
        status_code(exchange.status_code),
        error(exchange.error),
        content_type(exchange.content_type),
        bytes(exchange.body.size()),
        phases(ExchangePhases::of(exchange)),
        total(exchange.times.total) {}
  std::size_t memory() const override {
    return sizeof *this + url.capacity() + content_type.capacity();
  }

  const std::string url;
  const std::chrono::system_clock::time_point begun;
  const int status_code;
  const ErrorKind error;
  const std::string content_type;
  const std::uint64_t bytes;
  const ExchangePhases phases;
  const double total;
};

}  // namespace crawl

#endif  // CRAWL_WRITER_KEPT_REQUEST_H_
