#ifndef CRAWL_FETCH_HTTP_PLAIN_HTTP_H_
#define CRAWL_FETCH_HTTP_PLAIN_HTTP_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fetch/curl/connector.h"
#include "fetch/exchange.h"
#include "fetch/http/connection_pool.h"
#include "fetch/http/plain_exchange.h"
#include "fetch/net/socket_set.h"

namespace crawl {

// HTTP/1.1 over connections without TLS, spoken by ourselves: most of what
// libcurl spends on such an exchange goes into what it would need for any
// other. libcurl opens the connections; what it knows better (TLS, HTTP/2,
// proxies, passwords) stays its.
//
// A connection carries one exchange after the other. A request that goes out on
// one that turns out to be closed is sent again on a new one (RFC 9112 section
// 9.3.1): all are GET. Belongs to its loop's thread.
class PlainHttp final : private ConnectionTaker {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  PlainHttp(LoopContext& context, CURLM* multi, ExchangeOwner& owner,
            std::size_t max_connections);

  // Whether such a request can be a PlainExchange.
  bool takes(const FetchRequest& request) const;
  // The header fields after Host, and the empty line.
  const std::string& fields(bool with_credentials) const {
    return with_credentials ? origin_fields_ : fields_;
  }

  // Sends the request on an idle connection; false if there is none.
  bool start(PlainExchange& exchange);
  // Sends it on a new one.
  void connect(PlainExchange& exchange);
  // Whatever is done for it ends; it is not told.
  void stop(PlainExchange& exchange);

  // Deals with a descriptor; false if it is none of these connections'.
  bool ready(const SocketSet::Ready& ready);

  // When expire() is to be called next.
  std::optional<time_point> deadline() const { return deadline_; }
  // Ends the exchanges whose time is up.
  void expire(time_point now);

  void set_max_connections(std::size_t count) { pool_.set_max_open(count); }

 private:
  void connected(Exchange& exchange, NewConnection opened) override;
  void not_connected(Exchange& exchange, CURLcode why,
                     std::string_view message) override;
  void open_connection(PlainExchange& exchange);
  void put_away(std::unique_ptr<Connector> connector);

  bool send_on(PlainConnection& connection, PlainExchange& exchange);
  bool send(PlainConnection& connection);
  void receive(PlainConnection& connection);
  void broke(PlainConnection& connection, int error);
  void ended(PlainConnection& connection);
  bool sent_again(PlainConnection& connection);
  void conclude(PlainConnection& connection, bool nothing_left);

  LoopContext& context_;
  CURLM* const multi_;
  ExchangeOwner& owner_;
  bool speaks_ = true;  // none of the crawl's options stands against it
  std::string fields_;
  std::string origin_fields_;
  ConnectionPool pool_;
  std::vector<std::unique_ptr<Connector>> connectors_;  // not at work
  const std::unique_ptr<char[]> buffer_;
  std::optional<time_point> deadline_;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_PLAIN_HTTP_H_
