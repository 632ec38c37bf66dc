#ifndef CRAWL_TESTS_SUPPORT_CONNECTION_H_
#define CRAWL_TESTS_SUPPORT_CONNECTION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "support/event_loop.h"
#include "support/reply.h"
#include "support/request_log.h"
#include "support/transport.h"

namespace crawl::testing {

class Connection;

// What a connection asks of the site it belongs to, on the loop's thread.
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  virtual Reply answer(const HttpRequest& request) = 0;
  virtual bool gate_is_open(const std::string& gate) const = 0;
  virtual std::uint64_t request_started(const LoggedRequest& entry) = 0;
  virtual void request_finished(std::uint64_t number,
                                const LoggedRequest& entry) = 0;
  // Last call: the connection is to be destroyed, but not within this call.
  virtual void connection_closed(Connection& connection) = 0;
};

// One client's connection: reads requests, carries out their replies one after
// another (so pipelined requests are answered in order), keeps the log.
//
// Lives on the loop's thread. A client that sends FIN is taken to have left.
class Connection final : public EventHandler {
 public:
  Connection(EventLoop& loop, ConnectionOwner& owner,
             std::unique_ptr<Transport> transport, std::uint64_t id);
  ~Connection() override;

  void on_ready(std::uint32_t epoll_events) override;
  void on_timer() override;
  void on_gate_opened(const std::string& gate);

  std::uint64_t id() const { return id_; }

 private:
  enum class Progress { kGoOn, kBlocked, kClosed };

  void advance();
  bool receive();
  Progress next_request();
  Progress run_step(Reply::Step& step);
  Progress flush();
  Progress wait_until(EventLoop::Clock::time_point when);
  void refuse(int status);
  void begin_reply(HttpRequest request);
  void end_reply();
  void note_status(std::string_view bytes);
  void watch(bool for_write);
  void close(bool client_left, bool says_goodbye = true);

  EventLoop& loop_;
  ConnectionOwner& owner_;
  const std::unique_ptr<Transport> transport_;
  const std::uint64_t id_;

  std::string input_;
  std::size_t input_begin_ = 0;
  std::string output_;
  std::size_t output_begin_ = 0;
  std::size_t turn_budget_ = 0;  // bytes until another connection has its turn

  std::optional<Reply> reply_;
  std::size_t step_ = 0;
  bool head_only_ = false;
  bool keep_ = true;
  std::string closed_gate_;  // the one waited for
  std::optional<EventLoop::Timer> timer_;
  LoggedRequest entry_;
  std::uint64_t entry_number_ = 0;

  bool reading_ = true;
  bool writing_ = false;
  bool closed_ = false;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_CONNECTION_H_
