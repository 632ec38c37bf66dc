// Whatever a server sends, over HTTP/1.1 or HTTP/2 and to several requests at a
// time: each exchange ends once and with a result that its bytes bear out, and
// how the bytes are cut makes no difference.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "fetch/buffer_pool.h"
#include "fetch/exchange.h"
#include "fetch/http/http1_channel.h"
#include "fetch/http/http2_channel.h"
#include "fetch/http/request_writer.h"
#include "support/exact_buffer.h"

namespace crawl::testing {
namespace {

using time_point = Channel::time_point;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "http_client_fuzz: %s\n", what);
  std::abort();
}

// What the first bytes of an input say.
struct Plan {
  bool http2;
  std::size_t count;    // of exchanges
  std::size_t abandon;  // the one that is abandoned, if there is such
  std::size_t when;     // after so many bytes
  std::size_t limit;    // of bodies
};

FetchOptions make_options() {
  FetchOptions options;
  options.allow_address = [](const IpAddress&) { return true; };
  options.keep_headers = true;
  options.keep_body = true;
  options.parse_pages = false;
  options.max_header_bytes = 2'000;
  return options;
}

// What an exchange came to.
struct End {
  bool over = false;
  bool again = false;
  bool http1 = false;
  std::uint64_t wire = 0;
  ErrorKind error = ErrorKind::kNone;
  bool cut = false;
  int status = 0;
  bool complete = false;
  HeaderList headers;
  std::string body;
  bool operator==(const End&) const = default;
};

class Client {
 public:
  explicit Client(const Plan& plan) : plan_(plan), ends_(plan.count) {
    if (plan.http2) {
      channel_ =
          std::make_unique<Http2Channel>(writer(), options().max_header_bytes);
    } else {
      channel_ = std::make_unique<Http1Channel>(
          writer(), options().max_header_bytes, RequestWay());
    }
    for (std::size_t i = 0; i < plan.count; ++i) {
      auto exchange = std::make_unique<Exchange>(options(), buffers_, 0);
      FetchRequest request{.id = i, .url = *Url::parse("https://a.example/x")};
      request.max_body = plan.limit;
      exchange->begin(std::move(request), now_);
      exchanges_.push_back(std::move(exchange));
    }
    begin_next();
  }

  // Pieces of `step` bytes, the first of `cut`.
  std::vector<End> read(std::string_view bytes, std::size_t cut,
                        std::size_t step) {
    std::size_t at = 0;
    std::size_t size = cut;
    while (at < bytes.size() && alive_) {
      std::size_t until =
          std::min(bytes.size(), at + std::max<std::size_t>(size, 1));
      if (at < plan_.when) until = std::min(until, plan_.when);
      const ExactBuffer piece(bytes.substr(at, until - at));
      alive_ = channel_->received(piece, now_);
      take_ended();
      collect();
      at = until;
      size = step;
      if (alive_ && at == plan_.when) abandon();
      if (alive_) begin_next();
    }
    channel_->ended(ConnectionEnd::kEnded, {});
    take_ended();
    for (std::size_t i = 0; i < next_; ++i) {
      require(ends_[i].over, "an exchange does not end with its connection");
    }
    require(!channel_->has_room(), "an ended channel has room");
    return std::move(ends_);
  }

 private:
  static const FetchOptions& options() {
    static const FetchOptions made = make_options();
    return made;
  }
  static const RequestWriter& writer() {
    static const RequestWriter made(options());
    return made;
  }

  void begin_next() {
    while (next_ < exchanges_.size() && channel_->has_room()) {
      channel_->begin(*exchanges_[next_++], now_);
      collect();
      take_ended();
    }
  }

  void collect() {
    std::string sent;
    channel_->collect(sent);
    take_ended();
  }

  void abandon() {
    if (plan_.abandon >= next_ || ends_[plan_.abandon].over) return;
    channel_->abandon(*exchanges_[plan_.abandon]);
    // Whoever abandons one has it back.
    ends_[plan_.abandon].over = true;
    take_ended();
    collect();
    if (!plan_.http2) alive_ = false;
  }

  void take_ended() {
    for (const Channel::Ended& ended : channel_->take_ended()) {
      Exchange& exchange = *ended.exchange;
      End& end = ends_[exchange.request().id];
      require(!end.over, "an exchange ends twice");
      end.over = true;
      end.again = ended.again;
      end.http1 = ended.http1;
      if (ended.again) continue;
      exchange.done(ended.body_bytes, now_);
      const FetchResult& result = exchange.result();
      end.error = result.error;
      // What has come of what then broke depends on the cuts.
      if (result.error != ErrorKind::kNone) continue;
      require(result.status_code >= 200 && result.headers_complete,
              "good, and has no head");
      end.wire = result.truncated ? 0 : ended.body_bytes;
      end.cut = result.truncated;
      end.status = result.status_code;
      end.complete = result.headers_complete;
      end.headers = result.headers;
      end.body = exchange.body();
      require(end.body.size() <= plan_.limit ||
                  !exchange.take_plan().codings.empty(),
              "more body than wanted");
    }
    channel_->take_ended().clear();
  }

  const Plan& plan_;
  const time_point now_{};
  BufferPool buffers_;
  std::unique_ptr<Channel> channel_;
  std::vector<std::unique_ptr<Exchange>> exchanges_;
  std::vector<End> ends_;
  std::size_t next_ = 0;
  bool alive_ = true;
};

// How many frames say END_STREAM, as far as there are frames.
std::size_t ends_of_streams(std::string_view bytes) {
  std::size_t count = 0;
  while (bytes.size() >= 9) {
    const auto byte = [&](std::size_t i) {
      return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i]));
    };
    const std::size_t size = byte(0) << 16 | byte(1) << 8 | byte(2);
    if (byte(3) <= 1 && (byte(4) & 1) != 0) ++count;
    bytes.remove_prefix(std::min(bytes.size(), size + 9));
  }
  return count;
}

void run(const Plan& plan, std::string_view bytes, std::size_t cut,
         std::size_t step) {
  const std::vector<End> whole =
      Client(plan).read(bytes, bytes.size(), bytes.size());
  const std::vector<End> parts = Client(plan).read(bytes, cut, step);
  if (plan.http2) {
    const auto good =
        std::count_if(whole.begin(), whole.end(), [](const End& end) {
          return end.status != 0 && !end.cut && end.error == ErrorKind::kNone;
        });
    require(static_cast<std::size_t>(good) <= ends_of_streams(bytes),
            "good without END_STREAM");
  }
  // When a request goes out depends on the pieces; the first does so at once.
  const std::size_t comparable = plan.http2 ? whole.size() : 1;
  for (std::size_t i = 0; i < comparable; ++i) {
    require(whole[i] == parts[i], "the pieces matter");
  }
}

}  // namespace
}  // namespace crawl::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 6) return 0;
  const crawl::testing::Plan plan{
      .http2 = data[0] % 4 != 0,
      .count = data[1] % 5 + 1u,
      .abandon = data[2] % 8u,
      .when = data[3] * 4u + 1u,
      .limit = data[2] >= 128 ? 20u : 1'000'000u,
  };
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 6,
                               size - 6);
  crawl::testing::run(plan, bytes, data[4], data[5] % 64 + 1u);
  return 0;
}
