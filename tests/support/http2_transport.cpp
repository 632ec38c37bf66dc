#include "support/http2_transport.h"

#include <nghttp2/nghttp2.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/tls_transport.h"

namespace crawl::testing {
namespace {

constexpr std::size_t kMaxHeaderBlock = 1 << 20;

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::vector<nghttp2_nv> pairs_of(const Fields& fields) {
  const auto bytes = [](const std::string& text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  };
  std::vector<nghttp2_nv> pairs;
  for (const auto& [name, value] : fields) {
    pairs.push_back({bytes(name), bytes(value), name.size(), value.size(),
                     NGHTTP2_NV_FLAG_NONE});
  }
  return pairs;
}

// Those of some lines, as HTTP/2 writes them, without what it has no use for.
Fields fields_of(std::string_view lines) {
  Fields fields;
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size() - 1);
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end + 1);
    const auto colon = line.find(':');
    if (colon == line.npos) continue;
    std::string name(trimmed(line.substr(0, colon)));
    for (char& c : name) {
      c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    fields.emplace_back(std::move(name), trimmed(line.substr(colon + 1)));
  }
  return fields;
}

// Takes the field away and returns its value.
std::optional<std::string> take(Fields& fields, std::string_view name) {
  std::optional<std::string> value;
  std::erase_if(fields, [&](const auto& field) {
    if (field.first != name) return false;
    value = field.second;
    return true;
  });
  return value;
}

struct Answer {
  Fields fields;
  std::string body;
  Fields trailers;
  std::size_t sent = 0;
};

// Undoes the chunks at the beginning of `text`. The size of all of them, or
// npos if the end is not there.
std::size_t read_chunks(std::string_view text, Answer& answer) {
  std::size_t at = 0;
  for (;;) {
    const auto line_end = text.find("\r\n", at);
    if (line_end == text.npos) return text.npos;
    const std::size_t size = std::strtoul(
        std::string(text.substr(at, line_end - at)).c_str(), nullptr, 16);
    at = line_end + 2;
    if (size == 0) break;
    if (text.size() < at + size + 2) return text.npos;
    answer.body.append(text.substr(at, size));
    at += size + 2;
  }
  if (text.substr(at).starts_with("\r\n")) return at + 2;
  const auto end = text.find("\r\n\r\n", at);
  if (end == text.npos) return text.npos;
  answer.trailers = fields_of(text.substr(at, end + 2 - at));
  return end + 4;
}

struct SessionDelete {
  void operator()(nghttp2_session* session) const {
    nghttp2_session_del(session);
  }
};

class Http2Transport final : public Transport {
 public:
  Http2Transport(UniqueFd socket, const TransportFactory& make_tls,
                 std::size_t frame_size)
      : Transport(UniqueFd(dup(socket.get()))),
        tls_(make_tls(std::move(socket))),
        frame_size_(frame_size) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_option* option = nullptr;
    nghttp2_session* session = nullptr;
    if (nghttp2_session_callbacks_new(&callbacks) != 0 ||
        nghttp2_option_new(&option) != 0) {
      throw std::bad_alloc();
    }
    nghttp2_session_callbacks_set_on_header_callback(callbacks, &on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks,
                                                           &on_close);
    nghttp2_option_set_max_send_header_block_length(option, kMaxHeaderBlock);
    const int failed =
        nghttp2_session_server_new2(&session, callbacks, this, option);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    if (failed != 0) throw std::bad_alloc();
    session_.reset(session);
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, nullptr, 0);
  }

  IoResult read(std::span<char> buffer) override {
    bool drained = false;
    while (requests_.empty()) {
      std::array<char, 16'384> bytes;
      const IoResult got = tls_->read(bytes);
      if (got.status != IoResult::Status::kOk) return got;
      drained = got.drained;
      if (nghttp2_session_mem_recv(
              session_.get(),
              reinterpret_cast<const std::uint8_t*>(bytes.data()),
              got.bytes) < 0 ||
          !send()) {
        return {IoResult::Status::kClosed, 0, true};
      }
    }
    const std::size_t size = std::min(buffer.size(), requests_.size());
    std::memcpy(buffer.data(), requests_.data(), size);
    requests_.erase(0, size);
    return {IoResult::Status::kOk, size, drained && requests_.empty()};
  }

  IoResult write(std::string_view bytes) override {
    replies_.append(bytes);
    while (translate(false)) {
    }
    if (!send()) return {IoResult::Status::kClosed, 0, true};
    return {IoResult::Status::kOk, bytes.size(), false};
  }

  void finish() override {
    while (translate(true)) {
    }
    if (!asked_.empty()) {
      nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE,
                                asked_.front(), NGHTTP2_INTERNAL_ERROR);
    }
    nghttp2_session_terminate_session(session_.get(), NGHTTP2_NO_ERROR);
    send();
    tls_->finish();
  }

 private:
  static Http2Transport& self(void* user) {
    return *static_cast<Http2Transport*>(user);
  }

  static int on_header(nghttp2_session*, const nghttp2_frame* frame,
                       const std::uint8_t* name, std::size_t name_size,
                       const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t, void* user) {
    self(user).heads_[frame->hd.stream_id].emplace_back(
        std::string(reinterpret_cast<const char*>(name), name_size),
        std::string(reinterpret_cast<const char*>(value), value_size));
    return 0;
  }

  static int on_frame(nghttp2_session*, const nghttp2_frame* frame,
                      void* user) {
    if (frame->hd.type == NGHTTP2_HEADERS &&
        (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
      self(user).ask(frame->hd.stream_id);
    }
    return 0;
  }

  static int on_close(nghttp2_session*, std::int32_t id, std::uint32_t,
                      void* user) {
    self(user).answers_.erase(id);
    return 0;
  }

  static ssize_t on_body(nghttp2_session* session, std::int32_t id,
                         std::uint8_t* buffer, std::size_t size,
                         std::uint32_t* flags, nghttp2_data_source*,
                         void* user) {
    Http2Transport& transport = self(user);
    Answer& answer = transport.answers_.at(id);
    size = std::min(
        {size, transport.frame_size_, answer.body.size() - answer.sent});
    std::memcpy(buffer, answer.body.data() + answer.sent, size);
    answer.sent += size;
    if (answer.sent == answer.body.size()) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (!answer.trailers.empty()) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        const auto pairs = pairs_of(answer.trailers);
        nghttp2_submit_trailer(session, id, pairs.data(), pairs.size());
      }
    }
    return static_cast<ssize_t>(size);
  }

  void ask(std::int32_t id) {
    Fields fields = std::move(heads_[id]);
    heads_.erase(id);
    requests_ += take(fields, ":method").value_or("GET") + " " +
                 take(fields, ":path").value_or("/") + " HTTP/1.1\r\nHost: " +
                 take(fields, ":authority").value_or("") + "\r\n";
    for (const auto& [name, value] : fields) {
      if (!name.starts_with(':')) requests_ += name + ": " + value + "\r\n";
    }
    requests_ += "\r\n";
    asked_.push_back(id);
  }

  // The next answer, if it is whole: replies come in the requests' order.
  bool translate(bool ended) {
    const auto end = replies_.find("\r\n\r\n");
    if (asked_.empty() || end == std::string::npos || end < 12) return false;
    const std::string_view head = std::string_view(replies_).substr(0, end + 2);
    const std::string_view rest = std::string_view(replies_).substr(end + 4);
    Answer answer;
    answer.fields = fields_of(head.substr(head.find('\n') + 1));
    const std::string status(head.substr(9, 3));
    answer.fields.emplace(answer.fields.begin(), ":status", status);
    for (const char* name : {"connection", "keep-alive", "upgrade"}) {
      take(answer.fields, name);
    }
    const std::int32_t id = asked_.front();
    if (status.front() == '1') {
      const auto pairs = pairs_of(answer.fields);
      nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, id, nullptr,
                             pairs.data(), pairs.size(), nullptr);
      replies_.erase(0, end + 4);
      return true;
    }
    std::size_t size = 0;
    if (take(answer.fields, "transfer-encoding")) {
      size = read_chunks(rest, answer);
    } else if (status != "204" && status != "304") {
      size = rest.size();
      for (const auto& [name, value] : answer.fields) {
        if (name != "content-length") continue;
        size = std::strtoul(value.c_str(), nullptr, 10);
        ended = true;
      }
      if (!ended || size > rest.size()) return false;
      answer.body = rest.substr(0, size);
    }
    if (size == std::string::npos) return false;
    asked_.pop_front();
    replies_.erase(0, end + 4 + size);
    const bool bare = answer.body.empty() && answer.trailers.empty();
    Answer& kept = answers_[id] = std::move(answer);
    const nghttp2_data_provider provider{{.ptr = nullptr}, &on_body};
    const auto pairs = pairs_of(kept.fields);
    nghttp2_submit_response(session_.get(), id, pairs.data(), pairs.size(),
                            bare ? nullptr : &provider);
    return true;
  }

  bool send() {
    for (;;) {
      const std::uint8_t* data = nullptr;
      const ssize_t size = nghttp2_session_mem_send(session_.get(), &data);
      if (size < 0) return false;
      if (size == 0) return true;
      std::string_view left(reinterpret_cast<const char*>(data),
                            static_cast<std::size_t>(size));
      while (!left.empty()) {
        const IoResult sent = tls_->write(left);
        if (sent.status == IoResult::Status::kClosed) return false;
        left.remove_prefix(sent.bytes);
        if (sent.status == IoResult::Status::kWouldBlock) {
          pollfd writable{fd(), POLLOUT, 0};
          poll(&writable, 1, -1);
        }
      }
    }
  }

  std::unique_ptr<Transport> tls_;
  const std::size_t frame_size_;
  std::unique_ptr<nghttp2_session, SessionDelete> session_;
  std::map<std::int32_t, Fields> heads_;    // of requests, as they come
  std::map<std::int32_t, Answer> answers_;  // on their way
  std::deque<std::int32_t> asked_;          // not answered yet
  std::string requests_;                    // for the site
  std::string replies_;                     // from it
};

int choose_h2(SSL*, const unsigned char** out, unsigned char* out_size,
              const unsigned char* in, unsigned in_size, void*) {
  static constexpr unsigned char kH2[] = {2, 'h', '2'};
  unsigned char* chosen = nullptr;
  const bool agreed =
      SSL_select_next_proto(&chosen, out_size, kH2, sizeof kH2, in, in_size) ==
      OPENSSL_NPN_NEGOTIATED;
  *out = chosen;
  return agreed ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

TransportFactory make_http2_transports(std::shared_ptr<SSL_CTX> context,
                                       std::size_t frame_size) {
  SSL_CTX_set_alpn_select_cb(context.get(), &choose_h2, nullptr);
  return [make_tls = make_tls_transports(std::move(context)),
          frame_size](UniqueFd socket) {
    return std::make_unique<Http2Transport>(std::move(socket), make_tls,
                                            frame_size);
  };
}

}  // namespace crawl::testing
