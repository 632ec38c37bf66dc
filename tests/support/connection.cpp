#include "support/connection.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace crawl::testing {
namespace {

constexpr std::size_t kFlushAt = 64 * 1024;
constexpr std::size_t kTurn = 512 * 1024;
// A client may pipeline, but not without end: reading stops here until the
// requests received have been answered.
constexpr std::size_t kMaxInput = 32 * 1024 * 1024;

}  // namespace

Connection::Connection(EventLoop& loop, ConnectionOwner& owner,
                       std::unique_ptr<Transport> transport, std::uint64_t id)
    : loop_(loop), owner_(owner), transport_(std::move(transport)), id_(id) {
  loop_.add(transport_->fd(), EPOLLIN, this);
}

Connection::~Connection() {
  if (timer_) loop_.cancel(*timer_);
}

void Connection::on_ready(std::uint32_t epoll_events) {
  if (closed_) return;
  const bool gone = (epoll_events & (EPOLLHUP | EPOLLERR)) != 0;
  if (gone || ((epoll_events & EPOLLIN) != 0 && !receive())) {
    close(/*client_left=*/true);
    return;
  }
  advance();
  if (!closed_) watch(writing_);
}

void Connection::on_timer() {
  timer_.reset();
  if (!closed_) advance();
}

void Connection::on_gate_opened(const std::string& gate) {
  if (closed_ || closed_gate_ != gate) return;
  closed_gate_.clear();
  advance();
}

// Everything the socket has. False when the client has left.
bool Connection::receive() {
  std::array<char, 16 * 1024> buffer;
  while (input_.size() - input_begin_ < kMaxInput) {
    const IoResult got = transport_->read(buffer);
    if (got.status == IoResult::Status::kClosed) return false;
    if (got.status == IoResult::Status::kWouldBlock) return true;
    input_.append(buffer.data(), got.bytes);
    if (got.drained) return true;
  }
  return true;
}

void Connection::advance() {
  turn_budget_ = kTurn;
  Progress progress = Progress::kGoOn;
  while (progress == Progress::kGoOn && !timer_ && closed_gate_.empty()) {
    if (!reply_) {
      progress = next_request();
    } else if (step_ < reply_->steps().size()) {
      progress = run_step(reply_->steps()[step_]);
    } else {
      progress = flush();
      if (progress == Progress::kGoOn) {
        end_reply();
        if (!keep_) {
          close(/*client_left=*/false);
          return;
        }
      }
    }
  }
}

Connection::Progress Connection::next_request() {
  const std::string_view waiting =
      std::string_view(input_).substr(input_begin_);
  if (waiting.empty()) {
    input_.clear();
    input_begin_ = 0;
    return Progress::kBlocked;
  }
  ParsedRequest parsed = parse_request(waiting);
  switch (parsed.status) {
    case ParsedRequest::Status::kComplete:
      input_begin_ += parsed.consumed;
      begin_reply(std::move(parsed.request));
      return Progress::kGoOn;
    case ParsedRequest::Status::kMalformed:
      refuse(400);
      return Progress::kGoOn;
    case ParsedRequest::Status::kTooLarge:
      refuse(413);
      return Progress::kGoOn;
    case ParsedRequest::Status::kIncomplete:
      break;
  }
  input_.erase(0, input_begin_);
  input_begin_ = 0;
  return Progress::kBlocked;
}

// Answers what is no request, and leaves: where the next would begin is
// unknown.
void Connection::refuse(int status) {
  input_.clear();
  input_begin_ = 0;
  reply_ =
      Reply::text(std::string(reason_phrase(status)), status).close_after();
  step_ = 0;
  head_only_ = false;
  keep_ = false;
  entry_ = {};
  entry_.request.connection = id_;
  entry_.started = EventLoop::Clock::now();
  entry_number_ = owner_.request_started(entry_);
}

void Connection::begin_reply(HttpRequest request) {
  entry_ = {};
  entry_.started = EventLoop::Clock::now();
  entry_.request = std::move(request);
  entry_.request.connection = id_;
  entry_number_ = owner_.request_started(entry_);
  reply_ = owner_.answer(entry_.request);
  step_ = 0;
  head_only_ = entry_.request.method == "HEAD";
  keep_ = entry_.request.keeps_connection() && reply_->keeps_connection();
}

void Connection::end_reply() {
  reply_.reset();
  entry_.finished = EventLoop::Clock::now();
  owner_.request_finished(entry_number_, entry_);
}

Connection::Progress Connection::run_step(Reply::Step& step) {
  if (auto* send = std::get_if<Reply::Send>(&step)) {
    if (!send->is_body || !head_only_) {
      note_status(*send->bytes);
      output_ += *send->bytes;
    }
    ++step_;
    return output_.size() - output_begin_ < kFlushAt ? Progress::kGoOn
                                                     : flush();
  }

  // All others begin when what was sent before has left.
  if (const Progress progress = flush(); progress != Progress::kGoOn) {
    return progress;
  }
  if (auto* wait = std::get_if<Reply::Wait>(&step)) {
    ++step_;
    return wait_until(EventLoop::Clock::now() + wait->duration);
  }
  if (auto* gate = std::get_if<Reply::WaitForGate>(&step)) {
    ++step_;
    if (owner_.gate_is_open(gate->gate)) return Progress::kGoOn;
    closed_gate_ = gate->gate;
    return Progress::kBlocked;
  }
  if (auto* drip = std::get_if<Reply::Drip>(&step)) {
    if (drip->next == drip->bytes.size()) {
      ++step_;
      return Progress::kGoOn;
    }
    drip->waited = !drip->waited;
    if (drip->waited) {
      return wait_until(EventLoop::Clock::now() + drip->interval);
    }
    output_ += drip->bytes[drip->next++];
    return flush();
  }
  if (auto* generate = std::get_if<Reply::Generate>(&step)) {
    if ((generate->is_body && head_only_) || !generate->generator(output_)) {
      ++step_;
    }
    return flush();
  }
  if (std::holds_alternative<Reply::Reset>(step)) {
    transport_->set_reset_on_close();
    close(/*client_left=*/false);
    return Progress::kClosed;
  }
  if (const auto* how = std::get_if<Reply::Close>(&step)) {
    close(/*client_left=*/false, how->says_goodbye);
    return Progress::kClosed;
  }
  return Progress::kBlocked;  // Hang
}

Connection::Progress Connection::wait_until(EventLoop::Clock::time_point when) {
  timer_ = loop_.schedule(when, this);
  return Progress::kBlocked;
}

// The status of the first final status line among the bytes sent.
void Connection::note_status(std::string_view bytes) {
  if (entry_.status >= 200 || !bytes.starts_with("HTTP/") ||
      bytes.size() < 12) {
    return;
  }
  int status = 0;
  std::from_chars(bytes.data() + 9, bytes.data() + 12, status);
  entry_.status = status;
}

Connection::Progress Connection::flush() {
  while (output_begin_ < output_.size()) {
    if (turn_budget_ == 0) {
      watch(/*for_write=*/true);
      return Progress::kBlocked;
    }
    const IoResult sent =
        transport_->write(std::string_view(output_).substr(output_begin_));
    if (sent.status == IoResult::Status::kClosed) {
      close(/*client_left=*/true);
      return Progress::kClosed;
    }
    if (sent.status == IoResult::Status::kWouldBlock) {
      watch(/*for_write=*/true);
      return Progress::kBlocked;
    }
    output_begin_ += sent.bytes;
    entry_.bytes_sent += sent.bytes;
    turn_budget_ -= std::min(turn_budget_, sent.bytes);
  }
  output_.clear();
  output_begin_ = 0;
  watch(/*for_write=*/false);
  return Progress::kGoOn;
}

void Connection::watch(bool for_write) {
  const bool for_read = input_.size() - input_begin_ < kMaxInput;
  if (for_write == writing_ && for_read == reading_) return;
  writing_ = for_write;
  reading_ = for_read;
  loop_.modify(transport_->fd(),
               (for_read ? EPOLLIN : 0U) | (for_write ? EPOLLOUT : 0U), this);
}

void Connection::close(bool client_left, bool says_goodbye) {
  closed_ = true;
  if (timer_) {
    loop_.cancel(*timer_);
    timer_.reset();
  }
  if (!client_left && says_goodbye) transport_->finish();
  loop_.remove(transport_->fd());
  if (reply_) {
    entry_.client_left = client_left;
    end_reply();
  }
  owner_.connection_closed(*this);
}

}  // namespace crawl::testing
